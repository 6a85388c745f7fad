"""`input`: taps, swipes, text and keys, as Android 13's InputShellCommand takes them."""

from __future__ import annotations

import datetime as dt
import math
import re

from envs.phone.shell.call import Call, Command, UsageError

SOURCES = frozenset(
    {
        "touchscreen",
        "touchpad",
        "touchnavigation",
        "mouse",
        "keyboard",
        "dpad",
        "gamepad",
        "joystick",
        "trackball",
        "stylus",
    }
)
DOUBLE_TAP = dt.timedelta(milliseconds=300)
"""Android's ViewConfiguration.getDoubleTapTimeout()."""
USAGE = """Usage: input [<source>] [-d DISPLAY_ID] <command> [<arg>...]

The commands and default sources are:
      text <string> (Default: keyboard)
      keyevent [--longpress|--doubletap] <key code number or name> ... (Default: keyboard)
      tap <x> <y> (Default: touchscreen)
      swipe <x1> <y1> <x2> <y2> [duration(ms)] (Default: touchscreen)
      draganddrop <x1> <y1> <x2> <y2> [duration(ms)] (Default: touchscreen)
      press (Default: trackball)
      roll <dx> <dy> (Default: trackball)
      motionevent <DOWN|UP|MOVE|CANCEL> <x> <y> (Default: touchscreen)
      keycombination [-t duration(ms)] <key code 1> <key code 2> ... (Default: keyboard)
"""


class _BadArguments(Exception):
    pass


def input_command(call: Call) -> int:
    args = list(call.args)
    if args and args[0] in SOURCES:
        args.pop(0)
    if args[:1] == ["-d"]:
        args = args[2:]
    if not args:
        call.write(USAGE)
        return 255
    verb, *rest = args
    handler = VERBS.get(verb)
    if handler is None:
        call.error_line(f"Error: Unknown command: {verb}")
        call.write(USAGE)
        return 255
    try:
        return handler(call, rest) or 0
    except _BadArguments:
        call.error_line(f"Error: Invalid arguments for command: {verb}")
        call.write(USAGE)
        return 255


def _numbers(words: list[str], least: int, most: int) -> list[float]:
    if not least <= len(words) <= most:
        raise _BadArguments
    try:
        values = [float(word) for word in words]
    except ValueError:
        raise _BadArguments from None
    if not all(math.isfinite(value) and abs(value) < 1e9 for value in values):
        raise _BadArguments
    return values


def tap(call: Call, words: list[str]) -> None:
    """Two in one command line are as good as immediate, unless a `sleep` parts them, and can make a double tap. Two
    command lines are too far apart for that, as on a device, where each starts a process."""
    x, y = _numbers(words, 2, 2)
    phone, last = call.phone, call.system.tapped
    soon = last is not None and phone.now() - last < DOUBLE_TAP
    (phone.tap_again if soon else phone.tap)(x, y)
    call.system.tapped = phone.now()


def swipe(call: Call, words: list[str]) -> None:
    x1, y1, x2, y2, *ms = _numbers(words, 4, 5)
    duration = int(ms[0]) if ms else 300
    call.phone.swipe(x1, y1, x2, y2, duration if duration >= 0 else 300)


def drag_and_drop(call: Call, words: list[str]) -> None:
    """A long press, then the way to the target."""
    x1, y1, x2, y2, *ms = _numbers(words, 4, 5)
    call.phone.long_press(x1, y1)
    call.phone.swipe(x1, y1, x2, y2, int(ms[0]) if ms else 300)


def unescape_text(text: str) -> str:
    """`%s` is a space. A literal "%s" cannot be written, which is Android's own rule."""
    return text.replace("%s", " ")


def text(call: Call, words: list[str]) -> int | None:
    """Types the first word only, as on the device. What the key map lacks ends in the exception Android prints."""
    if not words or not words[0]:
        raise _BadArguments
    typed = unescape_text(words[0])
    if not all(" " <= c <= "~" or c in "\n\t" for c in typed):
        call.error_line(
            "\nException occurred while executing 'text':\n"
            "java.lang.NullPointerException: Attempt to get length of null array\n"
            "\tat com.android.server.input.InputShellCommand.sendText(InputShellCommand.java:308)"
        )
        return 255
    call.phone.type_text(typed)
    return None


def _key(word: str) -> str | int:
    """A number is a key code, "4" too; only "KEYCODE_4" is the digit."""
    return int(word) if re.fullmatch(r"[0-9]{1,4}", word) else word


def key_event(call: Call, words: list[str]) -> None:
    twice = "--doubletap" in words
    codes = [word for word in words if not word.startswith("--")]
    if not codes:
        raise _BadArguments
    for code in codes:
        for _ in range(2 if twice else 1):
            call.phone.key(_key(code))


def key_combination(call: Call, words: list[str]) -> None:
    if words[:1] == ["-t"]:
        words = words[2:]
    if len(words) < 2:
        raise _BadArguments
    call.phone.key_combination(*map(_key, words))


def motion_event(call: Call, words: list[str]) -> None:
    """DOWN and UP make one gesture: its length is what passed on the phone's clock, so `sleep` can hold a press."""
    if not words:
        raise _BadArguments
    verb = words[0].upper()
    system, phone = call.system, call.phone
    if verb not in ("DOWN", "MOVE", "UP", "CANCEL"):
        raise _BadArguments
    if verb == "CANCEL":
        system.touch = None
        return
    x, y = _numbers(words[1:], 2, 2)
    if verb == "DOWN":
        system.touch = (x, y, phone.now())
    elif verb == "UP" and system.touch is not None:
        x1, y1, since = system.touch
        system.touch = None
        held = int((phone.now() - since).total_seconds() * 1000)
        phone.swipe(x1, y1, x, y, max(held, 1))


def nothing(call: Call, words: list[str]) -> None:
    """A trackball the phone does not have."""


VERBS = {
    "draganddrop": drag_and_drop,
    "keycombination": key_combination,
    "keyevent": key_event,
    "motionevent": motion_event,
    "press": nothing,
    "roll": nothing,
    "swipe": swipe,
    "tap": tap,
    "text": text,
}


def send_event(call: Call) -> None:
    raise UsageError("raw input devices are not there; use input")


TABLE: dict[str, Command] = {"input": input_command, "sendevent": send_event}
