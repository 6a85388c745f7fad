"""The only place that knows model pixels, the 0..1000 frame and device pixels; everywhere else, fractions.

A `Frame` turns what a model wrote into a `Point` and a `Point` into what a model should write or a device should
touch. A `PixelBudget` says to which size a Qwen vision tower resizes a screenshot, which is where model pixels come
from (`smart_resize` of Qwen2-VL, arXiv 2409.12191).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

from agentkit.actions import Box, Point

FrameName: TypeAlias = Literal["screen", "model_px", "n1000", "unit"]

MAX_ASPECT_RATIO = 200


class Size(NamedTuple):
    """Width and height in pixels, in the order of `PIL.Image.size`."""

    width: int
    height: int


class OutsideFrame(ValueError):
    """Coordinates that lie beyond the border of their frame."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A coordinate system laid over one picture: `x` in 0..width, `y` in 0..height, the borders included.

    Reading is strict: a number outside is an `OutsideFrame`, and exactly `width` or `height` is the border itself,
    one step past the last pixel, since models do write it. Writing clamps: in a pixel frame the largest number
    written is `width - 1`.
    """

    name: FrameName
    width: float
    height: float

    @property
    def in_pixels(self) -> bool:
        return self.name in ("screen", "model_px")

    def point(self, x: float, y: float) -> Point:
        """The fraction-point of frame coordinates. Raises OutsideFrame."""
        if not (0 <= x <= self.width and 0 <= y <= self.height):
            raise OutsideFrame(
                f"({x:g}, {y:g}) lies outside the {self.name} frame, 0..{self.width:g} by 0..{self.height:g}"
            )
        return Point(x / self.width, y / self.height)

    def box(self, x1: float, y1: float, x2: float, y2: float) -> Box:
        """The fraction-box of frame coordinates. Raises OutsideFrame, and ValueError when the corners are swapped."""
        first, second = self.point(x1, y1), self.point(x2, y2)
        return Box(first.x, first.y, second.x, second.y)

    def position(self, point: Point) -> tuple[float, float]:
        """Exact frame coordinates of `point`, unrounded."""
        return point.x * self.width, point.y * self.height

    def pixel(self, point: Point) -> tuple[int, int]:
        """The pixel that holds `point`: floor, never `width` or `height`. What a device is told to touch."""
        return _cell(point.x, self.width), _cell(point.y, self.height)

    def numbers(self, point: Point) -> tuple[float, float]:
        """What a model should write for `point`: the nearest integers of the frame (floats in the unit frame)."""
        x, y = self.position(point)
        if self.name == "unit":
            return x, y
        last = 1 if self.in_pixels else 0
        return min(math.floor(x + 0.5), int(self.width) - last), min(math.floor(y + 0.5), int(self.height) - last)


def _cell(fraction: float, extent: float) -> int:
    # A fraction made from an integer pixel may sit one rounding error below it: 0.29 * 100 is 28.999999999999996.
    return min(math.floor(fraction * extent + 1e-6), int(extent) - 1)


N1000 = Frame("n1000", 1000, 1000)
UNIT = Frame("unit", 1, 1)


def screen(size: tuple[int, int]) -> Frame:
    """Pixels of the original screenshot or device, `size` as (width, height)."""
    return Frame("screen", *_positive(size))


def model_px(size: tuple[int, int]) -> Frame:
    """Pixels of the picture after `smart_resize`, `size` as (width, height)."""
    return Frame("model_px", *_positive(size))


def frame_for(name: FrameName, size: tuple[int, int]) -> Frame:
    """The frame called `name`; `size` is that of the screenshot (`screen`) or of the resized picture (`model_px`)."""
    if name == "n1000":
        return N1000
    if name == "unit":
        return UNIT
    if name in ("screen", "model_px"):
        return Frame(name, *_positive(size))
    raise ValueError(f"frame must be one of screen, model_px, n1000, unit, got {name!r}")


def _positive(size: tuple[int, int]) -> Size:
    width, height = size
    if width < 1 or height < 1:
        raise ValueError(f"a picture needs a positive size, got {width}x{height}")
    return Size(width, height)


@dataclass(frozen=True, slots=True)
class PixelBudget:
    """How many pixels the vision tower may see, and the grid they snap to."""

    min_pixels: int
    max_pixels: int
    factor: int = 28
    """Patch size times spatial merge: 28 for Qwen2.5-VL, 32 for Qwen3-VL and later."""

    def __post_init__(self) -> None:
        if self.factor < 1 or not 0 < self.min_pixels <= self.max_pixels:
            raise ValueError(f"a budget needs 0 < min_pixels <= max_pixels and factor >= 1, got {self}")

    def resize(self, size: tuple[int, int]) -> Size:
        """The size at which the model sees a picture of `size` (width, height). ValueError past aspect ratio 200."""
        return smart_resize(size, self)

    def tokens(self, size: tuple[int, int]) -> int:
        """Visual tokens, after merging, that a picture of `size` costs."""
        width, height = self.resize(size)
        return width * height // self.factor**2


def smart_resize(size: tuple[int, int], budget: PixelBudget) -> Size:
    """Snap `size` to multiples of the factor inside the budget, keeping the aspect ratio as well as that allows.

    Python's `round`, half to even, is part of the definition: a height of 1022 becomes 1008, where rounding half up
    would give 1036. A side shorter than half a factor counts as one factor.
    """
    width, height = _positive(size)
    if max(width, height) > MAX_ASPECT_RATIO * min(width, height):
        raise ValueError(f"aspect ratio must not exceed {MAX_ASPECT_RATIO}, got {width}x{height}")
    factor = budget.factor
    new_width, new_height = (max(factor, round(side / factor) * factor) for side in (width, height))
    if new_width * new_height > budget.max_pixels:
        shrink = math.sqrt(width * height / budget.max_pixels)
        new_width, new_height = (max(factor, math.floor(s / shrink / factor) * factor) for s in (width, height))
    elif new_width * new_height < budget.min_pixels:
        grow = math.sqrt(budget.min_pixels / (width * height))
        new_width, new_height = (math.ceil(s * grow / factor) * factor for s in (width, height))
    return Size(new_width, new_height)


VENUS1_GROUND_7B = PixelBudget(2_000_000, 4_800_000)
VENUS1_GROUND_72B = PixelBudget(3_110_400, 48_000_000)
VENUS1_NAVI_7B = PixelBudget(830_000, 937_664)
QWEN25VL = PixelBudget(3136, 12_845_056)
QWEN3VL = PixelBudget(3136, 12_845_056, factor=32)

BUDGETS: Mapping[str, PixelBudget] = MappingProxyType(
    {
        "venus1_ground_7b": VENUS1_GROUND_7B,
        "venus1_ground_72b": VENUS1_GROUND_72B,
        "venus1_navi_7b": VENUS1_NAVI_7B,
        "venus1_navi_72b": QWEN25VL,
        "qwen25vl": QWEN25VL,
        "qwen3vl": QWEN3VL,
    }
)
"""Budgets by name, as published with UI-Venus-1.0 and Qwen."""
