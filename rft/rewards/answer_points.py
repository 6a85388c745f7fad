"""The answers of a reply that gives several: `[{"point_2d": [x, y]}, ...]`, read without `eval`."""

from __future__ import annotations

import json
import math
from typing import Any

MOST_ANSWERS = 32
"""A longer list is malformed. Bounds the work that a reply can cause."""
_LONGEST = 8192
"""Characters of a list that are read at most."""


def answer_points(text: str) -> tuple[tuple[float, float], ...] | None:
    """The points of the first bracketed list in `text`, in their own frame; None when it is not a list of points.

    Words and a code fence around the list are skipped, further keys of its objects ignored. Never raises.
    """
    start = text.find("[")
    end = _closing(text, start) if start >= 0 else -1
    if end < 0:
        return None
    try:
        items = json.loads(text[start:end])
    except (ValueError, RecursionError):
        return None
    if not isinstance(items, list) or len(items) > MOST_ANSWERS:
        return None
    points = [_point(item) for item in items]
    return None if None in points else tuple(points)  # type: ignore[arg-type]


def collinear(points: tuple[tuple[float, float], ...]) -> bool:
    """Whether any three of `points` lie on one line, equal points included."""
    for i, (x1, y1) in enumerate(points):
        for j, (x2, y2) in enumerate(points[:i]):
            for x3, y3 in points[:j]:
                if math.isclose((y2 - y1) * (x3 - x1), (y3 - y1) * (x2 - x1)):
                    return True
    return False


def _closing(text: str, start: int) -> int:
    """One past the bracket that closes the one at `start`; -1 when there is none near enough."""
    depth = 0
    for index in range(start, min(len(text), start + _LONGEST)):
        depth += {"[": 1, "]": -1}.get(text[index], 0)
        if not depth:
            return index + 1
    return -1


def _point(item: Any) -> tuple[float, float] | None:
    place = item.get("point_2d") if isinstance(item, dict) else None
    if not isinstance(place, list) or len(place) != 2 or not all(type(number) in (int, float) for number in place):
        return None
    try:
        x, y = map(float, place)
    except OverflowError:
        return None
    return (x, y) if math.isfinite(x) and math.isfinite(y) and max(abs(x), abs(y)) < 1e9 else None
