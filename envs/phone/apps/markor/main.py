"""Markor (net.gsantner.markor): notes as plain files under /sdcard/Documents/Markor, an editor and a Markdown view.

The folder is the state. The editor's text reaches the file by the save button and, as in the real app, by itself
whenever the editor is left.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from envs.phone.app import App, Device
from envs.phone.apps.carrying import free_path, make_file
from envs.phone.apps.file_work import FileWork
from envs.phone.apps.listing import STORAGE, Entry
from envs.phone.apps.markor import screens
from envs.phone.apps.markor.notebook import EDITED, NOTEBOOK, made_up_note
from envs.phone.ui import Screen
from envs.phone.words import words


class Markor(App):
    package = "net.gsantner.markor"
    label = "Markor"
    icon = "notebook"
    color = (194, 65, 65)
    activity = "net.gsantner.markor.activity.MainActivity"

    def __init__(self, device: Device) -> None:
        super().__init__(device)
        self.stop()

    # State

    def stop(self) -> None:
        self.tab = 0
        self.folder = NOTEBOOK
        self.document = ""
        """The file in the editor; "" on the file list."""
        self.text = ""
        self.viewing = False
        self.searching = False
        self.query = ""
        self.extension = ".md"
        """Of the file being made."""
        self.work = FileWork(self.device, lambda: self.folder)

    def install(self) -> None:
        self.stop()
        files, rng = self.device.files, self.device.random
        if files.is_dir(NOTEBOOK):
            return
        files.make_dirs(NOTEBOOK)
        draw = words(rng)
        for _ in range(rng.randint(2, 4)):
            name, text = made_up_note(draw)
            files.write(free_path(files, NOTEBOOK, name), text.encode())

    def start(self, extras: Mapping[str, str]) -> None:
        """An intent with data `file:///sdcard/...` opens that file in the editor."""
        scheme, _, path = extras.get("data", "").partition("://")
        if scheme == "file" and self.device.files.exists(path) and not self.device.files.is_dir(path):
            self.save()
            self.edit(path)

    def pause(self) -> None:
        self.save()

    def save(self) -> None:
        """Write the editor's text to its file if it differs."""
        if not self.document:
            return
        files, data = self.device.files, self.text.encode()
        old = files.read(self.document) if files.exists(self.document) else b""
        if data != old:
            files.write(self.document, data)

    def back(self) -> bool:
        if self.work.asking or self.work.menu_open:
            self.work.close()
        elif self.work.chosen:
            self.work.calm()
        elif self.document and self.tab == 0:
            self.save()
            self.document, self.viewing = "", False
        elif self.tab:
            self.select_tab(0)
        elif self.searching:
            self.searching, self.query = False, ""
        elif self.work.transfer and self.folder == NOTEBOOK:
            self.work.end_transfer()
        elif self.folder not in (NOTEBOOK, STORAGE):
            self.folder = posixpath.dirname(self.folder)
        elif self.folder == STORAGE:
            self.folder = NOTEBOOK
        else:
            return False
        return True

    # The screen

    def screen(self) -> Screen:
        files = self.device.files
        while not files.is_dir(self.folder) and self.folder != STORAGE:
            self.folder = posixpath.dirname(self.folder)
        self.work.forget_missing()
        if self.document:
            return screens.document_page(self)
        if self.tab == 3:
            return screens.more_page(self)
        if self.searching:
            return screens.search(self)
        return screens.file_list(self)

    # What taps do

    def select_tab(self, tab: int) -> None:
        self.save()
        self.work.calm()
        self.tab, self.document, self.viewing, self.searching, self.query = tab, "", False, False, ""
        if tab in EDITED:
            self.edit(EDITED[tab])
            self.tab = tab

    def go(self, folder: str) -> None:
        self.folder = folder
        self.work.calm()

    def open(self, row: Entry) -> None:
        if row.folder:
            self.go(row.path)
        elif self.work.transfer:
            return
        elif row.kind in ("Text", "File"):
            self.edit(row.path)
        else:
            self.device.toast("No app found to open this file")

    def edit(self, path: str) -> None:
        self.tab, self.document, self.text, self.viewing = 0, path, self.read(path), False
        self.work.calm()

    def read(self, path: str) -> str:
        files = self.device.files
        return files.read_text(path) if files.exists(path) else ""

    def toggle_view(self) -> None:
        self.save()
        self.viewing = not self.viewing

    def save_and_tell(self) -> None:
        self.save()
        self.device.toast("Saved")

    def start_search(self) -> None:
        self.searching, self.query = True, ""

    def set_query(self, text: str) -> None:
        self.query = text

    def set_text(self, text: str) -> None:
        self.text = text

    def set_extension(self, text: str) -> None:
        self.extension = text

    def ask_new(self) -> None:
        self.extension = ".md"
        self.work.ask("new")

    def make_file(self) -> None:
        """Create the file and open it. A name that already ends in the extension keeps it once."""
        name, extension = self.work.typed.strip(), self.extension.strip()
        if name and not name.endswith(extension):
            name += extension
        fault = make_file(self.device.files, self.folder, name)
        self.device.toast(fault) if fault else self.edit(posixpath.join(self.folder, name))
