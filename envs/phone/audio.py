"""What a music file says of itself: the tags of its ID3v2 header and the length of its MPEG audio.

Only the file's beginning is read, as a media scanner does. Sources: the ID3v2.4.0 informal standard; ISO/IEC 11172-3
and 13818-3 for frame headers. The count of frames is that of a Xing header, which encoders write as "Info" as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAMES = {"TT2": "title", "TIT2": "title", "TP1": "artist", "TPE1": "artist", "TAL": "album", "TALB": "album"} | {
    **{"TRK": "track", "TRCK": "track", "TYE": "year", "TYER": "year", "TDRC": "year"}
}
_CODECS = ("latin-1", "utf-16", "utf-16-be", "utf-8")
_BITRATES = {  # kbit/s of layer III by MPEG version 1 and 2
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES = (44100, 48000, 32000)
_HALVINGS = {3: 0, 2: 1, 0: 2}
"""Version bits of a frame header -> how often the sample rate of MPEG 1 is halved: MPEG 1, 2 and 2.5."""
_SEARCH = 65536
"""Bytes behind the tags in which the first frame must begin."""


@dataclass(frozen=True, slots=True)
class Audio:
    title: str = ""
    artist: str = ""
    album: str = ""
    track: int = 0
    year: int = 0
    duration_ms: int = 0


def read_mp3(data: bytes) -> Audio | None:
    """None where no MPEG layer III audio follows the tags; a damaged tag counts as absent."""
    tags, start = _tags(data)
    duration = _duration_ms(data, start)
    if duration is None:
        return None
    return Audio(
        tags.get("title", ""),
        tags.get("artist", ""),
        tags.get("album", ""),
        _number(tags.get("track", "")),
        _number(tags.get("year", "")),
        duration,
    )


def _number(text: str) -> int:
    """The number that a tag such as "3/12" or "2019-05-01" begins with."""
    found = re.match(r"\d{1,6}", text, re.ASCII)
    return int(found[0]) if found else 0


def _synchsafe(raw: bytes) -> int:
    return sum((byte & 0x7F) << 7 * place for place, byte in enumerate(reversed(raw)))


def _tags(data: bytes) -> tuple[dict[str, str], int]:
    """The known text frames by name, and where the tag ends."""
    if data[:3] != b"ID3" or len(data) < 10:
        return {}, 0
    version, flags, end = data[3], data[5], min(len(data), 10 + _synchsafe(data[6:10]))
    at, found = 10, dict[str, str]()
    id_size, header = (3, 6) if version == 2 else (4, 10)
    if flags & 0x40 and version > 2:
        raw = data[at : at + 4]
        at += _synchsafe(raw) if version == 4 else 4 + int.from_bytes(raw)
    while at + header <= end and data[at]:
        name = data[at : at + id_size].decode("latin-1")
        raw = data[at + id_size : at + 2 * id_size]
        size = _synchsafe(raw) if version == 4 else int.from_bytes(raw)
        at += header
        if name in _NAMES and 1 < size <= end - at:
            found.setdefault(_NAMES[name], _text(data[at : at + size]))
        at += size
    return found, end


def _text(raw: bytes) -> str:
    """A text frame's first string."""
    codec = _CODECS[raw[0]] if raw[0] < len(_CODECS) else "latin-1"
    return raw[1:].decode(codec, "replace").split("\0")[0].strip()


def _duration_ms(data: bytes, start: int) -> int | None:
    for at in range(start, min(len(data) - 4, start + _SEARCH)):
        if data[at] == 0xFF and (header := _frame(data[at : at + 4])) is not None:
            samples, rate, bitrate = header
            mark = re.search(rb"(?:Xing|Info)\0\0\0(.)(....)", data[at : at + 64], re.DOTALL)
            if mark is not None and mark[1][0] & 1:
                return int.from_bytes(mark[2]) * samples * 1000 // rate
            return (len(data) - at) * 8 // bitrate
    return None


def _frame(raw: bytes) -> tuple[int, int, int] | None:
    """(samples, samples per second, bits per millisecond) of a layer III frame header."""
    bits = int.from_bytes(raw)
    version, layer = bits >> 19 & 3, bits >> 17 & 3
    bitrate, rate = bits >> 12 & 15, bits >> 10 & 3
    if bits >> 21 != 0x7FF or version == 1 or layer != 1 or bitrate in (0, 15) or rate == 3:
        return None
    family = 1 if version == 3 else 2
    return 1152 // family, _RATES[rate] >> _HALVINGS[version], _BITRATES[family][bitrate]
