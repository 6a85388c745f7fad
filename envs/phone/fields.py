"""Placers of what is edited in place: text fields with caret and selection, and sliders."""

from __future__ import annotations

from envs.phone import widgets
from envs.phone.fonts import Font, break_lines, text_width
from envs.phone.layout import FieldPlace, Layout
from envs.phone.ui import Slider, TextField

PILL_LINES = 4
"""Most lines that a message box shows before it scrolls inside."""


def text_field(ui: Layout, w: TextField, x: int, y: int, width: int, padding: int) -> int:
    """Material's filled field; the hint floats up as a label with focus or text. In a footer, a message box."""
    if not w.id:
        raise ValueError("TextField needs an id: it keeps the focus across rebuilds")
    t, dp, pill = ui.theme, ui.dp, ui.pill_fields
    font, line, _ = ui.styles["body"]
    focused = ui.editing.id == w.id
    shown = "•" * len(w.value) if w.password else w.value
    inset, room = dp(16), max(1, width - 2 * dp(16) - dp(2))
    spans = break_lines(shown, font, room) if w.multiline else ((0, len(shown)),)
    caret = min(ui.editing.caret, len(shown)) if focused else 0
    row = caret_row(spans, caret)
    floating = bool(w.hint) and not pill and (focused or bool(w.value))
    label = ui.line_height("caption") if floating or w.multiline else 0
    if pill:
        rows = min(PILL_LINES, len(spans))
        top, height = dp(12), max(dp(48), rows * line + dp(24))
        top = (height - rows * line) // 2
    elif w.multiline:
        rows = max(4, len(spans))
        top, height = dp(8) + label, label + rows * line + dp(20)
    else:
        rows, height = 1, max(dp(56), ui.line_height("caption") + line + dp(16))
        top = dp(8) + label if floating else (height - line) // 2
    caret_top = y + top + row * line
    low = (y, y + height) if height <= 3 * line + dp(40) else (caret_top, caret_top + line)
    ui.fields[w.id] = FieldPlace(w, (x, y, x + width, y + height), low, ui.viewport)
    if not ui.scene.sees(y, height):
        return height
    scene = ui.scene
    if pill:
        scene.round(x, y, width, height, dp(24), t.surface_highest)
    else:
        scene.round(x, y, width, height, dp(4), t.surface_highest, "top")
        stroke, ink = (dp(2), t.primary) if focused else (dp(1), t.on_surface_variant)
        scene.fill(x, y + height - stroke, width, stroke, ink)
    if floating:
        [name] = ui.lines(w.hint, "caption", room, 1)
        ui.write([name], "caption", x + inset, y + dp(8), room, t.primary if focused else t.on_surface_variant)
    elif w.hint and not w.value:
        [name] = ui.lines(w.hint, "body", room, 1)
        ui.write([name], "body", x + inset, y + top, room, t.on_surface_variant)
    first = max(0, min(row, len(spans) - 1) - rows + 1) if len(spans) > rows else 0
    shift = 0
    if not w.multiline and focused:
        shift = max(0, int(text_width(shown[:caret], font)) - room)
    clip, left = scene.clip, x + inset - shift
    inner = scene.add("pane", x + inset - dp(1), y, room + dp(4), height, listed=False)
    if inner in scene.nodes[-1:]:
        scene.nodes.pop()
    scene.clip = inner.bounds
    if focused and ui.editing.caret != ui.editing.anchor:
        for n, (start, end) in enumerate(spans[first : first + rows]):
            a, b = (min(max(edge, start), end) for edge in ui.editing.selection)
            if a < b:
                from_x, to_x = (left + int(text_width(shown[start:edge], font)) for edge in (a, b))
                scene.fill(from_x, y + top + n * line, to_x - from_x, line, t.primary_container)
    ink = t.on_surface if w.enabled else t.disabled
    ui.write([shown[a:b] for a, b in spans[first : first + rows]], "body", left, y + top, room, ink)
    if focused and ui.editing.caret == ui.editing.anchor:
        at = left + int(text_width(shown[spans[row][0] : caret], font))
        scene.fill(at, y + top + (row - first) * line + dp(2), dp(2), line - dp(4), t.primary)
    scene.clip = clip
    touch = ui.touch_field

    def place(px: int, py: int) -> int:
        n = min(len(spans) - 1, max(0, first + (py - y - top) // line))
        return spans[n][0] + nearest(shown[spans[n][0] : spans[n][1]].rstrip("\n"), font, px - left)

    widgets.node(
        ui, w, "input", x, y, width, height, text=shown, label=w.label or w.hint, focused=focused, password=w.password,
        field=w, on_touch=lambda px, py: touch(w, place(px, py), False),
        on_hold=lambda px, py: touch(w, place(px, py), True),
    )  # fmt: skip
    return height


def caret_row(spans: tuple[tuple[int, int], ...], caret: int) -> int:
    """The line that holds the caret: the later one where a line wraps."""
    return max(n for n, (start, _) in enumerate(spans) if start <= caret or n == 0)


def nearest(text: str, font: Font, x: int) -> int:
    """The caret position in `text` closest to `x` pixels from its start."""
    return min(range(len(text) + 1), key=lambda n: abs(text_width(text[:n], font) - x))


def slider(ui: Layout, w: Slider, x: int, y: int, width: int, padding: int) -> int:
    """A thin track; a tap or a sideways drag moves the thumb under the finger."""
    t, dp = ui.theme, ui.dp
    height, thumb, track = dp(widgets.TOUCH), dp(20), dp(4)
    left, room = x + thumb // 2, max(1, width - thumb)
    value = min(1.0, max(0.0, w.value))
    at = left + int(room * value + 0.5)
    middle = y + height // 2
    ink = t.primary if w.enabled else t.disabled
    ui.scene.round(
        left, middle - track // 2, room, track, track // 2, t.secondary_container if w.enabled else t.disabled_fill
    )
    if at > left:
        ui.scene.round(left, middle - track // 2, at - left, track, track // 2, ink)
    ui.scene.round(at - thumb // 2, middle - thumb // 2, thumb, thumb, thumb // 2, ink)

    def put(px: int, py: int) -> None:
        if w.on_change:
            w.on_change(min(1.0, max(0.0, (px - left) / room)))

    widgets.node(ui, w, "slider", x, y, width, height, on_touch=put, on_drag=put)
    return height
