"""The little of protocol buffers that data sets need: the fields of a message, and `tf.train.Example`.

https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import TypeAlias

from agentkit.errors import DataError

Value: TypeAlias = "int | memoryview"
Feature: TypeAlias = "list[bytes] | list[float] | list[int]"


def fields(message: bytes | memoryview) -> Iterator[tuple[int, Value]]:
    """(field number, value) in the order of the message: an unsigned number, or bytes for strings, messages and packed
    lists; fixed-width numbers come as bytes too. DataError when the bytes are no message."""
    data = memoryview(message)
    place = 0
    while place < len(data):
        tag, place = _varint(data, place)
        kind = tag & 7
        if kind == 0:
            value, place = _varint(data, place)
            yield tag >> 3, value
            continue
        if kind == 2:
            size, place = _varint(data, place)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
        else:
            raise DataError(f"a protobuf field of unknown wire type {kind} at byte {place}")
        if place + size > len(data):
            raise DataError(f"a protobuf field of {size} bytes at byte {place} is cut off")
        yield tag >> 3, data[place : place + size]
        place += size


def example(record: bytes) -> dict[str, Feature]:
    """The features of a serialized `tf.train.Example` by name."""
    out: dict[str, Feature] = {}
    for number, features in fields(record):
        if number == 1:
            for inner, entry in fields(_bytes(features)):
                if inner == 1:
                    pair = dict(fields(_bytes(entry)))
                    name = bytes(_bytes(pair.get(1, memoryview(b"")))).decode("utf-8", "replace")
                    out[name] = _feature(_bytes(pair.get(2, memoryview(b""))))
    return out


def _feature(message: memoryview) -> Feature:
    for kind, items in fields(message):
        values = [value for number, value in fields(_bytes(items)) if number == 1]
        if kind == 1:
            return [bytes(_bytes(value)) for value in values]
        if kind == 2:
            packed = b"".join(bytes(_bytes(value)) for value in values)
            if len(packed) % 4:
                raise DataError(f"a list of floats has {len(packed)} bytes")
            return list(struct.unpack(f"<{len(packed) // 4}f", packed))
        if kind == 3:
            return [number for value in values for number in _integers(value)]
    return []


def _integers(value: Value) -> Iterator[int]:
    if isinstance(value, int):
        yield signed(value)
        return
    place = 0
    while place < len(value):
        number, place = _varint(value, place)
        yield signed(number)


def signed(number: int) -> int:
    """An int64 or int32 from the unsigned number that carries it."""
    return number - (1 << 64) if number >> 63 else number


def _varint(data: memoryview, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if place >= len(data) or shift > 63:
            raise DataError(f"a protobuf number at byte {place} is cut off or too long")
        byte = data[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, place


def _bytes(value: Value) -> memoryview:
    if isinstance(value, int):
        raise DataError(f"expected a protobuf message or string, got the number {value}")
    return value
