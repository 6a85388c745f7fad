"""Files (com.google.android.documentsui): browse, open, select, copy, move, rename and delete what lies on /sdcard.

The file tree is the state: every screen is drawn from it, so what adb pushes shows at once. As on Google's emulator
images the app opens at Downloads, and the shared storage is reached through the roots in the drawer.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Literal

from envs.phone.app import App, Device
from envs.phone.apps.carrying import carry, make_folder, rename
from envs.phone.apps.files import screens
from envs.phone.apps.files.roots import DOWNLOADS
from envs.phone.apps.listing import FOLDERS, STORAGE, Entry, Order, arrange, entries, walk
from envs.phone.ui import Screen
from envs.phone.words import words

MOST_HITS = 40
"""Rows shown of a search or of the recent files."""
_LIKELY = {
    "Alarms": "mp3",
    "DCIM": "jpg",
    "Documents": "pdf txt docx",
    "Download": "pdf jpg zip txt csv",
    "Movies": "mp4",
    "Music": "mp3",
    "Pictures": "png jpg",
    "Podcasts": "mp3",
    "Ringtones": "ogg",
}
"""Extensions of the made-up files in each folder."""


class Files(App):
    package = "com.google.android.documentsui"
    label = "Files"
    icon = "folder"
    color = (66, 133, 244)
    activity = "com.android.documentsui.files.FilesActivity"

    def __init__(self, device: Device) -> None:
        super().__init__(device)
        self.stop()

    # State

    def stop(self) -> None:
        self.path = DOWNLOADS
        self.collection = ""
        """The root shown instead of a folder: a key of `COLLECTIONS`."""
        self.view: Literal["browse", "drawer", "search", "text"] = "browse"
        self.query = ""
        self.reading = ""
        self.order: Order = "name"
        self.transfer: Literal["", "move", "copy"] = ""
        """Set while a destination is being picked for `carried`."""
        self.carried: list[str] = []
        self.calm()

    def calm(self) -> None:
        """Close selections, menus and dialogs."""
        self.chosen: set[str] = set()
        self.close()

    def close(self) -> None:
        """Close menus and dialogs."""
        self.asking: Literal["", "delete", "rename", "folder", "sort", "info"] = ""
        self.typed = ""
        self.menu_open = False

    def install(self) -> None:
        self.stop()
        files, rng = self.device.files, self.device.random
        if all(files.is_dir(f"{STORAGE}/{name}") for name in FOLDERS):
            return
        draw = words(rng)
        for name in FOLDERS:
            files.make_dirs(f"{STORAGE}/{name}")
        for folder, extensions in _LIKELY.items():
            for _ in range(rng.randint(0, 3)):
                name = f"{draw.adjective()}_{draw.thing()}.{rng.choice(extensions.split())}"
                text = draw.paragraph(rng.randint(1, 8))
                content = text.encode() if name.endswith(("txt", "csv")) else rng.randbytes(rng.randint(200, 20_000))
                files.write(f"{STORAGE}/{folder}/{name}", content)

    def start(self, extras: Mapping[str, str]) -> None:
        """An intent with data `file:///sdcard/...` opens that folder."""
        scheme, _, path = extras.get("data", "").partition("://")
        if scheme == "file" and self.device.files.is_dir(path):
            self.go(path)

    def back(self) -> bool:
        if self.asking or self.menu_open:
            self.close()
        elif self.chosen:
            self.calm()
        elif self.view == "text":
            self.view = "search" if self.query else "browse"
        elif self.view != "browse":
            self.view, self.query = "browse", ""
        elif self.path not in (STORAGE, DOWNLOADS) and not self.collection:
            self.go(posixpath.dirname(self.path))
        elif self.transfer:
            self.end_transfer()
        else:
            return False
        return True

    # The screen

    def screen(self) -> Screen:
        self.forget_missing()
        if self.view == "drawer":
            return screens.drawer(self)
        if self.view == "text":
            return screens.reader(self)
        if self.view == "search":
            return screens.search(self)
        return screens.browse(self)

    def forget_missing(self) -> None:
        """Drop what others removed meanwhile."""
        files = self.device.files
        while not files.is_dir(self.path) and self.path != STORAGE:
            self.path = posixpath.dirname(self.path)
        self.chosen = {path for path in self.chosen if files.exists(path)}
        if self.view == "text" and not files.exists(self.reading):
            self.view = "browse"

    def rows(self) -> list[Entry]:
        """What the folder, the collection or the search holds, in order."""
        files = self.device.files
        if self.view == "search":
            needle = self.query.casefold()
            return arrange([e for e in walk(files, STORAGE) if needle in e.name.casefold()], self.order)[:MOST_HITS]
        if not self.collection:
            return entries(files, self.path, self.order)
        everything = [e for e in walk(files, STORAGE) if not e.folder]
        if self.collection == "Recent":
            return sorted(everything, key=lambda e: e.modified, reverse=True)[:MOST_HITS]
        kinds = {"Images": ("Image",), "Videos": ("Video",), "Audio": ("Audio",), "Documents": ("Document", "Text")}
        return arrange([e for e in everything if e.kind in kinds[self.collection]], self.order)

    # What taps do

    def go(self, path: str) -> None:
        self.path, self.collection, self.view, self.query = path, "", "browse", ""
        self.calm()

    def collect(self, collection: str) -> None:
        self.collection, self.view = collection, "browse"
        self.calm()

    def open(self, row: Entry) -> None:
        if row.folder:
            self.go(row.path)
        elif self.transfer:
            return
        elif row.kind == "Text":
            self.reading, self.view = row.path, "text"
        else:
            self.device.toast("No app found to open this file")

    def toggle(self, path: str) -> None:
        self.chosen ^= {path}

    def choose_all(self) -> None:
        self.chosen = {row.path for row in self.rows()}
        self.close()

    def start_search(self) -> None:
        self.view, self.query = "search", ""

    def open_drawer(self) -> None:
        self.view = "drawer"

    def open_menu(self) -> None:
        self.menu_open = True

    def set_query(self, text: str) -> None:
        self.query = text

    def set_typed(self, text: str) -> None:
        self.typed = text

    def ask(self, what: Literal["delete", "rename", "folder", "sort", "info"]) -> None:
        self.close()
        self.asking = what
        self.typed = posixpath.basename(next(iter(self.chosen))) if what == "rename" else ""

    def sort(self, order: Order) -> None:
        self.order = order
        self.close()

    def delete(self) -> None:
        for path in self.chosen:
            self.device.files.remove(path, recursive=True)
        self.calm()

    def rename(self) -> None:
        fault = rename(self.device.files, next(iter(self.chosen)), self.typed.strip())
        self.device.toast(fault) if fault else self.calm()

    def make_folder(self) -> None:
        fault = make_folder(self.device.files, self.path, self.typed.strip())
        self.device.toast(fault) if fault else self.close()

    def carry(self, how: Literal["move", "copy"]) -> None:
        self.transfer, self.carried = how, sorted(self.chosen)
        if self.collection or self.view == "search":
            self.go(STORAGE)
        self.calm()

    def end_transfer(self) -> None:
        self.transfer, self.carried = "", []

    def transfer_here(self) -> None:
        if self.transfer:
            fault = carry(self.device.files, self.transfer, self.carried, self.path)
            self.device.toast(fault) if fault else self.end_transfer()
