"""The home screen: wallpaper, clock and date, a grid of apps, a dock, and the drawer with every app."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from PIL import Image, ImageDraw, ImageFilter

from envs.phone import widgets
from envs.phone.app import App, Settings
from envs.phone.layout import Layout
from envs.phone.scene import Bounds, vertical
from envs.phone.system_bars import clock_text
from envs.phone.theme import RGB, Theme
from envs.phone.ui import Tile

PACKAGE = "com.google.android.apps.nexuslauncher"
ACTIVITY = "com.google.android.apps.nexuslauncher.NexusLauncherActivity"
WHITE: RGB = (255, 255, 255)
DOCK = 4
"""Apps in the dock."""


def wallpaper(theme: Theme, size: tuple[int, int]) -> Image.Image:
    """A diagonal gradient with soft hills, in the theme's colours."""
    w, h = 90, 90 * size[1] // size[0]
    top, bottom, light = theme.wallpaper
    base = Image.composite(
        Image.new("RGB", (w, h), bottom), Image.new("RGB", (w, h), top), Image.linear_gradient("L").resize((w, h))
    )
    hills = Image.new("L", (w, h))
    pen = ImageDraw.Draw(hills)
    pen.ellipse((-w // 2, h * 11 // 20, w * 9 // 10, h * 3 // 2), fill=70)
    pen.ellipse((w // 3, h * 14 // 20, w * 2, h * 3 // 2), fill=110)
    pen.ellipse((w * 6 // 10, h // 8, w * 9 // 10, h // 8 + w * 3 // 10), fill=60)
    base.paste(light, (0, 0), hills.filter(ImageFilter.GaussianBlur(1.2)))
    return base.resize(size, Image.Resampling.BICUBIC)


def columns(lay: Layout) -> int:
    return 4 if lay.scene.width < lay.dp(560) else 6


def app_tile(app: type[App], launch: Callable[[str], Callable[[], None]]) -> Tile:
    return Tile(app.icon, app.label, launch(app.package), color=app.color)


def home(
    lay: Layout, box: Bounds, apps: Sequence[type[App]], now: dt.datetime, settings: Settings,
    launch: Callable[[str], Callable[[], None]], drawer: Callable[[bool], None], background: str,
) -> None:  # fmt: skip
    """Draw the home screen in `box`; a swipe up calls `drawer(True)`; `background` is the wallpaper's key."""
    scene, dp = lay.scene, lay.dp
    x1, y1, x2, y2 = box
    scene.package = PACKAGE
    scene.image(0, 0, scene.width, scene.height, background)
    root = scene.add("window", 0, 0, scene.width, scene.height, listed=False)
    root.on_swipe = vertical(-dp(48), lambda: drawer(True))
    scene.parent = root
    big = f"{clock_text(now, settings)}"
    y = y1 + dp(28)
    at = lay.write([big], "display", x1 + dp(24), y, x2 - x1 - dp(48), WHITE)
    scene.add("text", at[0], at[1], at[2] - at[0], at[3] - at[1], text=big, id="home_clock")
    date = f"{now:%A}, {now:%B} {now.day}"
    at = lay.write([date], "title", x1 + dp(26), at[3], x2 - x1 - dp(48), WHITE)
    scene.add("text", at[0], at[1], at[2] - at[0], at[3] - at[1], text=date, id="home_date")
    across = columns(lay)
    dock = apps[:DOCK]
    margin = dp(12) + max(0, (x2 - x1 - dp(760)) // 2)
    cell = (x2 - x1 - 2 * margin) // across
    tall = lay.measure(app_tile(apps[0], launch), cell) if apps else dp(90)
    dock_top = y2 - tall - dp(8)
    scene.shade(x1, dock_top - dp(8), x2 - x1, scene.height - dock_top + dp(8), (0, 0, 0), 40)
    rows = max(0, (dock_top - dp(16) - at[3] - dp(12)) // tall)
    rest = list(apps[DOCK:])[: rows * across]
    used = -(-len(rest) // across)
    top = dock_top - dp(16) - used * tall
    for n, app in enumerate(rest):
        _tile(lay, app, launch, x1 + margin + n % across * cell, top + n // across * tall, cell)
    share = (x2 - x1 - 2 * margin) // max(1, len(dock))
    for n, app in enumerate(dock):
        _tile(lay, app, launch, x1 + margin + n * share, dock_top, share)
    scene.parent = None


def _tile(lay: Layout, app: type[App], launch: Callable[[str], Callable[[], None]], x: int, y: int, width: int) -> None:
    widgets.tile(lay, app_tile(app, launch), x, y, width, 0, WHITE)


def all_apps(
    lay: Layout,
    box: Bounds,
    apps: Sequence[type[App]],
    launch: Callable[[str], Callable[[], None]],
    drawer: Callable[[bool], None],
) -> None:
    """The drawer: every app by name, over a sheet in the theme's surface colour."""
    scene, dp = lay.scene, lay.dp
    x1, y1, x2, y2 = box
    scene.package = PACKAGE
    scene.fill(0, 0, scene.width, scene.height, lay.theme.surface_container)
    root = scene.parent = scene.add("window", 0, 0, scene.width, scene.height, listed=False)
    root.on_swipe = vertical(dp(48), lambda: drawer(False))
    at = lay.write(["All apps"], "headline", x1 + dp(24), y1 + dp(16), x2 - x1, lay.theme.on_surface)
    scene.add("title", at[0], at[1], at[2] - at[0], at[3] - at[1], text="All apps")
    across = columns(lay)
    margin = dp(12)
    cell = (x2 - x1 - 2 * margin) // across
    ordered = sorted(apps, key=lambda app: app.label.lower())

    def content(y: int) -> int:
        top = y
        for start in range(0, len(ordered), across):
            tall = 0
            for n, app in enumerate(ordered[start : start + across]):
                tall = widgets.tile(lay, app_tile(app, launch), x1 + margin + n * cell, y, cell, 0)
            y += tall
        return y - top + dp(16)

    lay.scroll_area((x1, at[3] + dp(12), x2, y2), "drawer", content)
    scene.parent = None
