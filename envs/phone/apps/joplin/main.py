"""The Joplin app: which notebook and note are in front, what is selected, and the dialogs over it."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from envs.phone.app import App, Device
from envs.phone.apps.joplin import notebooks, notes
from envs.phone.apps.joplin.editor import Editor
from envs.phone.apps.joplin.store import ALL_NOTES, PACKAGE, PATH, SORT_FIELDS, Note, Store
from envs.phone.ui import Screen

Over = Literal["", "menu", "sort", "new", "delete", "move", "folder", "folder_menu", "folder_delete", "properties"]


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
        self.folder_edited = ""
        """The notebook that the dialog renames; empty for a new one."""
        self.folder_title = ""
        self.close()

    def close(self) -> None:
        """Close the menu and the dialog."""
        self.over: Over = ""

    def pause(self) -> None:
        """Joplin stores a note by itself when it is left."""
        if self.editor is not None:
            self.editor.keep()

    def back(self) -> bool:
        if self.over:
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

    def open_over(self, what: Over) -> None:
        self.over = what

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

    def delete_selected(self) -> None:
        self.store.delete(sorted(self.selected))
        self.selected = set()
        self.close()

    def move_selected(self, folder: str) -> None:
        for note in self.store.notes():
            if note.id in self.selected:
                self.store.save(replace(note, folder=folder))
        self.selected = set()
        self.close()

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

    def open_folder_menu(self, key: str) -> None:
        self.over, self.folder_edited = "folder_menu", key

    def ask_folder(self, key: str = "") -> None:
        """Open the dialog that names a notebook: a new one, or `key`."""
        self.over, self.folder_edited = "folder", key
        self.folder_title = self.store.folders().get(key, "")

    def set_folder_title(self, text: str) -> None:
        self.folder_title = text

    def save_folder(self) -> None:
        title = self.folder_title.strip()
        if not title:
            return self.device.toast("The notebook needs a title")
        if self.folder_edited:
            self.store.rename_folder(self.folder_edited, title)
        else:
            self.show(self.store.add_folder(title))
        self.close()

    def delete_folder(self) -> None:
        self.store.delete_folder(self.folder_edited)
        self.close()
