"""What a person is doing with the files of a list: selecting, sorting, renaming, deleting, carrying them elsewhere.

The state and the acts that every app with a file list has in common; what they look like is the app's.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable
from functools import partial
from typing import Literal, TypeAlias

from envs.phone.app import Device
from envs.phone.apps import carrying
from envs.phone.apps.listing import ORDERS, Order
from envs.phone.ui import Button, Dialog, ListItem, Radio, Widget

Question: TypeAlias = Literal["", "new", "folder", "delete", "rename", "sort", "info"]


class FileWork:
    """`folder` tells which folder the list shows, where new folders and carried files go."""

    def __init__(self, device: Device, folder: Callable[[], str]) -> None:
        self._device, self._folder = device, folder
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
        self.asking: Question = ""
        self.typed = ""
        self.menu_open = False

    def open_menu(self) -> None:
        self.menu_open = True

    def ask(self, what: Question) -> None:
        self.close()
        self.asking = what
        self.typed = posixpath.basename(self.one) if what == "rename" else ""

    def set_typed(self, text: str) -> None:
        self.typed = text

    # Selecting.

    @property
    def one(self) -> str:
        """A chosen path, the only one if there is one only."""
        return next(iter(self.chosen))

    def toggle(self, path: str) -> None:
        self.chosen ^= {path}

    def choose(self, paths: Iterable[str]) -> None:
        self.chosen = set(paths)
        self.close()

    def forget_missing(self) -> None:
        """Drop from the selection what others removed meanwhile, and a question about nothing with it."""
        self.chosen = {path for path in self.chosen if self._device.files.exists(path)}
        if not self.chosen and self.asking in ("delete", "rename", "info"):
            self.close()

    # Acting.

    def sort(self, order: Order) -> None:
        self.order = order
        self.close()

    def delete(self) -> None:
        for path in self.chosen:
            self._device.files.remove(path, recursive=True)
        self.calm()

    def rename(self) -> None:
        self._tell(carrying.rename(self._device.files, self.one, self.typed.strip()), self.calm)

    def make_folder(self) -> None:
        self._tell(carrying.make_folder(self._device.files, self._folder(), self.typed.strip()), self.close)

    def carry(self, how: Literal["move", "copy"]) -> None:
        """Go and pick a destination for what is chosen."""
        self.transfer, self.carried = how, sorted(self.chosen)
        self.calm()

    def end_transfer(self) -> None:
        self.transfer, self.carried = "", []

    def transfer_here(self) -> None:
        if self.transfer:
            fault = carrying.carry(self._device.files, self.transfer, self.carried, self._folder())
            self._tell(fault, self.end_transfer)

    def _tell(self, fault: str, done: Callable[[], None]) -> None:
        self._device.toast(fault) if fault else done()


def cancel_button(work: FileWork) -> Button:
    return Button("Cancel", work.close, kind="text", id="button2")


def sort_dialog(work: FileWork) -> Dialog:
    radios: list[Widget] = [
        ListItem(text, leading=Radio(work.order == order), on_tap=partial(work.sort, order))
        for order, text in ORDERS.items()
    ]
    return Dialog("Sort by", radios, [cancel_button(work)], on_dismiss=work.close)
