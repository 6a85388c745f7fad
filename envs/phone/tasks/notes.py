"""Tasks in Markor. The whole notebook is part of the goal: nothing else may have changed."""

from __future__ import annotations

import posixpath
import random
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from agentkit.actions import Click, Point, Scroll, Type
from envs.phone import oracle
from envs.phone.apps.listing import STORAGE
from envs.phone.apps.markor import EDITOR, NOTEBOOK, TYPES, Markor, made_up_note
from envs.phone.oracle import Steps
from envs.phone.tasks.answers import says
from envs.phone.tasks.base import InfeasibleTask, PhoneTask
from envs.phone.tasks.trees import Tree, lay_out, read_back, tidy
from envs.phone.words import Words, words

if TYPE_CHECKING:
    from envs.phone.device import Phone

APP = Markor.label
ROOT = posixpath.relpath(NOTEBOOK, STORAGE)


class NotesTask(PhoneTask):
    """Starts from the `notes` parameter, name -> text; `expected` names the notebook that fulfils the goal."""

    app: ClassVar[str] = APP

    def setup(self, phone: Phone) -> None:
        lay_out(phone, {f"{ROOT}/": "", **{f"{ROOT}/{name}": text for name, text in self.params["notes"].items()}})

    def expected(self) -> Tree:
        """The notes when the goal is reached; the same as before unless a template says otherwise."""
        return dict(self.params["notes"])

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        if not phone.files.is_dir(NOTEBOOK):
            return 0.0
        notes = {path.removeprefix(f"{ROOT}/"): text for path, text in read_back(phone, NOTEBOOK).items()}
        return float(notes == {name: tidy(text) for name, text in self.expected().items()})


class CreateNote(NotesTask):
    template = "Create a note in Markor named {name} with this text: {text}"

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        draw = words(rng)
        notes, name = notebook(draw)
        text = notes.pop(name) and draw.paragraph(rng.randint(1, 2))
        return {"name": name, "text": text, "notes": notes}

    def expected(self) -> Tree:
        return {**self.params["notes"], self.params["name"]: self.params["text"]}

    def oracle(self, phone: Phone) -> Steps:
        stem, extension = posixpath.splitext(self.params["name"])
        yield from oracle.launch(APP)
        yield from oracle.tap_label(phone, "Create a new file or folder")
        yield from oracle.type_into(phone, "new_file_dialog__name", stem)
        yield from oracle.tap_text(phone, next(name for name, known in TYPES.items() if known == extension))
        yield from oracle.tap_text(phone, "OK")
        yield from oracle.type_into(phone, EDITOR, self.params["text"])
        yield from oracle.tap_label(phone, "Save")


class DeleteNote(NotesTask):
    template = "Delete the note {name} in Markor"

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        notes, name = notebook(words(rng))
        return {"name": name, "notes": notes}

    def expected(self) -> Tree:
        return {name: text for name, text in self.params["notes"].items() if name != self.params["name"]}

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from oracle.delete(phone, self.params["name"], "OK")


class DeleteNewestNote(DeleteNote):
    template = "Delete the newest note in Markor"

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        notes, _ = notebook(words(rng))
        return {"name": list(notes)[-1], "notes": notes}

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from oracle.tap_label(phone, "Sort by")
        yield from oracle.tap_text(phone, "Modified (newest first)")
        yield from oracle.delete(phone, self.params["name"], "OK")


class AppendToNote(NotesTask):
    template = "Add this line to the end of the note {name} in Markor: {line}"

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        draw = words(rng)
        notes, name = notebook(draw)
        return {"name": name, "line": draw.sentence(), "notes": notes}

    def expected(self) -> Tree:
        old = tidy(self.params["notes"][self.params["name"]])
        return {**self.params["notes"], self.params["name"]: f"{old}\n{self.params['line']}"}

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from oracle.tap_text(phone, self.params["name"])
        yield from _tap_end(phone)
        yield Type(("" if oracle.read(phone, EDITOR).endswith("\n") else "\n") + self.params["line"])
        yield from oracle.tap_label(phone, "Save")


class RenameNote(NotesTask):
    """The rename box opens with the old name in it, the caret behind its last letter: the new name adds a suffix."""

    template = "Rename the note {name} in Markor to {name}{suffix}"

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        draw = words(rng)
        notes, name = notebook(draw)
        return {"name": name, "suffix": rng.choice((".bak", ".old", f"_{draw.thing()}")), "notes": notes}

    def expected(self) -> Tree:
        old = self.params["name"]
        return {name + self.params["suffix"] * (name == old): text for name, text in self.params["notes"].items()}

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from oracle.long_press(phone, text=self.params["name"])
        yield from oracle.choose(phone, "Rename")
        yield Type(self.params["suffix"])
        yield from oracle.tap_text(phone, "OK")


