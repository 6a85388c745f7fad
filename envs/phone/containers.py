"""Placers of what holds other widgets: columns, lines, grids and cards."""

from __future__ import annotations

from envs.phone.controls import button_width, chip_width
from envs.phone.layout import Layout
from envs.phone.ui import (
    Avatar,
    Button,
    Card,
    Checkbox,
    Chip,
    Column,
    Grid,
    Icon,
    IconButton,
    Line,
    Radio,
    Switch,
    Text,
    Tile,
    Widget,
)
from envs.phone.widgets import TOUCH, node

SHARES_WIDTH = (Text, Tile, Column, Card)
"""What fills its share of a spread Line; the rest is centred in it at natural width."""


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
            lower = 0 if w.top else (max(tall) - tall[n]) // 2
            ui.place(child, x + padding + n * cell + (cell - wide) // 2, y + lower, wide)
        y += max(tall)
    return y - top


def card(ui: Layout, w: Card, x: int, y: int, width: int, padding: int) -> int:
    margin = padding or 0
    x, width, pad, edge = x + margin, width - 2 * margin, ui.dp(16), ui.dp(12)
    height = ui.stack_height(w.children, width, pad) + 2 * edge
    if ui.scene.sees(y, height):
        ui.scene.round(x, y, width, height, ui.dp(12), ui.theme.surface_container)
        outer = ui.scene.parent
        role = "card" if w.on_tap or w.on_long_press or w.id or w.label else "pane"
        box = node(
            ui, w, role, x, y, width, height, on_tap=w.on_tap, on_long_press=w.on_long_press, listed=role == "card"
        )
        ui.scene.parent = box
        ui.stack(w.children, x, y + edge, width, pad)
        ui.scene.parent = outer
    return height
