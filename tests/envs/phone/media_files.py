"""Small media files made byte by byte, for tests of the apps that play them."""

from __future__ import annotations


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
