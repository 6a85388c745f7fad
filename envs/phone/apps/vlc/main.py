"""The VLC app: which view is in front, what is selected, what menus and dialogs do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Literal, TypeAlias

from envs.phone.app import App, Device
from envs.phone.apps.pickers import Asking, Confirm, LineOfText
from envs.phone.apps.preferences import Preferences
from envs.phone.apps.vlc import lists, onboarding
from envs.phone.apps.vlc.dialogs import AddToPlaylist, Information
from envs.phone.apps.vlc.player import Player
from envs.phone.apps.vlc.store import PACKAGE, PATH, SCHEMA, Media, Store
from envs.phone.ui import Handler, Menu, Screen

Kind: TypeAlias = Literal["folder", "playlist", "history"]
MenuItems: TypeAlias = Sequence[tuple[str, Handler]]
ONBOARDED = "app_onboarding_done"


class Vlc(App):
    package = PACKAGE
    label = "VLC"
    icon = "triangle"
    color = (255, 136, 0)
    activity = ".gui.MainActivity"

    def __init__(self, device: Device) -> None:
        super().__init__(device)
        self.store = Store(device)
        self.preferences = Preferences(device.files, PACKAGE)
        self._installed = False
        self.stop()

    def install(self) -> None:
        """A fresh phone has VLC's first questions answered; cleared of its data, the app asks them again."""
        self.device.files.database(PATH, SCHEMA)
        if not self._installed:
            self.preferences.put(ONBOARDED, True)
            self.device.files.make_dirs("/sdcard/VLCVideos")
        self._installed = True

    def start(self, extras: Mapping[str, str]) -> None:
        self.store.scan()

    def pause(self) -> None:
        """A video stops when it is left; music plays on."""
        if self.player is not None:
            self.player.leave()

    def stop(self) -> None:
        self.page = 0
        """Of the first questions."""
        self.tab = lists.VIDEO_TAB
        self.views: list[tuple[Kind, str]] = []
        """What was opened above the tab: a folder's path, a playlist's id; the last is in front."""
        self.query: str | None = None
        """Text of the search; None when it is closed."""
        self.selected: list[int] = []
        """Places in the list in front, in the order of their selection: that in which they are added to a playlist."""
        self.player: Player | None = None
        self.close()

    def close(self) -> None:
        """Close the menu and the question."""
        self.menu: MenuItems = ()
        self.asking: Asking | None = None

    def back(self) -> bool:
        if self.menu or self.asking is not None:
            self.close()
        elif not self.onboarded:
            if not self.page:
                return False
            self.page -= 1
        elif self.player is not None and self.player.shown:
            self.leave_player()
        elif self.selected:
            self.selected = []
        elif self.views:
            self.views.pop()
        elif self.query is not None:
            self.query = None
        else:
            return False
        return True

    @property
    def onboarded(self) -> bool:
        return self.preferences.flag(ONBOARDED)

    def screen(self) -> Screen:
        if not self.onboarded:
            return onboarding.page(self)
        screen = self.player.screen() if self.player is not None and self.player.shown else lists.listing(self)
        if self.asking is not None:
            screen.dialog = self.asking.dialog()
        elif self.menu:
            screen.menu = Menu([(name, partial(self._choose, do)) for name, do in self.menu], on_dismiss=self.close)
        return screen

    # Going about

    def show_tab(self, tab: int) -> None:
        self.tab, self.views, self.selected = tab, [], []

    def show(self, kind: Kind, key: str) -> None:
        self.views.append((kind, key))
        self.selected = []

    def start_search(self) -> None:
        self.query, self.selected = "", []

    def set_query(self, text: str) -> None:
        self.query, self.selected = text, []

    def open_menu(self, items: MenuItems) -> None:
        self.menu = items

    def _choose(self, do: Handler) -> None:
        self.close()
        do()

    def turn_page(self) -> None:
        self.page += 1
        if self.page == onboarding.PAGES:
            self.finish_onboarding()

    def finish_onboarding(self) -> None:
        self.page = 0
        self.preferences.put(ONBOARDED, True)
        self.store.scan()

    def refresh(self) -> None:
        self.store.scan()
        self.selected = []

    # Media

    def play(self, media: Sequence[Media], at: int = 0) -> None:
        """While some are selected a tap selects one more, or one less."""
        if self.selected:
            self.select(at)
        elif media:
            self.player = Player(self, media, at)

    def leave_player(self) -> None:
        if self.player is not None and not self.player.leave():
            self.player = None

    def select(self, at: int) -> None:
        if at in self.selected:
            self.selected.remove(at)
        else:
            self.selected.append(at)

    def select_all(self, count: int) -> None:
        self.selected += [at for at in range(count) if at not in self.selected]

    def items(self, media: Media) -> MenuItems:
        """The menu of one file."""
        return (
            ("Play", partial(self.play, [media])),
            ("Add to playlist", partial(self.ask_playlist, [media])),
            ("Information", partial(self._inform, media)),
            ("Delete", partial(self.ask_delete, [media])),
        )

    def _inform(self, media: Media) -> None:
        self.asking = Information(media, self.device.files, self.close)

    def ask_playlist(self, media: Sequence[Media]) -> None:
        self.asking = AddToPlaylist(self.store.playlists(), partial(self._add, media), self.close)

    def _add(self, media: Sequence[Media], name: str) -> None:
        """To the playlist of this name, which is made if there is none; as in VLC, case does not count."""
        same = [key for key, known in self.store.playlists().items() if known.casefold() == name.casefold()]
        self.store.append(same[0] if same else self.store.add_playlist(name), media)
        self.selected = []
        self.device.toast(f"Added to playlist {name}")

    def ask_delete(self, media: Sequence[Media]) -> None:
        def delete() -> None:
            for one in media:
                if self.device.files.is_file(one.path):
                    self.device.files.remove(one.path)
            self.refresh()

        what = media[0].file_name if len(media) == 1 else f"{len(media)} files"
        self.asking = Confirm(f"Delete {what} from the device?", delete, self.close, yes="Delete", no="Cancel")

    # Playlists

    def playlist_items(self, playlist: int) -> MenuItems:
        media = self.store.in_playlist(playlist)
        return (
            ("Play", partial(self.play, media)),
            ("Add to playlist", partial(self.ask_playlist, media)),
            ("Rename", partial(self._ask_name, playlist)),
            ("Delete", partial(self._ask_delete_playlist, playlist)),
        )

    def open_playlist_menu(self, playlist: int) -> None:
        self.open_menu(self.playlist_items(playlist))

    def remove_selected(self, playlist: int) -> None:
        self.store.remove(playlist, self.selected)
        self.selected = []

    def _ask_name(self, playlist: int) -> None:
        name = self.store.playlists().get(playlist, "")
        rename = partial(self.store.rename_playlist, playlist)
        self.asking = LineOfText("Rename playlist", "Playlist name", name, rename, self.close)

    def _ask_delete_playlist(self, playlist: int) -> None:
        def delete() -> None:
            self.store.delete_playlist(playlist)
            self.views = [view for view in self.views if view != ("playlist", str(playlist))]

        question = f"Delete playlist {self.store.playlists().get(playlist, '')}?"
        self.asking = Confirm(question, delete, self.close, yes="Delete", no="Cancel")
