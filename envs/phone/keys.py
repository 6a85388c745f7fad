"""Android key codes: names, numbers, and the characters they type."""

from __future__ import annotations

import string

from agentkit.errors import EnvError

CODES: dict[int, str] = {
    3: "HOME", 4: "BACK", 5: "CALL", 6: "ENDCALL", 19: "DPAD_UP", 20: "DPAD_DOWN", 21: "DPAD_LEFT", 22: "DPAD_RIGHT",
    23: "DPAD_CENTER", 24: "VOLUME_UP", 25: "VOLUME_DOWN", 26: "POWER", 27: "CAMERA", 28: "CLEAR", 55: "COMMA",
    56: "PERIOD", 57: "ALT_LEFT", 58: "ALT_RIGHT", 59: "SHIFT_LEFT", 60: "SHIFT_RIGHT", 61: "TAB", 62: "SPACE",
    64: "EXPLORER", 66: "ENTER", 67: "DEL", 68: "GRAVE", 69: "MINUS", 70: "EQUALS", 71: "LEFT_BRACKET",
    72: "RIGHT_BRACKET", 73: "BACKSLASH", 74: "SEMICOLON", 75: "APOSTROPHE", 76: "SLASH", 77: "AT", 81: "PLUS",
    82: "MENU", 83: "NOTIFICATION", 84: "SEARCH", 85: "MEDIA_PLAY_PAUSE", 86: "MEDIA_STOP", 87: "MEDIA_NEXT",
    88: "MEDIA_PREVIOUS", 91: "MUTE", 92: "PAGE_UP", 93: "PAGE_DOWN", 111: "ESCAPE", 112: "FORWARD_DEL",
    113: "CTRL_LEFT", 114: "CTRL_RIGHT", 115: "CAPS_LOCK", 117: "META_LEFT", 122: "MOVE_HOME", 123: "MOVE_END",
    126: "MEDIA_PLAY", 127: "MEDIA_PAUSE", 160: "NUMPAD_ENTER", 164: "VOLUME_MUTE", 187: "APP_SWITCH",
    207: "CONTACTS", 208: "CALENDAR", 220: "BRIGHTNESS_DOWN", 221: "BRIGHTNESS_UP", 223: "SLEEP", 224: "WAKEUP",
    277: "CUT", 278: "COPY", 279: "PASTE",
    **{7 + n: str(n) for n in range(10)}, **{29 + n: letter for n, letter in enumerate(string.ascii_uppercase)},
}  # fmt: skip
NAMES = frozenset(CODES.values())
CHARACTERS: dict[str, str] = {
    "SPACE": " ", "COMMA": ",", "PERIOD": ".", "GRAVE": "`", "MINUS": "-", "EQUALS": "=", "LEFT_BRACKET": "[",
    "RIGHT_BRACKET": "]", "BACKSLASH": "\\", "SEMICOLON": ";", "APOSTROPHE": "'", "SLASH": "/", "AT": "@", "PLUS": "+",
    **{str(n): str(n) for n in range(10)}, **{letter: letter.lower() for letter in string.ascii_uppercase},
}  # fmt: skip


def key_name(code: str | int) -> str:
    """The canonical name ("BACK") of a name with or without KEYCODE_, in any case, or of Android's number for it."""
    text = str(code).strip().upper().removeprefix("KEYCODE_")
    if isinstance(code, int) or (text.isdigit() and len(text) > 1):
        name = CODES.get(int(text))
    else:
        name = text if text in NAMES else None
    if name is None:
        raise EnvError(f"unknown key code {code!r}, expected a name such as 'BACK' or 'KEYCODE_ENTER', or its number")
    return name
