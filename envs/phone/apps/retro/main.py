"""The Retro Music app: which view is in front, what is selected, and what menus and dialogs do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Literal, TypeAlias

from envs.phone.app import App, Device
from envs.phone.apps.pickers import Asking, Confirm, LineOfText, SaveDocument
from envs.phone.apps.retro import lists, now_playing
from envs.phone.apps.retro.dialogs import Details, PlaylistChoice, SortChoice
from envs.phone.apps.retro.player import Player
from envs.phone.apps.retro.store import (
    PACKAGE,
    PLAYBACK,
    PLAYBACK_SCHEMA,
    PLAYLISTS,
    PLAYLISTS_SCHEMA,
    Song,
    Store,
    m3u,
)
from envs.phone.ui import Handler, Menu, Screen

Kind: TypeAlias = Literal["album", "artist", "playlist", "history", "last_added", "most_played", "playing", "queue"]
MenuItems: TypeAlias = Sequence[tuple[str, Handler]]


class Retro(App):
    package = PACKAGE
    label = "Retro Music"
    icon = "music-circle"
    color = (244, 67, 54)
    activity = ".activities.MainActivity"

    def __init__(self, device: Device) -> None:
        super().__init__(device)
        self.store = Store(device)
        self.player = Player(self.store)
        self.stop()

    def install(self) -> None:
        self.device.files.database(PLAYLISTS, PLAYLISTS_SCHEMA)
        self.device.files.database(PLAYBACK, PLAYBACK_SCHEMA)

    def on_broadcast(self, action: str, extras: Mapping[str, str]) -> str | None:
        """News of music wake the app, which makes a database that it misses: clients remove both to replace one."""
        if action == "android.intent.action.MEDIA_SCANNER_SCAN_FILE":
            self.install()
        return None

    def stop(self) -> None:
        self.player.pause()
        self.tab = lists.SONGS
        self.views: list[tuple[Kind, str]] = []
        """What was opened above the tab: an album's or artist's name, a playlist's id; the last is in front."""
        self.query: str | None = None
        """Text of the search; None when it is closed."""
        self.selected: list[int] = []
        """Ids of songs in the order of their selection, which is that in which they are added to a list."""
        self.saving: SaveDocument | None = None
        self.close()

    def close(self) -> None:
        """Close the menu and the question."""
        self.menu: MenuItems = ()
        self.asking: Asking | None = None

    def back(self) -> bool:
        if self.saving is not None:
            self.saving.back()
        elif self.menu or self.asking is not None:
            self.close()
        elif self.selected:
            self.selected = []
        elif self.views:
            self.views.pop()
        elif self.query is not None:
            self.query = None
        else:
            return False
        return True

    def screen(self) -> Screen:
        if self.saving is not None:
            return self.saving.screen()
        kind = self.views[-1][0] if self.views else ""
        if kind == "playing":
            screen = now_playing.playing(self)
        elif kind == "queue":
            screen = now_playing.queue(self)
        else:
            screen = lists.listing(self)
        if self.asking is not None:
            screen.dialog = self.asking.dialog()
        elif self.menu:
            screen.menu = Menu([(name, partial(self._choose, do)) for name, do in self.menu], on_dismiss=self.close)
        return screen

    # Going about

    def show_tab(self, tab: int) -> None:
        self.tab, self.views, self.selected = tab, [], []

    def show(self, kind: Kind, key: str = "") -> None:
        self.views.append((kind, key))
        self.selected = []

    def start_search(self) -> None:
        self.query = ""

    def set_query(self, text: str) -> None:
        self.query = text

    def open_menu(self, items: MenuItems) -> None:
        self.menu = items

    def _choose(self, do: Handler) -> None:
        self.close()
        do()

    # Songs

    def play(self, songs: Sequence[Song], index: int) -> None:
        """While some are selected a tap selects one more, or one less."""
        if self.selected:
            self.select(songs[index])
        else:
            self.player.open(songs, index)

    def select(self, song: Song) -> None:
        if song.id in self.selected:
            self.selected.remove(song.id)
        else:
            self.selected.append(song.id)

    def select_all(self, songs: Sequence[Song]) -> None:
        self.selected += [song.id for song in songs if song.id not in self.selected]

    def chosen(self, songs: Sequence[Song]) -> list[Song]:
        """The selected ones among `songs`."""
        by_id = {song.id: song for song in songs}
        return [by_id[key] for key in self.selected if key in by_id]

    def song_items(self, song: Song) -> MenuItems:
        """The menu of one song."""
        return (
            *self.group_items([song]),
            ("Go to album", partial(self.show, "album", song.album)),
            ("Go to artist", partial(self.show, "artist", song.artist)),
            ("Details", partial(self._details, song)),
            ("Delete from device", partial(self.ask_delete, [song])),
        )

    def group_items(self, songs: Sequence[Song]) -> MenuItems:
        """What can be done with the songs of an album, an artist or a playlist as with one."""
        return (
            ("Play next", partial(self.enqueue, songs, next=True)),
            ("Add to playing queue", partial(self.enqueue, songs)),
            ("Add to playlist", partial(self.ask_playlist, songs)),
        )

    def enqueue(self, songs: Sequence[Song], *, next: bool = False) -> None:
        self.player.add(songs, next=next)
        self.selected = []
        titles = "1 title" if len(songs) == 1 else f"{len(songs)} titles"
        self.device.toast(f"Added {titles} to the playing queue.")

    def ask_playlist(self, songs: Sequence[Song]) -> None:
        def add(playlist: int) -> None:
            self.store.add_to_playlist(playlist, songs)
            self.selected = []
            count = f"{len(songs)} song{'' if len(songs) == 1 else 's'}"
            self.device.toast(f"Inserted {count} into the playlist {self.store.playlists().get(playlist, '')}.")

        counts = {key: len(self.store.playlist_songs(key)) for key in self.store.playlists()}
        names = [(f"{name} ({counts[key]})", key) for key, name in self.store.playlists().items()]
        self.asking = PlaylistChoice(names, add, partial(self.ask_new_playlist, add), self.close)

    def ask_new_playlist(self, then: Callable[[int], None] | None = None) -> None:
        def create(name: str) -> None:
            if name in self.store.playlists().values():
                return self.device.toast(f"The playlist {name} exists already")
            key = self.store.add_playlist(name)
            if then is not None:
                then(key)

        self.asking = LineOfText("New playlist", "Playlist name", "", create, self.close)

    def ask_delete(self, songs: Sequence[Song]) -> None:
        def delete() -> None:
            for song in songs:
                if self.device.files.is_file(song.path):
                    self.device.files.remove(song.path)
            self.selected = []
            self.device.toast(f"Deleted {len(songs)} songs.")

        what = f"the song {songs[0].title}" if len(songs) == 1 else f"these {len(songs)} songs"
        self.asking = Confirm(f"Delete {what}?", delete, self.close, yes="Delete", no="Cancel")

    def _details(self, song: Song) -> None:
        self.asking = Details(song, self.device.files, self.close)

    def ask_order(self) -> None:
        self.asking = SortChoice(self.player.preferences, self.close)

    # Playlists

    def playlist_items(self, playlist: int) -> MenuItems:
        songs = self.store.playlist_songs(playlist)
        return (
            ("Play", partial(self.player.open, songs)),
            *self.group_items(songs),
            ("Rename", partial(self._ask_name, playlist)),
            ("Delete", partial(self._ask_delete_playlist, playlist)),
            ("Save as file", partial(self._save_as, playlist)),
        )

    def open_playlist_menu(self, playlist: int) -> None:
        self.open_menu(self.playlist_items(playlist))

    def remove_from_playlist(self, playlist: int, songs: Sequence[Song]) -> None:
        self.store.remove_from_playlist(playlist, songs)
        self.selected = []

    def _ask_name(self, playlist: int) -> None:
        name = self.store.playlists().get(playlist, "")
        rename = partial(self.store.rename_playlist, playlist)
        self.asking = LineOfText("Rename playlist", "Playlist name", name, rename, self.close)

    def _ask_delete_playlist(self, playlist: int) -> None:
        def delete() -> None:
            self.store.delete_playlist(playlist)
            self.views = [view for view in self.views if view != ("playlist", str(playlist))]

        question = f"Delete the playlist {self.store.playlists().get(playlist, '')}?"
        self.asking = Confirm(question, delete, self.close, yes="Delete", no="Cancel")

    def _save_as(self, playlist: int) -> None:
        def save(path: str) -> None:
            self.device.files.write(path, m3u(self.store.playlist_songs(playlist)))
            self.device.toast(f"Saved playlist to {path}.")

        name = self.store.playlists().get(playlist, "").replace("/", "_")
        self.saving = SaveDocument(self.device.files, name, ".m3u", save, self._saved)

    def _saved(self) -> None:
        self.saving = None

    def save_queue(self) -> None:
        """As a playlist."""
        songs = self.store.queue()
        self.ask_new_playlist(lambda key: self.store.add_to_playlist(key, songs))

    def clear_queue(self) -> None:
        self.player.clear()
        self.views = [view for view in self.views if view[0] not in ("queue", "playing")]
