"""Writes small TFRecord files of `tf.train.Example`s, byte by byte, with a checksum of the slow and obvious kind."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path
from typing import Any


def slow_crc32c(data: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(data: bytes) -> int:
    crc = slow_crc32c(data)
    return ((crc >> 15 | crc << 17 & 0xFFFFFFFF) + 0xA282EAD8) % (1 << 32)


def framed(record: bytes) -> bytes:
    length = struct.pack("<Q", len(record))
    return length + struct.pack("<I", masked(length)) + record + struct.pack("<I", masked(record))


def write_tfrecord(path: Path, examples: list[dict[str, Any]], zipped: bool = True) -> Path:
    data = b"".join(framed(example(features)) for features in examples)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(data) if zipped else data)
    return path


def varint(number: int) -> bytes:
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def field(number: int, value: bytes | int) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def example(features: dict[str, Any]) -> bytes:
    """`features` maps names to lists of str, bytes, int or float."""
    entries = b""
    for name, values in features.items():
        if all(isinstance(value, (str, bytes)) for value in values):
            kind = 1
            items = b"".join(field(1, v.encode() if isinstance(v, str) else v) for v in values)
        elif any(isinstance(value, float) for value in values):
            kind, items = 2, field(1, struct.pack(f"<{len(values)}f", *values))
        else:
            kind, items = 3, field(1, b"".join(varint(value) for value in values))
        entries += field(1, field(1, name.encode()) + field(2, field(kind, items)))
    return field(1, entries)
