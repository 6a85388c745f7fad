"""Every settings page that is a plain list of preferences, after the Settings of Android 13."""

from __future__ import annotations

from typing import TYPE_CHECKING

from envs.phone.apps.settings import installed, languages, radios
from envs.phone.apps.settings.preferences import (
    Choice,
    Entry,
    Key,
    Level,
    Link,
    Note,
    Page,
    Preference,
    Section,
    Toggle,
)

if TYPE_CHECKING:
    from envs.phone.apps.settings.main import SettingsApp

WIFI = Key("global", "wifi_on", "1")
BLUETOOTH = Key("global", "bluetooth_on", "1")
AIRPLANE = Key("global", "airplane_mode_on", "0")
BRIGHTNESS = Key("system", "screen_brightness", "102")
TIMEOUT = Key("system", "screen_off_timeout", "60000")
NIGHT = Key("secure", "ui_night_mode", "1")
LOCATION = Key("secure", "location_mode", "3")
HOURS = Key("system", "time_12_24", "12")
DEVICE_NAME = Key("global", "device_name", "Pixel 6")
MEDIA_VOLUME = Key("system", "volume_music_speaker", "5")
DO_NOT_DISTURB = Key("global", "zen_mode", "0")
BATTERY_SAVER = Key("global", "low_power", "0")
FONT_SCALE = Key("system", "font_scale", "1.0")

TIMEOUTS = (
    ("15000", "15 seconds"),
    ("30000", "30 seconds"),
    ("60000", "1 minute"),
    ("120000", "2 minutes"),
    ("300000", "5 minutes"),
    ("600000", "10 minutes"),
    ("1800000", "30 minutes"),
)
DARK_THEME = Toggle(
    "Dark theme",
    NIGHT,
    lambda app: "On" if app.value(NIGHT) == "2" else "Will never turn on automatically",
    on="2",
    off="1",
)
DISPLAY_SIZE = Link("Display size and text", "text_size", "Font size, bold text, high contrast text")


PALETTES = (("1A73E8", "Blue"), ("5E8F3A", "Green"), ("B3261E", "Red"), ("7D5260", "Mauve"))


def _palette(code: str) -> str:
    return f'{{"android.theme.customization.system_palette":"{code}"}}'


def _location(app: SettingsApp) -> str:
    return "Off" if app.value(LOCATION) == "0" else "On - 3 apps have access to location"


