"""Where pictures are copied or moved to: one of the gallery's folders, or any other one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal

from envs.phone.apps.gallery.media import Album
from envs.phone.apps.gallery.tiles import album_tile
from envs.phone.files import Files
from envs.phone.ui import Button, Dialog, Grid, Handler, Text, Widget


class Destination:
    """The gallery's folders to tap; "Other folder" looks further."""

    def __init__(
        self,
        files: Files,
        how: Literal["copy", "move"],
        albums: Sequence[Album],
        done: Callable[[str], None],
        other: Handler,
        close: Handler,
    ) -> None:
        self._files, self._how, self._albums = files, how, albums
        self._done, self._other, self._close = done, other, close

    def dialog(self) -> Dialog:
        shown = [a for a in self._albums if self._files.is_file(a.items[0].path)]
        tiles = [album_tile(self._files, album, partial(self._take, album.path)) for album in shown]
        body: list[Widget] = [Grid(tiles, columns=2, top=True)] if tiles else [Text("No folders with pictures")]
        buttons = [
            Button("Other folder", self._other, id="other_folder"),
            Button("Cancel", self._close, id="button2"),
        ]
        return Dialog("Copy to" if self._how == "copy" else "Move to", body, buttons, on_dismiss=self._close)

    def _take(self, folder: str) -> None:
        self._close()
        self._done(folder)
