"""Keys of the settings provider that have a name here: several pages, the app itself or tasks read them."""

from __future__ import annotations

from envs.phone.apps.settings.preferences import Key

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
LOCK_SCREEN_NOTIFICATIONS = Key("secure", "lock_screen_show_notifications", "1")

TIMEOUTS = (
    ("15000", "15 seconds"),
    ("30000", "30 seconds"),
    ("60000", "1 minute"),
    ("120000", "2 minutes"),
    ("300000", "5 minutes"),
    ("600000", "10 minutes"),
    ("1800000", "30 minutes"),
)
"""Choices of `TIMEOUT`: (milliseconds, what a person reads)."""
