"""Tags and lengths of MP3 files."""

from __future__ import annotations

import random

import pytest

from envs.phone.audio import Audio, read_mp3
from media_files import counted_audio, mp3, tag, text_frame


def test_tags_and_length() -> None:
    audio = read_mp3(mp3("Été", "The Oats", 61.5, TALB="Field", TRCK="3/12", TDRC="2019-05-01"))
    assert audio is not None
    assert (audio.title, audio.artist, audio.album, audio.track, audio.year) == ("Été", "The Oats", "Field", 3, 2019)
    assert abs(audio.duration_ms - 61_500) < 60  # a frame lasts 52 ms


@pytest.mark.parametrize("codec", range(4))
@pytest.mark.parametrize("version", [3, 4])
def test_text_in_every_encoding_and_both_forms_of_size(version: int, codec: int) -> None:
    long = "é" * 200  # more than 127 bytes: the two forms of a size differ
    frames = text_frame("TXXX", long, version, codec) + text_frame("TIT2", long, version, codec)
    audio = read_mp3(tag(frames, version) + counted_audio(10))
    assert audio is not None and audio.title == long


def test_the_oldest_form_of_tags() -> None:
    raw = b"\0Oats"
    data = tag(b"TT2" + len(raw).to_bytes(3) + raw, version=2) + counted_audio(1)
    assert read_mp3(data) == Audio(title="Oats", duration_ms=52)


def test_length_by_bitrate_where_frames_are_not_counted() -> None:
    frame = b"\xff\xfb\x90\xc0"  # MPEG 1 layer III, 128 kbit/s, 44100 Hz
    assert read_mp3(frame + bytes(16_000 - 4)) == Audio(duration_ms=1000)


def test_what_is_no_mp3_has_no_length() -> None:
    for data in (b"", b"ID3", b"\xff" * 50, bytes(500), b"RIFF....WAVEfmt " * 40, tag(b"TIT2")):
        assert read_mp3(data) is None


def test_damaged_files_are_read_as_far_as_they_go() -> None:
    rng, whole = random.Random(5), mp3("Oats", "Grain", 10)
    for _ in range(2000):
        data = bytearray(whole[: rng.randrange(1, len(whole))])
        for _ in range(rng.randrange(4)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        audio = read_mp3(bytes(data))
        assert audio is None or audio.duration_ms >= 0
