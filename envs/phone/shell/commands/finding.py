"""`find`: a walk over the tree with an expression of tests and actions."""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from envs.phone.files import Stat
from envs.phone.shell.call import Call, Command, Input, Streams, UsageError


@dataclass(frozen=True, slots=True)
class Found:
    shown: str
    """Spelled like the starting point."""
    path: str
    stat: Stat


Rule: TypeAlias = Callable[[Found], bool]


def find(call: Call) -> int:
    """`-type -name -iname -path -size -empty -newer -mtime -maxdepth -mindepth -delete -print -print0 -exec ... ;|+`,
    joined by `-a`, `-o`, `!` and parentheses."""
    words = list(call.args)
    starts: list[str] = []
    while words and not words[0].startswith("-") and words[0] not in ("!", "("):
        starts.append(words.pop(0))
    reader = _Expression(call, words)
    rule = reader.either() if words else (lambda found: True)
    if words:
        raise UsageError(f"bad arg '{words[0]}'")
    code = 0
    for start in starts or ["."]:
        if not call.files.exists(call.path(start)):
            code = call.complain(f"{start}: No such file or directory")
            continue
        # children before parents when something is deleted, as -delete implies -depth
        for found in sorted(_walk(call, start, reader), key=lambda f: f.path, reverse=reader.deletes):
            if rule(found) and not reader.acts:
                call.line(found.shown)
    for batch in reader.batches:
        batch()
    return code


def _walk(call: Call, start: str, reader: _Expression) -> Iterator[Found]:
    waiting = [(start, call.path(start), 0)]
    while waiting:
        shown, path, depth = waiting.pop()
        stat = call.files.stat(path)
        if depth >= reader.mindepth:
            yield Found(shown, path, stat)
        if stat.is_dir and depth < reader.maxdepth:
            for child in call.files.list(path):
                waiting.append((f"{shown.rstrip('/')}/{child}", f"{path.rstrip('/')}/{child}", depth + 1))


class _Expression:
    def __init__(self, call: Call, words: list[str]) -> None:
        self.call, self.words = call, words
        self.acts = self.deletes = False
        self.mindepth, self.maxdepth = 0, 1000
        self.batches: list[Callable[[], None]] = []

    def either(self) -> Rule:
        rules = [self.both()]
        while self.words[:1] in (["-o"], ["-or"]):
            self.words.pop(0)
            rules.append(self.both())
        return lambda found: any(rule(found) for rule in rules)

    def both(self) -> Rule:
        rules = [self.single()]
        while self.words and self.words[0] not in ("-o", "-or", ")"):
            if self.words[0] in ("-a", "-and"):
                self.words.pop(0)
            rules.append(self.single())
        return lambda found: all(rule(found) for rule in rules)

    def single(self) -> Rule:
        word = self.argument("an expression")
        if word in ("!", "-not"):
            inner = self.single()
            return lambda found: not inner(found)
        if word == "(":
            inner = self.either()
            if self.words[:1] != [")"]:
                raise UsageError("missing )")
            self.words.pop(0)
            return inner
        method = getattr(self, "test_" + word[1:].replace("-", "_"), None) if word.startswith("-") else None
        if method is None:
            raise UsageError(f"bad arg '{word}'")
        return method()

    def argument(self, what: str) -> str:
        if not self.words:
            raise UsageError(f"expected {what}")
        return self.words.pop(0)

    def number(self, what: str) -> tuple[str, int]:
        """A count with its sign: "+" more than, "-" less than, "" exactly."""
        text = self.argument(what)
        match = re.fullmatch(r"([-+]?)(\d{1,12})([ckMG]?)", text)
        if match is None:
            raise UsageError(f"{what}: bad number '{text}'")
        return match[1], int(match[2]) * {"": 1, "c": 1, "k": 1 << 10, "M": 1 << 20, "G": 1 << 30}[match[3]]

    def test_type(self) -> Rule:
        kinds = self.argument("-type").split(",")
        return lambda found: ("d" if found.stat.is_dir else "f") in kinds

    def test_name(self) -> Rule:
        pattern = self.argument("-name")
        return lambda found: fnmatch.fnmatchcase(posixpath.basename(found.shown.rstrip("/")) or "/", pattern)

    def test_iname(self) -> Rule:
        pattern = self.argument("-iname").lower()
        return lambda found: fnmatch.fnmatchcase(posixpath.basename(found.shown.rstrip("/")).lower(), pattern)

    def test_path(self) -> Rule:
        pattern = self.argument("-path")
        return lambda found: fnmatch.fnmatchcase(found.shown, pattern)

    def test_size(self) -> Rule:
        text = self.words[0] if self.words else ""
        sign, size = self.number("-size")
        unit = 1 if text[-1:] in "ckMG" else 512
        return lambda found: _compare(sign, -(-found.stat.size // unit), size)

    def test_mtime(self) -> Rule:
        sign, days = self.number("-mtime")
        now = self.call.system.epoch()
        return lambda found: _compare(sign, (now - found.stat.mtime) // 86400, days)

    def test_mmin(self) -> Rule:
        sign, minutes = self.number("-mmin")
        now = self.call.system.epoch()
        return lambda found: _compare(sign, (now - found.stat.mtime) // 60, minutes)

    def test_newer(self) -> Rule:
        mtime = self.call.files.stat(self.call.path(self.argument("-newer"))).mtime
        return lambda found: found.stat.mtime > mtime

    def test_empty(self) -> Rule:
        files = self.call.files
        return lambda found: not files.list(found.path) if found.stat.is_dir else found.stat.size == 0

    def test_maxdepth(self) -> Rule:
        self.maxdepth = self.number("-maxdepth")[1]
        return lambda found: True

    def test_mindepth(self) -> Rule:
        self.mindepth = self.number("-mindepth")[1]
        return lambda found: True

    def test_depth(self) -> Rule:
        return lambda found: True

    def test_print(self) -> Rule:
        self.acts = True
        return _does(lambda found: self.call.line(found.shown))

    def test_print0(self) -> Rule:
        self.acts = True
        return _does(lambda found: self.call.write(found.shown + "\0"))

    def test_delete(self) -> Rule:
        self.acts = self.deletes = True
        return _does(lambda found: self.call.files.remove(found.path))

    def test_exec(self) -> Rule:
        self.acts = True
        words: list[str] = []
        while (word := self.argument("; after -exec")) not in (";", "+"):
            words.append(word)
        shell, streams = self.call.shell, Streams(Input(), self.call.streams.out, self.call.streams.err)
        if word == ";":
            return lambda found: shell.execute([w.replace("{}", found.shown) for w in words], streams) == 0
        gathered: list[str] = []

        def batch() -> None:
            if gathered:
                shell.execute([item for w in words for item in (gathered if w == "{}" else [w])], streams)

        self.batches.append(batch)
        return _does(lambda found: gathered.append(found.shown))


def _does(action: Callable[[Found], None]) -> Rule:
    """An action as a test: it is always true."""

    def rule(found: Found) -> bool:
        action(found)
        return True

    return rule


def _compare(sign: str, value: int, limit: int) -> bool:
    return value > limit if sign == "+" else value < limit if sign == "-" else value == limit


TABLE: dict[str, Command] = {"find": find}
