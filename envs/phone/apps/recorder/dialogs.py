"""What Audio Recorder asks and tells: the name of a record, and what there is to know of one."""

from __future__ import annotations

from collections.abc import Callable

from envs.phone.apps.listing import size_text
from envs.phone.apps.recorder.records import Record, clock_text
from envs.phone.ui import Button, Dialog, Handler, Text, TextField, Widget


class NewName:
    """A name without its extension. `done` closes this itself where the name can be given."""

    def __init__(self, title: str, name: str, done: Callable[[str], None], close: Handler) -> None:
        self.title, self.name = title, name
        self._done, self._close = done, close

    def dialog(self) -> Dialog:
        field = TextField(self.name, self._type, hint="Name", on_submit=self._save, autofocus=True, id="input_name")
        buttons = [
            Button("Cancel", self._close, id="dialog_negative_btn"),
            Button("Save", self._save, enabled=bool(self.name.strip()), id="dialog_positive_btn"),
        ]
        return Dialog(self.title, [field], buttons, on_dismiss=self._close)

    def _type(self, text: str) -> None:
        self.name = text

    def _save(self) -> None:
        if self.name.strip():
            self._done(self.name.strip())


class Information:
    def __init__(self, record: Record, close: Handler) -> None:
        self._record, self._close = record, close

    def dialog(self) -> Dialog:
        record = self._record
        when = record.entry.modified
        facts = {
            "Record name": record.name,
            "Format": record.format,
            "Duration": clock_text(record.seconds),
            "Size": size_text(record.entry.size),
            "Sample rate": f"{record.rate / 1000:g} kHz",
            "Channels": "Mono",
            "Created": f"{when:%d/%m/%Y, %H:%M}",
        }
        body: list[Widget] = []
        for name, value in facts.items():
            body += [Text(name, style="caption", color="on_surface_variant"), Text(value)]
        return Dialog("Information", body, [Button("OK", self._close)], on_dismiss=self._close)
