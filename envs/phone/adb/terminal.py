"""The line discipline of a terminal: what is typed is shown, edited and handed on line by line."""

from __future__ import annotations

from dataclasses import dataclass

INTERRUPT, END, ERASE, KILL = "\x03", "\x04", "\x7f\b", "\x15"
MAX_LINE = 64 << 10


@dataclass(frozen=True, slots=True)
class Typed:
    echo: bytes
    """What the terminal shows for the keys."""
    lines: list[str]
    """Lines completed by them, without their ends."""
    ended: bool
    """Control-D on an empty line."""


class Terminal:
    """With `echo` it behaves like a pseudo-terminal in cooked mode; without, it only splits lines."""

    def __init__(self, *, echo: bool) -> None:
        self.echo = echo
        self._line = ""
        self._bytes = b""

    def type(self, data: bytes) -> Typed:
        text = self._decoded(data)
        if not self.echo:
            *lines, self._line = (self._line + text).split("\n")
            self._line = self._line[:MAX_LINE]
            return Typed(b"", lines, False)
        shown: list[str] = []
        lines = []
        for c in text:
            if c in "\r\n":
                lines.append(self._line)
                self._line = ""
                shown.append("\r\n")
            elif c == END:
                if not self._line:
                    return Typed("".join(shown).encode(), lines, True)
            elif c == INTERRUPT:
                lines.append("")
                self._line = ""
                shown.append("^C\r\n")
            elif c in ERASE:
                if self._line:
                    self._line = self._line[:-1]
                    shown.append("\b \b")
            elif c == KILL:
                shown.append("\b \b" * len(self._line))
                self._line = ""
            elif c >= " " and len(self._line) < MAX_LINE:
                self._line += c
                shown.append(c)
        return Typed("".join(shown).encode("utf-8", "replace"), lines, False)

    def rest(self) -> str:
        """What was typed since the last line end."""
        line, self._line = self._line, ""
        return line

    def _decoded(self, data: bytes) -> str:
        """Text of the bytes so far; a character cut in two waits for its other half."""
        raw = self._bytes + data
        for keep in range(min(4, len(raw) + 1)):
            try:
                text = raw[: len(raw) - keep].decode("utf-8")
            except UnicodeDecodeError:
                continue
            self._bytes = raw[len(raw) - keep :]
            return text
        self._bytes = b""
        return raw.decode("utf-8", "replace")
