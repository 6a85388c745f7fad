"""Records of TFRecord files, plain or gzipped, with both checksums proved.

A record is: length (uint64, little endian), masked CRC-32C of the length, data, masked CRC-32C of the data.
https://www.tensorflow.org/tutorials/load_data/tfrecord
"""

from __future__ import annotations

import gzip
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from agentkit.errors import DataError
from agentkit.recorded.crc32c import masked_crc32c

LARGEST = 1 << 30
"""Bytes of the largest record that is believed: a length past this is damage that happens to have its checksum."""


def records(path: Path) -> Iterator[bytes]:
    """The records of the file, one in memory at a time. DataError names record and byte where the file is damaged."""
    try:
        with path.open("rb") as file:
            zipped = file.read(2) == b"\x1f\x8b"
        with cast(BinaryIO, gzip.open(path, "rb") if zipped else path.open("rb")) as stream:
            yield from _records(stream, path)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"cannot read {path}: {type(error).__name__}: {error}") from error


def _records(stream: BinaryIO, path: Path) -> Iterator[bytes]:
    number, place = 0, 0
    while head := stream.read(12):
        where = f"{path}, record {number} at byte {place}"
        if len(head) < 12:
            raise DataError(f"{where}: the file is cut off in the length")
        length, stored = struct.unpack("<QI", head)
        _prove(head[:8], stored, f"{where}: length")
        if length > LARGEST:
            raise DataError(f"{where}: a record of {length} bytes is not believed")
        body = stream.read(length + 4)
        if len(body) < length + 4:
            raise DataError(f"{where}: the file is cut off: expected {length} bytes of data")
        data = body[:length]
        _prove(data, struct.unpack("<I", body[length:])[0], f"{where}: data")
        yield data
        number, place = number + 1, place + 16 + length


def _prove(data: bytes, stored: int, where: str) -> None:
    found = masked_crc32c(data)
    if found != stored:
        raise DataError(f"{where} has a wrong checksum: expected {stored:#010x}, got {found:#010x}")
