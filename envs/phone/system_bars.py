"""Status bar and three-button navigation bar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from envs.phone.app import Settings
from envs.phone.layout import Layout
from envs.phone.theme import RGB

PACKAGE = "com.android.systemui"
STATUS, NAVIGATION = 28, 48
"""Heights in dp."""


def clock_text(now: dt.datetime, settings: Settings) -> str:
    """The time as the status bar shows it: "15:04" or "3:04", by system setting `time_12_24`."""
    if settings.get("system", "time_12_24") == "24":
        return f"{now.hour}:{now.minute:02d}"
    return f"{(now.hour - 1) % 12 + 1}:{now.minute:02d}"


def status_icons(settings: Settings) -> list[tuple[str, str]]:
    """(icon, accessible name), left to right."""

    def on(namespace: str, key: str) -> bool:
        return settings.get(namespace, key) not in (None, "0")

    icons = []
    if on("global", "zen_mode"):
        icons.append(("minus-circle-outline", "Do Not Disturb"))
    if on("secure", "flashlight_enabled"):
        icons.append(("flashlight", "Flashlight"))
    if on("global", "bluetooth_on"):
        icons.append(("bluetooth", "Bluetooth on"))
    if on("global", "wifi_on"):
        icons.append(("wifi", "Wi-Fi"))
    icons.append(
        ("airplane", "Airplane mode") if on("global", "airplane_mode_on") else ("signal-cellular-3", "Phone signal")
    )
    icons.append(("battery", "Battery 100 percent"))
    return icons


def status_bar(lay: Layout, now: dt.datetime, settings: Settings, ink: RGB) -> None:
    """Clock on the left, state on the right, over whatever is behind."""
    scene, dp = lay.scene, lay.dp
    scene.package, height = PACKAGE, dp(STATUS)
    scene.parent = scene.add("pane", 0, 0, scene.width, height, listed=False, id="status_bar")
    text = clock_text(now, settings)
    top = (height - lay.line_height("label")) // 2
    box = lay.write([text], "label", dp(16), top, scene.width, ink)
    scene.add("text", box[0], top, box[2] - box[0], box[3] - top, text=text, id="clock")
    x, size = scene.width - dp(14), dp(16)
    for icon, label in reversed(status_icons(settings)):
        x -= size
        scene.icon(icon, size, x, (height - size) // 2, ink)
        scene.add("image", x, (height - size) // 2, size, size, icon=icon, label=label)
        x -= dp(4)
    scene.parent = None


def navigation_paint(lay: Layout, ink: RGB, back: RGB | None) -> None:
    """Back, home and recents; `back` fills the bar, None leaves the wallpaper."""
    scene, dp = lay.scene, lay.dp
    height = dp(NAVIGATION)
    y = scene.height - height
    if back is not None:
        scene.fill(0, y, scene.width, height, back)
    third, middle = scene.width // 3, y + height // 2
    scene.icon("menu-left", dp(34), third // 2 - dp(17) + dp(10), middle - dp(17), ink)
    side = dp(15)
    center = scene.width // 2
    scene.round(center - side // 2, middle - side // 2, side, side, side // 2, ink)
    side = dp(13)
    last = scene.width - third // 2 - dp(10)
    scene.round(last - side // 2, middle - side // 2, side, side, dp(2), ink)


def navigation_touch(lay: Layout, press: Callable[[str], Callable[[], None]]) -> None:
    """The three targets; `press(key code)` gives their handlers."""
    scene = lay.scene
    scene.package = PACKAGE
    height = lay.dp(NAVIGATION)
    y, third = scene.height - height, scene.width // 3
    scene.parent = scene.add("pane", 0, y, scene.width, height, listed=False, id="navigation_bar")
    keys = (
        ("BACK", "Back", "back", "menu-left"),
        ("HOME", "Home", "home", "circle"),
        ("APP_SWITCH", "Overview", "recent_apps", "square"),
    )
    for n, (code, label, name, icon) in enumerate(keys):
        x = scene.width - third if n == 2 else n * third
        wide = scene.width - 2 * third if n == 1 else third
        scene.add("button", x, y, wide, height, label=label, id=name, icon=icon, on_tap=press(code))
    scene.parent = None
