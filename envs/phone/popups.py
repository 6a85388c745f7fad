"""What opens above an app screen: dialogs and menus. Both keep touches from what lies under them."""

from __future__ import annotations

from collections.abc import Sequence

from envs.phone import controls, ui, widgets
from envs.phone.frame import Pane
from envs.phone.layout import Layout
from envs.phone.ui import Button, Dialog, Menu


def dialog(lay: Layout, w: Dialog, pane: Pane, key: str) -> None:
    """A panel in the middle over a scrim; its body scrolls when it is too tall."""
    scene, t, dp = lay.scene, lay.theme, lay.dp
    x1, y1, x2, y2 = pane.box
    scene.shade(0, 0, scene.width, scene.height, (0, 0, 0), 110)
    scene.add("pane", 0, 0, scene.width, scene.height, listed=False, on_tap=w.on_dismiss or widgets.nothing)
    pad = dp(24)
    width = min(x2 - x1 - 2 * dp(24), dp(400))
    titles = lay.lines(w.title, "headline", width - 2 * pad, 3) if w.title else ()
    head = pad + lay.line_height("headline") * len(titles) + (dp(16) if titles else 0)
    rows_only = bool(w.body) and all(isinstance(c, (ui.ListItem, ui.Divider, ui.Header)) for c in w.body)
    body = lay.stack_height(w.body, width, pad) + (0 if rows_only else dp(4))
    foot = _button_block(lay, w.buttons, width - 2 * dp(16)) if w.buttons else 0
    tail = foot + dp(16) if foot else dp(20)
    room = min(body, y2 - y1 - 2 * dp(16) - head - tail)
    height = head + room + tail
    x, y = x1 + (x2 - x1 - width) // 2, y1 + (y2 - y1 - height) // 2
    scene.round(x, y, width, height, dp(28), t.surface_high)
    scene.parent = scene.add("dialog", x, y, width, height, text="", label=w.title, id=w.id)
    if titles:
        box = lay.write(titles, "headline", x + pad, y + pad, width - 2 * pad, t.on_surface)
        scene.add("title", box[0], box[1], box[2] - box[0], box[3] - box[1], text=w.title)
    if w.body:
        area = (x, y + head, x + width, y + head + room)
        lay.scroll_area(
            area,
            f"{key}/dialog/{w.title}",
            lambda top: lay.stack(w.body, x, top, width, pad) + (0 if rows_only else dp(4)),
        )
    _buttons(lay, w.buttons, x + dp(16), y + height - dp(16) - foot, width - 2 * dp(16))
    scene.parent = None


def _as_text_button(w: Button) -> Button:
    return Button(w.text, w.on_tap, kind="text", icon=w.icon, id=w.id, label=w.label, enabled=w.enabled)


def _button_block(lay: Layout, buttons: Sequence[Button], width: int) -> int:
    wide = sum(controls.button_width(lay, _as_text_button(b)) for b in buttons) + lay.dp(8) * (len(buttons) - 1)
    return lay.dp(widgets.TOUCH) * (1 if wide <= width else len(buttons))


def _buttons(lay: Layout, buttons: Sequence[Button], x: int, y: int, width: int) -> None:
    """Right-aligned in one row, or below each other when they do not fit."""
    right, stacked = x + width, _button_block(lay, buttons, width) > lay.dp(widgets.TOUCH)
    for w in buttons if stacked else reversed(buttons):
        shown = _as_text_button(w)
        wide = min(width, max(controls.button_width(lay, shown), lay.dp(widgets.TOUCH)))
        lay.place(shown, right - wide, y, wide)
        if stacked:
            y += lay.dp(widgets.TOUCH)
        else:
            right -= wide + lay.dp(8)


def menu(lay: Layout, w: Menu, pane: Pane) -> None:
    """A pop-up list at the top right; a tap anywhere else closes it."""
    scene, t, dp = lay.scene, lay.theme, lay.dp
    x1, y1, x2, y2 = pane.box
    scene.add("pane", 0, 0, scene.width, scene.height, listed=False, on_tap=w.on_dismiss or widgets.nothing)
    widest = max((lay.width(name, "body") for name, _ in w.items), default=0)
    width = min(max(dp(160), widest + dp(40)), x2 - x1 - dp(16), dp(320))
    row, edge = max(dp(48), lay.line_height("body") + dp(16)), dp(8)
    x, y = x2 - dp(8) - width, y1 + dp(8)
    visible = min(len(w.items) * row, y2 - y - dp(16) - 2 * edge)
    height = visible + 2 * edge
    scene.shadow(x, y, width, height, dp(6), dp(6))
    scene.round(x, y, width, height, dp(6), t.surface_container)
    scene.parent = scene.add("menu", x, y, width, height, id=w.id, listed=False)

    def items(top: int) -> int:
        for n, (name, tap) in enumerate(w.items):
            shown = lay.lines(name, "body", width - dp(24), 1)
            at = top + n * row
            lay.write(shown, "body", x + dp(16), at + (row - lay.line_height("body")) // 2, width, t.on_surface)
            scene.add("menu_item", x, at, width, row, text=name, on_tap=tap)
        return len(w.items) * row

    lay.scroll_area((x, y + edge, x + width, y + edge + visible), f"{pane.package}/menu", items)
    scene.parent = None
