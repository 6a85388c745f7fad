"""Every settings page that is a plain list of preferences, after the Settings of Android 13."""

from __future__ import annotations

from typing import TYPE_CHECKING

from envs.phone.apps.settings.keys import DEVICE_NAME, LOCATION
from envs.phone.apps.settings.pages import apps, connections, look_and_sound, personal, system
from envs.phone.apps.settings.preferences import Choice, Entry, Level, Link, Page, Preference, Toggle

if TYPE_CHECKING:
    from envs.phone.apps.settings.main import SettingsApp


def _location(app: SettingsApp) -> str:
    return "Off" if app.value(LOCATION) == "0" else "On - 3 apps have access to location"


ROOT: tuple[Preference, ...] = (
    Link("Network & internet", "network", "Mobile, Wi-Fi, hotspot", "wifi"),
    Link("Connected devices", "connected", "Bluetooth, pairing", "laptop"),
    Link("Apps", "apps", "Recent apps, default apps", "apps"),
    Link("Notifications", "notifications", "Notification history, conversations", "bell-outline"),
    Link("Battery", "battery", "100%", "battery"),
    Link("Storage", "storage", "Images, videos, documents, apps", "database"),
    Link("Sound & vibration", "sound", "Volume, haptics, Do Not Disturb", "volume-high"),
    Link("Display", "display", "Dark theme, font size, brightness", "brightness-6"),
    Link("Wallpaper & style", "wallpaper", "Colors, themed icons", "palette-outline"),
    Link("Accessibility", "accessibility", "Display, interaction, audio", "human"),
    Link("Security", "security", "Screen lock, Find My Device, app security", "lock-outline"),
    Link("Privacy", "privacy", "Permissions, account activity, personal data", "shield-account"),
    Link("Location", "location", _location, "map-marker-outline"),
    Link("Safety & emergency", "safety", "Emergency SOS, medical info, alerts", "alert-circle-outline"),
    Link("Passwords & accounts", "accounts", "Saved passwords, autofill, synced accounts", "key"),
    Link("Digital Wellbeing", "wellbeing", "Screen time, app timers, bedtime schedules", "leaf"),
    Link("System", "system", "Languages, gestures, time, backup", "information-outline"),
    Link("About phone", "about", lambda app: app.value(DEVICE_NAME), "cellphone"),
)

PAGES: dict[str, Page] = {
    "root": Page("Settings", ROOT),
    **connections.PAGES,
    **apps.PAGES,
    **look_and_sound.PAGES,
    **personal.PAGES,
    **system.PAGES,
}
"""Page id -> page; `Link.page` names one."""


def defaults() -> dict[tuple[str, str], str]:
    """(namespace, name) -> default, of every preference on every page."""
    found: dict[tuple[str, str], str] = {}
    for page in PAGES.values():
        for preference in page.preferences:
            if isinstance(preference, (Toggle, Choice, Level, Entry)):
                key = preference.key
                if found.setdefault((key.namespace, key.name), key.default) != key.default:
                    raise ValueError(f"two defaults for {key.namespace}/{key.name}: pages must agree on one")
    return found
