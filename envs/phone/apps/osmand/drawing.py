"""Draws the map: land, forests, rivers, roads, names, and over them what the owner put there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw

from envs.phone.apps.osmand.camera import Camera
from envs.phone.apps.osmand.geography import BORDER, BY_NAME, FORESTS, MAIN_ROADS, PLACES, RHINE, SIDE_ROADS, At, Kind
from envs.phone.fonts import Font, icon_run, text_run
from envs.phone.theme import RGB


@dataclass(frozen=True, slots=True)
class Colors:
    land: RGB
    forest: RGB
    water: RGB
    casing: RGB
    road: RGB
    lane: RGB
    border: RGB
    ink: RGB
    halo: RGB


DAY = Colors(
    (242, 239, 232), (200, 222, 178), (165, 203, 226), (200, 150, 90), (250, 211, 130), (255, 255, 255),
    (150, 100, 160), (40, 40, 40), (255, 255, 255),
)  # fmt: skip
NIGHT = Colors(
    (37, 41, 46), (44, 62, 48), (36, 66, 88), (28, 30, 34), (150, 116, 62), (92, 96, 102), (150, 110, 165),
    (222, 222, 222), (24, 26, 30),
)  # fmt: skip
SHOWN_FROM: dict[Kind, int] = {"capital": 8, "town": 10, "village": 11, "hamlet": 12, "peak": 12, "point": 99}
TEXT_SP: dict[Kind, int] = {"capital": 16, "town": 14, "village": 13, "hamlet": 11, "peak": 11, "point": 11}
ROUTE: RGB = (60, 110, 230)


@dataclass(frozen=True, slots=True)
class Pin:
    """Something at a point: an icon in a disc."""

    at: At
    icon: str
    color: RGB
    size: float = 24.0


@lru_cache(maxsize=16)
def draw(
    camera: Camera, width: int, height: int, scale: float, dark: bool, pins: tuple[Pin, ...], line: tuple[At, ...]
) -> Image.Image:
    """The map as `camera` sees it, RGB. `scale` is device pixels per dp, `line` a track or the way of a route."""
    image = _base(camera, width, height, scale, dark).copy()
    if len(line) > 1:
        way = _way(camera, line, width, height, scale)
        ImageDraw.Draw(image).line(way, fill=ROUTE, width=max(2, round(5 * scale)), joint="curve")
    for pin in pins:
        _pin(image, pin, *camera.pixel(pin.at, width, height, scale), scale)
    _ruler(image, camera, scale, NIGHT if dark else DAY)
    return image


@lru_cache(maxsize=8)
def _base(camera: Camera, width: int, height: int, scale: float, dark: bool) -> Image.Image:
    colors = NIGHT if dark else DAY
    image = Image.new("RGB", (width, height), colors.land)
    pen = ImageDraw.Draw(image)
    for ring in FORESTS:
        pen.polygon(_way(camera, ring, width, height, scale), fill=colors.forest)
    wide = scale * max(2.0, 1.6 ** (camera.zoom - 9))
    pen.line(
        _way(camera, RHINE, width, height, scale), fill=colors.water, width=round(min(60 * scale, wide)), joint="curve"
    )
    for start, end in zip(BORDER, (*BORDER[1:], BORDER[0]), strict=True):
        _dashes(
            pen,
            camera.pixel(start, width, height, scale),
            camera.pixel(end, width, height, scale),
            colors.border,
            scale,
        )
    grow = min(14.0, max(1.0, 1.35 ** (camera.zoom - 10)))
    for roads, fill, share in ((SIDE_ROADS, colors.lane, 1.6), (MAIN_ROADS, colors.road, 2.4)):
        ways = [_way(camera, [BY_NAME[name].at for name in road], width, height, scale) for road in roads]
        for color, extra in ((colors.casing, 2.0), (fill, 0.0)):
            for way in ways:
                pen.line(way, fill=color, width=max(1, round((share * grow + extra) * scale)), joint="curve")
    _names(image, camera, scale, colors)
    return image


def _way(camera: Camera, points: Iterable[At], width: int, height: int, scale: float) -> list[tuple[float, float]]:
    """Corners in pixels, held within a few screens: far outside, PIL's lines overflow."""
    far = 4 * (width + height)
    return [
        (max(-far, min(far, x)), max(-far, min(far, y)))
        for x, y in (camera.pixel(point, width, height, scale) for point in points)
    ]


