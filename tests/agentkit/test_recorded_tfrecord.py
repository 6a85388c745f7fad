"""TFRecord framing, its checksum, and the little of protocol buffers: against slow encoders, and damaged on purpose."""

from __future__ import annotations

import contextlib
import gzip
import os
import struct
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentkit.errors import DataError
from agentkit.recorded.crc32c import LANE, crc32c, masked_crc32c
from agentkit.recorded.protobuf import example, fields
from agentkit.recorded.tfrecord import records
from tfrecord_files import example as encode
from tfrecord_files import field, framed, slow_crc32c, varint, write_tfrecord


def test_known_checksums() -> None:
    """The check value of the algorithm, and the vectors of RFC 3720, appendix B.4."""
    assert crc32c(b"") == 0
    assert crc32c(b"123456789") == 0xE3069283
    assert crc32c(bytes(32)) == 0x8A9136AA
    assert crc32c(b"\xff" * 32) == 0x62A8AB43
    assert crc32c(bytes(range(32))) == 0x46DD794E


@pytest.mark.parametrize("size", [1, LANE - 1, LANE, LANE + 1, 2 * LANE, 3 * LANE, 3 * LANE + 7, 10 * LANE - 1])
def test_lanes_join_to_the_slow_checksum(size: int) -> None:
    data = os.urandom(size)
    assert crc32c(data) == slow_crc32c(data)


def test_megabytes_take_no_seconds() -> None:
    data = os.urandom(2_000_000)
    begun = time.monotonic()
    crc32c(data)
    assert time.monotonic() - begun < 2.0  # byte by byte it is a dozen times as long


@pytest.mark.parametrize("zipped", [False, True])
def test_records_are_read_back(tmp_path: Path, zipped: bool) -> None:
    wanted = [b"", b"x", os.urandom(5000)]
    data = b"".join(map(framed, wanted))
    path = tmp_path / "a.tfrecord"
    path.write_bytes(gzip.compress(data) if zipped else data)
    assert list(records(path)) == wanted


def damage(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: damage(d, 0), "record 0 at byte 0: length has a wrong checksum: expected 0x[0-9a-f]{8}, got 0x"),
        (lambda d: damage(d, 9), "record 0 at byte 0: length has a wrong checksum"),
        (lambda d: damage(d, 14), "record 0 at byte 0: data has a wrong checksum"),
        (lambda d: damage(d, len(d) - 1), "record 1 at byte 21: data has a wrong checksum"),
        (lambda d: d[:-1], "record 1 at byte 21: the file is cut off: expected 6 bytes"),
        (lambda d: d[:25], "record 1 at byte 21: the file is cut off in the length"),
        (lambda d: struct.pack("<QI", 1 << 60, masked_crc32c(struct.pack("<Q", 1 << 60))), "is not believed"),
    ],
)
def test_damage_is_named(tmp_path: Path, change, message: str) -> None:
    path = tmp_path / "a.tfrecord"
    path.write_bytes(change(framed(b"hello") + framed(b"world!")))
    with pytest.raises(DataError, match=message):
        list(records(path))


def test_a_cut_off_gzip_file_is_named(tmp_path: Path) -> None:
    path = write_tfrecord(tmp_path / "a.tfrecord", [{"x": [os.urandom(3000)]}])
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DataError, match=r"cannot read .*a\.tfrecord"):
        list(records(path))


@given(
    st.dictionaries(
        st.text(max_size=8),
        st.one_of(
            st.lists(st.binary(max_size=20), min_size=1, max_size=4),
            st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=4),
            st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1, max_size=4),
        ),
        max_size=4,
    )
)
def test_examples_are_read_back(features: dict) -> None:
    assert example(encode(features)) == features


def test_unpacked_numbers_are_read_too() -> None:
    floats = field(2, b"".join(varint(1 << 3 | 5) + struct.pack("<f", v) for v in (0.5, -2.0)))
    ints = field(3, field(1, 7) + field(1, -1 & (1 << 64) - 1))
    pairs = [field(1, field(1, name) + field(2, inner)) for name, inner in ((b"f", floats), (b"i", ints))]
    assert example(field(1, b"".join(pairs))) == {"f": [0.5, -2.0], "i": [7, -1]}


@given(st.binary(max_size=60))
def test_any_bytes_are_a_message_or_a_data_error(data: bytes) -> None:
    for read in (lambda d: list(fields(d)), example):
        with contextlib.suppress(DataError):
            read(data)
