"""Security, privacy, location, accounts and habits."""

from __future__ import annotations

from envs.phone.apps.settings.keys import LOCATION, LOCK_SCREEN_NOTIFICATIONS
from envs.phone.apps.settings.preferences import Choice, Key, Link, Note, Page, Section, Toggle

SHOW_PASSWORDS = Toggle("Show passwords", Key("system", "show_password", "1"), "Display characters briefly as you type")

PAGES: dict[str, Page] = {
    "security": Page(
        "Security",
        (
            Section("Security status"),
            Note("Google Play Protect", "No problems found", "shield-check"),
            Note("Google Security Checkup", "No issues found", "google"),
            Note("Security update", "September 5, 2023", "update"),
            Section("Device security"),
            Note("Screen lock", "Swipe"),
            Toggle(
                "Lock after screen timeout", Key("secure", "lock_screen_lock_after_timeout", "5000"), on="5000", off="0"
            ),
            Section("More settings"),
            SHOW_PASSWORDS,
            Toggle("App pinning", Key("system", "lock_to_app_enabled", "0")),
        ),
    ),
    "privacy": Page(
        "Privacy",
        (
            Note("Privacy dashboard", "Show which apps recently used permissions"),
            Note("Permission manager", "Control app access to your data"),
            Toggle(
                "Show clipboard access",
                Key("secure", "clipboard_show_access_notifications", "1"),
                "Show a message when apps access what you have copied",
            ),
            SHOW_PASSWORDS,
            Choice(
                "Notifications on lock screen",
                LOCK_SCREEN_NOTIFICATIONS,
                (("1", "Show all notification content"), ("0", "Don't show notifications at all")),
            ),
        ),
    ),
    "location": Page(
        "Location",
        (
            Toggle("Use location", LOCATION, on="3", off="0", is_on=lambda app: app.value(LOCATION) != "0"),
            Section("Recent access"),
            Note("Clock", "12 min. ago", "clock-outline"),
            Section("Location services"),
            Toggle(
                "Wi-Fi scanning",
                Key("global", "wifi_scan_always_enabled", "0"),
                "Allow apps to scan for Wi-Fi networks at any time",
            ),
            Toggle(
                "Bluetooth scanning",
                Key("global", "ble_scan_always_enabled", "0"),
                "Allow apps to scan for nearby devices at any time",
            ),
        ),
    ),
    "safety": Page(
        "Safety & emergency",
        (
            Note("Open Personal Safety", "Emergency info and contacts"),
            Note("Medical information", "Name, blood type and more"),
            Toggle("Emergency SOS", Key("secure", "emergency_gesture_enabled", "1"), "Press Power 5 times or more"),
            Toggle("Play alarm sound", Key("secure", "emergency_gesture_sound_enabled", "0")),
        ),
    ),
    "accounts": Page(
        "Passwords & accounts",
        (
            Section("Autofill service"),
            Note("Google", "", "google"),
            Section("Accounts for owner"),
            Note("Add account", "", "plus"),
            Toggle("Automatically sync app data", Key("global", "auto_sync", "1")),
        ),
    ),
    "wellbeing": Page(
        "Digital Wellbeing",
        (
            Section("Ways to disconnect"),
            Link(
                "Bedtime mode and Do Not Disturb",
                "notifications",
                "Silence your phone, change screen to black and white",
            ),
            Section("Reduce interruptions"),
            Link("Manage notifications", "notifications"),
        ),
    ),
}
