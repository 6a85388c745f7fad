"""Text on its way into a device's shell: the one quoting function, and what `input text` can and cannot carry."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence

MAX_CHUNK = 200
"""Characters per `input text`: slow devices drop keys of longer ones."""
ENTER, TAB = "66", "61"


def device_quote(argument: str) -> str:
    """`argument` as one word of a POSIX shell. Every word that reaches a device goes through here.

    Raises ValueError for a NUL, which no shell word can hold.
    """
    if "\x00" in argument:
        raise ValueError(f"a shell word cannot hold NUL, got {argument!r}")
    return shlex.quote(argument)


def command_line(argv: Sequence[str]) -> str:
    """One command as text for a device's shell, whatever its words hold."""
    return " ".join(device_quote(word) for word in argv)


def is_typable(text: str) -> bool:
    """Whether `input text` and key events can type it: printable ASCII, newlines and tabs."""
    return all(" " <= c <= "~" or c in "\n\t" for c in text)


def typing_commands(text: str) -> Iterator[list[str]]:
    """The commands that type a typable text: `input` understands "%s" as a space, and a newline and a tab are keys.

    A literal "%s" cannot be said in one command, so it is cut between its two characters.
    """
    for piece in re.findall(r"\n|\t|[^\n\t]+", text):
        if piece in "\n\t":
            yield ["input", "keyevent", ENTER if piece == "\n" else TAB]
            continue
        for part in re.split(r"(?<=%)(?=s)", piece):
            for start in range(0, len(part), MAX_CHUNK):
                yield ["input", "text", part[start : start + MAX_CHUNK].replace(" ", "%s")]
