"""Small media files for tests of the apps that play them, made byte by byte; films by the ffmpeg program."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path


def synchsafe(size: int) -> bytes:
    return bytes(size >> 7 * place & 0x7F for place in (3, 2, 1, 0))


def text_frame(name: str, text: str, version: int = 4, codec: int = 3) -> bytes:
    """A text frame of an ID3v2.3 or 2.4 tag."""
    raw = bytes([codec]) + text.encode(("latin-1", "utf-16", "utf-16-be", "utf-8")[codec])
    size = synchsafe(len(raw)) if version == 4 else len(raw).to_bytes(4)
    return name.encode() + size + b"\0\0" + raw


def tag(frames: bytes, version: int = 4) -> bytes:
    return b"ID3" + bytes([version, 0, 0]) + synchsafe(len(frames)) + frames


def counted_audio(frames: int) -> bytes:
    """MPEG 2.5 layer III at 11025 Hz in mono whose first frame counts `frames` frames of 576 samples."""
    return b"\xff\xe3\x40\xc0" + bytes(9) + b"Info" + (1).to_bytes(4) + frames.to_bytes(4) + bytes(200)


def mp3(title: str = "", artist: str = "", seconds: float = 180.0, **others: str) -> bytes:
    """`others` are further text frames by name, such as TALB."""
    known = {"TIT2": title, "TPE1": artist, **others}
    frames = b"".join(text_frame(name, text) for name, text in known.items() if text)
    return tag(frames) + counted_audio(round(seconds * 11025 / 576))


def box(kind: str, content: bytes) -> bytes:
    return (8 + len(content)).to_bytes(4) + kind.encode() + content


def mp4(seconds: float, width: int = 320, height: int = 240) -> bytes:
    """An MP4 file without samples: it says how long and how large it is."""
    movie = box("mvhd", bytes(12) + (1000).to_bytes(4) + round(seconds * 1000).to_bytes(4) + bytes(80))
    track = box("tkhd", bytes(76) + (width << 16).to_bytes(4) + (height << 16).to_bytes(4))
    return box("ftyp", b"isom" + bytes(4)) + box("moov", movie + box("trak", track))


def film(path: Path, colors: Sequence[str], seconds: int) -> bytes:
    """An MP4 file, 64x48, that shows each colour for so long. Needs the ffmpeg program."""
    sources = [f"color={color}:size=64x48:rate=5:duration={seconds}" for color in colors]
    inputs = [word for source in sources for word in ("-f", "lavfi", "-i", source)]
    joined = ["-filter_complex", f"concat=n={len(colors)}:v=1", "-c:v", "mpeg4", "-q:v", "2"]
    command = ["ffmpeg", "-nostdin", "-loglevel", "error", *inputs, *joined, str(path)]
    subprocess.run(command, check=True, timeout=60)
    return path.read_bytes()
