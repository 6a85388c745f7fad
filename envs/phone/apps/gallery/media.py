"""The pictures and videos of the shared storage, by the folder they lie in. The file tree is all there is."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from envs.phone.apps.listing import STORAGE, STORAGE_NAME, Entry, Order, arrange, walk

if TYPE_CHECKING:
    from envs.phone.files import Files

KINDS = ("Image", "Video")


@dataclass(frozen=True, slots=True)
class Album:
    """A folder with media directly in it."""

    path: str
    items: list[Entry]
    """Never empty; the first is the cover."""

    @property
    def name(self) -> str:
        return folder_name(self.path)


def folder_name(path: str) -> str:
    return STORAGE_NAME if path == STORAGE else posixpath.basename(path)


def albums(files: Files, order: Order = "newest") -> list[Album]:
    """Every folder that holds media, by name; what belongs to apps (Android/) is left out, as hidden files are."""
    found: dict[str, list[Entry]] = {}
    for row in walk(files, STORAGE):
        if row.kind in KINDS and not row.path.startswith(f"{STORAGE}/Android/"):
            found.setdefault(posixpath.dirname(row.path), []).append(row)
    by_name = sorted(found, key=lambda path: (folder_name(path).casefold(), path))
    return [Album(path, arrange(found[path], order)) for path in by_name]
