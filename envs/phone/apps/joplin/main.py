"""The Joplin app: which notebook and note are in front, what is selected, and the dialogs over it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Literal

from envs.phone.app import App, Device
from envs.phone.apps.joplin import notebooks, notes
from envs.phone.apps.joplin.editor import Editor
from envs.phone.apps.joplin.store import ALL_NOTES, PACKAGE, PATH, SORT_FIELDS, Note, Store
from envs.phone.apps.pickers import Asking, Choice, Confirm, LineOfText
from envs.phone.ui import Screen

Sheet = Literal["", "sort", "new", "properties", "folder"]
"""The dialogs of Joplin's own; `folder` is what a long press on a notebook offers."""


class Joplin(App):
    package = PACKAGE
    label = "Joplin"
    icon = "notebook"
    color = (13, 94, 166)

    def __init__(self, device: Device) -> None:
        super().__init__(device)
        self.store = Store(device)
        self.stop()

    def install(self) -> None:
        if not self.device.files.exists(PATH):
            self.store.fill()

    def stop(self) -> None:
        self.drawer = False
        self.editor: Editor | None = None
        self.query: str | None = None
        """Text of the search; None when it is closed."""
        self.selected: set[str] = set()
        """Ids of notes."""
        self.held_folder = ""
        """The notebook of the sheet `folder`."""
        self.close()

    def close(self) -> None:
        """Close the menu, the sheet and the question."""
        self.menu_open = False
        self.sheet: Sheet = ""
        self.asking: Asking | None = None

    def pause(self) -> None:
        """Joplin stores a note by itself when it is left."""
        if self.editor is not None:
            self.editor.keep()

    def back(self) -> bool:
        if self.menu_open or self.sheet or self.asking is not None:
            self.close()
        elif self.editor is not None:
            self.editor.back()
        elif self.selected:
            self.selected = set()
        elif self.drawer:
            self.drawer = False
        elif self.query is not None:
            self.query = None
        else:
            return False
        return True

    def screen(self) -> Screen:
        if self.editor is not None:
            return self.editor.screen()
        return notebooks.drawer(self) if self.drawer else notes.listing(self)

    # What is shown

    @property
    def folder(self) -> str:
        """The notebook in front, or ALL_NOTES; empty when there is no notebook."""
        stored = self.store.setting("activeFolderId")
        if stored == ALL_NOTES or stored in self.store.folders():
            return stored
        return self.store.newest_folder()

    @property
    def title(self) -> str:
        folder = self.folder
        return "All notes" if folder == ALL_NOTES else self.store.folders().get(folder, "Notebooks")

    def flag(self, name: str, default: bool) -> bool:
        return self.store.setting(name, str(int(default))) == "1"

    @property
    def sort_field(self) -> str:
        stored = self.store.setting("notes.sortOrder.field")
        return stored if stored in SORT_FIELDS else "user_updated_time"

    def listed(self) -> list[Note]:
        """The notes in front in their order: open to-dos on top unless the settings say otherwise."""
        if self.query is not None:
            found = self.store.search(self.query)
        else:
            found = self.store.notes(None if self.folder == ALL_NOTES else self.folder)
        if not self.flag("showCompletedTodos", True):
            found = [note for note in found if not note.completed_ms]
        field = self.sort_field
        found.sort(key=lambda note: (note.title.casefold(), note.id))
        if field != "title":
            found.sort(key=lambda note: note.updated_ms if field == "user_updated_time" else note.created_ms)
        if self.flag("notes.sortOrder.reverse", field != "title"):
            found.reverse()
        if self.flag("uncompletedTodosOnTop", True):
            found.sort(key=lambda note: not (note.is_todo and not note.completed_ms))
        return found

    # What taps do

    def show(self, folder: str) -> None:
        self.store.put_setting("activeFolderId", folder)
        self.drawer, self.query, self.selected = False, None, set()

    def open_drawer(self) -> None:
        self.drawer = True

    def open_menu(self) -> None:
        self.menu_open = True

    def open_sheet(self, sheet: Sheet, folder: str = "") -> None:
        self.close()
        self.sheet, self.held_folder = sheet, folder

    def open(self, note: Note) -> None:
        """View the note; while some are selected, select it or not."""
        if self.selected:
            self.select(note)
        else:
            self.editor = Editor(self, note, editing=False)

    def add(self, is_todo: bool) -> None:
        """A note needs a notebook: with all notes in front it goes into the newest."""
        self.close()
        folder = self.store.newest_folder() if self.folder == ALL_NOTES else self.folder
        if not folder:
            return self.device.toast("Create a notebook first")
        self.editor = Editor(self, Note(folder, is_todo=is_todo), editing=True)

    def select(self, note: Note) -> None:
        self.selected ^= {note.id}

    def complete(self, note: Note, done: bool) -> None:
        self.store.save(replace(note, completed_ms=self.store.now_ms if done else 0))

    def set_sort_field(self, field: str) -> None:
        """Dates begin with the newest, titles with A."""
        self.store.put_setting("notes.sortOrder.field", field)
        self.store.put_setting("notes.sortOrder.reverse", str(int(field != "title")))

    def set_flag(self, name: str, on: bool) -> None:
        self.store.put_setting(name, str(int(on)))

    def start_search(self) -> None:
        self.query = ""

    def set_query(self, text: str) -> None:
        self.query = text

    # What is asked

    def ask_delete(self) -> None:
        """About the selected notes."""
        keys = sorted(self.selected)

        def delete() -> None:
            self.store.delete(keys)
            self.selected = set()

        question = "Delete this note?" if len(keys) == 1 else f"Delete these {len(keys)} notes?"
        self.asking = Confirm(question, delete, self.close, yes="OK", no="Cancel")

    def ask_move(self) -> None:
        """Where the selected notes go."""
        keys = set(self.selected)

        def move(folder: str) -> None:
            for note in self.store.notes():
                if note.id in keys:
                    self.store.save(replace(note, folder=folder))
            self.selected = set()

        self.asking = self.folder_choice("", move)

    def folder_choice(self, chosen: str, done: Callable[[str], None]) -> Choice[str]:
        names = [(title, key) for key, title in self.store.folders().items()]
        return Choice("Move to notebook…", names, chosen, done, self.close)

    def ask_new_folder(self) -> None:
        def add(title: str) -> None:
            self.show(self.store.add_folder(title))

        self.asking = LineOfText("New notebook", "Enter notebook title", "", add, self.close)

    def ask_folder_title(self) -> None:
        key = self.held_folder
        title = self.store.folders().get(key, "")
        rename = partial(self.store.rename_folder, key)
        self.close()
        self.asking = LineOfText("Edit notebook", "Enter notebook title", title, rename, self.close)

    def ask_delete_folder(self) -> None:
        key = self.held_folder
        title = self.store.folders().get(key, "")
        question = f"Delete notebook “{title}”? All notes within this notebook will also be deleted."
        self.close()
        self.asking = Confirm(question, partial(self.store.delete_folder, key), self.close, yes="OK", no="Cancel")
