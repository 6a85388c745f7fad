"""Lays out one app screen: app bar, tabs, scrolling body, FAB, footer, bottom bar, and the dialog or menu above it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from envs.phone import agenda, containers, controls, fields, pictures, rows, ui, widgets
from envs.phone.layout import Layout, Placer
from envs.phone.scene import Bounds
from envs.phone.ui import BottomBar, Fab, Handler, IconButton, Screen

PLACERS: Mapping[type, Placer] = {
    ui.Text: widgets.text,
    ui.Icon: widgets.icon,
    ui.Avatar: widgets.avatar,
    ui.IconButton: controls.icon_button,
    ui.Button: controls.button,
    ui.Switch: controls.switch,
    ui.Checkbox: controls.checkbox,
    ui.Radio: controls.radio,
    ui.Slider: fields.slider,
    ui.TextField: fields.text_field,
    ui.Chip: controls.chip,
    ui.ListItem: rows.list_item,
    ui.Header: widgets.header,
    ui.Divider: widgets.divider,
    ui.Spacer: widgets.spacer,
    ui.Column: containers.column,
    ui.Line: containers.line,
    ui.Grid: containers.grid,
    ui.Tile: widgets.tile,
    ui.Card: containers.card,
    ui.Bubble: rows.bubble,
    ui.Picture: pictures.picture,
    ui.Tabs: controls.tabs,
    ui.DayCell: agenda.day_cell,
    ui.Appointment: agenda.appointment,
    ui.Timetable: agenda.timetable,
}
"""Fab, BottomBar, Dialog and Menu have their own places in a Screen and are drawn there only."""

BAR, BOTTOM_BAR = 56, 72
"""Heights in dp of the app bar and of the bottom bar."""


@dataclass(frozen=True, slots=True)
class Pane:
    """What the phone tells the frame about the room it has, in pixels."""

    box: Bounds
    """Between the status bar and the navigation bar or keyboard."""
    keyboard: bool
    package: str
    go_back: Handler
    """What the arrow does without `on_nav`."""


def scroll_key(screen: Screen, package: str) -> str:
    """Where the screen's scroll offset is kept: each tab and each place of the bottom bar has its own."""
    page = (screen.tabs.selected if screen.tabs else 0, screen.bottom.selected if screen.bottom else 0)
    return f"{package}/{screen.scroll_key or f'{screen.name}/{screen.title}'}/{page[0]}/{page[1]}"


def app_screen(lay: Layout, screen: Screen, pane: Pane) -> None:
    """Draw everything of the screen that lies under its dialog and menu."""
    scene, t, dp = lay.scene, lay.theme, lay.dp
    x1, y1, x2, y2 = pane.box
    width = x2 - x1
    scene.fill(0, 0, scene.width, scene.height, t.surface)
    root = scene.parent = scene.add("window", 0, 0, scene.width, scene.height, listed=False)
    key = scroll_key(screen, pane.package)
    top, bottom = y1, y2
    if screen.title or screen.nav != "none" or screen.actions:
        top += app_bar(lay, screen, pane, top)
    if screen.tabs is not None:
        top += lay.place(screen.tabs, x1, top, width)
    scene.parent = root
    if screen.bottom is not None and not pane.keyboard:
        bottom -= bottom_bar(lay, screen.bottom, x1, bottom, width)
    if screen.footer:
        bottom -= footer(lay, screen, x1, bottom, width)
    room, lead = dp(16), 0
    if screen.body and not isinstance(screen.body[0], (ui.ListItem, ui.Header, ui.Column, ui.Grid)):
        lead = dp(8)
    tail = dp(88) if screen.fab is not None else dp(16)
    if len(screen.body) == 1 and isinstance(screen.body[0], ui.Picture):
        lead = tail = 0

    def body(y: int) -> int:
        return lead + lay.stack(screen.body, x1, y + lead, width, room) + tail

    area = lay.scroll_area((x1, top, x2, bottom), key, body, at_end=screen.start_at_end)
    if screen.tabs is not None:
        area.on_swipe = _page(screen.tabs, dp(48))
    if screen.fab is not None:
        fab(lay, screen.fab, x2 - dp(16), bottom - dp(16))
    scene.parent = None


def app_bar(lay: Layout, screen: Screen, pane: Pane, y: int) -> int:
    scene, t, dp = lay.scene, lay.theme, lay.dp
    x1, _, x2, _ = pane.box
    block = lay.line_height("bar") + (lay.line_height("caption") if screen.subtitle else 0)
    height = max(dp(BAR), block + dp(8))
    scene.parent = bar = scene.add("pane", x1, y, x2 - x1, height, listed=False, id="toolbar")
    side = dp(widgets.TOUCH)
    at = y + (height - side) // 2
    left, right = x1 + dp(16), x2 - dp(4)
    if screen.nav != "none":
        name, label = {
            "back": ("arrow-left", "Navigate up"),
            "close": ("close", "Close"),
            "menu": ("menu", "Open menu"),
        }[screen.nav]
        arrow = IconButton(name, screen.on_nav or pane.go_back, label=label, id="nav")
        controls.icon_button(lay, arrow, x1 + dp(4), at, side, 0, t.on_surface)
        left = x1 + dp(4) + side + dp(8)
    for action in reversed(screen.actions):
        right -= side
        controls.icon_button(lay, action, right, at, side, 0)
    [title] = lay.lines(screen.title, "bar", right - left - dp(4), 1)
    top = y + (height - block) // 2
    box = lay.write([title], "bar", left, top, right - left, t.on_surface)
    if title:
        scene.add("title", left, top, box[2] - left, lay.line_height("bar"), text=screen.title)
    if screen.subtitle:
        [below] = lay.lines(screen.subtitle, "caption", right - left - dp(4), 1)
        box = lay.write([below], "caption", left, box[3], right - left, t.on_surface_variant)
        scene.add("text", left, box[1], box[2] - left, box[3] - box[1], text=screen.subtitle)
    scene.parent = bar.parent
    return height


