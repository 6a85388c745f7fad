"""The syntax of POSIX regular expressions: a pattern in, a tree out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

MAX_DEPTH = 40
MAX_COUNT = 1000

CLASSES: dict[str, Callable[[str], bool]] = {
    "alpha": str.isalpha,
    "digit": lambda c: "0" <= c <= "9",
    "alnum": str.isalnum,
    "space": str.isspace,
    "blank": lambda c: c in " \t",
    "upper": str.isupper,
    "lower": str.islower,
    "xdigit": lambda c: c in "0123456789abcdefABCDEF",
    "punct": lambda c: "!" <= c <= "~" and not c.isalnum(),
    "print": str.isprintable,
    "cntrl": lambda c: c < " " or c == "\x7f",
}
"""Names of `[[:NAME:]]`."""
ESCAPES: dict[str, Callable[[str], bool]] = {
    "w": lambda c: c.isalnum() or c == "_",
    "W": lambda c: not (c.isalnum() or c == "_"),
    "s": str.isspace,
    "S": lambda c: not c.isspace(),
    "d": CLASSES["digit"],
    "D": lambda c: not "0" <= c <= "9",
}
CONTROLS = {"n": "\n", "t": "\t", "r": "\r"}


@dataclass(frozen=True, slots=True)
class One:
    """A character that passes the test."""

    test: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Any:
    """Any character."""


@dataclass(frozen=True, slots=True)
class Assertion:
    kind: str
    """ "^" or "$", the ends of the line; "b", "B", "<" or ">", about the ends of a word."""


@dataclass(frozen=True, slots=True)
class Cat:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    choices: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Group:
    number: int
    inner: Node


@dataclass(frozen=True, slots=True)
class Repeat:
    inner: Node
    least: int
    most: int | None
    """None for without end."""


Node: TypeAlias = One | Any | Assertion | Cat | Either | Group | Repeat


def parse(pattern: str, extended: bool, error: type[ValueError]) -> tuple[Node, int]:
    """The tree and how many groups it has. Raises `error`."""
    reader = _Reader(pattern, extended, error)
    tree = reader.either()
    if reader.at < len(pattern):
        raise error("unmatched )")
    return tree, reader.groups


class _Reader:
    def __init__(self, pattern: str, extended: bool, error: type[ValueError]) -> None:
        self.pattern, self.extended, self.error = pattern, extended, error
        self.at = self.groups = self.depth = 0

    def special(self, sign: str) -> bool:
        """Whether the operator `sign` is at the cursor: bare in extended patterns, escaped in basic ones."""
        return self.pattern.startswith(sign if self.extended else "\\" + sign, self.at)

    def take(self, sign: str) -> bool:
        found = self.special(sign)
        if found:
            self.at += len(sign) + (not self.extended)
        return found

    def either(self) -> Node:
        choices = [self.sequence()]
        while self.take("|"):
            choices.append(self.sequence())
        return choices[0] if len(choices) == 1 else Either(tuple(choices))

    def sequence(self) -> Node:
        parts: list[Node] = []
        while self.at < len(self.pattern) and not self.special("|") and not self.special(")"):
            parts.append(self.repeated(self.atom(first=not parts)))
        return Cat(tuple(parts))

    def repeated(self, node: Node) -> Node:
        while self.at < len(self.pattern):
            if self.pattern[self.at] == "*":
                self.at += 1
                node = Repeat(node, 0, None)
            elif self.take("+"):
                node = Repeat(node, 1, None)
            elif self.take("?"):
                node = Repeat(node, 0, 1)
            else:
                end = "}" if self.extended else r"\\}"
                counts = re.compile(rf"(\d+)?(,)?(\d+)?{end}").match(self.pattern, self.at + 1 + (not self.extended))
                if not self.special("{") or counts is None or not (counts[1] or counts[2]):
                    return node
                node = self.counted(node, counts)
                self.at = counts.end()
        return node

    def counted(self, node: Node, counts: re.Match[str]) -> Repeat:
        least = int((counts[1] or "0")[:9])
        most = int(counts[3][:9]) if counts[3] else None if counts[2] else least
        if max(least, most or 0) > MAX_COUNT or (most is not None and most < least):
            raise self.error(f"bad repetition count, expected up to {MAX_COUNT}")
        return Repeat(node, least, most)

    def atom(self, first: bool) -> Node:
        c = self.pattern[self.at]
        if self.special("("):
            return self.group()
        self.at += 1
        if c == "^" and (self.extended or first):
            return Assertion("^")
        if c == "$" and (self.extended or self.at >= len(self.pattern) or self.special(")") or self.special("|")):
            return Assertion("$")
        if c == ".":
            return Any()
        if c == "[":
            return self.bracket()
        if c == "\\":
            return self.escaped()
        return One(c.__eq__)

    def group(self) -> Node:
        self.take("(")
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"groups nested deeper than {MAX_DEPTH}")
        self.groups += 1
        number = self.groups
        inner = self.either()
        if not self.take(")"):
            raise self.error("unmatched (")
        self.depth -= 1
        return Group(number, inner)

    def escaped(self) -> Node:
        if self.at >= len(self.pattern):
            raise self.error("trailing backslash")
        c = self.pattern[self.at]
        self.at += 1
        if c in "123456789":
            raise self.error("back-references are not supported")
        if c in "bB<>":
            return Assertion(c)
        return One(ESCAPES[c]) if c in ESCAPES else One(CONTROLS.get(c, c).__eq__)

    def bracket(self) -> Node:
        """`[...]`, the cursor behind the opening bracket."""
        negated = self.pattern.startswith("^", self.at)
        self.at += negated
        tests: list[Callable[[str], bool]] = []
        singles: set[str] = set()
        item = re.compile(r"\[:(\w*):\]|([^\]])-([^\]])|(.)", re.DOTALL)
        opened = self.at
        while self.at == opened or not self.pattern.startswith("]", self.at):
            found = item.match(self.pattern, self.at)
            if found is None:
                raise self.error("unmatched [")
            self.at = found.end()
            if found[1] is not None:
                if found[1] not in CLASSES:
                    raise self.error(f"unknown class [:{found[1]}:]")
                tests.append(CLASSES[found[1]])
            elif found[2]:
                low, high = found[2], found[3]
                if low > high:
                    raise self.error(f"bad range {low}-{high}")
                tests.append(lambda c, low=low, high=high: low <= c <= high)  # type: ignore[misc]
            else:
                singles.add(found[4])
        self.at += 1
        characters = frozenset(singles)
        return One(lambda c: (c in characters or any(test(c) for test in tests)) != negated)
