"""Key names as models write them, in the words of the browser."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

KEYS = MappingProxyType(
    {
        **dict.fromkeys(("ctrl", "control"), "Control"),
        **dict.fromkeys(("alt", "option"), "Alt"),
        "shift": "Shift",
        **dict.fromkeys(("meta", "cmd", "command", "win", "super"), "Meta"),
        **dict.fromkeys(("enter", "return"), "Enter"),
        **dict.fromkeys(("esc", "escape"), "Escape"),
        **dict.fromkeys(("del", "delete"), "Delete"),
        **dict.fromkeys(("ins", "insert"), "Insert"),
        **dict.fromkeys(("space", "spacebar"), "Space"),
        **dict.fromkeys(("pageup", "page_up", "pgup"), "PageUp"),
        **dict.fromkeys(("pagedown", "page_down", "pgdn"), "PageDown"),
        "tab": "Tab",
        "backspace": "Backspace",
        "home": "Home",
        "end": "End",
        **{f"f{i}": f"F{i}" for i in range(1, 13)},
        **{name: f"Arrow{side}" for side in ("Up", "Down", "Left", "Right")
           for name in (side.casefold(), f"arrow{side}".casefold(), f"arrow_{side}".casefold())},
    }
)  # fmt: skip


def browser_keys(keys: Sequence[str]) -> list[str] | str:
    """The browser's names of `keys`, or, when one is unknown, why they cannot be pressed.

    Together with other keys, letters and digits are keys, not characters: what they type is up to Shift.
    """
    found = []
    for key in keys:
        if key == " ":
            found.append("Space")
        elif len(key) == 1 and key.isascii() and key.isprintable():
            found.append(key if len(keys) == 1 else _key_of(key))
        elif name := KEYS.get(key.casefold()):
            found.append(name)
        else:
            return f"no key is called {key!r}; there are single characters and {', '.join(KEYS)}"
    return found


def _key_of(character: str) -> str:
    if character.isalpha():
        return f"Key{character.upper()}"
    return f"Digit{character}" if character.isdigit() else character
