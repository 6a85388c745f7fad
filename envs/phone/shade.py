"""Quick settings and notifications, pulled down from the top edge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from envs.phone import fields
from envs.phone.app import Settings
from envs.phone.layout import Layout
from envs.phone.scene import Bounds, vertical
from envs.phone.system_bars import PACKAGE
from envs.phone.ui import Slider


@dataclass(frozen=True, slots=True)
class Toggle:
    """A quick-settings tile: a setting with two values."""

    label: str
    icon: str
    icon_off: str
    namespace: str
    key: str
    on: str = "1"
    off: str = "0"


TOGGLES = (
    Toggle("Wi-Fi", "wifi", "wifi-off", "global", "wifi_on"),
    Toggle("Bluetooth", "bluetooth", "bluetooth-off", "global", "bluetooth_on"),
    Toggle("Airplane mode", "airplane", "airplane-off", "global", "airplane_mode_on"),
    Toggle("Dark theme", "theme-light-dark", "theme-light-dark", "secure", "ui_night_mode", "2", "1"),
    Toggle("Flashlight", "flashlight", "flashlight-off", "secure", "flashlight_enabled"),
    Toggle("Auto-rotate", "screen-rotation", "screen-rotation-lock", "system", "accelerometer_rotation"),
    Toggle("Do Not Disturb", "minus-circle", "minus-circle-outline", "global", "zen_mode"),
    Toggle("Battery Saver", "battery-plus", "battery-outline", "global", "low_power"),
)


@dataclass(frozen=True, slots=True)
class Notification:
    package: str
    app: str
    icon: str
    title: str
    text: str


def shade(
    lay: Layout, box: Bounds, date: str, settings: Settings, notifications: Sequence[Notification],
    open_notification: Callable[[int], Callable[[], None]], clear: Callable[[], None], close: Callable[[], None],
) -> None:  # fmt: skip
    """Draw the panel over the whole screen; a swipe up or a tap under it calls `close`."""
    scene, t, dp = lay.scene, lay.theme, lay.dp
    x1, y1, x2, y2 = box
    scene.package = PACKAGE
    scene.fill(0, 0, scene.width, scene.height, t.surface_low)
    root = scene.parent = scene.add("window", 0, 0, scene.width, scene.height, listed=False, on_tap=close)
    root.on_swipe = vertical(-dp(40), close)
    side = dp(16) + max(0, (x2 - x1 - dp(560)) // 2)
    x, width, y = x1 + side, x2 - x1 - 2 * side, y1 + dp(8)
    at = lay.write([date], "label", x, y, width, t.on_surface)
    scene.add("text", at[0], at[1], at[2] - at[0], at[3] - at[1], text=date, id="date")
    y = at[3] + dp(4)
    level = settings.get("system", "screen_brightness") or ""
    value = int(level) / 255 if level.isdecimal() else 0.4
    brightness = Slider(
        value,
        lambda v: settings.put("system", "screen_brightness", str(round(255 * v))),
        id="slider",
        label="Display brightness",
    )
    scene.icon("brightness-6", dp(22), x + dp(2), y + dp(13), t.on_surface_variant)
    y += fields.slider(lay, brightness, x + dp(36), y, width - dp(36), 0) + dp(6)
    y = _tiles(lay, settings, x, y, width)
    y += dp(16)
    if not notifications:
        top = y + dp(16)
        at = lay.write(["No notifications"], "small", x, top, width, t.on_surface_variant, "center")
        scene.add("text", at[0], at[1], at[2] - at[0], at[3] - at[1], text="No notifications")
    for n, note in enumerate(notifications):
        height = dp(16) + lay.line_height("caption") + lay.line_height("label") + lay.line_height("small") + dp(14)
        if y + height > y2 - dp(56):
            break
        _notification(lay, note, x, y, width, height, open_notification(n))
        y += height + dp(4)
    if notifications:
        label = "Clear all"
        wide = lay.width(label, "label") + dp(32)
        left = x + width - wide
        scene.round(left, y + dp(4), wide, dp(36), dp(18), t.surface_highest)
        lay.write(
            [label], "label", left, y + dp(4) + (dp(36) - lay.line_height("label")) // 2, wide, t.on_surface, "center"
        )
        scene.add("button", left, y + dp(4), wide, dp(36), text=label, id="clear_all", on_tap=clear)
    scene.parent = None


def _tiles(lay: Layout, settings: Settings, x: int, y: int, width: int) -> int:
    scene, t, dp = lay.scene, lay.theme, lay.dp
    gap = dp(8)
    cell, height = (width - gap) // 2, max(dp(60), 2 * lay.line_height("label") + dp(16))
    for n, toggle in enumerate(TOGGLES):
        left, top = x + n % 2 * (cell + gap), y + n // 2 * (height + gap)
        on = settings.get(toggle.namespace, toggle.key) == toggle.on
        fill, ink = (t.primary_container, t.on_primary_container) if on else (t.surface_highest, t.on_surface_variant)
        scene.round(left, top, cell, height, dp(24), fill)
        icon = toggle.icon if on else toggle.icon_off
        scene.icon(icon, dp(22), left + dp(16), top + (height - dp(22)) // 2, ink)
        room = cell - dp(16 + 22 + 12 + 12)
        words = [*lay.lines(toggle.label, "label", room, 1), "On" if on else "Off"]
        lay.write(words, "label", left + dp(50), top + (height - 2 * lay.line_height("label")) // 2, room, ink)
        scene.add(
            "tile", left, top, cell, height, text=toggle.label, icon=icon, id=toggle.key, checkable=True, checked=on,
            on_tap=_flip(settings, toggle, on),
        )  # fmt: skip
    rows = -(-len(TOGGLES) // 2)
    return y + rows * (height + gap)


def _flip(settings: Settings, toggle: Toggle, on: bool) -> Callable[[], None]:
    return lambda: settings.put(toggle.namespace, toggle.key, toggle.off if on else toggle.on)


def _notification(
    lay: Layout, note: Notification, x: int, y: int, width: int, height: int, on_tap: Callable[[], None]
) -> None:
    scene, t, dp = lay.scene, lay.theme, lay.dp
    scene.round(x, y, width, height, dp(20), t.surface_high)
    scene.icon(note.icon, dp(18), x + dp(16), y + dp(14), t.primary)
    left, room, top = x + dp(44), width - dp(60), y + dp(12)
    for text, style, ink in (
        (note.app, "caption", t.on_surface_variant),
        (note.title, "label", t.on_surface),
        (note.text, "small", t.on_surface_variant),
    ):
        lay.write(lay.lines(text, style, room, 1), style, left, top, room, ink)
        top += lay.line_height(style)
    scene.add("card", x, y, width, height, text=note.title, label=note.text, icon=note.icon, on_tap=on_tap)
