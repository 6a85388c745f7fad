"""Video files: what the boxes of an MP4 say, and single frames by the ffmpeg program of the machine.

Sources: ISO/IEC 14496-12 for the boxes. A file comes from a client and is not trusted: the program reads that one file,
as the format named here, scales while it decodes, and is stopped after `TIMEOUT` seconds.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

TIMEOUT = 20.0
_CONTAINERS = (b"moov", b"trak")


@dataclass(frozen=True, slots=True)
class Video:
    duration_ms: int
    width: int
    height: int


def read_mp4(data: bytes) -> Video | None:
    """None where the file has no movie header; sizes are 0 where it has no picture."""
    duration, width, height = None, 0, 0
    for kind, start, end in _boxes(data, 0, len(data)):
        wide = data[start : start + 1] == b"\1"
        if kind == b"mvhd" and end - start >= (32 if wide else 20):
            at, size = (start + 20, 8) if wide else (start + 12, 4)
            scale, length = data[at : at + 4], data[at + 4 : at + 4 + size]
            duration = int.from_bytes(length) * 1000 // max(1, int.from_bytes(scale))
        elif kind == b"tkhd" and end - start >= 84:
            size_at = end - 8  # two 16.16 fixed-point numbers end the box
            width = max(width, int.from_bytes(data[size_at : size_at + 2]))
            height = max(height, int.from_bytes(data[size_at + 4 : size_at + 6]))
    return None if duration is None else Video(duration, width, height)


def _boxes(data: bytes, start: int, end: int, depth: int = 0) -> Iterator[tuple[bytes, int, int]]:
    """(kind, start and end of the content) of every box in a range, and of those in containers within it."""
    while start + 8 <= end:
        size, kind, head = int.from_bytes(data[start : start + 4]), data[start + 4 : start + 8], 8
        if size == 1:
            size, head = int.from_bytes(data[start + 8 : start + 16]), 16
        stop = end if size == 0 else start + size
        if (size and size < head) or stop > end:
            return
        if kind in _CONTAINERS and depth < len(_CONTAINERS):
            yield from _boxes(data, start + head, stop, depth + 1)
        else:
            yield kind, start + head, stop
        start = stop


def can_decode() -> bool:
    return shutil.which("ffmpeg") is not None


class Frames:
    """The frames of one video. The file is unpacked at the first look and removed with this object."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.video = read_mp4(data)
        self._file: Path | None = None
        self._last: tuple[tuple[int, int, int], Image.Image | None] | None = None

    def at(self, ms: int, width: int, height: int) -> Image.Image | None:
        """The frame that shows after `ms`, scaled to this size, RGB; the same object for the same question.

        None where it cannot be decoded.
        """
        question = (ms, width, height)
        if self._last is None or self._last[0] != question:
            self._last = question, self._decode(ms, width, height)
        return self._last[1]

    def _decode(self, ms: int, width: int, height: int) -> Image.Image | None:
        program = shutil.which("ffmpeg")
        if program is None or self.video is None:
            return None
        if self._file is None:
            folder = tempfile.mkdtemp(prefix="glint-video-")
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
            self._file = Path(folder) / "video.mp4"
            self._file.write_bytes(self.data)
        command = [
            *(program, "-nostdin", "-loglevel", "error", "-protocol_whitelist", "file", "-threads", "1"),
            *("-ss", f"{ms / 1000:.3f}", "-f", "mp4", "-i", str(self._file), "-an", "-frames:v", "1"),
            *("-vf", f"scale={width}:{height}", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"),
        ]
        try:
            done = subprocess.run(command, capture_output=True, timeout=TIMEOUT, check=False)  # noqa: S603  words of ours
        except (subprocess.TimeoutExpired, OSError):
            return None
        if len(done.stdout) != 3 * width * height:
            return None
        return Image.frombytes("RGB", (width, height), done.stdout)
