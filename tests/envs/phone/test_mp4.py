"""MP4 files: the boxes that a player needs, and what a reader makes of files that are none."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import pytest

from envs.phone.mp4 import AAC_FRAME, AUDIO_RATE, SILENCE, silence, video
from envs.phone.video import read_mp4

CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl"}


def boxes(data: bytes, prefix: str = "") -> Iterator[tuple[str, bytes]]:
    """(path, content) of every box; the sizes must add up."""
    at = 0
    while at < len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        assert 8 <= size <= len(data) - at
        path = f"{prefix}/{name.decode()}"
        yield path, data[at + 8 : at + size]
        if name in CONTAINERS:
            yield from boxes(data[at + 8 : at + size], path)
        at += size


def samples(data: bytes) -> list[bytes]:
    """The samples where the tables say that they are."""
    tables = {path.rpartition("/")[2]: content for path, content in boxes(data)}
    _, _, count = struct.unpack_from(">III", tables["stsz"])
    sizes = struct.unpack_from(f">{count}I", tables["stsz"], 12)
    _, chunks, at = struct.unpack_from(">III", tables["stco"])
    assert chunks == 1
    found = []
    for size in sizes:
        found.append(data[at : at + size])
        at += size
    return found


def test_a_video_has_a_frame_for_every_second() -> None:
    frames = [b"\xff\xd8one\xff\xd9", b"\xff\xd8three\xff\xd9", b"\xff\xd8\xff\xd9"]
    data = video(frames, (36, 48))
    assert samples(data) == frames
    assert read_mp4(data).duration_ms == 3000
    header = dict(boxes(data))["/moov/trak/tkhd"]
    assert struct.unpack(">II", header[-8:]) == (36 << 16, 48 << 16)


@pytest.mark.parametrize("seconds", [0.0, 0.5, 61.0])
def test_silence_lasts_as_long_as_asked_to_the_frame(seconds: float) -> None:
    data = silence(seconds)
    assert set(samples(data)) == {SILENCE}
    assert read_mp4(data).duration_ms == pytest.approx(1000 * seconds, abs=1000 * AAC_FRAME / AUDIO_RATE + 1)


@pytest.mark.parametrize("data", [b"", b"RIFF1234WAVE", silence(1)[:40], b"\0\0\0\x08moov", b"\0\0\0\0moov" * 3])
def test_what_is_no_mp4_file_has_no_duration(data: bytes) -> None:
    assert read_mp4(data) is None
