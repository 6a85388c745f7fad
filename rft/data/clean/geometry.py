"""How two boxes lie to each other, for pictures and for SQL alike. All areas are fractions of the screenshot."""

from __future__ import annotations

from agentkit.actions import Box


def area(box: Box) -> float:
    return (box.x2 - box.x1) * (box.y2 - box.y1)


def overlap(a: Box, b: Box) -> float:
    """Area of the intersection."""
    width = min(a.x2, b.x2) - max(a.x1, b.x1)
    height = min(a.y2, b.y2) - max(a.y1, b.y1)
    return max(width, 0.0) * max(height, 0.0)


def iou(a: Box, b: Box) -> float:
    """Intersection over union; equal boxes without area give 1."""
    if a == b:
        return 1.0
    shared = overlap(a, b)
    union = area(a) + area(b) - shared
    return shared / union if union > 0 else 0.0


def same_place(a: Box, b: Box, enough: float) -> bool:
    """Whether one answer serves both: they overlap at least by `enough` (IoU), or one lies inside of the other."""
    smaller = min(area(a), area(b))
    return iou(a, b) >= enough or (smaller > 0 and overlap(a, b) >= 0.9 * smaller)


OVERLAP_SQL = "(max(min(a.x2, b.x2) - max(a.x1, b.x1), 0) * max(min(a.y2, b.y2) - max(a.y1, b.y1), 0))"
"""`overlap` of the boxes of tables `a` and `b`."""
