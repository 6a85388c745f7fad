"""Text into the field that has the focus, whatever its characters."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterable, Iterator

from envs.android.console import CannotDo, Console
from envs.android.text import MAX_CHUNK, command_line, is_typable, typing_commands

ADB_KEYBOARD = "com.android.adbkeyboard/.AdbIME"
BIND_S = 0.5
"""How long a real device takes to bind a newly chosen input method."""
CLEAR_KEYS = 250
"""Characters that can be deleted on a device without key combinations (before Android 12)."""
INPUT_S = 2.0
"""What one `input` may take on a slow device, where each starts a Java process."""
MAX_LINE = 2000
"""Bytes per command line: with the names around it, it must fit one packet of the smallest kind, 4 KiB."""


class Keyboard:
    """Types through `input text` and, beyond ASCII, through the ADB keyboard, which it chooses and gives back."""

    def __init__(self, console: Console, slow: Callable[[], bool]) -> None:
        """`slow` tells whether a newly chosen keyboard needs time, as on every real device."""
        self._console = console
        self._slow = slow
        self._before: str | None = None

    def type(self, text: str) -> None:
        """Type into the focused field, at its caret. A newline is the Enter key.

        What is not printable ASCII needs the open-source ADB keyboard on the device; it is chosen then, and the
        person's own comes back at `close`. Raises CannotDo where it is missing and for control characters.
        """
        odd = sorted(
            {c for c in text if (c < " " and c not in "\n\t") or "\x7f" <= c < "\xa0" or "\ud800" <= c <= "\udfff"}
        )
        if odd:
            raise CannotDo(f"text to type holds no control characters, got {odd}")
        if is_typable(text):
            for commands in _lines(typing_commands(text)):
                self._console.act(*commands, extra_s=INPUT_S * len(commands))
            return
        self._choose_adb_keyboard(text)
        for n, line in enumerate(text.split("\n")):
            if n:
                self._console.act(["input", "keyevent", "ENTER"])
            for start in range(0, len(line), MAX_CHUNK):
                piece = base64.b64encode(line[start : start + MAX_CHUNK].encode()).decode()
                self._broadcast("ADB_INPUT_B64", "--es", "msg", piece)

    def clear(self) -> None:
        """Empty the focused field."""
        try:
            self._console.act(["input", "keycombination", "CTRL_LEFT", "A"], ["input", "keyevent", "DEL"])
        except CannotDo:  # before Android 12
            self._console.act(["input", "keyevent", "MOVE_END", *["DEL"] * CLEAR_KEYS])

    def _choose_adb_keyboard(self, text: str) -> None:
        current = self._console.look(["settings", "get", "secure", "default_input_method"]).strip()
        if current == ADB_KEYBOARD:
            return
        if ADB_KEYBOARD not in self._console.look(["ime", "list", "-s", "-a"]).split():
            odd = "".join(dict.fromkeys(c for c in text if not is_typable(c)))
            raise CannotDo(
                f"`input text` types printable ASCII only, not {odd!r}: for that, install the ADB keyboard on the "
                "device (com.android.adbkeyboard, github.com/senzhk/ADBKeyBoard)"
            )
        self._console.act(["ime", "enable", ADB_KEYBOARD], ["ime", "set", ADB_KEYBOARD])
        self._before = self._before or current
        if self._slow():
            time.sleep(BIND_S)

    def _broadcast(self, action: str, *extras: str) -> None:
        said = self._console.act(["am", "broadcast", "-a", action, *extras])
        if "Broadcast completed" not in said:
            raise CannotDo(f"the device did not deliver {action}: {said.strip()[:200]!r}")

    def restore(self) -> None:
        """Choose the person's own keyboard again, if it was changed."""
        if self._before is not None:
            self._console.act(["ime", "set", self._before])
            self._before = None


def _lines(commands: Iterable[list[str]]) -> Iterator[list[list[str]]]:
    """The commands in their order, as many together as fit one line."""
    line: list[list[str]] = []
    size = 0
    for command in commands:
        length = len(command_line(command).encode())
        if line and size + length > MAX_LINE:
            yield line
            line, size = [], 0
        line.append(command)
        size += length
    if line:
        yield line
