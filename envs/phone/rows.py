"""Placers of list rows and chat bubbles."""

from __future__ import annotations

from envs.phone import controls, widgets
from envs.phone.layout import Layout
from envs.phone.ui import Avatar, Bubble, Checkbox, Icon, IconButton, ListItem, Radio, Switch, Text, Widget

TOGGLES = (Switch, Checkbox, Radio)


def list_item(ui: Layout, w: ListItem, x: int, y: int, width: int, padding: int) -> int:
    """Leading mark, title over subtitle, trailing control; each part centred in the row."""
    t, dp = ui.theme, ui.dp
    padding = padding or dp(16)
    left, right = x + padding, x + width - padding
    lead_size = 0
    if w.leading is not None:
        lead_size = dp(24) if isinstance(w.leading, TOGGLES) else dp(w.leading.size)
        left += lead_size + dp(16)
    if isinstance(w.trailing, Text):
        trail_lines = ui.lines(w.trailing.text, w.trailing.style, (right - left) * 2 // 5, w.trailing.lines or 2)
        trail = max(ui.width(line, w.trailing.style) for line in trail_lines)
    else:
        trail = {type(None): 0, Switch: dp(52), Icon: dp(24)}.get(type(w.trailing), dp(36))
    end = right - (trail + dp(16) if trail else 0)
    title = ui.lines(w.title, "body", end - left, 2)
    subtitle = ui.lines(w.subtitle, "small", end - left, 3) if w.subtitle else ()
    title_height = ui.line_height("body") * len(title)
    text_height = title_height + ui.line_height("small") * len(subtitle)
    lead_height = dp(w.leading.size) if isinstance(w.leading, (Icon, Avatar)) else 0
    height = max(dp(72 if w.subtitle else 56), text_height + dp(20), lead_height + dp(16))
    scene = ui.scene
    if not scene.sees(y, height):
        return height
    if w.selected:
        scene.fill(x, y, width, height, t.secondary_container)
    toggle = w.trailing if isinstance(w.trailing, TOGGLES) else w.leading if isinstance(w.leading, TOGGLES) else None
    own = toggle if w.on_tap is None else None
    on_tap = w.on_tap or (controls.toggle(toggle) if toggle is not None and toggle.enabled else None)
    row = widgets.node(
        ui, w, "list_item", x, y, width, height, text=w.title,
        icon=w.leading.name if isinstance(w.leading, Icon) else "",
        on_tap=on_tap, on_long_press=w.on_long_press, selected=w.selected,
        checkable=own is not None, checked=own is not None and own.on,
    )  # fmt: skip
    outer, scene.parent = scene.parent, row
    if w.leading is not None:
        _part(ui, w, w.leading, x + padding - (dp(12) if isinstance(w.leading, TOGGLES) else 0), y, height, lead_size)
    top = y + (height - text_height) // 2
    ui.write(title, "body", left, top, end - left, t.on_surface if w.enabled else t.disabled)
    if subtitle:
        box = ui.write(
            subtitle, "small", left, top + title_height, end - left, t.on_surface_variant if w.enabled else t.disabled
        )
        scene.add("text", *_sized(box), text=w.subtitle, enabled=w.enabled)
    if isinstance(w.trailing, Text):
        tall = ui.line_height(w.trailing.style) * len(trail_lines)
        ink = getattr(t, w.trailing.color) if w.enabled else t.disabled
        box = ui.write(trail_lines, w.trailing.style, right - trail, y + (height - tall) // 2, trail, ink, "right")
        widgets.node(ui, w.trailing, "text", *_sized(box), text=w.trailing.text, on_tap=w.trailing.on_tap)
    elif w.trailing is not None:
        shift = dp(12) if isinstance(w.trailing, (IconButton, Checkbox, Radio)) else 0
        _part(ui, w, w.trailing, right + shift - (trail + shift if not shift else dp(48)), y, height, trail)
    scene.parent = outer
    return height


def _sized(box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    return box[0], box[1], box[2] - box[0], box[3] - box[1]


def _part(ui: Layout, row: ListItem, part: Widget, x: int, y: int, height: int, width: int) -> None:
    """Draw a leading or trailing control; one without a name takes the row's title, as TalkBack reads it."""
    tall = ui.dp(part.size) if isinstance(part, (Icon, Avatar)) else ui.dp(widgets.TOUCH)
    at = y + (height - tall) // 2
    if isinstance(part, Icon):
        ui.scene.icon(part.name, ui.dp(part.size), x, at, widgets.icon_ink(ui, part, row.enabled))
        if part.label or part.id:
            widgets.node(ui, part, "image", x, at, tall, tall, icon=part.name)
        return
    marks = len(ui.scene.nodes)
    ui.place(part, x, at, width)
    if isinstance(part, TOGGLES):
        for node in ui.scene.nodes[marks:]:
            node.label = node.label or row.title


def bubble(ui: Layout, w: Bubble, x: int, y: int, width: int, padding: int) -> int:
    """A chat message: mine on the right in the accent colour, theirs on the left."""
    t, dp = ui.theme, ui.dp
    padding = padding or dp(16)
    room = (width - 2 * padding) * 4 // 5
    lines = ui.lines(w.text, "body", room - dp(28), 0)
    inner = max(ui.width(line, "body") for line in lines)
    wide, tall = inner + dp(28), ui.line_height("body") * len(lines) + dp(18)
    note = ui.line_height("caption") + dp(2) if w.note else 0
    height = tall + note + dp(6)
    if not ui.scene.sees(y, height):
        return height
    left = x + width - padding - wide if w.mine else x + padding
    top = y + dp(3)
    fill, ink = (t.primary_container, t.on_primary_container) if w.mine else (t.surface_high, t.on_surface)
    ui.scene.round(left, top, wide, tall, dp(20), fill)
    ui.write(lines, "body", left + dp(14), top + dp(9), inner, ink)
    widgets.node(ui, w, "text", left, top, wide, tall, text=w.text, on_long_press=w.on_long_press)
    if w.note:
        align = "right" if w.mine else "left"
        area = x + padding + dp(4), top + tall + dp(2), width - 2 * padding - dp(8)
        box = ui.write([w.note], "caption", *area, t.on_surface_variant, align)
        ui.scene.add("text", *_sized(box), text=w.note)
    return height