def _wifi(app: SettingsApp) -> str:
    return radios.wifi_summary(app.device)


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
    "network": Page(
        "Network & internet",
        (
            Link("Internet", "wifi", _wifi, "wifi"),
            Link("SIMs", "sims", "T-Mobile", "sim-outline"),
            Toggle(
                "Airplane mode",
                AIRPLANE,
                icon="airplane",
                write=lambda app, on: radios.set_airplane(app.device.settings, on),
            ),
            Note("Hotspot & tethering", "Off", "radio-tower"),
            Note("Data Saver", "Off", "leaf"),
            Note("VPN", "None", "key"),
            Choice(
                "Private DNS",
                Key("global", "private_dns_mode", "opportunistic"),
                (("off", "Off"), ("opportunistic", "Automatic")),
            ),
        ),
    ),
    "wifi": Page(
        "Internet",
        (
            Toggle(
                "Wi-Fi",
                WIFI,
                is_on=lambda app: radios.wifi_on(app.device.settings),
                write=lambda app, on: radios.set_wifi(app.device.settings, on),
            ),
        ),
        radios.wifi_rows,
    ),
    "saved_networks": Page("Saved networks", build=radios.saved_rows),
    "wifi_preferences": Page(
        "Network preferences",
        (
            Toggle(
                "Turn on Wi-Fi automatically",
                Key("global", "wifi_wakeup_enabled", "1"),
                "Wi-Fi will turn back on near high-quality saved networks",
            ),
            Toggle(
                "Notify for public networks",
                Key("global", "wifi_networks_available_notification_on", "1"),
                "Notify when a high-quality public network is available",
            ),
            Note("Install certificates"),
        ),
    ),
    "sims": Page(
        "T-Mobile",
        (
            Toggle("Mobile data", Key("global", "mobile_data", "1"), "Access data using mobile network"),
            Toggle("Roaming", Key("global", "data_roaming", "0"), "Connect to data services when roaming"),
            Note("App data usage", "1.24 GB used"),
            Choice(
                "Preferred network type",
                Key("global", "preferred_network_mode", "26"),
                (("26", "5G (recommended)"), ("9", "LTE"), ("0", "3G")),
            ),
            Note("Carrier settings version", "43.0.0.1"),
        ),
    ),
    "connected": Page("Connected devices", build=radios.connected_rows),
    "pair": Page("Pair new device", build=radios.pair_rows),
    "connection_preferences": Page(
        "Connection preferences",
        (
            Link("Bluetooth", "bluetooth", lambda app: "On" if radios.bluetooth_on(app.device.settings) else "Off"),
            Note("Cast", "Not connected"),
            Note("Printing", "1 print service on"),
        ),
    ),
    "bluetooth": Page(
        "Bluetooth",
        (
            Toggle(
                "Use Bluetooth",
                BLUETOOTH,
                is_on=lambda app: radios.bluetooth_on(app.device.settings),
                write=lambda app, on: radios.set_bluetooth(app.device.settings, on),
            ),
        ),
        radios.bluetooth_rows,
    ),
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
            Toggle("Notifications on lock screen", Key("secure", "lock_screen_show_notifications", "1")),
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
    "sound": Page(
        "Sound & vibration",
        (
            Level("Media volume", MEDIA_VOLUME, 0, 15, "media_volume", "music-note"),
            Level("Call volume", Key("system", "volume_voice_earpiece", "4"), 1, 7, "call_volume", "phone"),
            Level("Ring & notification volume", Key("system", "volume_ring_speaker", "5"), 0, 7, "ring_volume", "bell"),
            Level("Alarm volume", Key("system", "volume_alarm_speaker", "6"), 1, 7, "alarm_volume", "alarm"),
            Link("Vibration & haptics", "vibration", "On"),
            Toggle("Do Not Disturb", DO_NOT_DISTURB, lambda app: "On" if app.value(DO_NOT_DISTURB) != "0" else "Off"),
            Note("Phone ringtone", "The Big Adventure"),
            Toggle("Live Caption", Key("secure", "odi_captions_enabled", "0"), "Automatically caption speech"),
            Note("Default notification sound", "Eureka"),
            Note("Default alarm sound", "Fresh Start"),
            Toggle("Dial pad tones", Key("system", "dtmf_tone", "1")),
            Toggle("Screen locking sound", Key("system", "lockscreen_sounds_enabled", "1")),
            Toggle("Charging sounds and vibration", Key("secure", "charging_sounds_enabled", "1")),
            Toggle("Touch sounds", Key("system", "sound_effects_enabled", "1")),
        ),
    ),
    "vibration": Page(
        "Vibration & haptics",
        (
            Toggle("Use vibration & haptics", Key("system", "vibrate_on", "1")),
            Section("Calls"),
            Toggle("Vibrate for calls", Key("system", "vibrate_when_ringing", "1")),
            Toggle("Ring vibration first", Key("system", "apply_ramping_ringer", "0"), "Vibrate, then ring gradually"),
            Section("Interactive haptics"),
            Toggle("Touch feedback", Key("system", "haptic_feedback_enabled", "1"), "Vibrate when you tap or type"),
        ),
    ),
    "display": Page(
        "Display",
        (
            Section("Brightness"),
            Level("Brightness level", BRIGHTNESS, 1, 255, "brightness", in_dialog=True),
            Toggle(
                "Adaptive brightness", Key("system", "screen_brightness_mode", "0"), "Adjusts to the light around you"
            ),
            Section("Lock display"),
            Link("Lock screen", "lock_screen", "Show all notification content"),
            Choice("Screen timeout", TIMEOUT, TIMEOUTS),
            Section("Appearance"),
            DARK_THEME,
            DISPLAY_SIZE,
            Section("Color"),
            Toggle("Night Light", Key("secure", "night_display_activated", "0"), "Tint the screen amber"),
            Choice(
                "Colors",
                Key("system", "display_color_mode", "3"),
                (("0", "Natural"), ("1", "Boosted"), ("3", "Adaptive")),
            ),
            Section("Other display controls"),
            Toggle(
                "Smooth Display",
                Key("system", "peak_refresh_rate", "90.0"),
                "Up to 90 Hz for some content",
                on="90.0",
                off="60.0",
            ),
            Toggle("Auto-rotate screen", Key("system", "accelerometer_rotation", "0")),
            Choice(
                "Screen saver",
                Key("secure", "screensaver_components", "com.android.deskclock/com.android.deskclock.Screensaver"),
                (
                    ("com.android.deskclock/com.android.deskclock.Screensaver", "Clock"),
                    ("com.android.dreams.basic/com.android.dreams.basic.Colors", "Colors"),
                ),
            ),
        ),
    ),
    "lock_screen": Page(
        "Lock screen",
        (
            Toggle("Show notifications", Key("secure", "lock_screen_show_notifications", "1")),
            Toggle("Show wallet", Key("secure", "lockscreen_show_wallet", "1")),
            Toggle("Show device controls", Key("secure", "lockscreen_show_controls", "1")),
            Toggle("Double-line clock", Key("secure", "lockscreen_use_double_line_clock", "1")),
            Toggle("Wake screen for notifications", Key("secure", "doze_enabled", "1")),
            Toggle("Tap to check phone", Key("secure", "doze_tap_gesture", "1")),
        ),
    ),
    "text_size": Page(
        "Display size and text",
        (
            Choice(
                "Font size",
                FONT_SCALE,
                (("0.85", "Small"), ("1.0", "Default"), ("1.15", "Large"), ("1.3", "Largest")),
            ),
            Choice(
                "Display size",
                Key("secure", "display_density_forced", "420"),
                (("356", "Small"), ("420", "Default"), ("484", "Large"), ("548", "Larger")),
            ),
            Toggle("Bold text", Key("secure", "font_weight_adjustment", "0"), on="300"),
            Toggle("High contrast text", Key("secure", "high_text_contrast_enabled", "0")),
        ),
    ),
    "wallpaper": Page(
        "Wallpaper & style",
        (
            Note("Wallpaper", "Pixel, Orchid", "image-outline"),
            Choice(
                "Wallpaper colors",
                Key("secure", "theme_customization_overlay_packages", _palette("1A73E8")),
                tuple((_palette(code), name) for code, name in PALETTES),
                "palette-outline",
            ),
            DARK_THEME,
        ),
    ),
    "accessibility": Page(
        "Accessibility",
        (
            Section("Screen reader"),
            Note("TalkBack", "Off / Speak items on screen", "speaker"),
            Section("Display"),
            DISPLAY_SIZE,
            Toggle("Color inversion", Key("secure", "accessibility_display_inversion_enabled", "0")),
            Toggle("Color correction", Key("secure", "accessibility_display_daltonizer_enabled", "0")),
            Toggle("Extra dim", Key("secure", "reduce_bright_colors_activated", "0"), "Dim screen beyond the minimum"),
            Toggle("Large mouse pointer", Key("secure", "accessibility_large_pointer_icon", "0")),
            Toggle("Magnification", Key("secure", "accessibility_display_magnification_enabled", "0"), "Zoom in"),
            Section("Interaction controls"),
            Choice(
                "Touch & hold delay",
                Key("secure", "long_press_timeout", "400"),
                (("400", "Short"), ("1000", "Medium"), ("1500", "Long")),
            ),
            Choice(
                "Time to take action",
                Key("secure", "accessibility_interactive_ui_timeout_ms", "0"),
                (("0", "Default"), ("10000", "10 seconds"), ("30000", "30 seconds"), ("60000", "1 minute")),
            ),
            Toggle("Power button ends call", Key("secure", "incall_power_button_behavior", "1"), on="2", off="1"),
            Section("Captions and audio"),
            Toggle("Show captions", Key("secure", "accessibility_captioning_enabled", "0")),
            Toggle("Mono audio", Key("system", "master_mono", "0"), "Combine channels when playing audio"),
        ),
    ),
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
            Toggle("Show passwords", Key("system", "show_password", "1"), "Display characters briefly as you type"),
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
            Toggle("Show passwords", Key("system", "show_password", "1"), "Display characters briefly as you type"),
            Choice(
                "Notifications on lock screen",
                Key("secure", "lock_screen_show_notifications", "1"),
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


def keys() -> dict[tuple[str, str], str]:
    """(namespace, name) -> default, of every preference on every page."""
    found: dict[tuple[str, str], str] = {}
    for page in PAGES.values():
        for preference in page.preferences:
            if isinstance(preference, (Toggle, Choice, Level, Entry)):
                key = preference.key
                if found.setdefault((key.namespace, key.name), key.default) != key.default:
                    raise ValueError(f"two defaults for {key.namespace}/{key.name}: pages must agree on one")
    return found
