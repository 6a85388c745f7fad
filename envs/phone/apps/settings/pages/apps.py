"""Apps, and what they may show and use."""

from __future__ import annotations

from envs.phone.apps.settings import installed
from envs.phone.apps.settings.keys import BATTERY_SAVER, DO_NOT_DISTURB, LOCK_SCREEN_NOTIFICATIONS
from envs.phone.apps.settings.preferences import Key, Link, Note, Page, Section, Toggle

PAGES: dict[str, Page] = {
    "apps": Page("Apps", build=installed.apps_rows),
    "notifications": Page(
        "Notifications",
        (
            Section("Manage"),
            Link("App settings", "apps", "Control notifications from individual apps"),
            Toggle(
                "Notification history", Key("secure", "notification_history_enabled", "0"), "Show recent and snoozed"
            ),
            Section("Conversations"),
            Toggle("Bubbles", Key("secure", "notification_bubbles", "1"), "Conversations can appear as floating icons"),
            Section("Privacy"),
            Toggle("Notifications on lock screen", LOCK_SCREEN_NOTIFICATIONS),
            Toggle(
                "Sensitive notifications",
                Key("secure", "lock_screen_allow_private_notifications", "1"),
                "Show sensitive content when locked",
            ),
            Section("General"),
            Toggle("Do Not Disturb", DO_NOT_DISTURB),
            Toggle("Allow notification snoozing", Key("secure", "show_notification_snooze", "0")),
            Toggle("Notification dot on app icon", Key("secure", "notification_badging", "1")),
            Toggle("Blink light", Key("system", "notification_light_pulse", "0")),
        ),
    ),
    "battery": Page(
        "Battery",
        (
            Note("Battery level", "100%", "battery"),
            Note("Battery usage", "View usage for past 24 hours"),
            Toggle("Battery Saver", BATTERY_SAVER, lambda app: "On" if app.value(BATTERY_SAVER) == "1" else "Off"),
            Toggle(
                "Adaptive Battery",
                Key("global", "adaptive_battery_management_enabled", "1"),
                "Limit battery for infrequently used apps",
            ),
            Toggle(
                "Battery percentage",
                Key("system", "status_bar_show_battery_percent", "0"),
                "Show battery percentage in status bar",
            ),
        ),
    ),
    "storage": Page("Storage", build=installed.storage_rows),
}
