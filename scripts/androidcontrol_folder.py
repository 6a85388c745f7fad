"""Write episodes in AndroidControl's published layout: gzipped TFRecords with accessibility forests, and splits.json.

The encoders are the inverse of `agentkit.recorded`'s readers: https://protobuf.dev/programming-guides/encoding/ and
android_env's `proto/a11y/*.proto`.
"""

from __future__ import annotations

import gzip
import json
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from agentkit.recorded.crc32c import masked_crc32c

SHARD = "android_control-00000-of-00001"


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a screen's accessibility tree; bounds are left, top, right, bottom in pixels."""

    bounds: tuple[int, int, int, int]
    text: str = ""
    description: str = ""
    clickable: bool = False
    editable: bool = False
    long_clickable: bool = False


@dataclass(frozen=True, slots=True)
class Screen:
    """What was seen before an action, or after the last one."""

    png: bytes
    size: tuple[int, int]
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Recording:
    """An episode: one screen more than actions."""

    number: int
    goal: str
    screens: Sequence[Screen]
    actions: Sequence[dict[str, Any]]
    instructions: Sequence[str]


class FolderWriter:
    """`with FolderWriter(folder) as out: out.write(recording)`; every episode belongs to the split `test`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ids: list[int] = []
        self._file: BinaryIO

    def __enter__(self) -> FolderWriter:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._file = gzip.open(self.folder / SHARD, "wb", compresslevel=1)  # type: ignore[assignment]
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()
        splits = {"train": [], "validation": [], "test": self._ids}
        (self.folder / "splits.json").write_text(json.dumps(splits) + "\n", "utf-8")

    def write(self, recording: Recording) -> None:
        data = _example(
            {
                "episode_id": [recording.number],
                "goal": [recording.goal],
                "screenshots": [screen.png for screen in recording.screens],
                "accessibility_trees": [_forest(screen) for screen in recording.screens],
                "screenshot_widths": [screen.size[0] for screen in recording.screens],
                "screenshot_heights": [screen.size[1] for screen in recording.screens],
                "actions": [json.dumps(action) for action in recording.actions],
                "step_instructions": list(recording.instructions),
            }
        )
        length = struct.pack("<Q", len(data))
        parts = (length, struct.pack("<I", masked_crc32c(length)), data, struct.pack("<I", masked_crc32c(data)))
        self._file.write(b"".join(parts))
        self._ids.append(recording.number)


def _forest(screen: Screen) -> bytes:
    """One window that fills the screen, with all nodes."""
    tree = b"".join(_field(1, _node(node)) for node in screen.nodes)
    return _field(1, _field(1, _rect((0, 0, *screen.size))) + _field(11, tree))


def _node(node: Node) -> bytes:
    words = ((4, node.description), (7, node.text))
    flags = ((14, node.clickable), (15, node.editable), (19, node.long_clickable), (23, True))
    named = b"".join(_field(number, text.encode()) for number, text in words if text)
    return _field(2, _rect(node.bounds)) + named + b"".join(_field(number, 1) for number, on in flags if on)


def _rect(bounds: Iterable[int]) -> bytes:
    return b"".join(_field(side, value) for side, value in enumerate(bounds, 1) if value)


def _example(features: dict[str, list[Any]]) -> bytes:
    entries = b""
    for name, values in features.items():
        if isinstance(values[0], int):
            kind, items = 3, _field(1, b"".join(map(_varint, values)))
        else:
            kind, items = 1, b"".join(_field(1, v.encode() if isinstance(v, str) else v) for v in values)
        entries += _field(1, _field(1, name.encode()) + _field(2, _field(kind, items)))
    return _field(1, entries)


def _field(number: int, value: bytes | int) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _varint(number: int) -> bytes:
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])
