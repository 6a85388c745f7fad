"""MP4 files with one track: motion JPEG for what a camera films, AAC for what a microphone hears.

Boxes are those of ISO/IEC 14496-12 and 14496-14, descriptors those of 14496-1. Times are the phone's, not the host's.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass

JPEG, AAC = 0x6C, 0x40
"""Object types of 14496-1, table 5."""
AUDIO_RATE, AAC_FRAME = 44_100, 1024
"""Samples per second, and samples in one frame of AAC-LC."""
SILENCE = bytes.fromhex("00c800802380")
"""A frame of AAC-LC in which nothing is heard, one channel."""
AAC_LC_MONO = bytes.fromhex("1208")
"""AudioSpecificConfig: AAC-LC, 44100 Hz, one channel."""
_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


@dataclass(frozen=True, slots=True)
class Track:
    handler: bytes
    """b"vide" or b"soun"."""
    entry: bytes
    """The sample entry box."""
    samples: Sequence[bytes]
    timescale: int
    """Ticks per second."""
    step: int
    """Ticks that one sample lasts."""
    size: tuple[int, int] = (0, 0)
    """Width and height in pixels of a video."""


def video(frames: Sequence[bytes], size: tuple[int, int]) -> bytes:
    """The file of JPEG `frames` of `size` pixels, one per second."""
    described = struct.pack(">6xH16xHHIIIH32xHh", 1, *size, 0x480000, 0x480000, 0, 1, 24, -1)
    entry = _box(b"mp4v", described, _esds(JPEG, 0x11, b""))
    return _file(Track(b"vide", entry, frames, 1000, 1000, size))


def silence(seconds: float) -> bytes:
    """The file of an audio track in which nothing is heard for so long, in whole frames, at least one."""
    described = struct.pack(">6xH8xHHHHI", 1, 1, 16, 0, 0, AUDIO_RATE << 16)
    entry = _box(b"mp4a", described, _esds(AAC, 0x15, AAC_LC_MONO))
    frames = max(1, math.ceil(seconds * AUDIO_RATE / AAC_FRAME))
    return _file(Track(b"soun", entry, [SILENCE] * frames, AUDIO_RATE, AAC_FRAME))


def _box(name: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return struct.pack(">I4s", 8 + len(content), name) + content


def _full(name: bytes, form: str, *values: int, flags: int = 0, tail: bytes = b"") -> bytes:
    """A box with version 0 and flags."""
    return _box(name, struct.pack(">I" + form, flags, *values), tail)


def _descriptor(tag: int, content: bytes) -> bytes:
    return bytes((tag, len(content))) + content


def _esds(object_type: int, stream: int, specific: bytes) -> bytes:
    config = struct.pack(">BB3xII", object_type, stream, 0, 0)
    if specific:
        config += _descriptor(5, specific)
    return _full(b"esds", "", tail=_descriptor(3, b"\0\1\0" + _descriptor(4, config) + _descriptor(6, b"\2")))


def _file(track: Track) -> bytes:
    kind = _box(b"ftyp", b"isom", struct.pack(">I", 0x200), b"isomiso2mp41")
    media = _box(b"mdat", *track.samples)
    ticks = len(track.samples) * track.step
    movie = _full(
        b"mvhd", "IIIIIH10x", 0, 0, track.timescale, ticks, 0x10000, 0x100, tail=_MATRIX + bytes(24) + b"\0\0\0\2"
    )
    return kind + media + _box(b"moov", movie, _track(track, ticks, len(kind) + 8))


def _track(track: Track, ticks: int, offset: int) -> bytes:
    width, height = track.size
    sound = track.handler == b"soun"
    header = _full(
        b"tkhd", "IIIIIQHHHH", 0, 0, 1, 0, ticks, 0, 0, 0, 0x100 if sound else 0, 0,
        flags=3, tail=_MATRIX + struct.pack(">II", width << 16, height << 16),
    )  # fmt: skip
    sizes = struct.pack(f">{len(track.samples)}I", *map(len, track.samples))
    table = _box(
        b"stbl",
        _full(b"stsd", "I", 1, tail=track.entry),
        _full(b"stts", "III", 1, len(track.samples), track.step),
        _full(b"stsc", "IIII", 1, 1, len(track.samples), 1),
        _full(b"stsz", "II", 0, len(track.samples), tail=sizes),
        _full(b"stco", "II", 1, offset),
    )
    here = _full(b"dref", "I", 1, tail=_full(b"url ", "", flags=1))
    media = _box(
        b"mdia",
        _full(b"mdhd", "IIIIHH", 0, 0, track.timescale, ticks, 0x55C4, 0),
        _full(b"hdlr", "II12x", 0, int.from_bytes(track.handler), tail=b"\0"),
        _box(b"minf", _full(b"smhd", "I", 0) if sound else _full(b"vmhd", "Q", 0, flags=1), _box(b"dinf", here), table),
    )
    return _box(b"trak", header, media)
