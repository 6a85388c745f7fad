"""CRC-32C (Castagnoli), the checksum of TFRecord files, at tens of megabytes a second without a compiled extension.

A CRC is linear: the checksum of `a + b` is that of `a`, moved on over `len(b)` zero bytes, xor that of `b`. So long
data is cut into equal lanes that numpy steps through side by side, and the lanes' checksums are joined pairwise.
"""

from __future__ import annotations

from functools import cache

import numpy as np

POLYNOMIAL = 0x82F63B78
"""The Castagnoli polynomial with its bits reversed."""
LANE = 512
"""Bytes per lane."""


def crc32c(data: bytes | memoryview) -> int:
    """The checksum as an unsigned 32-bit number; 0 of no data, 0xe3069283 of b"123456789"."""
    values = np.frombuffer(data, np.uint8)
    lanes = len(values) // LANE
    crc = 0
    if lanes > 1:
        crc = _join(_step(values[: lanes * LANE].reshape(lanes, LANE)), LANE)
        values = values[lanes * LANE :]
    if len(values):
        crc = int(_advance(np.array([crc], np.uint32), len(values))[0]) ^ int(_step(values[None])[0])
    return crc


def masked_crc32c(data: bytes | memoryview) -> int:
    """The checksum as TFRecord stores it: rotated right by 15 bits, plus a constant, so that checksums of data that
    holds checksums stay useful."""
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


@cache
def _table() -> np.ndarray:
    """uint32 [256]: what a byte does to the checksum."""
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, table >> 1 ^ np.uint32(POLYNOMIAL), table >> 1)
    return table


def _step(lanes: np.ndarray) -> np.ndarray:
    """uint8 [lanes, bytes] -> uint32 [lanes], the checksum of each."""
    table = _table()
    crc = np.full(len(lanes), 0xFFFFFFFF, np.uint32)
    for column in np.ascontiguousarray(lanes.T):
        crc = table[(crc ^ column) & 0xFF] ^ (crc >> 8)
    return ~crc


def _join(crcs: np.ndarray, size: int) -> int:
    """The checksum of the parts after each other; all have `size` bytes."""
    while len(crcs) > 1:
        if len(crcs) % 2:
            crcs = np.concatenate([np.zeros(1, np.uint32), crcs])  # no data in front changes nothing
        crcs = _advance(crcs[0::2], size) ^ crcs[1::2]
        size *= 2
    return int(crcs[0])


def _advance(crcs: np.ndarray, size: int) -> np.ndarray:
    """Each checksum moved on over `size` zero bytes."""
    out = np.zeros_like(crcs)
    for bit, column in enumerate(_zeros(size)):
        out ^= np.where(crcs >> np.uint32(bit) & np.uint32(1), np.uint32(column), np.uint32(0))
    return out


@cache
def _power(exponent: int) -> tuple[int, ...]:
    """What 2**exponent zero bits do to a checksum: one column for each of its bits."""
    if exponent == 0:
        return (POLYNOMIAL, *(1 << bit for bit in range(31)))
    half = _power(exponent - 1)
    return tuple(_times(half, column) for column in half)


@cache
def _zeros(size: int) -> tuple[int, ...]:
    """What `size` zero bytes do to a checksum."""
    columns = tuple(1 << bit for bit in range(32))
    for exponent in range(size.bit_length()):
        if size >> exponent & 1:
            power = _power(exponent + 3)
            columns = tuple(_times(power, column) for column in columns)
    return columns


def _times(matrix: tuple[int, ...], vector: int) -> int:
    """Product over the field of two elements."""
    out = 0
    for column in matrix:
        if not vector:
            break
        if vector & 1:
            out ^= column
        vector >>= 1
    return out
