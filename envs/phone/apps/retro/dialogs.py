"""Dialogs of Retro Music's own: which playlist, in which order, what a file holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from envs.phone.apps.playback import clock
from envs.phone.apps.preferences import Preferences
from envs.phone.apps.retro.store import Song
from envs.phone.ui import Button, Dialog, Handler, Icon, ListItem, Radio, Text

if TYPE_CHECKING:
    from envs.phone.files import Files

ORDERS: dict[str, tuple[str, Callable[[Song], object]]] = {
    "title": ("Title", lambda song: song.title.casefold()),
    "artist": ("Artist", lambda song: song.artist.casefold()),
    "album": ("Album", lambda song: song.album.casefold()),
    "duration": ("Duration", lambda song: song.duration_ms),
    "date": ("Date added", lambda song: -song.modified),
}
"""Value of the preference `song_sort_order` -> (name, key)."""
ORDER = "song_sort_order"


class PlaylistChoice:
    """One of the playlists, or a new one."""

    def __init__(
        self, names: Sequence[tuple[str, int]], done: Callable[[int], None], new: Handler, close: Handler
    ) -> None:
        self.names = names
        self._done, self._new, self._close = done, new, close

    def dialog(self) -> Dialog:
        rows = [ListItem("New playlist…", leading=Icon("playlist-plus"), on_tap=self._new)]
        rows += [
            ListItem(name, leading=Icon("playlist-music"), on_tap=partial(self._choose, key))
            for name, key in self.names
        ]
        return Dialog("Add to playlist", rows, [Button("Cancel", self._close)], on_dismiss=self._close)

    def _choose(self, key: int) -> None:
        self._close()
        self._done(key)


class SortChoice:
    """The order of all songs."""

    def __init__(self, preferences: Preferences, close: Handler) -> None:
        self._preferences, self._close = preferences, close

    def dialog(self) -> Dialog:
        now = self._preferences.text(ORDER, "title")
        rows = [
            ListItem(name, leading=Radio(key == now, partial(self._choose, key))) for key, (name, _) in ORDERS.items()
        ]
        return Dialog("Sort order", rows, [Button("Cancel", self._close)], on_dismiss=self._close)

    def _choose(self, key: str) -> None:
        self._preferences.put(ORDER, key)
        self._close()


class Details:
    """What is known of a song's file."""

    def __init__(self, song: Song, files: Files, close: Handler) -> None:
        self._song, self._files, self._close = song, files, close

    def dialog(self) -> Dialog:
        path = self._song.path
        size = self._files.stat(path).size if self._files.is_file(path) else 0
        facts = {
            "File name": path.rpartition("/")[2],
            "File path": path,
            "Size": f"{size / 1e6:.2f} MB",
            "Length": clock(self._song.duration_ms),
        }
        lines = [Text(f"{name}: {value}") for name, value in facts.items()]
        return Dialog("Details", lines, [Button("OK", self._close)], on_dismiss=self._close)
