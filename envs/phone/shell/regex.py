"""POSIX regular expressions, basic and extended, in time linear in the text.

Patterns are hostile here and Python's own engine backtracks without end on some, so this one runs all alternatives side
by side (Thompson 1968; with captures, as Pike's `sam`). Differs from POSIX in preferring the first alternative over the
longest. Back-references in a pattern are not regular and are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from envs.phone.shell.call import Exhausted
from envs.phone.shell.regex_syntax import Any, Assertion, Cat, Either, Group, Node, One, Repeat, parse

MAX_PROGRAM = 2000
MAX_STEPS = 3_000_000
"""States that one search may visit: some seconds."""

CHARACTER, SPLIT, SAVE, ASSERT, FOUND = range(5)


class Step(NamedTuple):
    operation: int
    number: int = 0
    """Of SPLIT, where it goes first; of SAVE, which mark it sets."""
    second: int = 0
    """Where a SPLIT goes second."""
    test: Callable[[str], bool] = bool
    """What a CHARACTER must pass; by default any does."""
    kind: str = ""
    """Which ASSERT."""


Marks = tuple[int, ...]


class RegexError(ValueError):
    """The pattern is malformed or too big."""


@dataclass(frozen=True, slots=True)
class Match:
    text: str
    marks: Marks
    """Start and end of the match and of each group, -1 where a group took no part."""

    def start(self) -> int:
        return self.marks[0]

    def end(self) -> int:
        return self.marks[1]

    def group(self, n: int = 0) -> str:
        """The text of a group, 0 for all; empty where it took no part."""
        return self.text[self.marks[2 * n] : self.marks[2 * n + 1]] if self.marks[2 * n] >= 0 else ""


class Regex:
    """A compiled pattern. Raises RegexError for a bad one."""

    def __init__(self, pattern: str, *, extended: bool, ignore_case: bool = False) -> None:
        tree, self.groups = parse(pattern, extended, RegexError)
        self._fold = ignore_case
        self._program: list[Step] = []
        self._emit(Group(0, tree))
        self._add(Step(FOUND))
        self._first = self._beginnings()

    def search(self, text: str, start: int = 0) -> Match | None:
        """The leftmost match from `start` on. Raises Exhausted."""
        marks = self._run(text, start)
        return None if marks is None else Match(text, marks)

    def finditer(self, text: str) -> Iterator[Match]:
        """Matches that do not overlap; no empty one right behind another."""
        at, end = 0, -1
        while at <= len(text) and (found := self.search(text, at)) is not None:
            empty = found.end() == found.start()
            if not (empty and found.start() == end):
                yield found
            end = found.end()
            at = end + empty

    def replace(self, text: str, new: Callable[[Match], str], *, first: int = 1, all_after: bool = False) -> str | None:
        """With match number `first`, and all after it too if `all_after`, replaced; None when there is none."""
        pieces: list[str] = []
        at = 0
        for number, found in enumerate(self.finditer(text), 1):
            if number >= first:
                pieces += [text[at : found.start()], new(found)]
                at = found.end()
                if not all_after:
                    break
        return "".join(pieces) + text[at:] if pieces else None

    # -- compiling ----------------------------------------------------------------------------------------------------

    def _add(self, step: Step) -> int:
        if len(self._program) >= MAX_PROGRAM:
            raise RegexError("regex too big")
        self._program.append(step)
        return len(self._program) - 1

    def _emit(self, node: Node) -> None:
        if isinstance(node, One):
            test = node.test
            self._add(Step(CHARACTER, test=(lambda c: test(c.lower()) or test(c.upper())) if self._fold else test))
        elif isinstance(node, Any):
            self._add(Step(CHARACTER))
        elif isinstance(node, Assertion):
            self._add(Step(ASSERT, kind=node.kind))
        elif isinstance(node, Group):
            self._add(Step(SAVE, 2 * node.number))
            self._emit(node.inner)
            self._add(Step(SAVE, 2 * node.number + 1))
        elif isinstance(node, Cat):
            for part in node.parts:
                self._emit(part)
        elif isinstance(node, Either):
            self._either(node.choices)
        else:
            self._repeat(node)

    def _either(self, choices: tuple[Node, ...]) -> None:
        ends: list[int] = []
        for choice in choices[:-1]:
            fork = self._add(Step(SPLIT))
            self._emit(choice)
            ends.append(self._add(Step(SPLIT)))
            self._program[fork] = Step(SPLIT, fork + 1, len(self._program))
        self._emit(choices[-1])
        for end in ends:
            self._program[end] = Step(SPLIT, len(self._program), len(self._program))

    def _repeat(self, node: Repeat) -> None:
        for _ in range(node.least):
            self._emit(node.inner)
        if node.most is None:
            fork = self._add(Step(SPLIT))
            self._emit(node.inner)
            self._add(Step(SPLIT, fork, fork))
            self._program[fork] = Step(SPLIT, fork + 1, len(self._program))
            return
        forks = []
        for _ in range(node.most - node.least):
            forks.append(self._add(Step(SPLIT)))
            self._emit(node.inner)
        for fork in forks:
            self._program[fork] = Step(SPLIT, fork + 1, len(self._program))

    # -- running ------------------------------------------------------------------------------------------------------

    def _run(self, text: str, start: int) -> Marks | None:
        unset = (-1,) * (2 * self.groups + 2)
        threads: list[tuple[int, Marks]] = []
        best: Marks | None = None
        seen: set[int] = set()
        program, first, size, steps = self._program, self._first, len(text), 0
        for at in range(start, size + 1):
            if best is None and (threads or first is None or (at < size and first(text[at]))):
                seen = {pc for pc, _ in threads}
                self._follow(0, unset, text, at, threads, seen)
            if not threads:
                if best is not None:
                    break
                continue
            steps += len(seen)
            if steps > MAX_STEPS:
                raise Exhausted("a regular expression takes too long")
            following: list[tuple[int, Marks]] = []
            seen = set()
            for pc, marks in threads:
                step = program[pc]
                if step.operation == FOUND:
                    best = marks
                    break  # threads after this one have a lower priority
                if at < size and step.test(text[at]):
                    self._follow(pc + 1, marks, text, at + 1, following, seen)
            threads = following
        return best

    def _follow(
        self, pc: int, marks: Marks, text: str, at: int, threads: list[tuple[int, Marks]], seen: set[int]
    ) -> None:
        """Append the threads that `pc` leads to without reading, the preferred ones first."""
        stack = [(pc, marks)]
        while stack:
            pc, marks = stack.pop()
            if pc in seen:
                continue
            seen.add(pc)
            step = self._program[pc]
            if step.operation == SPLIT:
                stack += [(step.second, marks), (step.number, marks)]
            elif step.operation == SAVE:
                stack.append((pc + 1, (*marks[: step.number], at, *marks[step.number + 1 :])))
            elif step.operation == ASSERT:
                if _holds(step.kind, text, at):
                    stack.append((pc + 1, marks))
            else:
                threads.append((pc, marks))

    def _beginnings(self) -> Callable[[str], bool] | None:
        """A test of the character a match can begin with; None when it may be empty."""
        stack: list[int] = [0]
        seen: set[int] = set()
        tests: list[Callable[[str], bool]] = []
        while stack:
            pc = stack.pop()
            if pc in seen:
                continue
            seen.add(pc)
            step = self._program[pc]
            if step.operation == FOUND:
                return None
            if step.operation == CHARACTER:
                tests.append(step.test)
            else:
                stack += [step.number, step.second] if step.operation == SPLIT else [pc + 1]
        return tests[0] if len(tests) == 1 else lambda c: any(test(c) for test in tests)


def _holds(kind: str, text: str, at: int) -> bool:
    if kind == "^":
        return at == 0
    if kind == "$":
        return at == len(text)
    before, after = at > 0 and _is_word(text[at - 1]), at < len(text) and _is_word(text[at])
    return {"b": before != after, "B": before == after, "<": not before and after, ">": before and not after}[kind]


def _is_word(c: str) -> bool:
    return c.isalnum() or c == "_"
