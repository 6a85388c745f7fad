"""Directions of a swipe."""

from __future__ import annotations

from collections.abc import Mapping

from agentkit.actions import Direction, Point

OPPOSITE: Mapping[Direction, Direction] = {"up": "down", "down": "up", "left": "right", "right": "left"}


def finger_direction(start: Point, end: Point, aspect: float = 1.0) -> Direction | None:
    """The main direction of the finger; None when the swipe has no length. `aspect` is height over width of the
    screen: without it a fraction of the height would count as much as one of the width."""
    dx, dy = end.x - start.x, (end.y - start.y) * aspect
    if dx == dy == 0:
        return None
    if abs(dx) > abs(dy):
        return "right" if dx > 0 else "left"
    return "down" if dy > 0 else "up"
