"""JSON Lines as a stream: one object in memory at a time, and a file that appears whole or not at all."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from agentkit.errors import DataError, boundary


def read_lines(path: str | Path, what: str = "data") -> Iterator[tuple[int, str]]:
    """(line number from 1, text) of the lines of `path` that are not blank.

    DataError, which calls the file `what`, when it is missing or not UTF-8.
    """
    number = 0
    try:
        with Path(path).open("rb") as file:
            for line in file:
                text = line.decode("utf-8").strip()
                number += 1
                if text:
                    yield number, text
    except UnicodeDecodeError as error:
        raise DataError(f"cannot read {what}: {path} line {number + 1} is not UTF-8: {error}") from error
    except OSError as error:
        raise DataError(f"cannot read {what}: expected a UTF-8 JSONL file at {path}: {error}") from error


def parse_object(text: str, finite: bool = True) -> dict[str, Any]:
    """The JSON object in `text`. DataError when it is not JSON, another kind of value, or has half a surrogate pair,
    which no file can hold; with `finite`, so that `JsonlWriter` can write it again, an infinite number too."""
    number = _finite if finite else float
    try:
        value = json.loads(text, parse_constant=number, parse_float=number)
        if "\\ud" in text or "\\uD" in text:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:  # besides bad JSON: whole numbers of thousands of digits
        raise DataError(f"not JSON: {error}") from error
    if not isinstance(value, dict):
        raise DataError(f"expected a JSON object, got {type(value).__name__}")
    return value


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is no finite number")
    return value


class JsonlWriter:
    """Write objects to `path` line by line; the file appears when the `with` block ends without an exception.

    A file that is there already is replaced in that moment. What an unfinished run leaves is `.NAME.partial`.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.count = 0
        """Lines written so far."""
        self._partial = self.path.with_name(f".{self.path.name}.partial")

    def write(self, row: dict[str, Any]) -> None:
        with boundary(DataError, f"cannot write {self.path}"):
            self._file.write(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n")
        self.count += 1

    def __enter__(self) -> JsonlWriter:
        with boundary(DataError, f"cannot write {self.path}"):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Half a surrogate pair is written as JSON's own escape, so that whoever reads the line can refuse it.
            self._file = self._partial.open("w", encoding="utf-8", errors="backslashreplace", newline="\n")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._file.close()
            return
        with boundary(DataError, f"cannot write {self.path}"):
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._partial.replace(self.path)
