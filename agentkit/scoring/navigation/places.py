"""Geometry that several rules share, in fractions of the screen."""

from __future__ import annotations

import math
from collections.abc import Iterable

from agentkit.actions import Point
from agentkit.recorded.elements import Element


def distance(a: Point, b: Point) -> float:
    """Euclidean, with both axes in fractions: a tenth of the width counts as much as a tenth of the height."""
    return math.hypot(a.x - b.x, a.y - b.y)


def enlarged(element: Element, scale: float) -> Element:
    """The outline `scale` times as wide and high about its centre; it may leave the screen."""
    width, height = element.width * scale, element.height * scale
    left = element.left + (element.width - width) / 2
    top = element.top + (element.height - height) / 2
    return Element(left, top, width, height, element.touchable, element.label)


def holds(elements: Iterable[Element], point: Point) -> bool:
    """Whether any of the outlines holds `point`, borders included."""
    return any(element.contains(point) for element in elements)
