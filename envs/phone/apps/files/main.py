"""Files (com.google.android.documentsui): browse, open, select, copy, move, rename and delete what lies on /sdcard.

The file tree is the state: every screen is drawn from it, so what adb pushes shows at once. As on Google's emulator
images the app opens at Downloads, and the shared storage is reached through the roots in the drawer.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from functools import partial
from typing import Literal
from urllib.parse import quote

from envs.phone.app import App, Device
from envs.phone.apps.file_work import FileWork
from envs.phone.apps.files import screens
from envs.phone.apps.files.roots import DOWNLOADS
from envs.phone.apps.listing import FOLDERS, STORAGE, Entry, arrange, entries, walk
from envs.phone.apps.pickers.choices import Choice
from envs.phone.ui import Screen
from envs.phone.words import words

MOST_HITS = 40
"""Rows shown of a search or of the recent files."""
BROWSER = "com.android.chrome"
PAGES = (".html", ".htm", ".xhtml")
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
        self.opening: Choice[str] | None = None
        """The question which app is to show a file."""
        self.work = FileWork(self.device, lambda: self.path)

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
        if self.opening is not None:
            self.opening = None
        elif self.work.asking or self.work.menu_open:
            self.work.close()
        elif self.work.chosen:
            self.work.calm()
        elif self.view == "text":
            self.view = "search" if self.query else "browse"
        elif self.view != "browse":
            self.view, self.query = "browse", ""
        elif self.path not in (STORAGE, DOWNLOADS) and not self.collection:
            self.go(posixpath.dirname(self.path))
        elif self.work.transfer:
            self.work.end_transfer()
        else:
            return False
        return True

    # The screen

    def screen(self) -> Screen:
        self.forget_missing()
        screen = self._screen()
        if self.opening is not None:
            screen.dialog = self.opening.dialog()
        return screen

    def _screen(self) -> Screen:
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
        self.work.forget_missing()
        if self.view == "text" and not files.exists(self.reading):
            self.view = "browse"

    def rows(self) -> list[Entry]:
        """What the folder, the collection or the search holds, in order."""
        files = self.device.files
        if self.view == "search":
            needle = self.query.casefold()
            hits = [e for e in walk(files, STORAGE) if needle in e.name.casefold()]
            return arrange(hits, self.work.order)[:MOST_HITS]
        if not self.collection:
            return entries(files, self.path, self.work.order)
        everything = [e for e in walk(files, STORAGE) if not e.folder]
        if self.collection == "Recent":
            return sorted(everything, key=lambda e: e.modified, reverse=True)[:MOST_HITS]
        kinds = {"Images": ("Image",), "Videos": ("Video",), "Audio": ("Audio",), "Documents": ("Document", "Text")}
        return arrange([e for e in everything if e.kind in kinds[self.collection]], self.work.order)

    # What taps do

    def go(self, path: str) -> None:
        self.path, self.collection, self.view, self.query = path, "", "browse", ""
        self.work.calm()

    def collect(self, collection: str) -> None:
        self.collection, self.view = collection, "browse"
        self.work.calm()

    def open(self, row: Entry) -> None:
        if row.folder:
            self.go(row.path)
        elif self.work.transfer:
            return
        elif row.name.lower().endswith(PAGES) and self.browser is not None:
            self.opening = Choice(
                "Open with",
                [(self.browser.label, self.browser.package), ("HTML Viewer", "")],
                self.browser.package,
                partial(self.open_with, row),
                self.close_choice,
                confirm="Just once",
            )
        elif row.kind == "Text":
            self.reading, self.view = row.path, "text"
        else:
            self.device.toast("No app found to open this file")

    @property
    def browser(self) -> App | None:
        try:
            return self.device.app(BROWSER)
        except KeyError:
            return None

    def open_with(self, row: Entry, package: str) -> None:
        """Show a file in another app, or here for no package."""
        if package:
            self.device.start(package, {"action": "android.intent.action.VIEW", "data": f"file://{quote(row.path)}"})
        else:
            self.reading, self.view = row.path, "text"

    def close_choice(self) -> None:
        self.opening = None

    def choose_all(self) -> None:
        self.work.choose(row.path for row in self.rows())

    def start_search(self) -> None:
        self.view, self.query = "search", ""

    def open_drawer(self) -> None:
        self.view = "drawer"

    def set_query(self, text: str) -> None:
        self.query = text

    def carry(self, how: Literal["move", "copy"]) -> None:
        """Pick a destination, in a folder even if the files were found elsewhere."""
        self.work.carry(how)
        if self.collection or self.view == "search":
            self.go(STORAGE)
