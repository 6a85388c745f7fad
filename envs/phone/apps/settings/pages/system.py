"""Languages, gestures, the clock and facts about the phone."""

from __future__ import annotations

from envs.phone.apps.settings import languages
from envs.phone.apps.settings.keys import DEVICE_NAME, HOURS
from envs.phone.apps.settings.preferences import Choice, Entry, Key, Link, Note, Page, Section, Toggle

PAGES: dict[str, Page] = {
    "system": Page(
        "System",
        (
            Link("Languages & input", "languages", languages.summary, "web"),
            Link("Gestures", "gestures", "", "gesture-tap"),
            Link("Date & time", "date", lambda app: app.device.now().strftime("%B %-d, %Y"), "clock-outline"),
            Note("Backup", "Off", "cloud-upload"),
            Note("System update", "Updated to Android 13", "cellphone-check"),
            Note("Multiple users", "Signed in as Owner", "account-multiple"),
        ),
    ),
    "languages": Page("Languages", build=languages.rows),
    "add_language": Page("Add a language", build=languages.add_rows),
    "gestures": Page(
        "Gestures",
        (
            Toggle(
                "Quickly open camera",
                Key("secure", "camera_double_tap_power_gesture_disabled", "0"),
                "Press Power twice",
                on="0",
                off="1",
            ),
            Choice(
                "System navigation",
                Key("secure", "navigation_mode", "2"),
                (("2", "Gesture navigation"), ("0", "3-button navigation")),
            ),
            Toggle("One-handed mode", Key("secure", "one_handed_mode_enabled", "0"), "Pull the screen down"),
            Toggle("Lift to check phone", Key("secure", "doze_pulse_on_pick_up", "1")),
        ),
    ),
    "date": Page(
        "Date & time",
        (
            Toggle("Set time automatically", Key("global", "auto_time", "1")),
            Note("Date", lambda app: app.device.now().strftime("%B %-d, %Y")),
            Note("Time", lambda app: app.time_text()),
            Toggle("Set time zone automatically", Key("global", "auto_time_zone", "1")),
            Note("Time zone", "GMT+00:00 Coordinated Universal Time"),
            Toggle(
                "Use 24-hour format",
                HOURS,
                lambda app: "13:00" if app.value(HOURS) == "24" else "1:00 PM",
                on="24",
                off="12",
            ),
        ),
    ),
    "about": Page(
        "About phone",
        (
            Section("Basic info"),
            Entry("Device name", DEVICE_NAME),
            Note("Phone number", "+1 555 521 5554"),
            Section("Legal & regulatory"),
            Note("Legal information"),
            Note("Regulatory labels"),
            Section("Device details"),
            Note("SIM status", "T-Mobile"),
            Note("Model", "Pixel 6"),
            Note("IMEI", "358240051111110"),
            Section("Device identifiers"),
            Note("IP address", "10.0.2.16"),
            Note("Wi-Fi MAC address", "To view, choose saved network"),
            Note("Bluetooth address", "To view, turn on Bluetooth"),
            Note("Android version", "13"),
            Note("Build number", "TE1A.220922.034"),
        ),
    ),
}
