"""Placer of what apps paint themselves."""

from __future__ import annotations

from collections.abc import Callable

from envs.phone.layout import FieldPlace, Layout
from envs.phone.scene import Bounds
from envs.phone.ui import Part, Picture
from envs.phone.widgets import node

Place = Callable[[float, float], None]
Touch = Callable[[int, int], None]


def picture(ui: Layout, w: Picture, x: int, y: int, width: int, padding: int) -> int:
    if w.ratio:
        x, width = x + padding, width - 2 * padding
    height = max(1, round(w.ratio * width)) if w.ratio else ui.dp(w.height)
    if not height and ui.viewport is not None:
        height = max(1, ui.viewport[0][3] - y)
    if not ui.scene.sees(y, height):
        return height
    image = w.image(width, height, ui.metrics.scale)
    if image.size != (width, height) or image.mode != "RGB":
        raise ValueError(f"a picture must be RGB and {width}x{height}, got {image.mode} and {image.size}")
    ui.scene.picture(x, y, image)

    def at(call: Place | None) -> Callable[[int, int], None] | None:
        return None if call is None else lambda px, py: call((px - x) / width, (py - y) / height)

    def swipe(dx: int, dy: int) -> bool:
        assert w.on_swipe is not None
        w.on_swipe(dx / width, dy / height)
        return True

    def stroke(x1: int, y1: int, x2: int, y2: int) -> None:
        assert w.on_stroke is not None
        w.on_stroke((x1 - x) / width, (y1 - y) / height, (x2 - x) / width, (y2 - y) / height)

    outer = ui.scene.parent
    ui.scene.parent = node(
        ui, w, "image", x, y, width, height,
        on_touch=at(w.on_touch), on_hold=at(w.on_hold), on_swipe=swipe if w.on_swipe is not None else None,
        on_stroke=stroke if w.on_stroke is not None else None,
    )  # fmt: skip
    for part in w.parts() if w.parts is not None else ():
        _part(ui, part, (x, y, width, height), at(w.on_touch) or _ignore)
    ui.scene.parent = outer
    return height


def _part(ui: Layout, part: Part, picture: Bounds, touch: Touch) -> None:
    x, y, width, height = picture
    left, top = x + round(part.box[0] * width), y + round(part.box[1] * height)
    wide, tall = x + round(part.box[2] * width) - left, y + round(part.box[3] * height) - top
    field = part.field
    if field is None:
        taps = touch if part.role == "button" else None
        node(ui, part, part.role, left, top, wide, tall, text=part.text, on_touch=taps)
        return
    ui.fields[field.id] = FieldPlace(field, (left, top, left + wide, top + tall), (top, top + tall), None)

    def write(px: int, py: int) -> None:
        touch(px, py)
        ui.touch_field(field, len(field.value), False)

    node(
        ui, field, "input", left, top, wide, tall, text="•" * len(field.value) if field.password else field.value,
        label=field.label or field.hint, focused=ui.editing.id == field.id, password=field.password, field=field,
        on_touch=write,
    )  # fmt: skip


def _ignore(px: int, py: int) -> None:
    """A picture that takes no taps."""