class CreateNoteFolder(NotesTask):
    template = "Create a folder named {folder} in Markor"

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        draw = words(rng)
        return {"folder": f"{draw.adjective()}_{draw.place()}", "notes": notebook(draw)[0]}

    def expected(self) -> Tree:
        return {**self.params["notes"], f"{self.params['folder']}/": ""}

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from oracle.tap_label(phone, "Create a new file or folder")
        yield from oracle.type_into(phone, "new_file_dialog__name", self.params["folder"])
        yield from oracle.tap_text(phone, "Folder")


class MoveNote(NotesTask):
    template = "In Markor, move the note {name} into the folder {folder}"

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        draw = words(rng)
        notes, name = notebook(draw)
        folder, other = draw.distinct("place", 2)
        return {"name": name, "folder": folder, "notes": {f"{folder}/": "", f"{other}/": "", **notes}}

    def expected(self) -> Tree:
        old, new = self.params["name"], f"{self.params['folder']}/{self.params['name']}"
        return {new if name == old else name: text for name, text in self.params["notes"].items()}

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from oracle.long_press(phone, text=self.params["name"])
        yield from oracle.choose(phone, "Move")
        yield from oracle.tap_text(phone, self.params["folder"])
        yield from oracle.tap_text(phone, "Move here")


class DeleteAllNotes(NotesTask):
    template = "Delete all notes in Markor"

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        return {"notes": notebook(words(rng))[0]}

    def expected(self) -> Tree:
        return {}

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from oracle.delete_all(phone, next(iter(self.params["notes"])), "OK")


class ReadPrice(NotesTask):
    template = "According to the note {name} in Markor, how much does the {thing} cost?"

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        draw = words(rng)
        notes, name = notebook(draw)
        things = draw.distinct("thing", rng.randint(4, 6))
        prices = [str(price) for price in rng.sample(range(11, 500), len(things))]
        notes[name] = "# Prices\n\n" + "".join(f"- {t}: {p} dollars\n" for t, p in zip(things, prices, strict=True))
        return {
            "name": name,
            "thing": things[0],
            "price": prices[0],
            "decoys": prices[1:],
            "notes": _shuffled(rng, notes),
        }

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        return super().check(phone, answers) * says(answers, self.params["price"], self.params["decoys"])

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from oracle.tap_text(phone, self.params["name"])
        text = oracle.read(phone, EDITOR)
        line = next(line for line in text.splitlines() if line.startswith(f"- {self.params['thing']}: "))
        yield from oracle.answer(line.partition(": ")[2])


class CountNotes(NotesTask):
    template = "How many notes are in the folder {folder} in Markor? Answer with a number."

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        draw = words(rng)
        notes, _ = notebook(draw)
        folder, other = draw.distinct("place", 2)
        inner = {f"{where}/{name}": text for where in (folder, other) for name, text in notebook(draw)[0].items()}
        count = sum(name.startswith(f"{folder}/") for name in inner)
        return {"folder": folder, "count": count, "notes": {f"{folder}/": "", f"{other}/": "", **notes, **inner}}

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        return super().check(phone, answers) * says(answers, str(self.params["count"]), [str(n) for n in range(30)])

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from oracle.tap_text(phone, self.params["folder"])
        names = yield from oracle.gather(phone, lambda e: e.text.endswith((".md", ".txt")))
        yield from oracle.answer(str(len(names)))


class DeleteMissingNote(InfeasibleTask, NotesTask):
    """No note has that name; others that begin with the same word are decoys."""

    template = "Delete the note {name} in Markor"

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        notes, name = notebook(words(rng))
        del notes[name]
        return {"name": name, "notes": notes}

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield Scroll(direction="up")


def _tap_end(phone: Phone) -> Steps:
    """Put the caret behind the last letter of the editor: a tap at the right end of its last line."""
    yield from oracle.scroll_to(phone, id=EDITOR)
    editor = oracle.find(phone, id=EDITOR)
    assert editor is not None
    (_, _, right, bottom), (width, height) = editor.bounds, phone.size
    yield Click(Point((right - 0.03 * width) / width, (bottom - 0.01 * height) / height))


def notebook(draw: Words) -> tuple[Tree, str]:
    """Four to seven notes and the name of one; another begins with the same word."""
    rng = draw.rng
    notes: Tree = {}
    while len(notes) < rng.randint(3, 6):
        name, text = made_up_note(draw)
        notes.setdefault(name, text)
    name = rng.choice(list(notes))
    other, extension = f"{name.partition('_')[0]}_{draw.thing()}", rng.choice((".md", ".txt"))
    notes[other + extension] = draw.paragraph(2) + "\n"
    return _shuffled(rng, notes), name


def _shuffled(rng: random.Random, notes: Tree) -> Tree:
    names = rng.sample(list(notes), len(notes))
    return {name: notes[name] for name in names}


NOTES_TASKS: tuple[type[PhoneTask], ...] = (
    CreateNote,
    DeleteNote,
    DeleteNewestNote,
    AppendToNote,
    RenameNote,
    CreateNoteFolder,
    MoveNote,
    DeleteAllNotes,
    ReadPrice,
    CountNotes,
    DeleteMissingNote,
)
