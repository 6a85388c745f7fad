"""Command lines on a device: quoted, with the exit status that the plain shell protocol leaves out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agentkit.errors import EnvError
from envs.android.link import Link
from envs.android.text import command_line

_STATUS = re.compile(rb"glint-status:(\d+)\r?\n\Z")
"""The line end belongs to it: without, a digit may be missing."""


STATUS_TOO = "; echo glint-status:$?"


class CannotDo(EnvError):
    """The device is fine but does not offer what was asked: no such app, text that its keyboard cannot type."""


class Console:
    """The device's shell over one link: questions, which may be asked twice, and orders, which may not."""

    def __init__(self, link: Link) -> None:
        self.link = link

    def look(self, argv: Sequence[str], *, check: bool = True) -> str:
        """Output of a command that changes nothing. With `check`, CannotDo for a non-zero exit status."""
        return _checked(self.link.ask("shell", _with_status([argv]), _is_whole), argv, check)

    def pipe(self, line: str) -> str:
        """Output of a fixed command line of ours that changes nothing; no outside text gets here."""
        said = self.link.ask("shell", f"{line}{STATUS_TOO}", _is_whole)
        return _checked(said, line.split(), check=False)

    def act(
        self, *commands: Sequence[str], check: bool = True, extra_s: float = 0.0, timeout_s: float | None = None
    ) -> str:
        """Output of commands that change the device, one after the other until one fails."""
        limit = (self.link.timeout_s if timeout_s is None else timeout_s) + extra_s
        return _checked(self.link.order(_with_status(commands), _is_whole, limit), commands[0], check)


def _with_status(commands: Sequence[Sequence[str]]) -> str:
    """The commands as one line that reports its exit status, which the plain shell protocol does not."""
    try:
        line = " && ".join(command_line(argv) for argv in commands)
    except ValueError as error:
        raise CannotDo(str(error)) from None
    return line + STATUS_TOO


def _is_whole(raw: bytes) -> bool:
    return _STATUS.search(raw[-40:]) is not None


def _checked(raw: bytes, argv: Sequence[str], check: bool) -> str:
    match = _STATUS.search(raw)
    if match is None:
        raise EnvError(f"`{argv[0]}` ended without an exit status, nobody knows how far it got: {raw[-200:]!r}")
    text = raw[: match.start()].decode("utf-8", "replace")
    if check and match[1] != b"0":
        raise CannotDo(f"`{command_line(argv)[:200]}` failed with status {match[1].decode()}: {text.strip()[:300]!r}")
    return text
