"""The items of a JSON array, one in memory at a time, however large the file is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from agentkit.errors import DataError

CHUNK = 1 << 20
"""Characters read at a time."""
LARGEST = 1 << 26
"""Characters of the largest item that is waited for."""


def array_items(path: Path) -> Iterator[Any]:
    """The items of the array in the file. DataError when it is no JSON array, cut off, or followed by something."""
    try:
        with path.open(encoding="utf-8") as file:
            yield from _Reader(file, path).items()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"cannot read {path}: {error}") from error


_BLANK = re.compile(r"[ \t\r\n]*")
_MAY_GO_ON = frozenset("0123456789.eE+-")


class _Reader:
    def __init__(self, file: TextIO, path: Path) -> None:
        self.file, self.path, self.number = file, path, 0
        self.text, self.place = "", 0
        self.decoder = json.JSONDecoder()

    def items(self) -> Iterator[Any]:
        if self._next() != "[":
            raise DataError(f"{self.path}: expected a JSON array, it begins with {self._shown()}")
        self.place += 1
        mark = self._next()
        while mark != "]":
            yield self._item()
            self.number += 1
            mark = self._next()
            if mark not in (",", "]"):
                raise DataError(
                    f"{self.path}, after item {self.number - 1}: expected a comma or ], got {self._shown()}"
                )
            if mark == ",":
                self.place += 1
                self._next()
        self.place += 1
        if self._next():
            raise DataError(f"{self.path}: something follows the end of the array: {self._shown()}")

    def _item(self) -> Any:
        while True:
            try:
                item, end = self.decoder.raw_decode(self.text, self.place)
                # A number is whole only when something else follows it.
                if (self.text[end : end + 1] not in _MAY_GO_ON and end < len(self.text)) or not self._fill():
                    self.place = end
                    return item
            except (ValueError, RecursionError) as error:
                if len(self.text) - self.place > LARGEST or not self._fill():
                    raise DataError(f"{self.path}, item {self.number}: cut off or not JSON: {error}") from error

    def _next(self) -> str:
        """The next character that is not blank, which stays in front; empty at the end."""
        while True:
            self.place = _BLANK.match(self.text, self.place).end()  # type: ignore[union-attr]
            if self.place < len(self.text) or not self._fill():
                return self.text[self.place : self.place + 1]

    def _fill(self) -> bool:
        read = self.file.read(CHUNK)
        if read:
            self.text, self.place = self.text[self.place :] + read, 0
        return bool(read)

    def _shown(self) -> str:
        return repr(self.text[self.place : self.place + 40]) if self.place < len(self.text) else "the end of the file"
