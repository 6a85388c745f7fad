"""Editing the focused text field: insert, delete, move the caret, select, and the clipboard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from envs.phone.layout import Editing, FieldPlace
from envs.phone.ui import TextField


@dataclass(slots=True)
class Editor:
    """Works on `editing` and the field it names; the text itself stays with the app that owns the field."""

    editing: Editing
    fields: Callable[[], dict[str, FieldPlace]]
    """The text fields of the current frame."""
    changed: Callable[[], None]
    """Called after an app's handler ran: the frame, and with it every field, must be built anew."""
    clipboard: str = ""

    @property
    def field(self) -> TextField | None:
        """The focused field, if it can be edited."""
        place = self.fields().get(self.editing.id) if self.editing.id else None
        return place.widget if place is not None and place.widget.enabled else None

    def focus(self, field: TextField, caret: int | None = None) -> None:
        """Give `field` the keyboard, caret at the end unless said."""
        at = len(field.value) if caret is None else min(caret, len(field.value))
        self.editing.id, self.editing.caret, self.editing.anchor = field.id, at, at
        self.editing.keyboard, self.editing.toolbar = True, False

    def blur(self) -> None:
        self.editing.id, self.editing.keyboard, self.editing.toolbar = "", False, False

    def put(self, caret: int, anchor: int | None = None) -> None:
        """Move the caret; with `anchor`, select from there."""
        field = self.field
        size = len(field.value) if field else 0
        self.editing.caret = min(max(0, caret), size)
        self.editing.anchor = self.editing.caret if anchor is None else min(max(0, anchor), size)
        self.editing.toolbar = False

    def replace(self, start: int, end: int, text: str) -> None:
        """Put `text` in place of a span; the app may accept, alter or refuse the change."""
        field = self.field
        if field is None:
            return
        start, end = max(0, start), min(len(field.value), end)
        value = field.value[:start] + text + field.value[end:]
        if field.on_change is not None and value != field.value:
            field.on_change(value)
            self.changed()
        self.put(start + len(text) if field.on_change is not None else start)

    def insert(self, text: str) -> None:
        """Type over the selection, or at the caret. A newline is Enter, the fields' own rule."""
        for n, part in enumerate(text.split("\n")):
            if n:
                self.enter()
            if part:
                self.replace(*self.editing.selection, part)

    def delete(self, step: int) -> None:
        """Delete the selection, or one character before (-1) or after (1) the caret."""
        start, end = self.editing.selection
        if start == end:
            start, end = min(start, start + step), max(end, end + step)
        if start < 0 and end <= 0:
            return
        self.replace(start, end, "")

    def enter(self) -> None:
        """A new line in a multiline field; else submit, or on to the next field, or put the keyboard away."""
        field = self.field
        if field is None:
            return
        if field.multiline:
            self.replace(*self.editing.selection, "\n")
        elif field.on_submit is not None:
            field.on_submit()
            self.changed()
        elif not self.next_field():
            self.editing.keyboard = False

    def next_field(self) -> bool:
        """Focus the field after this one; False at the last."""
        places = [place.widget for place in self.fields().values() if place.widget.enabled]
        ids = [widget.id for widget in places]
        at = ids.index(self.editing.id) + 1 if self.editing.id in ids else 0
        if at >= len(places):
            return False
        self.focus(places[at])
        return True

    def move(self, key: str) -> None:
        """Arrow, home and end keys. Up and down go to the paragraph's edges, which is enough without a layout here."""
        field, at = self.field, self.editing.caret
        if field is None:
            return
        value = field.value
        targets = {
            "DPAD_LEFT": at - 1,
            "DPAD_RIGHT": at + 1,
            "DPAD_UP": value.rfind("\n", 0, at),
            "DPAD_DOWN": (value + "\n").find("\n", at) + 1,
            "MOVE_HOME": value.rfind("\n", 0, at) + 1,
            "MOVE_END": (value + "\n").find("\n", at),
        }
        self.put(targets[key])

    def select_all(self) -> None:
        field = self.field
        if field is not None:
            self.put(len(field.value), 0)
            self.editing.toolbar = bool(field.value)

    def select_word(self, at: int) -> None:
        """Select the word at a position and offer the toolbar; on blank ground only the toolbar."""
        field = self.field
        if field is None:
            return
        start = end = min(at, len(field.value))
        while start > 0 and field.value[start - 1].isalnum():
            start -= 1
        while end < len(field.value) and field.value[end].isalnum():
            end += 1
        self.put(end, start)
        self.editing.toolbar = True

    def copy(self) -> None:
        field, (start, end) = self.field, self.editing.selection
        if field is not None and start < end and not field.password:
            self.clipboard = field.value[start:end]
            self.editing.toolbar = False

    def cut(self) -> None:
        field, (start, end) = self.field, self.editing.selection
        if field is not None and start < end and not field.password:
            self.copy()
            self.replace(start, end, "")

    def paste(self) -> None:
        if self.field is not None and self.clipboard:
            text = self.clipboard if self.field.multiline else self.clipboard.replace("\n", " ")
            self.replace(*self.editing.selection, text)

    def actions(self) -> list[tuple[str, Callable[[], None]]]:
        """What the floating toolbar offers now."""
        field, (start, end) = self.field, self.editing.selection
        offered: list[tuple[str, Callable[[], None]]] = []
        if field is not None and start < end and not field.password:
            offered += [("Cut", self.cut), ("Copy", self.copy)]
        if self.clipboard:
            offered.append(("Paste", self.paste))
        if field is not None and field.value and end - start < len(field.value):
            offered.append(("Select all", self.select_all))
        return offered
