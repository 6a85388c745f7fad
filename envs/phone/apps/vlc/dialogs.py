"""Dialogs of VLC's own: which playlist, and what a file is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from envs.phone.apps.playback import clock
from envs.phone.apps.vlc.store import Media
from envs.phone.ui import Button, Dialog, Handler, Header, Icon, ListItem, Text, TextField, Widget
from envs.phone.video import read_mp4

if TYPE_CHECKING:
    from envs.phone.files import Files


class AddToPlaylist:
    """A new playlist by its name, or a tap on one that is there."""

    def __init__(self, playlists: Mapping[int, str], done: Callable[[str], None], close: Handler) -> None:
        self.name = ""
        self._playlists, self._done, self._close = playlists, done, close

    def dialog(self) -> Dialog:
        field = TextField(
            self.name, self._type, hint="Playlist name", on_submit=self.save, autofocus=True, id="dialog_playlist_name"
        )
        rows: list[Widget] = [field]
        if self._playlists:
            rows.append(Header("Existing playlists"))
        rows += [
            ListItem(name, leading=Icon("playlist-play"), on_tap=partial(self._choose, name))
            for name in self._playlists.values()
        ]
        buttons = [Button("Cancel", self._close), Button("Save", self.save, enabled=bool(self.name.strip()))]
        return Dialog("Add to playlist", rows, buttons, on_dismiss=self._close)

    def save(self) -> None:
        if self.name.strip():
            self._choose(self.name.strip())

    def _choose(self, name: str) -> None:
        self._close()
        self._done(name)

    def _type(self, text: str) -> None:
        self.name = text


class Information:
    """What is known of a file."""

    def __init__(self, media: Media, files: Files, close: Handler) -> None:
        self._close = close
        facts = {"Path": media.path, "Length": clock(media.duration_ms)}
        if files.is_file(media.path):
            facts["File size"] = f"{files.stat(media.path).size / 1e6:.2f} MB"
            video = read_mp4(files.read(media.path))
            if video is not None and video.width:
                facts["Resolution"] = f"{video.width}x{video.height}"
        self._title, self._lines = media.title, [f"{name}: {value}" for name, value in facts.items()]

    def dialog(self) -> Dialog:
        body = [Text(line) for line in self._lines]
        return Dialog(self._title, body, [Button("OK", self._close)], on_dismiss=self._close)
