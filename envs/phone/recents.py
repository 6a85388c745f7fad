"""The overview of recent apps: a carousel of cards; tap opens, a swipe up removes, sideways turns."""

from __future__ import annotations

from collections.abc import Callable

from envs.phone import controls, widgets
from envs.phone.app import App
from envs.phone.launcher import PACKAGE, WHITE
from envs.phone.layout import Layout
from envs.phone.scene import Bounds
from envs.phone.stage import Stage
from envs.phone.ui import Button

ACTIVITY = "com.android.quickstep.RecentsActivity"
Picture = Callable[[str, tuple[int, int]], str]
"""(package, size) -> key of the app's last screen, scaled, among the painter's pictures."""


def card_size(lay: Layout, box: Bounds) -> tuple[int, int]:
    """Width and height of a card: the app's picture at 62 percent of the screen."""
    _, y1, _, y2 = box
    height = min((y2 - y1) - lay.dp(170), lay.scene.height * 62 // 100)
    return height * lay.scene.width // lay.scene.height, height


def recents(lay: Layout, box: Bounds, stage: Stage, picture: Picture, background: str) -> None:
    """Draw the cards, the front one in the middle and older ones to its left."""
    apps = [type(stage.apps[package]) for package in stage.recents]
    scene, dp = lay.scene, lay.dp
    x1, y1, x2, y2 = box
    scene.package = PACKAGE
    scene.image(0, 0, scene.width, scene.height, background)
    scene.shade(0, 0, scene.width, scene.height, (0, 0, 0), 90)
    root = scene.parent = scene.add("window", 0, 0, scene.width, scene.height, listed=False)
    if not apps:
        root.on_tap = lambda: stage.open_recent("")
        top = (y1 + y2 - lay.line_height("title")) // 2
        at = lay.write(["No recent items"], "title", x1, top, x2 - x1, WHITE, "center")
        scene.add("text", at[0], at[1], at[2] - at[0], at[3] - at[1], text="No recent items")
        scene.parent = None
        return
    root.on_swipe = lambda dx, dy: abs(dx) > dp(40) and abs(dx) > abs(dy) and stage.turn_recents(1 if dx > 0 else -1)
    width, height = card_size(lay, box)
    gap, top = dp(16), y1 + dp(64)
    for n, app in enumerate(apps):
        x = (x1 + x2 - width) // 2 - (n - stage.front_card) * (width + gap)
        if x + width <= x1 or x >= x2:
            continue
        _card(lay, app, x, top, width, height, stage, picture)
    below = top + height + dp(20)
    clear = Button("Clear all", stage.clear_recents, kind="tonal", id="clear_all")
    wide = controls.button_width(lay, clear)
    scene.parent = root
    controls.button(lay, clear, (x1 + x2 - wide) // 2, below, wide, 0)
    scene.parent = None


def _card(lay: Layout, app: type[App], x: int, y: int, width: int, height: int, stage: Stage, picture: Picture) -> None:
    scene, dp = lay.scene, lay.dp
    outer = scene.parent
    package = app.package

    def swipe(dx: int, dy: int) -> bool:
        return dy < -dp(60) and abs(dy) > abs(dx) and stage.remove_recent(package)

    scene.image(x, y, width, height, picture(package, (width, height)), dp(20))
    card = scene.add(
        "card", x, y, width, height, text="", label=app.label, id="snapshot",
        on_tap=_open(stage, package), on_swipe=swipe,
    )  # fmt: skip
    scene.parent = card
    size, mark = dp(40), dp(22)
    left, top = x + (width - size) // 2, y - size - dp(8)
    scene.round(left, top, size, size, size // 2, app.color)
    scene.icon(app.icon, mark, left + (size - mark) // 2, top + (size - mark) // 2, widgets.contrast_ink(app.color))
    scene.parent = outer
    scene.add("image", left, top, size, size, label=f"{app.label} icon", icon=app.icon)


def _open(stage: Stage, package: str) -> Callable[[], None]:
    return lambda: stage.open_recent(package)
