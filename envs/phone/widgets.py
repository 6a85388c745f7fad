"""Placers of what is looked at: text, icons, headers, tiles; and what all placers share."""

from __future__ import annotations

from envs.phone.layout import Layout
from envs.phone.scene import Node
from envs.phone.theme import RGB, letter_colors
from envs.phone.ui import Avatar, Divider, Header, Icon, Spacer, Text, Tile, Widget

TOUCH = 48
"""Smallest side of what a finger should hit, in dp."""


def node(ui: Layout, w: Widget, role: str, x: int, y: int, width: int, height: int, **what: object) -> Node:
    """The widget's node, with the attributes that every widget has."""
    what.setdefault("label", w.label)
    return ui.scene.add(role, x, y, width, height, id=w.id, enabled=w.enabled, **what)


def nothing() -> None:
    """What a button without a handler does; it still takes the tap."""


def contrast_ink(fill: RGB) -> RGB:
    """White or near black, whichever reads better on `fill`."""
    return (255, 255, 255) if 299 * fill[0] + 587 * fill[1] + 114 * fill[2] < 165_000 else (32, 33, 36)


def text(ui: Layout, w: Text, x: int, y: int, width: int, padding: int) -> int:
    lines = ui.lines(w.text, w.style, width, w.lines)
    height = ui.line_height(w.style) * len(lines)
    if ui.scene.sees(y, height):
        color: RGB = getattr(ui.theme, w.color) if w.enabled else ui.theme.disabled
        box = ui.write(lines, w.style, x, y, width, color, w.align)
        node(ui, w, "text", box[0], y, max(1, box[2] - box[0]), height, text=w.text, on_tap=w.on_tap)
    return height


def icon_ink(ui: Layout, w: Icon, enabled: bool) -> RGB:
    if not enabled:
        return ui.theme.disabled
    return w.color if isinstance(w.color, tuple) else getattr(ui.theme, w.color)


def icon(ui: Layout, w: Icon, x: int, y: int, width: int, padding: int) -> int:
    size = ui.dp(w.size)
    ui.scene.icon(w.name, size, x, y, icon_ink(ui, w, w.enabled))
    node(ui, w, "image", x, y, size, size, icon=w.name)
    return size


def avatar(ui: Layout, w: Avatar, x: int, y: int, width: int, padding: int) -> int:
    size = ui.dp(w.size)
    fill, ink = letter_colors(w.letter, ui.theme.dark)
    ui.scene.round(x, y, size, size, size // 2, fill)
    style = "title" if w.size < 64 else "headline"
    height = ui.line_height(style)
    ui.write([w.letter], style, x, y + (size - height) // 2, size, ink, "center")
    node(ui, w, "image", x, y, size, size, listed=bool(w.label))
    return size


def header(ui: Layout, w: Header, x: int, y: int, width: int, padding: int) -> int:
    padding = padding or ui.dp(16)
    lines = ui.lines(w.text, "label", width - 2 * padding, 2)
    top, height = ui.dp(16), ui.line_height("label") * len(lines)
    box = ui.write(lines, "label", x + padding, y + top, width - 2 * padding, ui.theme.primary)
    node(ui, w, "text", box[0], y + top, box[2] - box[0], height, text=w.text)
    return top + height + ui.dp(8)


def divider(ui: Layout, w: Divider, x: int, y: int, width: int, padding: int) -> int:
    ui.scene.fill(x, y, width, ui.dp(1), ui.theme.outline_variant)
    return ui.dp(1)


def spacer(ui: Layout, w: Spacer, x: int, y: int, width: int, padding: int) -> int:
    return ui.dp(w.height)


def tile(ui: Layout, w: Tile, x: int, y: int, width: int, padding: int, ink: RGB | None = None) -> int:
    """`ink` is the caption's colour where it is not the theme's (the launcher)."""
    t, disc, size = ui.theme, ui.dp(56), ui.dp(28)
    lines = ui.lines(w.text, "caption", width - ui.dp(4), 1 if ink else 2)
    height = ui.dp(8) + disc + ui.dp(6) + len(lines) * ui.line_height("caption") + ui.dp(8)
    if not ui.scene.sees(y, height):
        return height
    left, top = x + (width - disc) // 2, y + ui.dp(8)
    fill = w.color if w.active else t.surface_highest
    ui.scene.round(left, top, disc, disc, disc // 2, fill)
    mark = contrast_ink(fill) if w.active else t.on_surface_variant
    ui.scene.icon(w.icon, size, left + (disc - size) // 2, top + (disc - size) // 2, mark)
    ui.write(lines, "caption", x + ui.dp(2), top + disc + ui.dp(6), width - ui.dp(4), ink or t.on_surface, "center")
    on_tap = w.on_tap or nothing
    node(
        ui,
        w,
        "tile",
        x,
        y,
        width,
        height,
        text=w.text,
        icon=w.icon,
        on_tap=on_tap,
        on_long_press=w.on_long_press,
        selected=False,
    )
    return height
