"""Length and size of MP4 files, and frames that show the picture of their time."""

from __future__ import annotations

import gc
import random
import tempfile
from pathlib import Path

import pytest

from envs.phone.video import Frames, Video, can_decode, read_mp4
from media_files import box, film, mp4

COLORS = {"red": (255, 0, 0), "lime": (0, 255, 0), "blue": (0, 0, 255)}


def test_length_and_size() -> None:
    assert read_mp4(mp4(61.5)) == Video(61_500, 320, 240)


def test_long_forms_of_box_and_header() -> None:
    movie = box("mvhd", b"\1" + bytes(19) + (600).to_bytes(4) + (1200).to_bytes(8) + bytes(80))
    wide = (1).to_bytes(4) + b"mdat" + (16 + 5).to_bytes(8) + bytes(5)
    assert read_mp4(wide + box("moov", movie)) == Video(2000, 0, 0)


def test_what_is_no_mp4() -> None:
    for data in (b"", bytes(100), b"RIFF" * 20, box("moov", b""), box("moov", box("mvhd", bytes(5)))):
        assert read_mp4(data) is None
        assert Frames(data).at(0, 10, 10) is None


def test_damaged_files_are_read_as_far_as_they_go() -> None:
    rng, whole = random.Random(5), mp4(10)
    for _ in range(3000):
        data = bytearray(whole[: rng.randrange(1, len(whole))] if rng.random() < 0.3 else whole)
        for _ in range(rng.randrange(5)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        found = read_mp4(bytes(data))
        assert found is None or found.duration_ms >= 0


def test_boxes_nest_as_deep_as_they_like() -> None:
    data = box("mvhd", bytes(12) + (1).to_bytes(4) + (1).to_bytes(4) + bytes(80))
    for _ in range(20_000):
        data = box("moov", data)
    assert read_mp4(data) is None


@pytest.mark.skipif(not can_decode(), reason="needs the ffmpeg program")
def test_the_frame_of_the_moment(tmp_path: Path) -> None:
    frames = Frames(film(tmp_path / "film.mp4", list(COLORS), 2))
    assert frames.video == Video(6000, 64, 48)
    for n, color in enumerate(COLORS.values()):
        image = frames.at(2000 * n + 1000, 32, 24)
        assert image is not None and image.size == (32, 24)
        assert image is frames.at(2000 * n + 1000, 32, 24)
        seen = image.getpixel((16, 12))
        assert isinstance(seen, tuple) and all(abs(a - b) < 12 for a, b in zip(seen, color, strict=True))


@pytest.mark.skipif(not can_decode(), reason="needs the ffmpeg program")
def test_nothing_is_left_on_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    frames = Frames(mp4(10))
    frames.at(0, 32, 24)
    assert len(list(tmp_path.iterdir())) == 1
    del frames
    gc.collect()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not can_decode(), reason="needs the ffmpeg program")
def test_a_film_without_samples_has_no_frames() -> None:
    assert Frames(mp4(10)).at(0, 32, 24) is None
