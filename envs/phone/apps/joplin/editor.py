"""One note: read as rendered Markdown, written in two fields, and what its menu does to it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Literal

from envs.phone.apps.epoch import from_ms
from envs.phone.apps.joplin.store import Note
from envs.phone.apps.markor.markdown import render
from envs.phone.apps.pickers import Confirm
from envs.phone.ui import (
    Button,
    Checkbox,
    Dialog,
    Divider,
    Fab,
    Handler,
    IconButton,
    ListItem,
    Menu,
    Screen,
    Spacer,
    Text,
    TextField,
    Widget,
)

if TYPE_CHECKING:
    from envs.phone.apps.joplin.main import Joplin


class Editor:
    """The note in front; `app.editor` while it is open."""

    def __init__(self, app: Joplin, note: Note, *, editing: bool) -> None:
        self.app = app
        self.stored, self.note = note, note
        self.editing = editing

    def screen(self) -> Screen:
        return self._form() if self.editing else self._view()

    def _view(self) -> Screen:
        note = self.note
        heading: Widget
        if note.is_todo:
            heading = ListItem(note.shown_title, leading=Checkbox(bool(note.completed_ms), self.complete), id="title")
        else:
            heading = Text(note.shown_title, style="headline", id="title")
        return Screen(
            self.app.store.folders().get(note.folder, ""),
            [heading, Divider(), Spacer(8), *render(note.body)],
            nav="back",
            actions=[IconButton("dots-vertical", self.app.open_menu, label="More options")],
            fab=Fab("pencil", self.edit, label="Edit", id="edit"),
            menu=self._menu() if self.app.menu_open else None,
            dialog=self._dialog(),
            scroll_key=f"view/{note.id}",
        )

    def _form(self) -> Screen:
        note, new = self.note, not self.note.id
        kind = "to-do" if note.is_todo else "note"
        body: list[Widget] = []
        if note.is_todo:
            body.append(ListItem("Completed", leading=Checkbox(bool(note.completed_ms), self.complete)))
        body += [
            TextField(note.title, partial(self.set_text, "title"), hint="Title", autofocus=new, id="title"),
            TextField(
                note.body, partial(self.set_text, "body"), hint="Add body", multiline=True, id="body", autofocus=not new
            ),
        ]
        return Screen(
            f"New {kind}" if new else "Edit note",
            body,
            nav="back",
            actions=[IconButton("check", self.save, label="Save changes", id="save")],
            scroll_key=f"edit/{note.id}",
        )

    def _menu(self) -> Menu:
        convert = "Convert to note" if self.note.is_todo else "Convert to to-do"
        items: list[tuple[str, Handler]] = [
            (convert, self.convert),
            ("Move to notebook…", self.ask_move),
            ("Properties", partial(self.app.open_sheet, "properties")),
            ("Delete", self.ask_delete),
        ]
        return Menu(items, on_dismiss=self.app.close)

    def _dialog(self) -> Dialog | None:
        app, note = self.app, self.note
        if app.asking is not None:
            return app.asking.dialog()
        if app.sheet != "properties":
            return None
        times = (("Created", note.created_ms), ("Updated", note.updated_ms), ("Completed", note.completed_ms))
        facts = [Text(f"{name}: {from_ms(stamp):%d/%m/%Y %H:%M}") for name, stamp in times if stamp]
        return Dialog("Properties", facts, [Button("Close", app.close)], on_dismiss=app.close)

    # What taps do

    def back(self) -> None:
        """From the form to the note, from there to the list. What was written is kept."""
        if self.editing:
            self.save()
        else:
            self.app.editor = None

    def edit(self) -> None:
        self.editing = True

    def keep(self) -> None:
        """Store what was changed; a new note that says nothing is none."""
        note = self.note
        if note == self.stored or not (note.id or note.title.strip() or note.body.strip()):
            return
        key = self.app.store.save(replace(note, title=note.title.strip()))
        self.note = self.stored = self.app.store.note(key) or note

    def save(self) -> None:
        self.keep()
        self.editing = False
        if not self.note.id:
            self.app.editor = None

    def complete(self, done: bool) -> None:
        self._change(replace(self.note, completed_ms=self.app.store.now_ms if done else 0))

    def convert(self) -> None:
        self._change(replace(self.note, is_todo=not self.note.is_todo, completed_ms=0))

    def move(self, folder: str) -> None:
        self._change(replace(self.note, folder=folder))

    def _change(self, note: Note) -> None:
        """Outside the form a change is stored at once."""
        self.note = note
        self.app.close()
        if not self.editing:
            self.keep()

    def set_text(self, field: Literal["title", "body"], text: str) -> None:
        self.note = replace(self.note, title=text) if field == "title" else replace(self.note, body=text)

    def ask_move(self) -> None:
        self.app.close()
        self.app.asking = self.app.folder_choice(self.note.folder, self.move)

    def ask_delete(self) -> None:
        self.app.close()
        self.app.asking = Confirm("Delete note?", self.delete, self.app.close, yes="OK", no="Cancel")

    def delete(self) -> None:
        self.app.store.delete([self.note.id])
        self.app.editor = None
