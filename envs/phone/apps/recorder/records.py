"""The recordings: files in the app's own folder of the shared storage. Where the phone stands it is quiet, so they are
silent, but they last as long as was recorded."""

from __future__ import annotations

import io
import posixpath
import wave
from dataclasses import dataclass
from typing import TYPE_CHECKING

from envs.phone.apps.listing import Entry, entries
from envs.phone.mp4 import AUDIO_RATE, silence
from envs.phone.video import read_mp4

if TYPE_CHECKING:
    from envs.phone.files import Files

FOLDER = "/sdcard/Android/data/com.dimowner.audiorecorder/files/Music/records"
FORMATS = {"m4a": "M4A", "wav": "WAV"}
"""Extension -> what the app calls the format."""
WAV_RATE = 8_000
"""Samples per second; low, as every second of it is kept."""


@dataclass(frozen=True, slots=True)
class Record:
    entry: Entry
    seconds: float

    @property
    def path(self) -> str:
        return self.entry.path

    @property
    def name(self) -> str:
        """Without the extension."""
        return posixpath.splitext(self.entry.name)[0]

    @property
    def format(self) -> str:
        return FORMATS.get(self.entry.extension, self.entry.extension.upper())

    @property
    def rate(self) -> int:
        """Samples per second."""
        return WAV_RATE if self.entry.extension == "wav" else AUDIO_RATE


def records(files: Files) -> list[Record]:
    """What can be played of the folder, the newest first."""
    found = []
    for row in entries(files, FOLDER, "newest"):
        seconds = _seconds(files.read(row.path)) if row.extension in FORMATS else None
        if seconds is not None:
            found.append(Record(row, seconds))
    return found


def sound(extension: str, seconds: float) -> bytes:
    """The file of a recording that lasts so long."""
    if extension == "m4a":
        return silence(seconds)
    file = io.BytesIO()
    with wave.open(file, "wb") as track:
        track.setnchannels(1)
        track.setsampwidth(2)
        track.setframerate(WAV_RATE)
        track.writeframes(bytes(2 * round(seconds * WAV_RATE)))
    return file.getvalue()


def clock_text(seconds: float) -> str:
    """75.4 -> "01:15", an hour and more "1:00:00"."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes:02d}:{rest:02d}"


def _seconds(data: bytes) -> float | None:
    if data[:4] != b"RIFF":
        movie = read_mp4(data)
        return None if movie is None else movie.duration_ms / 1000
    try:
        with wave.open(io.BytesIO(data), "rb") as track:
            return track.getnframes() / track.getframerate()
    except (wave.Error, EOFError, ZeroDivisionError):
        return None
