"""The dialog that asks under which name and in which format a drawing is saved."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from envs.phone.ui import Button, Dialog, Handler, ListItem, Radio, Text, TextField, Widget

FORMATS = ("png", "svg", "jpg")


class SaveImage:
    def __init__(self, name: str, extension: str, done: Callable[[str, str], None], close: Handler) -> None:
        """`done` is called with the name, which has no extension, and the extension, one of `FORMATS`."""
        self.name = name
        self.extension = extension if extension in FORMATS else FORMATS[0]
        self._done, self._close = done, close

    def dialog(self) -> Dialog:
        field = TextField(self.name, self._type, hint="Filename", on_submit=self.confirm, id="filename_value")
        body: list[Widget] = [
            field,
            Text("Extension", style="label", color="primary"),
        ]
        body += [
            ListItem(f".{extension}", leading=Radio(extension == self.extension, partial(self._choose, extension)))
            for extension in FORMATS
        ]
        fits = self._fits()
        buttons = [Button("Cancel", self._close, id="button2"), Button("OK", self.confirm, enabled=fits, id="button1")]
        return Dialog("Save as", body, buttons, on_dismiss=self._close)

    def confirm(self) -> None:
        if self._fits():
            self._done(self.name.strip(), self.extension)

    def _fits(self) -> bool:
        name = self.name.strip()
        return bool(name) and "/" not in name and "\0" not in name and len(name.encode()) < 190

    def _type(self, text: str) -> None:
        self.name = text

    def _choose(self, extension: str) -> None:
        self.extension = extension
