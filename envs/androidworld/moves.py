"""Our actions in AndroidWorld's terms: a `JSONAction` where it means the same, an adb command where it does not.

What does not carry over: `scroll` and `swipe` take a direction only, and theirs are each other's inverse, so a swipe
goes to the device with its own two points; `input_text` presses Enter after the text, so text is typed without it;
there is no key for recent apps and no key combination.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from agentkit.actions import (
    Action,
    CallUser,
    Click,
    DoubleClick,
    Drag,
    Finished,
    Hotkey,
    Hover,
    Launch,
    LongPress,
    Parsed,
    Press,
    Refusal,
    Scroll,
    Type,
    Wait,
)
from agentkit.errors import EnvError
from agentkit.frames import screen
from envs.touch import MODIFIERS, NO_POINTER, unhurried_ms, way


@dataclass(frozen=True, slots=True)
class Json:
    """Fields of a `JSONAction`."""

    fields: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Adb:
    """Words of one adb command, for a shell that has no quoting to undo in them."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """Text for the focused field, by AndroidWorld's `type_text`, which quotes it."""

    text: str


Move: TypeAlias = Json | Adb | Text
INFEASIBLE = "infeasible"
POINTERS: dict[type[Action], str] = {Click: "click", DoubleClick: "double_tap", LongPress: "long_press"}
KEYS = {"back": "navigate_back", "home": "navigate_home", "enter": "keyboard_enter"}
APP_SWITCH = "KEYCODE_APP_SWITCH"


def move_of(action: Parsed, size: tuple[int, int]) -> Move:
    """What `action` is on a screen of `size` (width, height) in pixels. EnvError for what a phone cannot do."""
    frame = screen(size)
    match action:
        case Click(at) | DoubleClick(at) | LongPress(at):
            x, y = frame.pixel(at)
            return Json({"action_type": POINTERS[type(action)], "x": x, "y": y})
        case Drag() | Scroll():
            start, end = way(action) if isinstance(action, Scroll) else (action.start, action.end)
            points = (*frame.pixel(start), *frame.pixel(end))
            return Adb(("shell", "input", "swipe", *map(str, points), str(unhurried_ms(*points))))
        case Type(text):
            return Text(text)
        case Press("recent"):
            return Adb(("shell", "input", "keyevent", APP_SWITCH))
        case Press(key):
            return Json({"action_type": KEYS[key]})
        case Hotkey(keys):
            names = [MODIFIERS.get(key.casefold(), key.upper()) for key in keys]
            if not all(name.replace("_", "").isalnum() and name.isascii() for name in names):
                raise EnvError(f"a key has a name like CTRL_LEFT or A, got {keys!r}")
            verb = "keycombination" if len(names) > 1 else "keyevent"
            return Adb(("shell", "input", verb, *(f"KEYCODE_{name}" for name in names)))
        case Launch(app):
            return Json({"action_type": "open_app", "app_name": app})
        case Wait():
            return Json({"action_type": "wait"})
        case CallUser(content):
            return Json({"action_type": "answer", "text": content})
        case Finished(content):
            failed = content.strip().lower() == INFEASIBLE
            return Json({"action_type": "status", "goal_status": INFEASIBLE if failed else "complete"})
        case Refusal():
            return Json({"action_type": "status", "goal_status": INFEASIBLE})
        case Hover():
            raise EnvError(NO_POINTER)
        case _:
            raise EnvError(f"expected an action of agentkit.actions, got {action!r}")
