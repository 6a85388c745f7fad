"""What Joplin keeps: notebooks, notes, their full-text index, and settings."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from envs.phone.apps.epoch import to_ms
from envs.phone.apps.joplin.schema import SCHEMA
from envs.phone.words import Words, words

if TYPE_CHECKING:
    from collections.abc import Collection

    from envs.phone.app import Device

PACKAGE = "net.cozic.joplin"
PATH = f"/data/data/{PACKAGE}/databases/joplin.sqlite"
_COLUMNS = "id, parent_id, title, body, is_todo, todo_completed, user_created_time, user_updated_time"
UNTITLED = "Untitled"
ALL_NOTES = "c3176726992c11e9ac940492261af972"
"""Joplin's id for the smart filter that is no notebook."""
SORT_FIELDS = {"user_updated_time": "Updated date", "user_created_time": "Created date", "title": "Title"}


@dataclass(frozen=True, slots=True)
class Note:
    folder: str = ""
    """The notebook's id."""
    title: str = ""
    body: str = ""
    """Markdown."""
    is_todo: bool = False
    completed_ms: int = 0
    """When the to-do was done; 0 while it is open."""
    created_ms: int = 0
    updated_ms: int = 0
    id: str = ""
    """32 hexadecimal digits; empty until it is stored."""

    @property
    def shown_title(self) -> str:
        return self.title or UNTITLED


