"""Where a new document goes, asked as Android's document picker does: a folder to walk to, a name, and Save."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from envs.phone.apps.listing import STORAGE_NAME
from envs.phone.apps.pickers.choices import Asking, LineOfText
from envs.phone.ui import Button, Handler, Icon, IconButton, Line, ListItem, Screen, Text, TextField, Widget

if TYPE_CHECKING:
    from envs.phone.files import Files

STORAGE = "/storage/emulated/0"
ROOTS = {
    "Downloads": (f"{STORAGE}/Download", "download"),
    "Documents": (f"{STORAGE}/Documents", "file-document-outline"),
    "Music": (f"{STORAGE}/Music", "music-note"),
    STORAGE_NAME: (STORAGE, "cellphone"),
}
"""What the drawer offers: name -> (folder, icon)."""


class SaveDocument:
    """A whole screen of its own. `done` is called with the path chosen, which is always free."""

    def __init__(self, files: Files, name: str, extension: str, done: Callable[[str], None], close: Handler) -> None:
        """`extension` as in ".m3u" is added where the name lacks it."""
        self.files, self.extension = files, extension
        self.name = name if name.endswith(extension) else name + extension
        self.folder = ROOTS["Downloads"][0]
        self.drawer = False
        self.asking: Asking | None = None
        self._done, self._close = done, close

    def back(self) -> None:
        if self.asking is not None:
            self.asking = None
        elif self.drawer:
            self.drawer = False
        elif self.folder.startswith(f"{STORAGE}/") and self.folder not in [path for path, _ in ROOTS.values()]:
            self.folder = self.folder.rpartition("/")[0]
        else:
            self._close()

    def screen(self) -> Screen:
        if self.drawer:
            rows = [
                ListItem(name, leading=Icon(icon), on_tap=partial(self._open, path), selected=path == self.folder)
                for name, (path, icon) in ROOTS.items()
            ]
            return Screen("Save to", rows, ".picker.PickActivity", nav="back", scroll_key="save roots")
        body = self._rows() or [Text("No items", align="center", color="on_surface_variant")]
        return Screen(
            next((name for name, (path, _) in ROOTS.items() if path == self.folder), self.folder.rpartition("/")[2]),
            body,
            ".picker.PickActivity",
            nav="menu",
            on_nav=self._open_drawer,
            actions=[IconButton("folder-plus-outline", self._ask_folder, label="New folder")],
            footer=[
                Line([
                    TextField(self.name, self._rename, hint="File name", on_submit=self.save, id="document_title"),
                    Button("Save", self.save, enabled=self._fits(self.name), id="button1"),
                ]),
            ],
            dialog=self.asking.dialog() if self.asking is not None else None,
            scroll_key=f"save {self.folder}",
        )  # fmt: skip

    def _rows(self) -> list[Widget]:
        """Folders to open, then files, which only show what is there."""
        if not self.files.is_dir(self.folder):
            return []
        names = [name for name in self.files.list(self.folder) if not name.startswith(".")]
        folders = [name for name in names if self.files.is_dir(f"{self.folder}/{name}")]
        rows: list[Widget] = [
            ListItem(name, leading=Icon("folder"), on_tap=partial(self._open, f"{self.folder}/{name}"))
            for name in folders
        ]
        others = [name for name in names if name not in folders]
        return rows + [ListItem(name, leading=Icon("file-outline"), enabled=False) for name in others]

    # What taps do

    def save(self) -> None:
        name = self.name.strip()
        if not self._fits(name):
            return
        stem = name.removesuffix(self.extension)
        path, number = f"{self.folder}/{stem}{self.extension}", 0
        while self.files.exists(path):
            number += 1
            path = f"{self.folder}/{stem} ({number}){self.extension}"
        self._close()
        self._done(path)

    def _fits(self, name: str) -> bool:
        return bool(name.strip()) and "/" not in name and "\0" not in name and len(name.encode()) < 200

    def _rename(self, name: str) -> None:
        self.name = name

    def _open(self, folder: str) -> None:
        self.drawer, self.folder = False, folder

    def _open_drawer(self) -> None:
        self.drawer = True

    def _ask_folder(self) -> None:
        self.asking = LineOfText("New folder", "Folder name", "", self._add_folder, self._answered, fits=self._fits)

    def _answered(self) -> None:
        self.asking = None

    def _add_folder(self, name: str) -> None:
        path = f"{self.folder}/{name}"
        if not self.files.exists(path):
            self.files.make_dirs(path)
        if self.files.is_dir(path):
            self.folder = path
