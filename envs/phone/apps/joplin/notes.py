"""The list of notes of a notebook, of all notebooks, or that a search found."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from envs.phone.apps.joplin.store import SORT_FIELDS, Note
from envs.phone.ui import (
    Button,
    Checkbox,
    Dialog,
    Divider,
    Fab,
    Icon,
    IconButton,
    ListItem,
    Radio,
    Screen,
    Text,
    TextField,
    Widget,
)

if TYPE_CHECKING:
    from envs.phone.apps.joplin.main import Joplin

FLAGS = {
    "notes.sortOrder.reverse": ("Reverse sort order", True),
    "uncompletedTodosOnTop": ("Uncompleted to-dos on top", True),
    "showCompletedTodos": ("Show completed to-dos", True),
}
"""Setting -> what the dialog calls it and its value on a fresh phone."""


def listing(app: Joplin) -> Screen:
    searching, folder = app.query is not None, app.folder
    body: list[Widget] = []
    if app.query is not None:
        body.append(TextField(app.query, app.set_query, hint="Search", autofocus=True, id="search"))
    found = app.listed()
    body += [_row(app, note) for note in found]
    if not found and not searching:
        empty = "There are currently no notes." if folder else "You currently have no notebooks."
        body.append(Text(empty, align="center", color="on_surface_variant"))
        if not folder:
            body.append(Button("Create a notebook", app.ask_new_folder))
    return Screen(
        f"{len(app.selected)} selected" if app.selected else "Search" if searching else app.title,
        body,
        nav="close" if app.selected else "back" if searching else "menu",
        on_nav=None if app.selected or searching else app.open_drawer,
        actions=_actions(app),
        fab=None if app.selected or searching else Fab("plus", partial(app.open_sheet, "new"), label="Add new"),
        dialog=_dialog(app),
        scroll_key="search" if searching else f"notes/{folder}",
    )


def _row(app: Joplin, note: Note) -> ListItem:
    """A to-do has a check box before its title; nothing else is said in the list."""
    box = Checkbox(bool(note.completed_ms), partial(app.complete, note)) if note.is_todo else None
    return ListItem(
        note.shown_title,
        leading=box,
        on_tap=partial(app.open, note),
        on_long_press=partial(app.select, note),
        selected=note.id in app.selected,
        id=f"note_{note.id}",
    )


def _actions(app: Joplin) -> list[IconButton]:
    if app.selected:
        return [
            IconButton("folder-move", app.ask_move, label="Move to notebook"),
            IconButton("delete-outline", app.ask_delete, label="Delete"),
        ]
    if app.query is not None:
        return []
    return [
        IconButton("magnify", app.start_search, label="Search"),
        IconButton("sort", partial(app.open_sheet, "sort"), label="Sort notes"),
    ]


def _dialog(app: Joplin) -> Dialog | None:
    if app.asking is not None:
        return app.asking.dialog()
    if app.sheet == "sort":
        return _sort_dialog(app)
    if app.sheet == "new":
        rows = [
            ListItem("New to-do", leading=Icon("checkbox-marked-outline"), on_tap=partial(app.add, True)),
            ListItem("New note", leading=Icon("note-text-outline"), on_tap=partial(app.add, False)),
        ]
        return Dialog("", rows, on_dismiss=app.close)
    return None


def _sort_dialog(app: Joplin) -> Dialog:
    rows: list[Widget] = [
        ListItem(name, leading=Radio(field == app.sort_field), on_tap=partial(app.set_sort_field, field))
        for field, name in SORT_FIELDS.items()
    ]
    rows.append(Divider())
    rows += [
        ListItem(text, leading=Checkbox(app.flag(name, default), partial(app.set_flag, name)))
        for name, (text, default) in FLAGS.items()
    ]
    return Dialog("Sort notes by", rows, [Button("Close", app.close)], on_dismiss=app.close)
