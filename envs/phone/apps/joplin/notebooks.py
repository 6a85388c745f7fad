"""The side menu: all notes, the notebooks with how much is in them, and what is done to a notebook."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from envs.phone.apps.joplin.store import ALL_NOTES
from envs.phone.ui import Dialog, Handler, Header, Icon, ListItem, Screen, Text, Widget

if TYPE_CHECKING:
    from envs.phone.apps.joplin.main import Joplin


def drawer(app: Joplin) -> Screen:
    counts, folders, front = app.store.counts(), app.store.folders(), app.folder
    show_all = partial(app.show, ALL_NOTES)
    body: list[Widget] = [
        _place("All notes", "note-multiple-outline", sum(counts.values()), show_all, front == ALL_NOTES),
        Header("Notebooks"),
    ]
    for key, title in folders.items():
        row = _place(title, "notebook-outline", counts.get(key, 0), partial(app.show, key), front == key)
        row.on_long_press = partial(app.open_sheet, "folder", key)
        body.append(row)
    body.append(ListItem("New notebook", leading=Icon("plus"), on_tap=app.ask_new_folder))
    return Screen("Joplin", body, nav="back", dialog=_dialog(app, folders), scroll_key="drawer")


def _place(title: str, icon: str, count: int, show: Handler, front: bool) -> ListItem:
    number = Text(str(count), style="label", color="on_surface_variant") if count else None
    return ListItem(title, leading=Icon(icon), trailing=number, on_tap=show, selected=front)


def _dialog(app: Joplin, folders: dict[str, str]) -> Dialog | None:
    if app.asking is not None:
        return app.asking.dialog()
    if app.sheet != "folder":
        return None
    rows = [
        ListItem("Edit", leading=Icon("pencil"), on_tap=app.ask_folder_title),
        ListItem("Delete", leading=Icon("delete-outline"), on_tap=app.ask_delete_folder),
    ]
    return Dialog(f"Notebook: {folders.get(app.held_folder, '')}", rows, on_dismiss=app.close)
