"""Placer of what apps paint themselves."""

from __future__ import annotations

from collections.abc import Callable

from envs.phone.layout import Layout
from envs.phone.ui import Picture
from envs.phone.widgets import node

Place = Callable[[float, float], None]


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

    node(
        ui, w, "image", x, y, width, height,
        on_touch=at(w.on_touch), on_hold=at(w.on_hold), on_swipe=swipe if w.on_swipe is not None else None,
        on_stroke=stroke if w.on_stroke is not None else None,
    )  # fmt: skip
    return height