def _page(tabs: ui.Tabs, reach: int):
    """A sideways swipe turns to the next tab, as a pager does."""

    def swipe(dx: int, dy: int) -> bool:
        target = tabs.selected + (1 if dx < 0 else -1)
        if abs(dx) < reach or abs(dx) < 2 * abs(dy) or not 0 <= target < len(tabs.names) or tabs.on_select is None:
            return False
        tabs.on_select(target)
        return True

    return swipe


def bottom_bar(lay: Layout, bar: BottomBar, x: int, bottom: int, width: int) -> int:
    scene, t, dp = lay.scene, lay.theme, lay.dp
    height = max(dp(BOTTOM_BAR), dp(48) + lay.line_height("caption"))
    y, share = bottom - height, width // max(1, len(bar.items))
    scene.fill(x, y, width, height, t.surface_container)
    outer = scene.parent
    scene.parent = scene.add("pane", x, y, width, height, listed=False, id=bar.id)
    for n, (icon, name) in enumerate(bar.items):
        left, on = x + n * share, n == bar.selected
        pill, tall = dp(56), dp(30)
        top = y + (height - tall - dp(4) - lay.line_height("caption")) // 2
        if on:
            scene.round(left + (share - pill) // 2, top, pill, tall, tall // 2, t.secondary_container)
        ink = t.on_secondary_container if on else t.on_surface_variant
        scene.icon(icon, dp(24), left + (share - dp(24)) // 2, top + (tall - dp(24)) // 2, ink)
        shown = lay.lines(name, "caption", share, 1)
        lay.write(shown, "caption", left, top + tall + dp(4), share, t.on_surface if on else ink, "center")
        scene.add("tab", left, y, share, height, text=name, icon=icon, selected=on, on_tap=_choose(bar, n))
    scene.parent = outer
    return height


def _choose(bar: BottomBar, n: int) -> Handler:
    change = bar.on_select
    return (lambda: change(n)) if change else widgets.nothing


def footer(lay: Layout, screen: Screen, x: int, bottom: int, width: int) -> int:
    """Stays above the bottom; a row of text field and buttons gives the field the room that is left."""
    scene, dp = lay.scene, lay.dp
    lay.pill_fields = True
    pad, edge = dp(12), dp(8)
    items = [_message_row(lay, w, width - 2 * pad) or w for w in screen.footer]
    height = sum(w.height if isinstance(w, _Row) else lay.measure(w, width, pad) for w in items) + 2 * edge
    y = bottom - height
    scene.fill(x, y, width, height, lay.theme.surface)
    outer = scene.parent
    scene.parent = scene.add("pane", x, y, width, height, listed=False)
    at = y + edge
    for w in items:
        if isinstance(w, _Row):
            for child, left, wide, tall in w.spots:
                lay.place(child, x + pad + left, at + w.height - tall, wide)
            at += w.height
        else:
            at += lay.place(w, x, at, width, pad)
    scene.parent = outer
    lay.pill_fields = False
    return height


@dataclass(frozen=True, slots=True)
class _Row:
    height: int
    spots: list[tuple[ui.Widget, int, int, int]]


def _message_row(lay: Layout, w: ui.Widget, width: int) -> _Row | None:
    """A Line with one text field, laid out as a message box; None for any other widget."""
    if not isinstance(w, ui.Line) or sum(isinstance(c, ui.TextField) for c in w.children) != 1:
        return None
    gap = lay.dp(4)
    natural = [0 if isinstance(c, ui.TextField) else containers.natural_width(lay, c, width // 3) for c in w.children]
    rest = width - sum(natural) - gap * (len(natural) - 1)
    spots, left = [], 0
    for child, wide in zip(w.children, natural, strict=True):
        wide = wide or rest
        spots.append((child, left, wide, lay.measure(child, wide)))
        left += wide + gap
    return _Row(max(tall for *_, tall in spots), spots)


def fab(lay: Layout, w: Fab, right: int, bottom: int) -> None:
    side, size = lay.dp(56), lay.dp(24)
    x, y = right - side, bottom - side
    lay.scene.shadow(x, y, side, side, lay.dp(16), lay.dp(5))
    lay.scene.round(x, y, side, side, lay.dp(16), lay.theme.primary_container)
    inset = (side - size) // 2
    lay.scene.icon(w.icon, size, x + inset, y + inset, lay.theme.on_primary_container)
    widgets.node(lay, w, "button", x, y, side, side, icon=w.icon, on_tap=w.on_tap or widgets.nothing)
