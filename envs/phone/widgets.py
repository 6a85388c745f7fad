"""Placers of the plain widgets: text, icons, buttons, toggles, chips, tabs and containers."""

from __future__ import annotations

from envs.phone.layout import Layout
from envs.phone.scene import Node
from envs.phone.theme import RGB, letter_colors
from envs.phone.ui import (
    Avatar,
    Button,
    Card,
    Checkbox,
    Chip,
    Column,
    Divider,
    Grid,
    Handler,
    Header,
    Icon,
    IconButton,
    Line,
    Radio,
    Spacer,
    Switch,
    Tabs,
    Text,
    Tile,
    Widget,
)

TOUCH = 48
"""Smallest side of what a finger should hit, in dp."""


def text(ui: Layout, w: Text, x: int, y: int, width: int, padding: int) -> int:
    lines = ui.lines(w.text, w.style, width, w.lines)
    height = ui.line_height(w.style) * len(lines)
    if ui.scene.sees(y, height):
        color: RGB = getattr(ui.theme, w.color) if w.enabled else ui.theme.disabled
        box = ui.write(lines, w.style, x, y, width, color, w.align)
        node(ui, w, "text", box[0], y, max(1, box[2] - box[0]), height, text=w.text, on_tap=w.on_tap)
    return height


def node(ui: Layout, w: Widget, role: str, x: int, y: int, width: int, height: int, **what: object) -> Node:
    """The widget's node, with the attributes that every widget has."""
    what.setdefault("label", w.label)
    return ui.scene.add(role, x, y, width, height, id=w.id, enabled=w.enabled, **what)


def icon(ui: Layout, w: Icon, x: int, y: int, width: int, padding: int) -> int:
    size = ui.dp(w.size)
    color: RGB = getattr(ui.theme, w.color) if w.enabled else ui.theme.disabled
    ui.scene.icon(w.name, size, x, y, color)
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


def icon_button(ui: Layout, w: IconButton, x: int, y: int, width: int, padding: int, color: RGB | None = None) -> int:
    side, size = ui.dp(TOUCH), ui.dp(24)
    inset = (side - size) // 2
    ui.scene.icon(w.icon, size, x + inset, y + inset, (color or ui.theme.on_surface_variant) if w.enabled else ui.theme.disabled)
    node(ui, w, "button", x, y, side, side, icon=w.icon, on_tap=w.on_tap or nothing)
    return side


def nothing() -> None:
    """What a button without a handler does; it still takes the tap."""


def button_width(ui: Layout, w: Button) -> int:
    side = 12 if w.kind == "text" else 24
    extra = ui.dp(26) - ui.dp(8 if w.kind != "text" else 0) if w.icon else 0
    return ui.width(w.text, "label") + 2 * ui.dp(side) + extra


