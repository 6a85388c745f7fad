"""What the cameras see: a still room at the back, a person in front. Sunlight and a cloud move on with time."""

from __future__ import annotations

from functools import lru_cache

from PIL import Image, ImageDraw

RGB = tuple[int, int, int]
ROUND_S = 60
"""Seconds after which the scenery is as it was."""


@lru_cache(maxsize=8)
def scenery(width: int, height: int, second: int, front: bool, grid: bool = False) -> Image.Image:
    """The scene of `width` x `height` pixels at a second on the phone's clock; `grid` draws lines at the thirds."""
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    (_person if front else _room)(_Pen(draw, width, height), second % ROUND_S / ROUND_S)
    if grid:
        for third in (1, 2):
            draw.line((width * third // 3, 0, width * third // 3, height), fill=(235, 235, 235))
            draw.line((0, height * third // 3, width, height * third // 3), fill=(235, 235, 235))
    return image


class _Pen:
    """Draws with places in fractions of the picture."""

    def __init__(self, draw: ImageDraw.ImageDraw, width: int, height: int) -> None:
        self._draw, self._width, self._height = draw, width, height

    def box(self, x1: float, y1: float, x2: float, y2: float, color: RGB) -> None:
        self._draw.rectangle(self._scaled(x1, y1, x2, y2), fill=color)

    def disc(self, x1: float, y1: float, x2: float, y2: float, color: RGB) -> None:
        self._draw.ellipse(self._scaled(x1, y1, x2, y2), fill=color)

    def shape(self, points: list[tuple[float, float]], color: RGB) -> None:
        self._draw.polygon([(x * self._width, y * self._height) for x, y in points], fill=color)

    def _scaled(self, x1: float, y1: float, x2: float, y2: float) -> tuple[float, float, float, float]:
        return x1 * self._width, y1 * self._height, x2 * self._width, y2 * self._height


def _room(pen: _Pen, phase: float) -> None:
    """A wall with a window, a table with a plant and a cup."""
    pen.box(0, 0, 1, 0.72, (214, 202, 184))
    pen.box(0, 0.72, 1, 1, (132, 98, 72))
    pen.shape([(0.1 + 0.5 * phase, 0.72), (0.3 + 0.5 * phase, 0.72), (0.45, 0.1), (0.3, 0.1)], (228, 218, 200))
    pen.box(0.14, 0.1, 0.56, 0.46, (246, 246, 244))
    pen.box(0.16, 0.115, 0.54, 0.445, (128, 182, 226))
    cloud = 0.16 + 0.28 * phase
    pen.disc(cloud, 0.17, cloud + 0.1, 0.23, (240, 246, 250))
    pen.box(0.16, 0.37, 0.54, 0.445, (96, 142, 84))
    pen.box(0.345, 0.1, 0.355, 0.46, (246, 246, 244))
    pen.box(0.3, 0.62, 0.95, 0.66, (104, 70, 48))
    pen.box(0.36, 0.66, 0.4, 0.92, (88, 58, 40))
    pen.box(0.85, 0.66, 0.89, 0.92, (88, 58, 40))
    pen.shape([(0.68, 0.52), (0.82, 0.52), (0.79, 0.62), (0.71, 0.62)], (186, 92, 60))
    for left, top in ((0.62, 0.4), (0.7, 0.34), (0.78, 0.41)):
        pen.disc(left, top, left + 0.1, top + 0.15, (70, 124, 66))
    pen.box(0.44, 0.56, 0.53, 0.62, (232, 232, 236))


def _person(pen: _Pen, phase: float) -> None:
    """Head and shoulders before a wall."""
    pen.box(0, 0, 1, 1, (176, 190, 204))
    pen.disc(0.7, 0.05 + 0.2 * phase, 0.9, 0.17 + 0.2 * phase, (250, 234, 190))
    pen.disc(0.1, 0.68, 0.9, 1.3, (64, 88, 132))
    pen.box(0.43, 0.58, 0.57, 0.74, (206, 158, 128))
    pen.disc(0.29, 0.22, 0.71, 0.48, (74, 50, 36))
    pen.disc(0.32, 0.27, 0.68, 0.64, (222, 174, 142))
    for left in (0.41, 0.54):
        pen.disc(left, 0.42, left + 0.05, 0.445, (40, 32, 30))
    pen.disc(0.44, 0.54, 0.56, 0.57, (166, 84, 80))
