"""What part of the map is looked at: the spherical Mercator projection of web maps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from envs.phone.apps.osmand.geography import At

MIN_ZOOM, MAX_ZOOM = 8, 18
TILE = 256
"""Pixels of a tile; the world is 2^zoom tiles wide."""


@dataclass(frozen=True, slots=True)
class Camera:
    centre: At
    zoom: int

    def pixel(self, at: At, width: int, height: int, scale: float) -> tuple[float, float]:
        """Where a point is on a picture of this size; `scale` is the screen's density."""
        x, y = _world(at, self.zoom, scale)
        cx, cy = _world(self.centre, self.zoom, scale)
        return x - cx + width / 2, y - cy + height / 2

    def point(self, x: float, y: float, width: int, height: int, scale: float) -> At:
        """The point under a pixel."""
        cx, cy = _world(self.centre, self.zoom, scale)
        size = TILE * scale * 2**self.zoom
        mx, my = (cx + x - width / 2) / size, (cy + y - height / 2) / size
        lat = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * my))))
        return At(max(-85.0, min(85.0, lat)), max(-180.0, min(180.0, mx * 360 - 180)))

    def zoomed(self, by: int) -> Camera:
        return Camera(self.centre, max(MIN_ZOOM, min(MAX_ZOOM, self.zoom + by)))

    def metres_per_pixel(self, scale: float) -> float:
        return 40_075_016.7 * math.cos(math.radians(self.centre.lat)) / (TILE * scale * 2**self.zoom)


def fitting(points: Sequence[At]) -> Camera:
    """All of the points on a phone's screen, with some room."""
    north, south = max(p.lat for p in points), min(p.lat for p in points)
    east, west = max(p.lon for p in points), min(p.lon for p in points)
    centre = At((north + south) / 2, (east + west) / 2)
    span = max(east - west, (north - south) * 1.2, 0.002)
    return Camera(centre, max(MIN_ZOOM, min(15, int(math.log2(360 / span)))))


def _world(at: At, zoom: int, scale: float) -> tuple[float, float]:
    size = TILE * scale * 2**zoom
    lat = max(-85.0, min(85.0, at.lat))
    return (at.lon + 180) / 360 * size, (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * size