class Store:
    """Notebooks, notes and settings on one device."""

    def __init__(self, device: Device) -> None:
        self.device = device

    @property
    def db(self) -> sqlite3.Connection:
        return self.device.files.database(PATH, SCHEMA)

    @property
    def now_ms(self) -> int:
        return to_ms(self.device.now())

    def _new_id(self) -> str:
        return f"{self.device.random.getrandbits(128):032x}"

    # Notebooks

    def folders(self) -> dict[str, str]:
        """Id -> title, by title."""
        rows = self.db.execute("SELECT id, title FROM folders").fetchall()
        return dict(sorted(rows, key=lambda row: (row[1].casefold(), row[0])))

    def counts(self) -> dict[str, int]:
        """Id of a notebook -> how many notes are in it; those without any are missing."""
        return dict(self.db.execute("SELECT parent_id, count(*) FROM notes GROUP BY parent_id"))

    def newest_folder(self) -> str:
        """Its id, empty when there is none."""
        row = self.db.execute("SELECT id FROM folders ORDER BY created_time DESC, title, id LIMIT 1").fetchone()
        return "" if row is None else row[0]

    def add_folder(self, title: str) -> str:
        """The new notebook's id."""
        key, now = self._new_id(), self.now_ms
        self.db.execute(
            "INSERT INTO folders (id, title, created_time, updated_time, user_created_time, user_updated_time) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (key, title, now, now, now, now),
        )
        return key

    def rename_folder(self, key: str, title: str) -> None:
        now = self.now_ms
        self.db.execute(
            "UPDATE folders SET title = ?, updated_time = ?, user_updated_time = ? WHERE id = ?", (title, now, now, key)
        )

    def delete_folder(self, key: str) -> None:
        """With all notes in it."""
        self.delete([row[0] for row in self.db.execute("SELECT id FROM notes WHERE parent_id = ?", (key,)).fetchall()])
        self.db.execute("DELETE FROM folders WHERE id = ?", (key,))

    # Notes

    def notes(self, folder: str | None = None) -> list[Note]:
        """All of a notebook, or of every notebook; in no order."""
        if folder is None:
            rows = self.db.execute(f"SELECT {_COLUMNS} FROM notes")  # noqa: S608
        else:
            rows = self.db.execute(f"SELECT {_COLUMNS} FROM notes WHERE parent_id = ?", (folder,))  # noqa: S608
        return [_note(row) for row in rows]

    def note(self, key: str) -> Note | None:
        row = self.db.execute(f"SELECT {_COLUMNS} FROM notes WHERE id = ?", (key,)).fetchone()  # noqa: S608
        return None if row is None else _note(row)

    def search(self, query: str) -> list[Note]:
        """The notes in whose title or body every word of `query` begins a word."""
        terms = [f'"{word}*"' for word in re.findall(r"\w+", normalised(query))]
        if not terms:
            return []
        rows = self.db.execute("SELECT id FROM notes_fts WHERE notes_fts MATCH ?", (" ".join(terms),)).fetchall()
        found = (self.note(row[0]) for row in rows)
        return [note for note in found if note is not None]

    def save(self, note: Note) -> str:
        """Store a note, changed now; its id. One without a title takes the first line of its body."""
        now = self.now_ms
        title = note.title or next(iter(note.body.strip().splitlines()), "").strip("# ")[:80]
        note = replace(note, title=title, id=note.id or self._new_id(), created_ms=note.created_ms or now)
        values = (note.folder, title, note.body, int(note.is_todo), note.completed_ms, now, now)
        known = self.db.execute("SELECT 1 FROM notes WHERE id = ?", (note.id,)).fetchone()
        if known:
            self.db.execute(
                "UPDATE notes SET parent_id = ?, title = ?, body = ?, is_todo = ?, todo_completed = ?, "
                "updated_time = ?, user_updated_time = ? WHERE id = ?",
                (*values, note.id),
            )
        else:
            self.db.execute(
                "INSERT INTO notes (parent_id, title, body, is_todo, todo_completed, updated_time, user_updated_time, "
                "created_time, user_created_time, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*values, note.created_ms, note.created_ms, note.id),
            )
        self._index(replace(note, updated_ms=now))
        return note.id

    def _index(self, note: Note) -> None:
        self.db.execute("DELETE FROM notes_normalized WHERE id = ?", (note.id,))
        self.db.execute(
            "INSERT INTO notes_normalized (id, title, body, user_created_time, user_updated_time, is_todo, "
            "todo_completed, parent_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(note.id, normalised(note.title), normalised(note.body), note.created_ms, note.updated_ms),
                *(int(note.is_todo), note.completed_ms, note.folder),
            ),
        )

    def delete(self, keys: Collection[str]) -> None:
        for key in keys:
            self.db.execute("DELETE FROM notes WHERE id = ?", (key,))
            self.db.execute("DELETE FROM notes_normalized WHERE id = ?", (key,))

    def fill(self) -> None:
        """Notebooks and notes of a fresh phone, drawn from its own chance."""
        rng = self.device.random
        say = words(rng)
        for topic in say.distinct("topic", rng.randint(2, 4)):
            folder = self.add_folder(topic.capitalize())
            for _ in range(rng.randint(1, 4)):
                todo = rng.random() < 0.4
                done = self.now_ms if todo and rng.random() < 0.4 else 0
                title = f"{say.verb()} the {say.thing()}" if todo else f"{say.adjective()} {say.topic()}"
                self.save(Note(folder, title.capitalize(), _made_up_body(say), todo, done))

    # Settings

    def setting(self, key: str, default: str = "") -> str:
        row = self.db.execute("SELECT value FROM settings WHERE `key` = ?", (key,)).fetchone()
        return default if row is None else str(row[0])

    def put_setting(self, key: str, value: str) -> None:
        self.db.execute("INSERT OR REPLACE INTO settings (`key`, value) VALUES (?, ?)", (key, value))


def normalised(text: str) -> str:
    """Small letters without accents, as they are searched."""
    parts = unicodedata.normalize("NFKD", text.replace("\0", ""))
    return "".join(c for c in parts if not unicodedata.combining(c)).lower()


def _made_up_body(say: Words) -> str:
    forms = (
        say.paragraph(2),
        "\n".join(f"- {say.adjective()} {thing}" for thing in say.distinct("thing", 4)),
        f"## {say.topic().capitalize()}\n\n{say.sentence()}\n\n- [ ] {say.verb()} it\n- [x] ask {say.first_name()}",
    )
    return say.rng.choice(forms)


def _note(row: tuple) -> Note:
    key, folder, title, body, is_todo, completed, created, updated = row
    return Note(folder, title, body, bool(is_todo), completed, created, updated, key)