def _dashes(
    pen: ImageDraw.ImageDraw, start: tuple[float, float], end: tuple[float, float], color: RGB, scale: float
) -> None:
    (x1, y1), (x2, y2) = start, end
    length = math.hypot(x2 - x1, y2 - y1)
    count = min(400, int(length / (9 * scale)))
    for n in range(count):
        a, b = n / count, (n + 0.55) / count
        pen.line(
            [(x1 + (x2 - x1) * a, y1 + (y2 - y1) * a), (x1 + (x2 - x1) * b, y1 + (y2 - y1) * b)],
            fill=color,
            width=max(1, round(1.5 * scale)),
        )


def _names(image: Image.Image, camera: Camera, scale: float, colors: Colors) -> None:
    """Larger places first; a name that would lie on another is left out."""
    width, height = image.size
    taken: list[tuple[float, float, float, float]] = []
    for place in sorted(PLACES, key=lambda p: SHOWN_FROM[p.kind]):
        x, y = camera.pixel(place.at, width, height, scale)
        if camera.zoom < SHOWN_FROM[place.kind] or not (-100 < x < width + 100 and -30 < y < height + 30):
            continue
        font = Font("Medium" if place.kind in ("capital", "town") else "Regular", round(TEXT_SP[place.kind] * scale))
        run = text_run(place.name, font)
        wide, tall = run.mask.size
        left, top = round(x - wide / 2), round(y + 5 * scale)
        box = (left, y - 3 * scale, left + wide, top + tall)
        if any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken):
            continue
        taken.append(box)
        dot = (3 if place.kind != "hamlet" else 2) * scale
        pen = ImageDraw.Draw(image)
        if place.kind == "peak":
            pen.polygon([(x, y - 1.6 * dot), (x - 1.5 * dot, y + dot), (x + 1.5 * dot, y + dot)], fill=(140, 90, 50))
        else:
            pen.ellipse((x - dot, y - dot, x + dot, y + dot), fill=colors.ink, outline=colors.halo)
        _text(image, run.mask, left, top, colors, scale)


def _text(image: Image.Image, mask: Image.Image, left: int, top: int, colors: Colors, scale: float) -> None:
    edge = max(1, round(scale))
    for dx in (-edge, 0, edge):
        for dy in (-edge, 0, edge):
            image.paste(colors.halo, (left + dx, top + dy), mask)
    image.paste(colors.ink, (left, top), mask)


def _pin(image: Image.Image, pin: Pin, x: float, y: float, scale: float) -> None:
    radius = pin.size * scale / 2
    if not (-radius < x < image.width + radius and -radius < y < image.height + radius):
        return
    pen = ImageDraw.Draw(image)
    ring = max(1, round(1.5 * scale))
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=pin.color, outline=(255, 255, 255), width=ring)
    if pin.icon:
        size = max(6, round(radius * 1.3))
        run = icon_run(pin.icon, size)
        image.paste((255, 255, 255), (round(x - size / 2) + run.left, round(y - size / 2) + run.top), run.mask)


def _ruler(image: Image.Image, camera: Camera, scale: float, colors: Colors) -> None:
    """A length that is round, at the bottom left."""
    per_pixel = camera.metres_per_pixel(scale)
    most = 90 * scale * per_pixel
    unit = 10 ** math.floor(math.log10(most))
    length = unit * next(n for n in (5, 2, 1) if n * unit <= most)
    wide, left, bottom = round(length / per_pixel), round(16 * scale), image.height - round(14 * scale)
    pen = ImageDraw.Draw(image)
    tick, thick = round(5 * scale), max(1, round(1.5 * scale))
    corners = [(left, bottom - tick), (left, bottom), (left + wide, bottom), (left + wide, bottom - tick)]
    pen.line(corners, fill=colors.ink, width=thick)
    run = text_run(f"{length:g} m" if length < 1000 else f"{length / 1000:g} km", Font("Regular", round(11 * scale)))
    _text(image, run.mask, left + tick, bottom - tick - run.mask.height, colors, scale)


def pins(points: Sequence[At], color: RGB) -> list[Pin]:
    """The corners of a route."""
    return [Pin(at, "", color, 16.0) for at in points]
