"""A drawing: strokes on a ground, as pixels and as the files that it is saved in."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw

RGB = tuple[int, int, int]
Drawing = tuple["Stroke", ...]
FINE = 2
"""Pixels drawn per pixel and axis, so that edges are smooth."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A straight line from where the finger came down to where it left; a dot where these are one."""

    start: tuple[float, float]
    """In fractions of the canvas, as `end`."""
    end: tuple[float, float]
    width: float
    """As a fraction of the canvas's width."""
    color: RGB | None
    """None rubs out: the ground shows again."""


@lru_cache(maxsize=16)
def painted(drawing: Drawing, ground: RGB, width: int, height: int) -> Image.Image:
    """The drawing in width x height pixels."""
    fine = Image.new("RGB", (FINE * width, FINE * height), ground)
    draw = ImageDraw.Draw(fine)
    for stroke in drawing:
        ink, thick = stroke.color or ground, max(1.0, stroke.width * fine.width)
        ends = [(x * fine.width, y * fine.height) for x, y in (stroke.start, stroke.end)]
        draw.line(ends, fill=ink, width=round(thick))
        for x, y in ends:
            draw.ellipse((x - thick / 2, y - thick / 2, x + thick / 2, y + thick / 2), fill=ink)
    return fine.reduce(FINE)


def encoded(drawing: Drawing, ground: RGB, size: tuple[int, int], extension: str) -> bytes:
    """The drawing as a file: "png", "jpg" or "svg"."""
    if extension == "svg":
        return svg(drawing, ground, size).encode()
    file = io.BytesIO()
    painted(drawing, ground, *size).save(file, {"png": "PNG", "jpg": "JPEG"}[extension], quality=95)
    return file.getvalue()


def svg(drawing: Sequence[Stroke], ground: RGB, size: tuple[int, int]) -> str:
    width, height = size
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">',
        f'  <rect width="{width}" height="{height}" fill="{_hex(ground)}"/>',
    ]
    for stroke in drawing:
        (x1, y1), (x2, y2) = stroke.start, stroke.end
        lines.append(
            f'  <path d="M{x1 * width:.1f} {y1 * height:.1f}L{x2 * width:.1f} {y2 * height:.1f}" fill="none" '
            f'stroke="{_hex(stroke.color or ground)}" stroke-width="{max(0.5, stroke.width * width):.1f}" '
            f'stroke-linecap="round"/>'
        )
    return "\n".join([*lines, "</svg>\n"])


def _hex(color: RGB) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)
