"""Tasks in Files. The whole shared storage is part of the goal: nothing else may have changed."""

from __future__ import annotations

import posixpath
import random
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from agentkit.actions import Scroll, Type
from envs.phone import oracle
from envs.phone.apps.files import Files
from envs.phone.apps.listing import FOLDERS, STORAGE_NAME
from envs.phone.oracle import Steps
from envs.phone.tasks.answers import says
from envs.phone.tasks.base import InfeasibleTask, PhoneTask
from envs.phone.tasks.trees import Tree, complete, lay_out, read_back
from envs.phone.words import Words, words

if TYPE_CHECKING:
    from envs.phone.device import Phone

APP = Files.label
PLACES = tuple(name for name in FOLDERS if name not in ("Android", "Download"))
EXTENSIONS = ("pdf", "jpg", "png", "mp3", "mp4", "zip", "docx")


class FilesTask(PhoneTask):
    """Starts from the `tree` parameter; `expected` names the tree that fulfils the goal."""

    app: ClassVar[str] = APP
    max_steps: ClassVar[int] = 20

    def setup(self, phone: Phone) -> None:
        lay_out(phone, self.params["tree"])

    def expected(self) -> Tree:
        """The files when the goal is reached; the same as before unless a template says otherwise."""
        return dict(self.params["tree"])

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        return float(read_back(phone) == complete(self.expected()))


class DeleteFile(FilesTask):
    template = "Delete the file {name} from the folder {folder} in Files"

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        folder, other = rng.sample(PLACES, 2)
        tree, name = crowd(words(rng), folder, other)
        return {"folder": folder, "name": name, "tree": tree}

    def expected(self) -> Tree:
        return _without(self.params["tree"], f"{self.params['folder']}/{self.params['name']}")

    def oracle(self, phone: Phone) -> Steps:
        yield from _open_folder(phone, self.params["folder"])
        yield from oracle.delete(phone, self.params["name"], "OK")


class MoveFile(FilesTask):
    template = "Move the file {name} from the folder {folder} to the folder {target}, both in the internal storage"
    verb: ClassVar[str] = "Move"

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        folder, target, other = rng.sample(PLACES, 3)
        tree, name = crowd(words(rng), folder, other)
        return {"folder": folder, "target": target, "name": name, "tree": tree}

    def expected(self) -> Tree:
        tree, old = self.params["tree"], f"{self.params['folder']}/{self.params['name']}"
        return {**_without(tree, old), f"{self.params['target']}/{self.params['name']}": tree[old]}

    def oracle(self, phone: Phone) -> Steps:
        yield from _open_folder(phone, self.params["folder"])
        yield from oracle.long_press(phone, text=self.params["name"])
        yield from oracle.choose(phone, f"{self.verb} to…")
        yield from _storage(phone)
        yield from oracle.tap_text(phone, self.params["target"])
        yield from oracle.tap_text(phone, self.verb)


class CopyFile(MoveFile):
    template = "Copy the file {name} from the folder {folder} to the folder {target}, both in the internal storage"
    verb = "Copy"

    def expected(self) -> Tree:
        tree = self.params["tree"]
        return {
            **tree,
            f"{self.params['target']}/{self.params['name']}": tree[f"{self.params['folder']}/{self.params['name']}"],
        }


class RenameFile(FilesTask):
    """The rename box opens with the old name in it, the caret behind its last letter: the new name adds a suffix."""

    template = "In the folder {folder}, rename the file {name} to {name}{suffix}"

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        folder, other = rng.sample(PLACES, 2)
        draw = words(rng)
        tree, name = crowd(draw, folder, other)
        return {
            "folder": folder,
            "name": name,
            "suffix": rng.choice((".bak", ".old", "_copy", f".{draw.thing()}")),
            "tree": tree,
        }

    def expected(self) -> Tree:
        tree, old = self.params["tree"], f"{self.params['folder']}/{self.params['name']}"
        return {**_without(tree, old), old + self.params["suffix"]: tree[old]}

    def oracle(self, phone: Phone) -> Steps:
        yield from _open_folder(phone, self.params["folder"])
        yield from oracle.long_press(phone, text=self.params["name"])
        yield from oracle.choose(phone, "Rename")
        yield Type(self.params["suffix"])
        yield from oracle.tap_text(phone, "OK")


class CreateFolder(FilesTask):
    template = "Create a folder named {name} in the folder {folder} of the internal storage"

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        folder, other = rng.sample(PLACES, 2)
        draw = words(rng)
        tree, _ = crowd(draw, folder, other)
        return {"folder": folder, "name": f"{draw.adjective()} {draw.topic()}", "tree": tree}

    def expected(self) -> Tree:
        return {**self.params["tree"], f"{self.params['folder']}/{self.params['name']}/": ""}

    def oracle(self, phone: Phone) -> Steps:
        yield from _open_folder(phone, self.params["folder"])
        yield from oracle.choose(phone, "New folder")
        yield from oracle.type_into(phone, "text1", self.params["name"])
        yield from oracle.tap_text(phone, "OK")


