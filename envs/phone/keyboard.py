"""The on-screen keyboard: letters, two pages of symbols, and a number pad."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from envs.phone.layout import Layout

Page = Literal["letters", "symbols", "more", "number"]
PACKAGE = "com.google.android.inputmethod.latin"
ROW = 53
"""Height of a key row in dp."""

PAGES: dict[Page, tuple[str, ...]] = {
    "letters": ("q w e r t y u i o p", "a s d f g h j k l", "SHIFT z x c v b n m DEL", "SYMBOLS , SPACE . ENTER"),
    "symbols": ("1 2 3 4 5 6 7 8 9 0", "@ # $ _ & - + ( ) /", "MORE * \" ' : ; ! ? DEL", "LETTERS , SPACE . ENTER"),
    "more": ("~ ` | • ± ÷ × § ¶ ¬", "£ ¢ € ¥ ^ ° = { } \\", "SYMBOLS % © ® ™ ¿ ¡ [ ] DEL", "LETTERS < SPACE > ENTER"),
    "number": ("1 2 3 -", "4 5 6 SPACE", "7 8 9 DEL", ", 0 . ENTER"),
}
WEIGHTS = {"SHIFT": 1.5, "DEL": 1.5, "MORE": 1.5, "SYMBOLS": 1.5, "LETTERS": 1.5, "SPACE": 5.0, "ENTER": 1.5}
FACES = {
    "SHIFT": ("", "apple-keyboard-shift", "Shift"),
    "DEL": ("", "backspace-outline", "Delete"),
    "ENTER": ("", "keyboard-return", "Enter"),
    "MORE": ("=\\<", "", "More symbols"),
    "SYMBOLS": ("?123", "", "Symbols"),
    "LETTERS": ("ABC", "", "Letters"),
    "SPACE": ("", "", "Space"),
}
"""Key -> (caption, icon, accessible name) where they differ from the character typed."""


def keyboard_height(lay: Layout) -> int:
    return 4 * lay.dp(ROW) + lay.dp(10)


def keyboard(lay: Layout, bottom: int, page: Page, shift: bool, press: Callable[[str], Callable[[], None]]) -> None:
    """Draw the keyboard so that it ends at row `bottom`. `press(key)` gives a key's handler."""
    scene, t, dp = lay.scene, lay.theme, lay.dp
    height, row_height = keyboard_height(lay), dp(ROW)
    top = bottom - height
    back, face, special = (t.surface_container, t.surface_highest, t.surface_high)
    if not t.dark:
        back, face, special = t.surface_high, t.surface, t.secondary_container
    scene.package = PACKAGE
    scene.fill(0, top, scene.width, height, back)
    scene.parent = scene.add("keyboard", 0, top, scene.width, height, listed=False)
    units = 4.0 if page == "number" else 10.0
    unit = min(scene.width - dp(6), dp(900)) / units
    y = top + dp(6)
    for row in PAGES[page]:
        keys = row.split(" ")
        sizes = [1.0 if page == "number" else WEIGHTS.get(key, 1.0) for key in keys]
        if sum(sizes) > units:
            sizes = [size * units / sum(sizes) for size in sizes]
        x = (scene.width - sum(sizes) * unit) / 2
        for key, size in zip(keys, sizes, strict=True):
            left, right = round(x), round(x + size * unit)
            x += size * unit
            caption, icon, name = FACES.get(key, (key.upper() if shift else key, "", ""))
            plain = key not in FACES or key == "SPACE"
            fill, ink = (face, t.on_surface) if plain else (special, t.on_secondary_container)
            if key == "ENTER" or (key == "SHIFT" and shift):
                fill, ink = t.primary, t.on_primary
            gap = dp(2.5)
            scene.round(left + gap, y + dp(4), right - left - 2 * gap, row_height - dp(8), dp(6), fill)
            if icon:
                size_px = dp(22)
                scene.icon(icon, size_px, (left + right - size_px) // 2, y + (row_height - size_px) // 2, ink)
            elif caption:
                style = "bar" if len(caption) == 1 else "label"
                lay.write(
                    [caption], style, left, y + (row_height - lay.line_height(style)) // 2, right - left, ink, "center"
                )
            typed = {"SPACE": " "}.get(key, caption if key not in FACES else key)
            scene.add(
                "key",
                left,
                y,
                right - left,
                row_height,
                text="" if name else caption,
                label=name,
                icon=icon,
                on_tap=press(typed),
            )
        y += row_height
    scene.parent = None
