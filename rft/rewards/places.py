"""Where an action goes, and how far that is from where it should."""

from __future__ import annotations

import math
from collections.abc import Iterable

from agentkit.actions import Box, Click, Direction, DoubleClick, Hover, LongPress, Parsed, Point, Scroll


def place_of(action: Parsed) -> Point | None:
    """The one place of a call that has one."""
    return action.at if isinstance(action, (Click, LongPress, Hover, DoubleClick)) else None


def hits(point: Point, boxes: Iterable[Box]) -> bool:
    """Whether `point` lies in any of `boxes`, borders included."""
    return any(box.contains(point) for box in boxes)


def strictly_inside(point: Point, box: Box) -> bool:
    return box.x1 < point.x < box.x2 and box.y1 < point.y < box.y2


def inside_scaled(point: Point, box: Box, scale: float) -> bool:
    """Whether `point` lies in `box` grown `scale` times about its centre, border included."""
    half_width, half_height = (box.x2 - box.x1) / 2 * scale, (box.y2 - box.y1) / 2 * scale
    return abs(point.x - box.centre.x) <= half_width and abs(point.y - box.centre.y) <= half_height


def screen_distance(a: Point, b: Point, aspect: float) -> float:
    """Euclidean distance between two places, in screen widths. `aspect` is height / width of the screenshot."""
    return math.hypot(a.x - b.x, (a.y - b.y) * aspect)


def unit_distance(a: Point, b: Point) -> float:
    """Euclidean distance with x in screen widths and y in screen heights."""
    return math.hypot(a.x - b.x, a.y - b.y)


def pixel_distance(a: Point, b: Point, size: tuple[int, int]) -> float:
    """Euclidean distance in pixels of a screenshot of (width, height) `size`."""
    return math.hypot((a.x - b.x) * size[0], (a.y - b.y) * size[1])


def finger_direction(scroll: Scroll, aspect: float) -> Direction:
    """The way the finger moves: from the points when there are any, on the longer axis, else as named."""
    if scroll.start is None or scroll.end is None:
        assert scroll.direction is not None
        return scroll.direction
    dx, dy = scroll.end.x - scroll.start.x, (scroll.end.y - scroll.start.y) * aspect
    if abs(dx) > abs(dy):
        return "right" if dx > 0 else "left"
    return "down" if dy > 0 else "up"
