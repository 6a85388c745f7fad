"""The overview of recent apps: a carousel of cards; tap opens, a swipe up removes, sideways turns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from envs.phone import controls, widgets
from envs.phone.app import App
from envs.phone.launcher import PACKAGE, WHITE
from envs.phone.layout import Layout
from envs.phone.scene import Bounds
from envs.phone.ui import Button

ACTIVITY = "com.android.quickstep.RecentsActivity"


class Overview(Protocol):
    """What a touch on the overview may do."""

    def open_recent(self, package: str) -> None: ...
    def remove_recent(self, package: str) -> bool: ...
    def turn_recents(self, step: int) -> bool: ...
    def clear_recents(self) -> None: ...
    def picture(self, package: str, size: tuple[int, int]) -> str:
        """Key of the app's last screen, scaled to `size`."""
        ...


def card_size(lay: Layout, box: Bounds) -> tuple[int, int]:
    """Width and height of a card: the app's picture at 62 percent of the screen."""
    _, y1, _, y2 = box
    height = min((y2 - y1) - lay.dp(170), lay.scene.height * 62 // 100)
    return height * lay.scene.width // lay.scene.height, height


def recents(lay: Layout, box: Bounds, apps: Sequence[type[App]], front: int, phone: Overview, background: str) -> None:
    """Draw the cards of `apps`, most recent first; number `front` is in the middle, older ones to its left."""
    scene, dp = lay.scene, lay.dp
    x1, y1, x2, y2 = box
    scene.package = PACKAGE
    scene.image(0, 0, scene.width, scene.height, background)
    scene.shade(0, 0, scene.width, scene.height, (0, 0, 0), 90)
    root = scene.parent = scene.add("window", 0, 0, scene.width, scene.height, listed=False)
    if not apps:
        root.on_tap = lambda: phone.open_recent("")
        top = (y1 + y2 - lay.line_height("title")) // 2
        at = lay.write(["No recent items"], "title", x1, top, x2 - x1, WHITE, "center")
        scene.add("text", at[0], at[1], at[2] - at[0], at[3] - at[1], text="No recent items")
        scene.parent = None
        return
    root.on_swipe = lambda dx, dy: abs(dx) > dp(40) and abs(dx) > abs(dy) and phone.turn_recents(1 if dx > 0 else -1)
    width, height = card_size(lay, box)
    gap, top = dp(16), y1 + dp(64)
    for n, app in enumerate(apps):
        x = (x1 + x2 - width) // 2 - (n - front) * (width + gap)
        if x + width <= x1 or x >= x2:
            continue
        _card(lay, app, x, top, width, height, phone)
    below = top + height + dp(20)
    clear = Button("Clear all", phone.clear_recents, kind="tonal", id="clear_all")
    wide = controls.button_width(lay, clear)
    scene.parent = root
    controls.button(lay, clear, (x1 + x2 - wide) // 2, below, wide, 0)
    scene.parent = None


def _card(lay: Layout, app: type[App], x: int, y: int, width: int, height: int, phone: Overview) -> None:
    scene, dp = lay.scene, lay.dp
    outer = scene.parent
    package = app.package

    def swipe(dx: int, dy: int) -> bool:
        return dy < -dp(60) and abs(dy) > abs(dx) and phone.remove_recent(package)

    scene.image(x, y, width, height, phone.picture(package, (width, height)), dp(20))
    card = scene.add(
        "card", x, y, width, height, text="", label=app.label, id="snapshot",
        on_tap=_open(phone, package), on_swipe=swipe,
    )  # fmt: skip
    scene.parent = card
    size, mark = dp(40), dp(22)
    left, top = x + (width - size) // 2, y - size - dp(8)
    scene.round(left, top, size, size, size // 2, app.color)
    scene.icon(app.icon, mark, left + (size - mark) // 2, top + (size - mark) // 2, widgets.contrast_ink(app.color))
    scene.parent = outer
    scene.add("image", left, top, size, size, label=f"{app.label} icon", icon=app.icon)


def _open(phone: Overview, package: str) -> Callable[[], None]:
    return lambda: phone.open_recent(package)
