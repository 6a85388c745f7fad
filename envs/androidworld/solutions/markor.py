"""Solutions of the tasks in Markor."""

from __future__ import annotations

import posixpath
from collections.abc import Generator

from agentkit.actions import Action, Click, Hotkey, LongPress, Point, Type
from agentkit.errors import EnvError
from envs.androidworld.solutions import messages
from envs.androidworld.solutions.reading import go_to
from envs.androidworld.task import AndroidWorldTask
from envs.phone import oracle
from envs.phone.apps.markor import EDITOR, TYPES, Markor
from envs.phone.device import Phone
from envs.phone.oracle import Steps


def open_note(phone: Phone, name: str) -> Steps:
    yield from oracle.launch(Markor.label)
    yield from go_to(phone, text=name)
    yield from oracle.tap_text(phone, name)


def read_note(phone: Phone, name: str) -> Generator[Action, None, str]:
    """Open a note; its text as the editor shows it."""
    yield from open_note(phone, name)
    return oracle.read(phone, EDITOR)


def create_note(phone: Phone, name: str, text: str) -> Steps:
    """Create a note in the folder in front, type its text and save it."""
    yield from _new_note(phone, name)
    yield from oracle.type_into(phone, EDITOR, text)
    yield from oracle.tap_label(phone, "Save")


def _new_note(phone: Phone, name: str) -> Steps:
    """Create an empty note, which opens in the editor. An extension without a chip is typed."""
    stem, extension = posixpath.splitext(name)
    yield from oracle.tap_label(phone, "Create a new file or folder")
    yield Type(stem)
    kind = next((kind for kind, known in TYPES.items() if known == extension), "")
    if kind:
        yield from oracle.tap_text(phone, kind)
    else:
        yield from oracle.select_all(phone, "new_file_dialog__ext")
        yield from oracle.tap_text(phone, "Cut")
        if extension:
            yield Type(extension)
    yield from oracle.tap_text(phone, "OK")


def _leave(phone: Phone) -> Steps:
    """Back to the list; the editor saves by itself."""
    yield from oracle.tap_label(phone, "Navigate up")


def _rename(phone: Phone, name: str, new: str) -> Steps:
    """Select all of the old name by the keys for it, which takes a step less than touch does; Enter is OK."""
    yield from oracle.long_press(phone, text=name)
    yield from oracle.choose(phone, "Rename")
    yield Hotkey(("ctrl", "a"))
    yield Type(f"{new}\n")


def _type_before(phone: Phone, text: str) -> Steps:
    """Put the caret before the first letter, and type."""
    yield Click(_first_letter(phone))
    yield Type(text)


def _type_behind(phone: Phone, text: str) -> Steps:
    """Put the caret behind the last letter by a tap at the bottom right of the editor, and type."""
    _, _, right, bottom = _editor_bounds(phone)
    width, height = phone.size
    yield Click(Point((right - 0.03 * width) / width, (bottom - 0.01 * height) / height))
    yield Type(text)


def _type_over_word(phone: Phone, text: str) -> Steps:
    """Select the first word by a long press, and type."""
    yield LongPress(_first_letter(phone))
    yield Type(text)


def _first_letter(phone: Phone) -> Point:
    left, top, _, _ = _editor_bounds(phone)
    width, height = phone.size
    return Point((left + 0.01 * width) / width, (top + 0.01 * height) / height)


def _editor_bounds(phone: Phone) -> tuple[int, int, int, int]:
    editor = oracle.find(phone, id=EDITOR)
    if editor is None:
        raise EnvError(f"a note must be open in the editor; in front is {phone.foreground()}")
    return editor.bounds


