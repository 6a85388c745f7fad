"""Joplin: its tables, the full-text index among them, are what AndroidWorld's checkers write and read."""

from __future__ import annotations

import random
import sqlite3

import pytest

from envs.phone.apps.joplin import Joplin
from envs.phone.apps.joplin.store import PATH, Note, Store, normalised
from envs.phone.device import Phone
from fingers import assert_inside, press, stored, texts, wander

NOTES = "SELECT title, body, is_todo, todo_completed > 0 FROM notes ORDER BY title"


@pytest.fixture
def phone() -> Phone:
    phone = Phone([Joplin], screen="medium")
    phone.files.open_database(PATH).executescript(  # type: ignore[union-attr]
        "DELETE FROM notes; DELETE FROM notes_normalized; DELETE FROM folders;"
    )
    phone.launch("Joplin")
    return phone


@pytest.fixture
def store(phone: Phone) -> Store:
    return Store(phone)


def test_a_notebook_and_a_note_are_made_read_and_changed(phone: Phone) -> None:
    press(phone, text="Create a notebook")
    phone.type_text("Kitchen")
    press(phone, text="OK")
    press(phone, label="Add new")
    press(phone, text="New note")
    phone.type_text("Oat soup")
    press(phone, id="body")
    phone.type_text("# Needs\n- 2 cups oats")
    press(phone, label="Save changes")
    assert stored(phone, PATH, NOTES) == [("Oat soup", "# Needs\n- 2 cups oats", 0, 0)]
    assert {"Kitchen", "Oat soup", "Needs", "• 2 cups oats"} <= set(texts(phone))
    press(phone, label="Edit")
    phone.type_text("\n- salt")
    phone.key("BACK")
    phone.key("BACK")
    phone.key("BACK")
    assert stored(phone, PATH, "SELECT body FROM notes") == [("# Needs\n- 2 cups oats\n- salt",)]
    press(phone, text="Oat soup")
    press(phone, label="More options")
    press(phone, text="Delete")
    press(phone, text="OK")
    assert stored(phone, PATH, NOTES) == stored(phone, PATH, "SELECT 1 FROM notes_normalized") == []


def test_a_to_do_is_ticked_in_the_list_and_becomes_a_note(phone: Phone, store: Store) -> None:
    folder = store.add_folder("Home")
    store.save(Note(folder, "Mow", is_todo=True))
    phone.invalidate()
    press(phone, label="Mow")
    assert stored(phone, PATH, NOTES) == [("Mow", "", 1, 1)]
    press(phone, text="Mow")
    press(phone, label="More options")
    press(phone, text="Convert to note")
    assert stored(phone, PATH, NOTES) == [("Mow", "", 0, 0)]
    assert not any(e.role == "checkbox" for e in phone.elements())


def test_what_was_written_is_kept_when_the_app_is_left_but_not_when_it_is_stopped(phone: Phone, store: Store) -> None:
    store.add_folder("Home")
    phone.invalidate()
    for end, kept in ((lambda: phone.force_stop(Joplin.package), 0), (lambda: phone.key("HOME"), 1)):
        phone.launch("Joplin")
        press(phone, label="Add new")
        press(phone, text="New note")
        phone.type_text("Half a thought")
        end()
        assert len(stored(phone, PATH, NOTES)) == kept


def test_open_to_dos_come_first_then_the_newest(phone: Phone, store: Store) -> None:
    folder = store.add_folder("Home")
    for title, todo, done in (("old", False, 0), ("open", True, 0), ("done", True, 7), ("new", False, 0)):
        store.save(Note(folder, title, is_todo=todo, completed_ms=done))
        phone.key("VOLUME_UP")  # a second passes
    phone.invalidate()

    def titles() -> list[str]:
        return [e.text for e in phone.elements() if e.role == "list_item" and e.id.startswith("note_")]

    assert titles() == ["open", "new", "done", "old"]
    press(phone, label="Sort notes")
    press(phone, text="Title")
    press(phone, text="Show completed to-dos")
    press(phone, text="Uncompleted to-dos on top")
    press(phone, text="Close")
    assert titles() == ["new", "old", "open"]


