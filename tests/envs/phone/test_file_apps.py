"""Files and Markor: the tree on /sdcard is what they show and what they change."""

from __future__ import annotations

import datetime as dt

import pytest

from envs.phone.apps.carrying import carry, free_path, name_fault
from envs.phone.apps.files import Files
from envs.phone.apps.listing import FOLDERS, STORAGE, STORAGE_NAME, Entry, arrange, date_text, size_text
from envs.phone.apps.markor import EDITOR, NOTEBOOK, Markor
from envs.phone.apps.markor.markdown import render
from envs.phone.device import Phone
from envs.phone.tasks.trees import complete, lay_out, read_back
from envs.phone.ui import Card, Divider, Icon, ListItem, Text
from fingers import press, texts


@pytest.fixture
def phone() -> Phone:
    phone = Phone([Files, Markor], screen="medium")
    tree = {
        "Documents/Markor/plan.md": "# Plan\n\n- **oats**\n",
        "Documents/Markor/old.txt": "old",
        "Music/a.mp3": "x" * 1234,
    }
    lay_out(phone, tree)
    return phone


def test_a_tree_reads_back_as_it_was_laid_out(phone: Phone) -> None:
    tree = {"Music/deep/b.mp3": "one ", "Download/c.txt": "two\n\n", "Pictures/empty/": ""}
    lay_out(phone, tree)
    assert read_back(phone) == complete(tree)
    assert "Music/a.mp3" not in read_back(phone)
    assert phone.files.stat("/sdcard/Download/c.txt").mtime > phone.files.stat("/sdcard/Music/deep/b.mp3").mtime


def test_default_folders_are_there_and_pushed_files_show_at_once(phone: Phone) -> None:
    phone.launch("Files")
    assert phone.foreground() == (Files.package, "com.android.documentsui.files.FilesActivity")
    press(phone, label="Open menu")
    press(phone, text=STORAGE_NAME)
    assert set(FOLDERS[:6]) <= set(texts(phone))
    press(phone, text="Alarms")
    phone.files.write("/storage/emulated/0/Alarms/pushed.mp3", b"ring")
    phone.invalidate()
    assert "pushed.mp3" in texts(phone)
    phone.files.remove("/sdcard/Alarms", recursive=True)
    phone.invalidate()
    assert "Alarms" not in texts(phone) and "Android" in texts(phone)


def test_a_text_file_opens_and_another_does_not(phone: Phone) -> None:
    phone.files.write("/sdcard/Download/note.txt", "Milk and honey")
    phone.files.write("/sdcard/Download/song.mp3", "x")
    phone.launch("Files")
    press(phone, text="song.mp3")
    assert phone.toast_text == "No app found to open this file"
    press(phone, text="note.txt")
    assert "Milk and honey" in texts(phone)
    phone.key("BACK")
    assert "song.mp3" in texts(phone)


def test_deleting_asks_first(phone: Phone) -> None:
    phone.files.write("/sdcard/Download/note.txt", "x")
    phone.launch("Files")
    press(phone, text="note.txt", long=True)
    press(phone, label="Delete")
    assert "Delete “note.txt”?" in texts(phone)
    press(phone, text="Cancel")
    assert phone.files.exists("/sdcard/Download/note.txt")
    press(phone, label="Delete")
    press(phone, text="OK")
    assert not phone.files.exists("/sdcard/Download/note.txt")


@pytest.mark.parametrize("name", ["Music", "a/b", "..", "", "n" * 300])
def test_a_bad_folder_name_is_refused_with_a_reason(phone: Phone, name: str) -> None:
    before = read_back(phone)
    phone.start(Files.package, {"data": f"file://{STORAGE}"})
    press(phone, label="More options")
    press(phone, text="New folder")
    phone.type_text(name)
    press(phone, text="OK")
    assert phone.toast_text
    assert read_back(phone) == before


def test_collections_find_files_by_kind(phone: Phone) -> None:
    phone.launch("Files")
    press(phone, label="Open menu")
    press(phone, text="Audio")
    assert "a.mp3" in texts(phone) and "plan.md" not in texts(phone)
    press(phone, label="Open menu")
    press(phone, text="Recent")
    assert "plan.md" in texts(phone)


def test_moving_meets_a_name_that_is_taken(phone: Phone) -> None:
    files = phone.files
    files.write("/sdcard/Download/a.mp3", "new")
    assert carry(files, "move", ["/sdcard/Download/a.mp3", "/sdcard/Download/gone"], "/sdcard/Music") == ""
    assert files.read("/sdcard/Music/a (1).mp3") == b"new"
    assert files.read("/sdcard/Music/a.mp3") == b"x" * 1234
    assert not files.exists("/sdcard/Download/a.mp3")
    assert carry(files, "copy", ["/sdcard/Music"], "/sdcard/Download") == ""
    assert files.list("/sdcard/Download/Music") == files.list("/sdcard/Music")
    assert carry(files, "copy", ["/sdcard/Music"], "/sdcard/Music") != ""
    assert carry(files, "copy", ["/sdcard/Music"], "/sdcard/Download") == ""
    assert files.list("/sdcard/Download") == ["Music", "Music (1)"]
    assert files.list("/sdcard/Music") == ["a (1).mp3", "a.mp3"]


def test_what_others_remove_is_no_longer_selected(phone: Phone) -> None:
    for name in ("one.pdf", "two.pdf"):
        phone.files.write(f"/sdcard/Download/{name}", "x")
    phone.launch("Files")
    press(phone, text="one.pdf", long=True)
    press(phone, text="two.pdf")
    phone.files.remove("/sdcard/Download/one.pdf")
    phone.invalidate()
    assert "1 selected" in texts(phone)
    press(phone, label="Delete")
    press(phone, text="OK")
    assert phone.files.list("/sdcard/Download") == []