def button(ui: Layout, w: Button, x: int, y: int, width: int, padding: int) -> int:
    """Natural width when it fits, centred vertically in its touch target."""
    t, height, target = ui.theme, max(ui.dp(40), ui.line_height("label") + ui.dp(12)), ui.dp(TOUCH)
    target = max(target, height)
    wide = min(width, max(button_width(ui, w), ui.dp(TOUCH)))
    top = y + (target - height) // 2
    ink = {"filled": t.on_primary, "tonal": t.on_secondary_container}.get(w.kind, t.primary)
    fill = {"filled": t.primary, "tonal": t.secondary_container}.get(w.kind)
    if not w.enabled:
        ink, fill = t.disabled, t.disabled_fill if fill else None
    if fill:
        ui.scene.round(x, top, wide, height, height // 2, fill)
    elif w.kind == "outlined":
        ui.scene.ring(x, top, wide, height, height // 2, ui.dp(1), t.outline if w.enabled else t.disabled_fill)
    lead = ui.dp(26) if w.icon else 0
    [shown] = ui.lines(w.text, "label", wide - lead - ui.dp(16), 1)
    start = x + (wide - lead - ui.width(shown, "label")) // 2
    if w.icon:
        ui.scene.icon(w.icon, ui.dp(18), start, top + (height - ui.dp(18)) // 2, ink)
    ui.write([shown], "label", start + lead, top + (height - ui.line_height("label")) // 2, wide, ink)
    node(ui, w, "button", x, top, wide, height, text=w.text, icon=w.icon, on_tap=w.on_tap or nothing)
    return target


def toggle(w: Widget | None) -> Handler | None:
    """What a tap on a Switch, Checkbox or Radio does; None for anything else."""
    if isinstance(w, (Switch, Checkbox)):
        change, value = w.on_change, not w.on
        return (lambda: change(value)) if change else nothing
    if isinstance(w, Radio):
        return w.on_tap or nothing
    return None


def switch(ui: Layout, w: Switch, x: int, y: int, width: int, padding: int) -> int:
    t, (track, height, target) = ui.theme, map(ui.dp, (52, 32, TOUCH))
    top = y + (target - height) // 2
    if w.on:
        ui.scene.round(x, top, track, height, height // 2, t.primary if w.enabled else t.disabled_fill)
        thumb, ink = ui.dp(24), t.on_primary if w.enabled else t.surface
        left = x + track - ui.dp(4) - thumb
    else:
        edge = t.outline if w.enabled else t.disabled_fill
        ui.scene.round(x, top, track, height, height // 2, t.surface_highest)
        ui.scene.ring(x, top, track, height, height // 2, ui.dp(2), edge)
        thumb, ink, left = ui.dp(16), edge, x + ui.dp(8)
    ui.scene.round(left, top + (height - thumb) // 2, thumb, thumb, thumb // 2, ink)
    node(ui, w, "switch", x, y, track, target, checkable=True, checked=w.on, on_tap=toggle(w))
    return target


def checkbox(ui: Layout, w: Checkbox, x: int, y: int, width: int, padding: int) -> int:
    return _mark(ui, w, x, y, w.on, "checkbox", "checkbox-marked" if w.on else "checkbox-blank-outline")


def radio(ui: Layout, w: Radio, x: int, y: int, width: int, padding: int) -> int:
    return _mark(ui, w, x, y, w.on, "radio", "radiobox-marked" if w.on else "radiobox-blank")


def _mark(ui: Layout, w: Checkbox | Radio, x: int, y: int, on: bool, role: str, name: str) -> int:
    t, side, size = ui.theme, ui.dp(TOUCH), ui.dp(24)
    ink = t.disabled if not w.enabled else t.primary if on else t.on_surface_variant
    ui.scene.icon(name, size, x + (side - size) // 2, y + (side - size) // 2, ink)
    node(ui, w, role, x, y, side, side, checkable=True, checked=on, on_tap=toggle(w))
    return side


def chip_width(ui: Layout, w: Chip) -> int:
    return ui.width(w.text, "label") + ui.dp(50 if w.selected else 32)


def chip(ui: Layout, w: Chip, x: int, y: int, width: int, padding: int) -> int:
    t, height, target = ui.theme, max(ui.dp(32), ui.line_height("label") + ui.dp(8)), ui.dp(TOUCH)
    target = max(target, height)
    wide, top = min(width, chip_width(ui, w)), y + (target - height) // 2
    ink = t.on_secondary_container if w.selected else t.on_surface_variant
    if not w.enabled:
        ink = t.disabled
    start = x + ui.dp(16)
    if w.selected:
        ui.scene.round(x, top, wide, height, ui.dp(8), t.secondary_container)
        ui.scene.icon("check", ui.dp(18), x + ui.dp(8), top + (height - ui.dp(18)) // 2, ink)
        start += ui.dp(18)
    else:
        ui.scene.ring(x, top, wide, height, ui.dp(8), ui.dp(1), t.outline_variant)
    [shown] = ui.lines(w.text, "label", x + wide - start - ui.dp(8), 1)
    ui.write([shown], "label", start, top + (height - ui.line_height("label")) // 2, wide, ink)
    on_tap = w.on_tap or nothing
    node(ui, w, "chip", x, top, wide, height, text=w.text, checkable=True, checked=w.selected, selected=w.selected, on_tap=on_tap)
    return target


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


def column(ui: Layout, w: Column, x: int, y: int, width: int, padding: int) -> int:
    inner = ui.dp(w.padding)
    return 2 * inner + ui.stack(w.children, x, y + inner, width, inner)


def natural_width(ui: Layout, w: Widget, limit: int) -> int:
    """The width a widget takes when nothing stretches it."""
    if isinstance(w, Button):
        wide = button_width(ui, w)
    elif isinstance(w, Chip):
        wide = chip_width(ui, w)
    elif isinstance(w, Text):
        wide = max(ui.width(line, w.style) for line in w.text.split("\n"))
    elif isinstance(w, (Icon, Avatar)):
        wide = ui.dp(w.size)
    elif isinstance(w, Switch):
        wide = ui.dp(52)
    elif isinstance(w, (IconButton, Checkbox, Radio)):
        wide = ui.dp(TOUCH)
    elif isinstance(w, Tile):
        wide = ui.dp(80)
    else:
        wide = limit
    return min(wide, limit)


SHARES_WIDTH = (Text, Tile, Column, Card)
"""What fills its share of a spread Line; the rest is centred in it at natural width."""


def line(ui: Layout, w: Line, x: int, y: int, width: int, padding: int) -> int:
    """A spread line is one row; otherwise children flow and wrap like words."""
    gap = ui.dp(w.padding)
    x, width = x + padding, width - 2 * padding
    if not w.children:
        return 0
    if not w.spread:
        return _flow(ui, w, x, y, width, gap)
    share = (width - gap * (len(w.children) - 1)) // len(w.children)
    spots = []
    for n, child in enumerate(w.children):
        wide = natural_width(ui, child, share)
        left = x + n * (share + gap)
        if isinstance(child, SHARES_WIDTH) or wide >= share:
            spots.append((child, left, share, ui.measure(child, share)))
        else:
            spots.append((child, left + (share - wide) // 2, wide, ui.measure(child, wide)))
    height = max(spot[3] for spot in spots)
    for child, left, wide, tall in spots:
        ui.place(child, left, y + (height - tall) // 2, wide)
    return height


def _flow(ui: Layout, w: Line, x: int, y: int, width: int, gap: int) -> int:
    rows: list[list[tuple[Widget, int, int]]] = [[]]
    used = 0
    for child in w.children:
        wide = natural_width(ui, child, width)
        if rows[-1] and used + wide > width:
            rows.append([])
            used = 0
        rows[-1].append((child, wide, ui.measure(child, wide)))
        used += wide + gap
    top = y
    for row in rows:
        height, left = max(tall for _, _, tall in row), x
        for child, wide, tall in row:
            ui.place(child, left, y + (height - tall) // 2, wide)
            left += wide + gap
        y += height
    return y - top


def grid(ui: Layout, w: Grid, x: int, y: int, width: int, padding: int) -> int:
    if w.columns < 1:
        raise ValueError(f"Grid.columns must be at least 1, got {w.columns}")
    padding, top = padding or ui.dp(8), y
    cell = (width - 2 * padding) // w.columns
    for start in range(0, len(w.children), w.columns):
        row = w.children[start : start + w.columns]
        tall = [ui.measure(child, cell) for child in row]
        for n, child in enumerate(row):
            wide = cell if isinstance(child, SHARES_WIDTH) else natural_width(ui, child, cell)
            ui.place(child, x + padding + n * cell + (cell - wide) // 2, y + (max(tall) - tall[n]) // 2, wide)
        y += max(tall)
    return y - top


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
        ui, w, "tile", x, y, width, height, text=w.text, icon=w.icon, on_tap=on_tap, on_long_press=w.on_long_press, selected=False
    )
    return height


def contrast_ink(fill: RGB) -> RGB:
    """White or near black, whichever reads better on `fill`."""
    return (255, 255, 255) if 299 * fill[0] + 587 * fill[1] + 114 * fill[2] < 165_000 else (32, 33, 36)


def card(ui: Layout, w: Card, x: int, y: int, width: int, padding: int) -> int:
    margin = padding or 0
    x, width, pad, edge = x + margin, width - 2 * margin, ui.dp(16), ui.dp(12)
    height = ui.stack_height(w.children, width, pad) + 2 * edge
    if ui.scene.sees(y, height):
        ui.scene.round(x, y, width, height, ui.dp(12), ui.theme.surface_container)
        outer = ui.scene.parent
        role = "card" if w.on_tap or w.on_long_press or w.id or w.label else "pane"
        box = node(ui, w, role, x, y, width, height, on_tap=w.on_tap, on_long_press=w.on_long_press, listed=role == "card")
        ui.scene.parent = box
        ui.stack(w.children, x, y + edge, width, pad)
        ui.scene.parent = outer
    return height


def tabs(ui: Layout, w: Tabs, x: int, y: int, width: int, padding: int) -> int:
    t, height, share = ui.theme, max(ui.dp(48), ui.line_height("label") + ui.dp(20)), width // max(1, len(w.names))
    for n, name in enumerate(w.names):
        left, on = x + n * share, n == w.selected
        [shown] = ui.lines(name, "label", share - ui.dp(8), 1)
        ink = t.primary if on else t.on_surface_variant
        ui.write([shown], "label", left, y + (height - ui.line_height("label")) // 2, share, ink, "center")
        if on:
            wide = ui.width(shown, "label")
            ui.scene.round(left + (share - wide) // 2, y + height - ui.dp(3), wide, ui.dp(3), ui.dp(3), t.primary, "top")
        ui.scene.add(
            "tab", left, y, share, height, text=name, id=f"{w.id}_{n}" if w.id else "", selected=on, on_tap=_select(w, n)
        )
    ui.scene.fill(x, y + height - ui.dp(1), width, ui.dp(1), t.outline_variant)
    return height


def _select(w: Tabs, n: int) -> Handler:
    change = w.on_select
    return (lambda: change(n)) if change else nothing
