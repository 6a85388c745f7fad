"""The dialog with which an app asks for a folder of the shared storage."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from functools import partial

from envs.phone.apps.listing import STORAGE, STORAGE_NAME, entries
from envs.phone.files import Files
from envs.phone.ui import Button, Dialog, Handler, Icon, ListItem, Text, Widget


class FolderPicker:
    """Taps go down into folders and up again, OK takes the one that is open."""

    def __init__(self, files: Files, folder: str, done: Callable[[str], None], close: Handler) -> None:
        """`folder` is open at first; one that is gone, or outside the shared storage, is the storage itself."""
        self._files, self._done, self._close = files, done, close
        self.folder = folder

    def dialog(self) -> Dialog:
        here = self._here()
        rows: list[Widget] = [Text(path_text(here), style="label", color="primary", id="breadcrumbs")]
        if here != STORAGE:
            rows.append(
                ListItem("..", leading=Icon("arrow-up"), on_tap=partial(self.go, posixpath.dirname(here)), id="go_up")
            )
        rows += [
            ListItem(e.name, leading=Icon("folder", color="primary"), on_tap=partial(self.go, e.path))
            for e in entries(self._files, here)
            if e.folder
        ]
        buttons = [Button("Cancel", self._close, id="button2"), Button("OK", self.confirm, id="button1")]
        return Dialog("Select a folder", rows, buttons, on_dismiss=self._close)

    def go(self, folder: str) -> None:
        self.folder = folder

    def confirm(self) -> None:
        here = self._here()
        self._close()
        self._done(here)

    def _here(self) -> str:
        """The open folder, or the nearest above it that is still there."""
        here = self.folder
        while here != STORAGE and (not here.startswith(f"{STORAGE}/") or not self._files.is_dir(here)):
            here = posixpath.dirname(here) if here.startswith(f"{STORAGE}/") else STORAGE
        return here


def path_text(folder: str) -> str:
    """A folder of the shared storage as a person reads it: "sdk_gphone_x86_64 › DCIM › Camera"."""
    below = folder.removeprefix(STORAGE).strip("/")
    return " › ".join([STORAGE_NAME, *(below.split("/") if below else [])])
