"""Placers of what is tapped: buttons, toggles, chips and tabs."""

from __future__ import annotations

from envs.phone.layout import Layout
from envs.phone.theme import RGB
from envs.phone.ui import Button, Checkbox, Chip, Handler, IconButton, Radio, Switch, Tabs, Widget
from envs.phone.widgets import TOUCH, node, nothing


def icon_button(ui: Layout, w: IconButton, x: int, y: int, width: int, padding: int, color: RGB | None = None) -> int:
    side, size = ui.dp(TOUCH), ui.dp(24)
    inset = (side - size) // 2
    ui.scene.icon(
        w.icon, size, x + inset, y + inset, (color or ui.theme.on_surface_variant) if w.enabled else ui.theme.disabled
    )
    node(ui, w, "button", x, y, side, side, icon=w.icon, on_tap=w.on_tap or nothing)
    return side


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
    return _mark(ui, w, x, y, w.on, "checkbox", "checkbox-marked" if w.on else "checkbox-blank-outline", w.ink)


def radio(ui: Layout, w: Radio, x: int, y: int, width: int, padding: int) -> int:
    return _mark(ui, w, x, y, w.on, "radio", "radiobox-marked" if w.on else "radiobox-blank")


def _mark(
    ui: Layout, w: Checkbox | Radio, x: int, y: int, on: bool, role: str, name: str, own: RGB | None = None
) -> int:
    t, side, size = ui.theme, ui.dp(TOUCH), ui.dp(24)
    ink = t.disabled if not w.enabled else own or (t.primary if on else t.on_surface_variant)
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
    node(
        ui,
        w,
        "chip",
        x,
        top,
        wide,
        height,
        text=w.text,
        checkable=True,
        checked=w.selected,
        selected=w.selected,
        on_tap=on_tap,
    )
    return target


def tabs(ui: Layout, w: Tabs, x: int, y: int, width: int, padding: int) -> int:
    t, height, share = ui.theme, max(ui.dp(48), ui.line_height("label") + ui.dp(20)), width // max(1, len(w.names))
    for n, name in enumerate(w.names):
        left, on = x + n * share, n == w.selected
        [shown] = ui.lines(name, "label", share - ui.dp(8), 1)
        ink = t.primary if on else t.on_surface_variant
        ui.write([shown], "label", left, y + (height - ui.line_height("label")) // 2, share, ink, "center")
        if on:
            wide = ui.width(shown, "label")
            ui.scene.round(
                left + (share - wide) // 2, y + height - ui.dp(3), wide, ui.dp(3), ui.dp(3), t.primary, "top"
            )
        ui.scene.add(
            "tab",
            left,
            y,
            share,
            height,
            text=name,
            id=f"{w.id}_{n}" if w.id else "",
            selected=on,
            on_tap=_select(w, n),
        )
    ui.scene.fill(x, y + height - ui.dp(1), width, ui.dp(1), t.outline_variant)
    return height


def _select(w: Tabs, n: int) -> Handler:
    change = w.on_select
    return (lambda: change(n)) if change else nothing
