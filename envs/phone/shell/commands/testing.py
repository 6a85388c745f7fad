"""`test`, `[` and what is between `[[` and `]]`: files, texts and numbers."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable

from envs.phone.shell.call import Call, Command, UsageError

TEXTS: dict[str, Callable[[str, str], bool]] = {
    "=": lambda a, b: a == b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
}
NUMBERS: dict[str, Callable[[int, int], bool]] = {
    "-eq": lambda a, b: a == b,
    "-ne": lambda a, b: a != b,
    "-lt": lambda a, b: a < b,
    "-le": lambda a, b: a <= b,
    "-gt": lambda a, b: a > b,
    "-ge": lambda a, b: a >= b,
}
MATCHES: dict[str, Callable[[str, str], bool]] = {
    **TEXTS,
    "=": fnmatch.fnmatchcase,
    "==": fnmatch.fnmatchcase,
    "!=": lambda a, b: not fnmatch.fnmatchcase(a, b),
}
"""`[[` compares with a pattern."""
TIMES = ("-nt", "-ot")
CLOSING = {"[": "]", "[[": "]]"}
FILES = ("-e", "-f", "-d", "-s", "-r", "-w", "-x", "-L", "-h")


def test(call: Call) -> int:
    """0 for true, 1 for false, 2 for a malformed expression."""
    words = list(call.args)
    if call.name in CLOSING:
        if not words or words[-1] != CLOSING[call.name]:
            return call.error_line(f"/system/bin/sh: {call.name}: missing {CLOSING[call.name]}", 2)
        words.pop()
    if call.name == "[[":
        words = [{"&&": "-a", "||": "-o"}.get(word, word) for word in words]
    try:
        reader = _Expression(call, words)
        value = bool(words) and reader.either()
        if reader.words:
            raise UsageError(f"{reader.words[0]}: unexpected operator/operand")
    except UsageError as error:
        return call.error_line(f"/system/bin/sh: {call.name}: {error}", 2)
    return int(not value)


class _Expression:
    """Recursive descent over the words; `-o` binds less than `-a`, which binds less than `!`."""

    def __init__(self, call: Call, words: list[str]) -> None:
        self.call, self.words = call, words

    def either(self) -> bool:
        value = self.both()
        while self.words[:1] == ["-o"]:
            self.words.pop(0)
            value = self.both() or value
        return value

    def both(self) -> bool:
        value = self.negated()
        while self.words[:1] == ["-a"]:
            self.words.pop(0)
            value = self.negated() and value
        return value

    def negated(self) -> bool:
        if self.words[:1] == ["!"] and len(self.words) > 1:
            self.words.pop(0)
            return not self.negated()
        return self.primary()

    def primary(self) -> bool:
        words = self.words
        if len(words) >= 3 and (words[1] in TEXTS or words[1] in NUMBERS or words[1] in TIMES):
            left, operator, right = words[:3]
            del words[:3]
            if operator in TEXTS:
                return (MATCHES if self.call.name == "[[" else TEXTS)[operator](left, right)
            if operator in TIMES:
                return self.newer(left, right) if operator == "-nt" else self.newer(right, left)
            return NUMBERS[operator](_number(left), _number(right))
        if words[:1] == ["("]:
            words.pop(0)
            value = self.either()
            if words[:1] != [")"]:
                raise UsageError("missing )")
            words.pop(0)
            return value
        if len(words) >= 2 and (words[0] in ("-n", "-z") or words[0] in FILES):
            operator, operand = words[:2]
            del words[:2]
            if operator == "-n":
                return operand != ""
            return operand == "" if operator == "-z" else self.file(operator, operand)
        if not words:
            raise UsageError("expression expected")
        return words.pop(0) != ""

    def newer(self, one: str, two: str) -> bool:
        files, first, second = self.call.files, self.call.path(one), self.call.path(two)
        if not files.exists(first):
            return False
        return not files.exists(second) or files.stat(first).mtime > files.stat(second).mtime

    def file(self, operator: str, operand: str) -> bool:
        if not operand:
            return False
        files, path = self.call.files, self.call.path(operand)
        if operator == "-d":
            return files.is_dir(path)
        if operator == "-f":
            return files.is_file(path)
        if operator in ("-L", "-h"):
            return False  # the tree has no links
        if operator == "-s":
            return files.exists(path) and files.stat(path).size > 0
        if operator == "-x" and files.is_file(path):
            return bool(files.stat(path).mode & 0o111)
        return files.exists(path)


def _number(text: str) -> int:
    if not re.fullmatch(r"\s*[-+]?\d+\s*", text):
        raise UsageError(f"{text}: bad number")
    return int(text)


TABLE: dict[str, Command] = {"[": test, "[[": test, "test": test}