class LargestFile(FilesTask):
    template = "Which file in the folder {folder} is the largest?"

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        folder, other = rng.sample(PLACES, 2)
        tree, _ = crowd(words(rng), folder, other)
        largest = max((p for p in tree if posixpath.dirname(p) == folder), key=lambda p: len(tree[p]))
        return {"folder": folder, "name": posixpath.basename(largest), "tree": tree}

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        names = [posixpath.basename(path) for path in self.params["tree"]]
        return super().check(phone, answers) * says(answers, self.params["name"], names)

    def oracle(self, phone: Phone) -> Steps:
        yield from _open_folder(phone, self.params["folder"])
        yield from oracle.choose(phone, "Sort by…")
        yield from oracle.tap_text(phone, "Size (largest first)")
        yield from oracle.answer(oracle.read(phone, "row_0"))


class CountFiles(FilesTask):
    template = "How many {extension} files are in the folder {folder}? Answer with a number."

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        folder, other = rng.sample(PLACES, 2)
        tree, name = crowd(words(rng), folder, other)
        extension = posixpath.splitext(name)[1][1:]
        count = sum(posixpath.dirname(path) == folder and path.endswith(f".{extension}") for path in tree)
        return {"folder": folder, "extension": extension, "count": count, "tree": tree}

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        others = [str(n) for n in range(15)]
        return super().check(phone, answers) * says(answers, str(self.params["count"]), others)

    def oracle(self, phone: Phone) -> Steps:
        yield from _open_folder(phone, self.params["folder"])
        names = yield from oracle.gather(phone, lambda e: e.text.endswith(f".{self.params['extension']}"))
        yield from oracle.answer(str(len(names)))


class FindFile(FilesTask):
    template = "In which folder of the internal storage is the file {name}?"

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        folder, other = rng.sample(PLACES, 2)
        tree, name = crowd(words(rng), folder, other)
        return {"folder": folder, "name": name, "tree": tree}

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        return super().check(phone, answers) * says(answers, self.params["folder"], FOLDERS)

    def oracle(self, phone: Phone) -> Steps:
        yield from oracle.launch(APP)
        yield from oracle.tap_label(phone, "Search")
        yield from oracle.type_into(phone, "search_src_text", self.params["name"])
        yield from oracle.long_press(phone, id="row_0")
        yield from oracle.choose(phone, "Get info")
        path = next(e.text for e in phone.elements() if e.text.startswith("Path: "))
        yield from oracle.answer(posixpath.basename(posixpath.dirname(path)))


class MoveMissingFile(InfeasibleTask):
    """The folder has no such file; one of the same stem and another extension is the decoy."""

    app = APP
    template = "Move the file {name} from the folder {folder} to the folder {target}, both in the internal storage"

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        folder, target, other = rng.sample(PLACES, 3)
        tree, name = crowd(words(rng), folder, other)
        del tree[f"{folder}/{name}"]
        return {"folder": folder, "target": target, "name": name, "tree": tree}

    def setup(self, phone: Phone) -> None:
        lay_out(phone, self.params["tree"])

    def oracle(self, phone: Phone) -> Steps:
        yield from _open_folder(phone, self.params["folder"])
        yield Scroll(direction="up")


def crowd(draw: Words, folder: str, other: str) -> tuple[Tree, str]:
    """A tree of about ten files and the name of one in `folder`, which exists nowhere else.

    Its decoys there: the same stem with another extension, the same first word, other files with its extension. All
    sizes of a folder differ visibly.
    """
    rng = draw.rng
    adjective, *adjectives = draw.distinct("adjective", 6)
    thing, *things = draw.distinct("thing", 6)
    extension, second, *_ = rng.sample(EXTENSIONS, 3)
    name = f"{adjective}_{thing}.{extension}"
    names = [name, f"{adjective}_{thing}.{second}", f"{adjective}_{things[0]}.{extension}"]
    names += [f"{a}_{t}.{rng.choice(EXTENSIONS)}" for a, t in zip(adjectives[:3], things[1:4], strict=True)]
    sizes = rng.sample(range(2, 60), len(names) + 3)
    paths = [f"{folder}/{n}" for n in names]
    paths += [f"{other}/{adjectives[n]}_{things[n]}.{rng.choice(EXTENSIONS)}" for n in (3, 4)]
    paths.append(f"Download/{draw.topic()}_{draw.thing()}.pdf")
    order = rng.sample(range(len(paths)), len(paths))
    return {paths[n]: _filler(rng, sizes[n]) for n in order}, name


def _filler(rng: random.Random, size: int) -> str:
    """Text of about `size` hundred bytes; no viewer opens it."""
    return f"{rng.getrandbits(64):016x}" * (size * 100 // 16)


def _without(tree: Tree, path: str) -> Tree:
    return {p: text for p, text in tree.items() if p != path}


def _storage(phone: Phone) -> Steps:
    yield from oracle.tap_id(phone, "nav")
    yield from oracle.tap_text(phone, STORAGE_NAME)


def _open_folder(phone: Phone, folder: str) -> Steps:
    yield from oracle.launch(APP)
    yield from _storage(phone)
    yield from oracle.tap_text(phone, folder)


FILES_TASKS: tuple[type[PhoneTask], ...] = (
    DeleteFile,
    MoveFile,
    CopyFile,
    RenameFile,
    CreateFolder,
    LargestFile,
    CountFiles,
    FindFile,
    MoveMissingFile,
)
