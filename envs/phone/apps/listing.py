"""A folder as a person sees it: rows with kind, size and date, and their order. For the apps that list files."""

from __future__ import annotations

import datetime as dt
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from envs.phone.files import Files

STORAGE = "/sdcard"
STORAGE_NAME = "sdk_gphone_x86_64"
"""What the file picker of Google's emulator images calls the shared storage."""
FOLDERS = (
    "Alarms",
    "Android",
    "Audiobooks",
    "DCIM",
    "Documents",
    "Download",
    "Movies",
    "Music",
    "Notifications",
    "Pictures",
    "Podcasts",
    "Recordings",
    "Ringtones",
)
"""What Android 13 makes on a fresh shared storage."""

Order: TypeAlias = Literal["name", "name_desc", "newest", "oldest", "largest", "smallest"]
ORDERS: dict[Order, str] = {
    "name": "File name (A to Z)",
    "name_desc": "File name (Z to A)",
    "newest": "Modified (newest first)",
    "oldest": "Modified (oldest first)",
    "largest": "Size (largest first)",
    "smallest": "Size (smallest first)",
}
_KINDS = {
    "Image": ("image", ("jpg", "jpeg", "png", "gif", "webp")),
    "Audio": ("music-note", ("mp3", "wav", "ogg", "m4a", "flac")),
    "Video": ("video", ("mp4", "mkv", "3gp", "webm", "mov")),
    "Text": ("file-document", ("txt", "md", "csv", "log", "json", "xml", "html")),
    "Document": ("file-document", ("pdf", "doc", "docx", "odt", "xls", "xlsx", "ppt", "pptx")),
    "Archive": ("folder-zip", ("zip", "tar", "gz")),
}


@dataclass(frozen=True, slots=True)
class Entry:
    path: str
    folder: bool
    size: int
    """Bytes; 0 for a folder."""
    modified: dt.datetime
    """Naive, the phone's local time (UTC)."""

    @property
    def name(self) -> str:
        return posixpath.basename(self.path)

    @property
    def extension(self) -> str:
        return posixpath.splitext(self.name)[1].lstrip(".").lower()

    @property
    def kind(self) -> str:
        """ "Folder", "Image", "Audio", "Video", "Text", "Document", "Archive" or "File"."""
        if self.folder:
            return "Folder"
        return next((kind for kind, (_, known) in _KINDS.items() if self.extension in known), "File")

    @property
    def icon(self) -> str:
        if self.folder:
            return "folder"
        return _KINDS[self.kind][0] if self.kind in _KINDS else "file"


def entry(files: Files, path: str) -> Entry:
    stat = files.stat(path)
    modified = dt.datetime.fromtimestamp(stat.mtime, dt.UTC).replace(tzinfo=None)
    return Entry(path, stat.is_dir, 0 if stat.is_dir else stat.size, modified)


def entries(files: Files, folder: str, order: Order = "name") -> list[Entry]:
    """The visible rows of `folder`, folders first, then in `order`; hidden names (".x") are left out."""
    if not files.is_dir(folder):
        return []
    rows = [entry(files, posixpath.join(folder, name)) for name in files.list(folder) if not name.startswith(".")]
    return arrange(rows, order)


def arrange(rows: list[Entry], order: Order) -> list[Entry]:
    by_name = sorted(rows, key=lambda e: (e.name.casefold(), e.name), reverse=order == "name_desc")
    match order:
        case "newest" | "oldest":
            by_name.sort(key=lambda e: e.modified, reverse=order == "newest")
        case "largest" | "smallest":
            by_name.sort(key=lambda e: e.size, reverse=order == "largest")
    return sorted(by_name, key=lambda e: not e.folder)


def walk(files: Files, folder: str) -> Iterator[Entry]:
    """Every visible file and folder below `folder`, depth first."""
    for row in entries(files, folder):
        yield row
        if row.folder:
            yield from walk(files, row.path)


def size_text(size: int) -> str:
    """1234 -> "1.23 kB", with Android's decimal units and three significant digits."""
    value, unit = float(size), "B"
    for larger in ("kB", "MB", "GB"):
        if value < 1000:
            break
        value, unit = value / 1000, larger
    if unit == "B":
        return f"{size} B"
    return f"{value:.{2 if value < 10 else 1 if value < 100 else 0}f} {unit}"


def date_text(when: dt.datetime, now: dt.datetime) -> str:
    """The time of today's entries, the day of others: "15:34", "Oct 9", "Oct 9, 2022"."""
    if when.date() == now.date():
        return f"{when:%H:%M}"
    return f"{when:%b} {when.day}" + ("" if when.year == now.year else f", {when.year}")
