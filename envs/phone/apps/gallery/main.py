"""Simple Gallery Pro (com.simplemobiletools.gallery.pro): folders of pictures, their grid, and the viewer.

What it shows is what lies in the shared storage at that moment; it keeps only its preferences. A double tap in the
viewer zooms there, a finger that moves turns to the next picture or, once zoomed, moves this one.
"""

from __future__ import annotations

import datetime as dt
import posixpath
from collections.abc import Callable, Mapping
from functools import partial
from typing import Literal

from envs.phone.app import App, Device
from envs.phone.apps import carrying
from envs.phone.apps.gallery import screens
from envs.phone.apps.gallery.destination import Destination
from envs.phone.apps.gallery.media import Album, albums
from envs.phone.apps.listing import ORDERS, STORAGE, Entry, Order
from envs.phone.apps.pickers import Asking, Choice, Confirm, FolderPicker, LineOfText
from envs.phone.apps.preferences import Preferences
from envs.phone.ui import Screen

ZOOM = 2.5
"""How much a double tap enlarges."""
TURN = 0.15
"""Share of the screen's width from which on a finger turns to the next picture."""


class Gallery(App):
    package = "com.simplemobiletools.gallery.pro"
    label = "Simple Gallery Pro"
    icon = "image"
    color = (255, 152, 0)
    activity = ".activities.MainActivity"

    def __init__(self, device: Device) -> None:
        super().__init__(device)
        self.preferences = Preferences(device.files, self.package)
        self.stop()

    # State

    def install(self) -> None:
        self.stop()

    def stop(self) -> None:
        self.folder = ""
        """Path of the open folder."""
        self.viewing = ""
        """Path of the picture in the viewer."""
        self.query: str | None = None
        """Text of the search; None while it is closed."""
        self.chosen: set[str] = set()
        self.asking: Asking | None = None
        self.menu_open = False
        self._calm_viewer()

    def _calm_viewer(self) -> None:
        self.zoom, self.centre = 1.0, (0.5, 0.5)
        self.bare = False
        """The viewer shows nothing but the picture."""
        self._touched: dt.datetime | None = None

    def start(self, extras: Mapping[str, str]) -> None:
        """An intent with data `file:///sdcard/...` shows that picture."""
        scheme, _, path = extras.get("data", "").partition("://")
        if scheme == "file" and self.device.files.is_file(path):
            self.stop()
            self.folder = posixpath.dirname(path)
            self.view(path)

    def back(self) -> bool:
        if self.asking is not None or self.menu_open:
            self.close()
        elif self.viewing:
            self.close_viewer()
        elif self.chosen:
            self.chosen = set()
        elif self.query is not None:
            self.query = None
        elif self.folder:
            self.folder = ""
        else:
            return False
        return True

    @property
    def order(self) -> Order:
        kept = self.preferences.text("sort_order")
        return next((order for order in ORDERS if order == kept), "newest")

    @property
    def names_shown(self) -> bool:
        """File names stand below the pictures of a folder."""
        return self.preferences.flag("display_file_names")

    def favourites(self) -> list[str]:
        return [path for path in self.preferences.text("favorites").split("\n") if path]

    def albums(self) -> list[Album]:
        return albums(self.device.files, self.order)

    def items(self) -> list[Entry]:
        """What the open folder holds, or what the search finds."""
        shown = [row for album in self.albums() if album.path == (self.folder or album.path) for row in album.items]
        return [row for row in shown if self.query is None or self.query.casefold() in row.name.casefold()]

    def targets(self) -> list[str]:
        """What an act is about: the picture in the viewer, else what is chosen."""
        return [self.viewing] if self.viewing else sorted(self.chosen)

    # The screen

    def screen(self) -> Screen:
        self._forget_missing()
        if self.viewing:
            return screens.viewer(self)
        return screens.pictures(self) if self.folder or self.query else screens.folders(self)

    def _forget_missing(self) -> None:
        """Drop what others removed meanwhile; a folder without media is no folder here."""
        files = self.device.files
        if self.viewing and not files.is_file(self.viewing):
            self.close_viewer()
            self.asking = None
        if self.chosen:
            self.chosen = {path for path in self.chosen if files.is_file(path)}
            self.asking = self.asking if self.chosen else None
        if self.folder and not self.viewing and not any(album.path == self.folder for album in self.albums()):
            self.folder = ""

    # What taps do

    def close(self) -> None:
        self.asking, self.menu_open = None, False

    def open_menu(self) -> None:
        self.menu_open = True

    def open(self, album: Album) -> None:
        self.folder = album.path

    def start_search(self) -> None:
        self.query = ""

    def search(self, text: str) -> None:
        self.query = text

    def toggle(self, path: str) -> None:
        self.chosen ^= {path}

    def choose_all(self) -> None:
        self.chosen = {row.path for row in self.items()}
        self.close()

    def let_go(self) -> None:
        self.chosen = set()

    def toggle_names(self) -> None:
        self.preferences.put("display_file_names", not self.names_shown)
        self.close()

    def ask_order(self) -> None:
        choices = [(text, order) for order, text in ORDERS.items()]
        self._ask(Choice("Sort by", choices, self.order, partial(self.preferences.put, "sort_order"), self.close))

    # The viewer

    def view(self, path: str) -> None:
        self._calm_viewer()
        self.viewing = path

    def close_viewer(self) -> None:
        self._calm_viewer()
        self.viewing = ""

    def touch(self, x: float, y: float) -> None:
        """The first tap hides or shows the bars; a second one at the same moment zooms in on its place, or out."""
        now = self.device.now()
        double, self._touched = self._touched == now, now
        self.bare = not self.bare
        if double:
            self.zoom, self.centre = (1.0, (0.5, 0.5)) if self.zoom > 1 else (ZOOM, (x, y))
            self._stay_inside()

    def swipe(self, dx: float, dy: float) -> None:
        if self.zoom > 1:
            self.centre = self.centre[0] - dx / self.zoom, self.centre[1] - dy / self.zoom
            self._stay_inside()
        elif abs(dx) > max(TURN, abs(dy)):
            self._turn(1 if dx < 0 else -1)

    def _stay_inside(self) -> None:
        edge = 0.5 / self.zoom
        x, y = (min(1 - edge, max(edge, place)) for place in self.centre)
        self.centre = x, y

    def _turn(self, step: int) -> None:
        paths, bare = [row.path for row in self.items()], self.bare
        at = paths.index(self.viewing) + step if self.viewing in paths else -1
        if 0 <= at < len(paths):
            self.view(paths[at])
            self.bare = bare

    def toggle_favourite(self) -> None:
        marked = self.favourites()
        kept = [path for path in marked if path != self.viewing] if self.viewing in marked else [*marked, self.viewing]
        self.preferences.put("favorites", "\n".join(kept))

    # What is done to files

    def _ask(self, question: Asking) -> None:
        self.close()
        self.asking = question

    def ask_destination(self, how: Literal["copy", "move"]) -> None:
        done = partial(self._carry, how)
        other = partial(self._browse, done)
        self._ask(Destination(self.device.files, how, self.albums(), done, other, self.close))

    def _browse(self, done: Callable[[str], None]) -> None:
        self._ask(FolderPicker(self.device.files, self.folder or STORAGE, done, self.close))

    def _carry(self, how: Literal["copy", "move"], folder: str) -> None:
        fault = carrying.carry(self.device.files, how, self.targets(), folder)
        self.device.toast(fault or f"Files {'copied' if how == 'copy' else 'moved'} successfully")
        self.chosen = set()

    def ask_rename(self) -> None:
        [path] = self.targets()
        stem, extension = posixpath.splitext(posixpath.basename(path))
        self._ask(LineOfText("Rename", "Name", stem, partial(self._rename, path, extension), self.close))

    def _rename(self, path: str, extension: str, stem: str) -> None:
        name = stem + extension
        fault = carrying.rename(self.device.files, path, name)
        if fault:
            self.device.toast(fault)
        elif self.viewing:
            self.view(posixpath.join(posixpath.dirname(path), name))
        self.chosen = set()

    def ask_delete(self) -> None:
        paths = self.targets()
        what = f'"{posixpath.basename(paths[0])}"' if len(paths) == 1 else f"{len(paths)} items"
        self._ask(Confirm(f"Are you sure you want to delete {what}?", partial(self._delete, paths), self.close))

    def _delete(self, paths: list[str]) -> None:
        for path in paths:
            self.device.files.remove(path)
        self.chosen = set()

    def ask_properties(self) -> None:
        self._ask(screens.Properties(self.device.files, self.targets(), self.close))
