"""What a picture file looks like: decoded, cut to a square for a grid, or fitted, zoomed and moved in a viewer.

All functions are pure and cached by the file's bytes, so what looks the same is the same object.
"""

from __future__ import annotations

import io
from functools import lru_cache

from PIL import Image, ImageOps

from envs.phone.fonts import icon_run

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP")
MOST_PIXELS = 40_000_000
"""Pixels from which on a file is not decoded: a phone would run out of memory."""
GREY, INK, TICK = (68, 71, 75), (154, 160, 166), (66, 133, 244)
BLACK = (0, 0, 0)


@lru_cache(maxsize=12)
def decode(data: bytes) -> Image.Image | None:
    """The picture, RGB and upright, transparent parts white; None for what is not one."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                return None
            picture = ImageOps.exif_transpose(opened)
            if not picture.has_transparency_data:
                return picture.convert("RGB")
            sheet = Image.new("RGBA", picture.size, (255, 255, 255, 255))
            return Image.alpha_composite(sheet, picture.convert("RGBA")).convert("RGB")
    except Exception:
        return None


@lru_cache(maxsize=256)
def thumbnail(data: bytes, kind: str, width: int, height: int, ticked: bool = False) -> Image.Image:
    """The middle of a picture, filling width x height; a sign for a video and for what cannot be decoded."""
    picture = decode(data) if kind == "Image" else None
    tile = _sign(kind, width, height) if picture is None else ImageOps.fit(picture, (width, height))
    if ticked:
        tile = Image.blend(tile, Image.new("RGB", tile.size, BLACK), 0.4)
        _stamp(tile, "check-circle", max(12, width // 4), 0.15, 0.15, TICK)
    return tile


@lru_cache(maxsize=16)
def view(data: bytes, kind: str, width: int, height: int, zoom: float, cx: float, cy: float) -> Image.Image:
    """The picture fitted into width x height on black, then enlarged `zoom` times around (cx, cy).

    The centre is in fractions of the view before it is enlarged.
    """
    picture = decode(data) if kind == "Image" else None
    if picture is None:
        return _sign(kind, width, height)
    fit = min(width / picture.width, height / picture.height)
    scale = fit * zoom
    left = (width - picture.width * fit) / 2 * zoom - (cx * zoom - 0.5) * width
    top = (height - picture.height * fit) / 2 * zoom - (cy * zoom - 0.5) * height
    x1, y1 = max(0, round(left)), max(0, round(top))
    x2 = min(width, round(left + picture.width * scale))
    y2 = min(height, round(top + picture.height * scale))
    sheet = Image.new("RGB", (width, height), BLACK)
    if x1 < x2 and y1 < y2:
        box = (
            max(0.0, (x1 - left) / scale),
            max(0.0, (y1 - top) / scale),
            min(float(picture.width), (x2 - left) / scale),
            min(float(picture.height), (y2 - top) / scale),
        )
        smooth = Image.Resampling.LANCZOS if scale < 1 else Image.Resampling.BICUBIC
        sheet.paste(picture.resize((x2 - x1, y2 - y1), smooth, box), (x1, y1))
    return sheet


def _sign(kind: str, width: int, height: int) -> Image.Image:
    tile = Image.new("RGB", (width, height), GREY)
    name = "play-circle" if kind == "Video" else "image-outline"
    _stamp(tile, name, max(12, min(width, height) // 3), 0.5, 0.5, INK)
    return tile


def _stamp(tile: Image.Image, icon: str, size: int, x: float, y: float, ink: tuple[int, int, int]) -> None:
    """Put an icon's middle at (x, y) of the tile."""
    mask, left, top, _ = icon_run(icon, size)
    tile.paste(ink, (round(x * tile.width - size / 2 + left), round(y * tile.height - size / 2 + top)), mask)
