"""The tiles of the gallery's grids: a folder with its cover, a picture with its name."""

from __future__ import annotations

from envs.phone.apps.gallery.media import Album
from envs.phone.apps.gallery.pixels import thumbnail
from envs.phone.apps.listing import Entry
from envs.phone.files import Files
from envs.phone.ui import Column, Handler, Picture, Text, Widget


def album_tile(files: Files, album: Album, tap: Handler) -> Column:
    cover = _square(files, album.items[0], tap, label=f"Folder {album.name}")
    name = Text(album.name, style="label", lines=1, align="center", on_tap=tap)
    count = Text(str(len(album.items)), style="caption", align="center", color="on_surface_variant")
    return Column([cover, name, count], padding=4)


def picture_tile(files: Files, row: Entry, tap: Handler, hold: Handler, *, named: bool, ticked: bool) -> Column:
    parts: list[Widget] = [_square(files, row, tap, hold, label=row.name, ticked=ticked)]
    if named:
        parts.append(Text(row.name, style="caption", lines=2, align="center", on_tap=tap))
    return Column(parts, padding=2)


def _square(
    files: Files, row: Entry, tap: Handler, hold: Handler | None = None, *, label: str, ticked: bool = False
) -> Picture:
    return Picture(
        lambda width, height, scale: thumbnail(files.read(row.path), row.kind, width, height, ticked),
        ratio=1.0,
        on_touch=lambda x, y: tap(),
        on_hold=None if hold is None else lambda x, y: hold(),
        label=label,
    )