def test_words_are_found_by_their_beginning_whatever_their_case_and_accents(phone: Phone, store: Store) -> None:
    folder = store.add_folder("Home")
    store.save(Note(folder, "Café in Zürich", "Order crêpes"))
    store.save(Note(folder, "Other", "unordered"))
    assert [note.title for note in store.search("ORD crep")] == ["Café in Zürich"]
    assert [note.title for note in store.search("zur caf")] == ["Café in Zürich"]
    for nothing in ("", '"', "* OR NOT (", "title:x", "rder", "\0", "-order x"):
        assert store.search(nothing) == []
    press(phone, label="Search")
    phone.type_text("cafe")
    press(phone, text="Café in Zürich")
    assert "Order crêpes" in texts(phone)


def test_notes_that_a_client_writes_into_the_pulled_file_are_found(phone: Phone) -> None:
    """As AndroidWorld does: it pulls the database, inserts with its own sqlite, pushes it back and stops the app."""
    connection = sqlite3.connect(":memory:")
    connection.deserialize(phone.files.read(PATH))
    connection.execute("INSERT INTO folders (title, id, created_time, updated_time) VALUES ('Work', 'f1', 1, 1)")
    connection.execute(
        "INSERT INTO notes (parent_id, title, body, created_time, updated_time, is_todo, id) "
        "VALUES ('f1', 'Team Sync', 'Attended by 5', 1, 1, 0, 'n1')"
    )
    connection.execute(
        "INSERT INTO notes_normalized (parent_id, title, body, id) VALUES ('f1', 'team sync', 'Attended by 5', 'n1')"
    )
    connection.commit()
    phone.files.write(PATH, connection.serialize())
    connection.close()
    phone.force_stop(Joplin.package)
    phone.launch("Joplin")
    assert {"Work", "Team Sync"} <= set(texts(phone))
    press(phone, label="Search")
    phone.type_text("attended")
    press(phone, text="Team Sync")
    assert "Attended by 5" in texts(phone)
    store = Store(phone)
    store.delete(["n1"])
    assert store.search("team") == []


def test_selected_notes_move_to_another_notebook(phone: Phone, store: Store) -> None:
    home, work = store.add_folder("Home"), store.add_folder("Work")
    for title in ("a", "b", "c"):
        store.save(Note(home, title))
    phone.app(Joplin.package).show(home)  # type: ignore[attr-defined]
    phone.invalidate()
    press(phone, text="a", long=True)
    press(phone, text="c")
    press(phone, label="Move to notebook")
    press(phone, text="Work")
    assert sorted(note.title for note in store.notes(work)) == ["a", "c"]
    assert store.counts() == {home: 1, work: 2}


def test_a_notebook_is_renamed_and_deleted_with_its_notes(phone: Phone, store: Store) -> None:
    home = store.add_folder("Home")
    store.save(Note(home, "a"))
    phone.invalidate()
    press(phone, label="Open menu")
    press(phone, text="Home", long=True)
    press(phone, text="Edit")
    phone.type_text(" sweet")
    press(phone, text="OK")
    assert store.folders() == {home: "Home sweet"}
    press(phone, text="Home sweet", long=True)
    press(phone, text="Delete")
    press(phone, text="OK")
    assert store.folders() == {} and store.notes() == [] and store.search("a") == []


def test_titles_come_from_the_first_line_where_none_was_given(store: Store) -> None:
    key = store.save(Note(store.add_folder("Home"), body="\n## Plans\nfor May"))
    note = store.note(key)
    assert note is not None and note.title == "Plans"


def test_normalised() -> None:
    assert normalised("ÀÉ Straße\0") == "ae straße"


def test_a_fresh_phone_has_notes_that_are_found_and_clearing_draws_others() -> None:
    phone = Phone([Joplin], screen="small", seed=4)
    before = stored(phone, PATH, NOTES)
    assert before and len(before) == len(stored(phone, PATH, "SELECT 1 FROM notes_fts"))
    phone.clear_app(Joplin.package)
    assert stored(phone, PATH, NOTES) != before


@pytest.mark.parametrize(("screen", "dark"), [("small", True), ("tall", False), ("tablet_small", True)])
def test_random_walk(screen: str, dark: bool) -> None:
    rng = random.Random(f"joplin/{screen}")
    phone = Phone([Joplin], screen=screen, seed=rng.randrange(99), dark=dark)
    for _ in range(15):
        wander(phone, Joplin.package, rng, 15)
        assert_inside(phone)
        assert phone.screenshot().size == phone.size
    assert stored(phone, PATH, "SELECT id FROM notes EXCEPT SELECT id FROM notes_normalized") == []