def create(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from oracle.launch(Markor.label)
    yield from create_note(phone, task.params["file_name"], task.params["text"])


def _create_and_send(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from create(phone, task)
    text = oracle.read(phone, EDITOR)
    yield from messages.begin(phone, task.params["number"])
    yield from messages.send(phone, text)


def _create_from_clipboard(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from oracle.launch(Markor.label)
    yield from _new_note(phone, task.params["file_name"])
    yield from oracle.tap_id(phone, EDITOR)
    yield Hotkey(("ctrl", "v"))
    yield from oracle.tap_label(phone, "Save")


def _create_folder(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from oracle.launch(Markor.label)
    yield from oracle.tap_label(phone, "Create a new file or folder")
    yield Type(task.params["folder_name"])
    yield from oracle.tap_text(phone, "Folder")


def _move(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from open_note(phone, task.params["source_folder"])
    yield from oracle.long_press(phone, text=task.params["file_name"])
    yield from oracle.choose(phone, "Move")
    yield from oracle.tap_text(phone, "..")
    yield from oracle.tap_text(phone, task.params["destination_folder"])
    yield from oracle.tap_text(phone, "Move here")


def _delete(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from oracle.launch(Markor.label)
    yield from oracle.delete(phone, task.params["file_name"], "OK")


def _delete_newest(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from oracle.launch(Markor.label)
    yield from oracle.tap_label(phone, "Sort by")
    yield from oracle.tap_text(phone, "Modified (newest first)")
    yield from oracle.delete(phone, _first_note(phone), "OK")


def _delete_all(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from oracle.launch(Markor.label)
    yield from oracle.delete_all(phone, _first_note(phone), "OK")


def _first_note(phone: Phone) -> str:
    """The name in the first row below "..", where the list shows notes only."""
    return next(e.text for e in phone.elements() if e.role == "list_item" and e.id != "go_up")


def _edit(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from open_note(phone, task.params["file_name"])
    match task.params["edit_type"]:
        case "header":
            yield from _type_before(phone, task.params["header"] + "\n")
        case "footer":
            newline = "" if oracle.read(phone, EDITOR).endswith("\n") else "\n"
            yield from _type_behind(phone, newline + task.params["footer"])
        case _:
            yield from oracle.overwrite(phone, EDITOR, task.params["replace_text"])
    yield from oracle.tap_label(phone, "Save")


def _change_and_rename(phone: Phone, task: AndroidWorldTask) -> Steps:
    """The old text is one word; selecting all takes a step more than the budget has."""
    yield from open_note(phone, task.params["original_name"])
    if not oracle.read(phone, EDITOR).strip().isalnum():
        raise EnvError(f"the note must hold one word, got {oracle.read(phone, EDITOR)!r}")
    yield from _type_over_word(phone, task.params["updated_content"])
    yield from _leave(phone)
    yield from _rename(phone, task.params["original_name"], task.params["new_name"])


def _add_header_and_rename(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from open_note(phone, task.params["original_name"])
    yield from _type_before(phone, task.params["header"] + "\n\n")
    yield from _leave(phone)
    yield from _rename(phone, task.params["original_name"], task.params["new_name"])


def _merge(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from oracle.launch(Markor.label)
    texts = []
    for n in (1, 2, 3):
        yield from oracle.tap_text(phone, task.params[f"file{n}_name"])
        texts.append(oracle.read(phone, EDITOR).strip("\n"))
        yield from _leave(phone)
    yield from create_note(phone, task.params["new_file_name"], "\n\n".join(texts))


SOLUTIONS = {
    "MarkorCreateNote": create,
    "MarkorCreateNoteAndSms": _create_and_send,
    "MarkorCreateNoteFromClipboard": _create_from_clipboard,
    "MarkorCreateFolder": _create_folder,
    "MarkorMoveNote": _move,
    "MarkorDeleteNote": _delete,
    "MarkorDeleteNewestNote": _delete_newest,
    "MarkorDeleteAllNotes": _delete_all,
    "MarkorEditNote": _edit,
    "MarkorChangeNoteContent": _change_and_rename,
    "MarkorAddNoteHeader": _add_header_and_rename,
    "MarkorMergeNotes": _merge,
}