@pytest.mark.parametrize(("app", "item"), [("Files", "Get info"), ("Markor", "Info"), ("Files", "Rename")])
def test_a_question_about_a_file_that_is_gone_closes(phone: Phone, app: str, item: str) -> None:
    folder = "/sdcard/Download" if app == "Files" else NOTEBOOK
    phone.files.write(f"{folder}/one.pdf", "x")
    phone.launch(app)
    press(phone, text="one.pdf", long=True)
    press(phone, label="More options")
    press(phone, text=item)
    assert {"OK", "1 selected"} <= set(texts(phone))
    phone.files.remove(f"{folder}/one.pdf")
    phone.invalidate()
    assert not {"OK", "1 selected"} & set(texts(phone))


def test_free_names_and_faults(phone: Phone) -> None:
    assert free_path(phone.files, "/sdcard/Music", "b.mp3") == "/sdcard/Music/b.mp3"
    assert name_fault(phone.files, "/sdcard/Music", "a.mp3") and not name_fault(phone.files, "/sdcard/Music", "b.mp3")


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.00 kB"), (1234, "1.23 kB"), (56_789, "56.8 kB"), (123_456_789, "123 MB")],
)
def test_sizes(size: int, text: str) -> None:
    assert size_text(size) == text


def test_order_and_dates() -> None:
    now = dt.datetime(2023, 10, 15, 15, 34)
    rows = [
        Entry("/b.txt", False, 5, now),
        Entry("/A.txt", False, 9, now - dt.timedelta(days=1)),
        Entry("/z", True, 0, now - dt.timedelta(days=400)),
    ]
    assert [e.name for e in arrange(rows, "name")] == ["z", "A.txt", "b.txt"]
    assert [e.name for e in arrange(rows, "name_desc")] == ["z", "b.txt", "A.txt"]
    assert [e.name for e in arrange(rows, "newest")] == ["z", "b.txt", "A.txt"]
    assert [e.name for e in arrange(rows, "largest")] == ["z", "A.txt", "b.txt"]
    assert [date_text(e.modified, now) for e in rows] == ["15:34", "Oct 14", "Sep 10, 2022"]


def test_markor_creates_a_note_and_saves_it_when_left(phone: Phone) -> None:
    phone.launch("Markor")
    press(phone, label="Create a new file or folder")
    phone.type_text("shopping")
    press(phone, text="Plain text")
    press(phone, text="OK")
    assert phone.foreground()[1] == "net.gsantner.markor.activity.DocumentActivity"
    press(phone, id=EDITOR)
    phone.type_text("Milk\nEggs")
    assert phone.files.read_text("/storage/emulated/0/Documents/Markor/shopping.txt") == ""
    phone.key("HOME")
    assert phone.files.read_text(f"{NOTEBOOK}/shopping.txt") == "Milk\nEggs"


@pytest.mark.parametrize("way", ["save", "back", "view", "app"])
def test_every_way_out_of_the_editor_saves(phone: Phone, way: str) -> None:
    phone.launch("Markor")
    press(phone, text="old.txt")
    press(phone, id=EDITOR)
    phone.key("MOVE_END")
    phone.type_text("er")
    match way:
        case "save":
            press(phone, label="Save")
        case "back":
            phone.key("BACK")
            phone.key("BACK")
        case "view":
            press(phone, label="View mode")
        case "app":
            phone.launch("Files")
    assert phone.files.read_text(f"{NOTEBOOK}/old.txt") == "older"


def test_a_forced_stop_loses_what_was_not_saved(phone: Phone) -> None:
    phone.launch("Markor")
    press(phone, text="old.txt")
    press(phone, id=EDITOR)
    phone.type_text("!")
    phone.force_stop(Markor.package)
    assert phone.files.read_text(f"{NOTEBOOK}/old.txt") == "old"


def test_the_extension_is_not_doubled(phone: Phone) -> None:
    phone.launch("Markor")
    press(phone, label="Create a new file or folder")
    phone.type_text("note.md")
    press(phone, text="OK")
    assert "note.md" in phone.files.list(NOTEBOOK)


def test_to_do_and_view_mode(phone: Phone) -> None:
    phone.launch("Markor")
    press(phone, text="To-Do")
    assert not phone.files.exists(f"{NOTEBOOK}/todo.txt")
    press(phone, id=EDITOR)
    phone.type_text("call Ada")
    phone.key("BACK")
    press(phone, text="Files")
    assert phone.files.read_text(f"{NOTEBOOK}/todo.txt") == "call Ada"
    press(phone, text="plan.md")
    press(phone, label="View mode")
    assert {"Plan", "• oats"} <= set(texts(phone))


def test_markdown_blocks() -> None:
    source = (
        "# A *b*\n\none\ntwo\n- [x] done\n- [ ] open\n  2. deep\n---\n> said\n```\n# code\n```\nsee [here](http://x)"
    )
    blocks = render(source)
    shown = [w.text if isinstance(w, Text) else type(w) for w in blocks]
    assert shown == ["A b", "one two", ListItem, ListItem, "    2. deep", Divider, Card, Card, "see here"]
    boxes = [(w.title, w.leading.label) for w in blocks if isinstance(w, ListItem) and isinstance(w.leading, Icon)]
    assert boxes == [("done", "Checked"), ("open", "Not checked")]
    assert render("2 * 3 * 4 and snake_case_name")[0].text == "2 * 3 * 4 and snake_case_name"  # type: ignore[attr-defined]
    assert render("") == []
