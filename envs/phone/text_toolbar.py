"""The floating bar with Cut, Copy, Paste and Select all that a long press in a text field brings up."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from envs.phone.layout import Layout
from envs.phone.scene import Bounds


def text_toolbar(lay: Layout, field: Bounds, actions: Sequence[tuple[str, Callable[[], None]]], top: int) -> None:
    """Draw it above `field`, or below where there is no room under row `top`."""
    scene, t, dp = lay.scene, lay.theme, lay.dp
    widths = [lay.width(name, "label") + dp(24) for name, _ in actions]
    width, height = sum(widths) + dp(8), max(dp(44), lay.line_height("label") + dp(16))
    x = min(max(dp(8), (field[0] + field[2] - width) // 2), max(dp(8), scene.width - width - dp(8)))
    y = field[1] - height - dp(8)
    if y < top:
        y = field[3] + dp(8)
    scene.shadow(x, y, width, height, height // 2, dp(4))
    scene.round(x, y, width, height, height // 2, t.surface_container)
    scene.parent = scene.add("pane", x, y, width, height, listed=False)
    left = x + dp(4)
    for (name, tap), wide in zip(actions, widths, strict=True):
        lay.write([name], "label", left, y + (height - lay.line_height("label")) // 2, wide, t.on_surface, "center")
        scene.add("button", left, y, wide, height, text=name, on_tap=tap)
        left += wide
    scene.parent = None
