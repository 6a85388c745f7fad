"""What the phone looks, sounds and feels like."""

from __future__ import annotations

from envs.phone.apps.settings.keys import (
    BRIGHTNESS,
    DO_NOT_DISTURB,
    FONT_SCALE,
    LOCK_SCREEN_NOTIFICATIONS,
    MEDIA_VOLUME,
    NIGHT,
    TIMEOUT,
    TIMEOUTS,
)
from envs.phone.apps.settings.preferences import Choice, Key, Level, Link, Note, Page, Section, Toggle

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


PAGES: dict[str, Page] = {
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
            Toggle("Show notifications", LOCK_SCREEN_NOTIFICATIONS),
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
}
