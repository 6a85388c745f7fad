"""Rows of published annotation files, read strictly: every complaint names the file and the row."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agentkit.errors import DataError, boundary
from agentkit.scoring import read_rows


@dataclass(frozen=True, slots=True)
class Row:
    """One row. Its readers raise DataError for a value that is not of the kind asked for."""

    file: Path
    number: int
    """Counts from 0, as in the JSON list."""
    raw: Mapping[str, Any]

    @property
    def where(self) -> str:
        return f"{self.file.name}:{self.number}"

    @property
    def id(self) -> str:
        """The row's own `id`; where it has none, the file's name and the row's number."""
        own = self.raw.get("id")
        return f"{self.file.stem}:{self.number}" if own is None else str(own)

    def text(self, *keys: str, empty: bool = False) -> str:
        """The first of `keys` that the row has, a string; a blank one only if `empty` says so."""
        key = next((key for key in keys if key in self.raw), keys[0])
        value = self.raw.get(key)
        if not isinstance(value, str) or not (empty or value.strip()):
            raise DataError(f"{self.where}: `{key}` must be a non-empty string, got {value!r}")
        return value

    def choice(self, keys: tuple[str, ...], known: tuple[str, ...]) -> str:
        """The first of `keys` that the row has, one of `known`."""
        value = next((self.raw[key] for key in keys if key in self.raw), None)
        if value not in known:
            names, words = " or ".join(f"`{key}`" for key in keys), " or ".join(repr(word) for word in known)
            raise DataError(f"{self.where}: {names} must be {words}, got {value!r}")
        return str(value)

    def groups(self, *keys: str, **renamed: str) -> dict[str, str]:
        """Those of `keys` that the row fills, as text; `new=old` reads `old` under the name `new`."""
        names = {key: key for key in keys} | renamed
        return {new: str(self.raw[old]) for new, old in names.items() if isinstance(self.raw.get(old), str | int)}

    def box(self, key: str) -> tuple[float, ...]:
        """Four numbers."""
        value = self.raw.get(key)
        if not (isinstance(value, list) and len(value) == 4 and all(map(is_number, value))):
            raise DataError(f"{self.where}: `{key}` must be four numbers, got {_short(value)}")
        return tuple(map(float, value))

    def corners(self, key: str) -> tuple[float, ...]:
        """A flat list x, y, x, y, ... of at least three corners."""
        value = self.raw.get(key)
        if not (isinstance(value, list) and len(value) >= 6 and not len(value) % 2 and all(map(is_number, value))):
            wanted = "a flat list x, y, x, y, ... of at least three corners"
            raise DataError(f"{self.where}: `{key}` of a polygon must be {wanted}, got {_short(value)}")
        return tuple(map(float, value))

    def size(self, *keys: str) -> tuple[int, int] | None:
        """Width and height that the row states under one of `keys`, if it does."""
        key = next((key for key in keys if self.raw.get(key) is not None), None)
        if key is None:
            return None
        value = self.raw[key]
        if not (isinstance(value, list) and len(value) == 2 and all(is_whole(side) and side > 0 for side in value)):
            raise DataError(f"{self.where}: `{key}` must be [width, height] in pixels, got {_short(value)}")
        return int(value[0]), int(value[1])


def json_rows(path: Path) -> Iterator[Row]:
    """The rows of a JSON list."""
    with boundary(DataError, f"cannot read {path}"):
        data = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(data, list):
        raise DataError(f"{path}: expected a list of rows, got {type(data).__name__}")
    for number, raw in enumerate(data):
        if not isinstance(raw, dict):
            raise DataError(f"{path.name}:{number}: expected an object, got {type(raw).__name__}")
        yield Row(path, number, raw)


def jsonl_rows(path: Path) -> Iterator[Row]:
    """The rows of a JSON-lines file."""
    for number, raw in enumerate(read_rows(path)):
        yield Row(path, number, raw)


def find(root: Path, suite: str, *patterns: str) -> list[Path]:
    """The files of the first pattern that matches any, sorted. DataError when none does."""
    if not root.is_dir():
        raise DataError(f"{root} is not a directory; expected the unpacked {suite} data")
    for pattern in patterns:
        if files := sorted(path for path in root.glob(pattern) if path.is_file()):
            return files
    raise DataError(f"no annotation files of {suite} under {root}; looked for {' and '.join(patterns)}")


def find_each(root: Path, suite: str, names: tuple[str, ...], folders: tuple[str, ...]) -> list[Path]:
    """All of `names` in the first of `folders` that holds any. DataError names the files that are missing there."""
    first = find(root, suite, *(f"{folder}/{name}" if folder else name for folder in folders for name in names))[0]
    missing = [name for name in names if not (first.parent / name).is_file()]
    if missing:
        raise DataError(f"{first.parent} lacks {', '.join(missing)} of {suite}; a score needs all of its files")
    return [first.parent / name for name in names]


def is_number(value: Any) -> bool:
    """A finite number; JSON's true and false, NaN and whole numbers beyond floats are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def is_whole(value: Any) -> bool:
    return is_number(value) and float(value).is_integer()


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
