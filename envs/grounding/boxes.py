"""Which kind of box a suite holds, proved from its rows, and the targets that follow from it.

Two published copies of one suite may disagree about the box, so its format is proved: a second corner left of or
above the first can only be a width and height; a width that leaves the image can only be a second corner. Rows that
prove both make the file unusable, and that is an error: a score over it would mean nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from agentkit.actions import Box, Point
from agentkit.errors import DataError
from agentkit.scoring import Polygon

BoxFormat: TypeAlias = Literal["xywh", "xyxy"]

SLACK = 0.02
"""How far a published target may leave its image, as a fraction of the side, and be clamped to it. No click can fall
outside of the image, so clamping changes no score; a larger overshoot means a wrong image or format."""
ANY_SLACK = math.inf
"""For a format that the caller forced: boxes are clamped however far they reach."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The numbers of one target and the frame they are in."""

    where: str
    """`file:row` for messages."""
    numbers: tuple[float, ...]
    """Four of a box, or x, y, x, y, ... of a polygon's corners."""
    extent: tuple[float, float]
    """Width and height of the frame: the image's in pixels, or (1, 1) of fractions."""


def prove_format(shapes: Sequence[Shape], suite: str, expected: BoxFormat | None) -> tuple[BoxFormat, str]:
    """The format that all boxes agree on, and why.

    `expected` is the published one, None where copies differ. DataError when rows contradict each other or what is
    expected, or when nothing proves anything.
    """
    sizes, corners = [], []
    for shape in shapes:
        x, y, a, b = shape.numbers
        width, height = shape.extent
        no_corners = a < x or b < y
        no_size = x + a > width * (1 + SLACK) or y + b > height * (1 + SLACK)
        if no_corners and no_size:
            raise DataError(f"{_what(shape)} leaves its {_extent(shape)} image in either format")
        if no_corners:
            sizes.append(shape)
        if no_size:
            corners.append(shape)
    if sizes and corners:
        raise DataError(
            f"the rows contradict each other: {len(sizes)} can only be x, y, width, height ({_some(sizes)}) and "
            f"{len(corners)} can only be two corners ({_some(corners)}); a mixed file cannot be scored "
            "(--box-format overrules)"
        )
    found: BoxFormat | None = "xywh" if sizes else "xyxy" if corners else expected
    if found is None:
        raise DataError("no row proves whether boxes are x, y, w, h or two corners; say which with --box-format")
    proving = sizes or corners
    if expected and found != expected:
        raise DataError(
            f"{suite} is published as {expected}, but {_what(proving[0])} in a {_extent(proving[0])} image can only be "
            f"{found}; is this another suite? --box-format {found} overrules"
        )
    if not proving:
        return found, "as published; no row says otherwise"
    return found, f"proved by {len(proving)} of {len(shapes)} rows"


def box_target(shape: Shape, box_format: BoxFormat, slack: float = SLACK, flat: bool = False) -> tuple[Box, bool]:
    """The box as fractions, and whether it had to be clamped. It may leave its image by `slack` of the side.

    `flat` allows a box without area, which only a click exactly on it can hit.
    """
    x1, y1, a, b = shape.numbers
    x2, y2 = (x1 + a, y1 + b) if box_format == "xywh" else (a, b)
    what = f"{_what(shape)} read as {box_format}"
    if x2 < x1 or y2 < y1 or (not flat and (x2 == x1 or y2 == y1)):
        raise DataError(f"{what} is empty")
    (left, top), (right, bottom) = (_clamped(what, shape, x, y, slack) for x, y in ((x1, y1), (x2, y2)))
    box = Box(left, top, right, bottom)
    if not flat and (box.x1 == box.x2 or box.y1 == box.y2):
        raise DataError(f"{what} lies outside of its {_extent(shape)} image")
    return box, min(x1, y1) < 0 or x2 > shape.extent[0] or y2 > shape.extent[1]


def polygon_target(shape: Shape, slack: float = SLACK) -> tuple[Polygon, bool]:
    """The polygon as fractions, and whether a corner had to be clamped. Never read as a box, however few corners."""
    what = f"{shape.where}: polygon of {len(shape.numbers) // 2} corners"
    places = list(zip(shape.numbers[::2], shape.numbers[1::2], strict=True))
    corners = tuple(Point(*_clamped(what, shape, x, y, slack)) for x, y in places)
    width, height = shape.extent
    return Polygon(corners), any(not (0 <= x <= width and 0 <= y <= height) for x, y in places)


def _clamped(what: str, shape: Shape, x: float, y: float, slack: float) -> tuple[float, float]:
    unit = (x / shape.extent[0], y / shape.extent[1])
    if not all(-slack <= value <= 1 + slack for value in unit):
        raise DataError(f"{what} leaves its {_extent(shape)} image")
    return min(1.0, max(0.0, unit[0])), min(1.0, max(0.0, unit[1]))


def _what(shape: Shape) -> str:
    return f"{shape.where}: bbox [{', '.join(f'{number:g}' for number in shape.numbers)}]"


def _extent(shape: Shape) -> str:
    return f"{shape.extent[0]:g}x{shape.extent[1]:g}"


def _some(shapes: Sequence[Shape]) -> str:
    return ", ".join(shape.where for shape in shapes[:4])
