"""Material 3 colour roles, derived from a seed hue as "Material You" does: every role is a tone of a tonal palette.

Tones are CIELAB lightness, so contrast between two roles is the same for every hue. (Material's HCT uses CAM16 hue and
chroma; CIELCh is close enough for the eye and has a closed form.)
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

RGB = tuple[int, int, int]

SEEDS: dict[str, float] = {"blue": 275.0, "violet": 305.0, "teal": 205.0, "green": 145.0, "amber": 75.0, "rose": 10.0}
"""Hue angle in CIELCh of each palette that a phone may get."""


def tone(hue: float, chroma: float, lightness: float) -> RGB:
    """sRGB of a CIELCh(ab) colour; chroma is lowered until the colour is inside the gamut."""
    while True:
        linear = _linear_rgb(hue, chroma, lightness)
        if chroma <= 0 or all(-1e-4 <= c <= 1 + 1e-4 for c in linear):
            red, green, blue = (_gamma(min(1.0, max(0.0, c))) for c in linear)
            return red, green, blue
        chroma -= 1.0


def _linear_rgb(hue: float, chroma: float, lightness: float) -> tuple[float, float, float]:
    fy = (lightness + 16) / 116
    fx = fy + chroma * math.cos(math.radians(hue)) / 500
    fz = fy - chroma * math.sin(math.radians(hue)) / 200
    x, y, z = (w * (f**3 if f > 6 / 29 else (f - 4 / 29) * 108 / 841) for w, f in ((0.9505, fx), (1, fy), (1.089, fz)))
    return (
        3.2406 * x - 1.5372 * y - 0.4986 * z,
        -0.9689 * x + 1.8758 * y + 0.0415 * z,
        0.0557 * x - 0.2040 * y + 1.0570 * z,
    )


def _gamma(value: float) -> int:
    return round(255 * (12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055))


@dataclass(frozen=True, slots=True)
class Theme:
    """Roles as Material 3 names them (m3.material.io/styles/color/roles)."""

    name: str
    dark: bool
    primary: RGB
    on_primary: RGB
    primary_container: RGB
    on_primary_container: RGB
    secondary_container: RGB
    on_secondary_container: RGB
    surface: RGB
    surface_low: RGB
    surface_container: RGB
    surface_high: RGB
    surface_highest: RGB
    on_surface: RGB
    on_surface_variant: RGB
    outline: RGB
    outline_variant: RGB
    disabled: RGB
    """Text and icons of what is not enabled."""
    disabled_fill: RGB
    inverse_surface: RGB
    inverse_on_surface: RGB
    error: RGB
    wallpaper: tuple[RGB, RGB, RGB]
    """Top, bottom and highlight of the launcher's background."""


@cache
def theme(seed: str, dark: bool) -> Theme:
    """The colour roles of palette `seed`, a key of SEEDS."""
    hue = SEEDS[seed]

    def accent(light: float, night: float) -> RGB:
        return tone(hue, 48, night if dark else light)

    def soft(light: float, night: float) -> RGB:
        return tone(hue, 16, night if dark else light)

    def neutral(light: float, night: float) -> RGB:
        return tone(hue, 3, night if dark else light)

    def variant(light: float, night: float) -> RGB:
        return tone(hue, 6, night if dark else light)

    return Theme(
        name=seed,
        dark=dark,
        primary=accent(40, 80),
        on_primary=accent(100, 20),
        primary_container=tone(hue, 30, 30 if dark else 90),
        on_primary_container=accent(10, 90),
        secondary_container=soft(90, 30),
        on_secondary_container=soft(10, 90),
        surface=neutral(98, 6),
        surface_low=neutral(96, 10),
        surface_container=neutral(94, 12),
        surface_high=neutral(92, 17),
        surface_highest=neutral(90, 22),
        on_surface=neutral(10, 90),
        on_surface_variant=variant(30, 80),
        outline=variant(50, 60),
        outline_variant=variant(80, 30),
        disabled=neutral(66, 42),
        disabled_fill=neutral(88, 22),
        inverse_surface=neutral(20, 90),
        inverse_on_surface=neutral(95, 20),
        error=tone(35, 80, 80 if dark else 42),
        wallpaper=(
            tone(hue, 34, 24 if dark else 62),
            tone(hue + 40, 30, 10 if dark else 38),
            tone(hue - 30, 30, 34 if dark else 76),
        ),
    )


LETTER_HUES = (25.0, 65.0, 110.0, 150.0, 200.0, 250.0, 285.0, 320.0, 350.0)


@cache
def letter_colors(letter: str, dark: bool) -> tuple[RGB, RGB]:
    """(fill, text) of a contact's circle; the same letter always has the same colour."""
    hue = LETTER_HUES[sum(map(ord, letter)) % len(LETTER_HUES)]
    return (tone(hue, 40, 35), tone(hue, 30, 92)) if dark else (tone(hue, 40, 85), tone(hue, 50, 25))
