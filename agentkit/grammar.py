r"""Read and write one call, `Name(arg=value, ...)`, with a hand-written scanner: no `eval`, linear time, no recursion.

    call   := Name "(" [arg ("," arg)*] ")"          arg  := name "=" value
    value  := string | "(" number ("," number)* ")" | "[" [string ("," string)*] "]" | number
    string := single or double quotes; escapes \\ \' \" \n \r \t and \/ (for "/"); any other backslash stands for itself

Models write apostrophes without escaping them. So an unescaped quote closes an argument's string only where the call
can go on: before `)` at the end of the text, or before `, name=`. `Type(content='it's')` therefore holds `it's`, and
text that we wrote ourselves, with its quotes escaped, never needs the rule. Inside a list a quote closes before `,`
or `]`. Whitespace, line breaks included, may stand between any two parts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

Value: TypeAlias = str | float | tuple[float, ...] | tuple[str, ...]
"""A string, a number, numbers in parentheses, or strings in brackets. `()` and `[]` both read as `()`."""

_SPACE = re.compile(r"\s*")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_NUMBER = re.compile(r"[-+]?(?:[0-9]{1,12}(?:\.[0-9]{0,12})?|\.[0-9]{1,12})")
_ARGUMENT_GOES_ON = re.compile(r"\s*(?:\)\s*\Z|,\s*[A-Za-z_][A-Za-z0-9_]{0,63}\s*=)")
_LIST_GOES_ON = re.compile(r"\s*[,\]]")
_QUOTES = {"'": re.compile(r"['\\]"), '"': re.compile(r'["\\]')}
_ESCAPES = {"\\": "\\", "'": "'", '"': '"', "n": "\n", "r": "\r", "t": "\t", "/": "/"}
_WRITTEN = str.maketrans({"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


class CallSyntaxError(ValueError):
    """The text is not one call; the message names the place, what was expected and what was found."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call as written, its values not yet judged."""

    name: str
    args: Mapping[str, Value]


def parse_call(text: str) -> Call:
    """The one call that `text` is, surrounding whitespace aside. Raises CallSyntaxError."""
    scanner = _Scanner(text)
    name = scanner.take(_NAME, "a call name")
    scanner.expect("(")
    args: dict[str, Value] = {}
    while not scanner.at(")"):
        if args:
            scanner.expect(",", "',' or ')'")
        key = scanner.take(_NAME, "an argument name")
        if key in args:
            raise CallSyntaxError(f"argument {key!r} is given twice")
        scanner.expect("=")
        args[key] = scanner.value()
    scanner.expect(")")
    scanner.end()
    return Call(name, args)


def render_call(call: Call) -> str:
    """Text that `parse_call` reads back to an equal call; strings may hold anything.

    `</` is written `<\\/`, so that a string cannot close the tag that a protocol puts around its action.
    """
    return f"{call.name}({', '.join(f'{key}={_render(value)}' for key, value in call.args.items())})"


def _render(value: Value) -> str:
    if isinstance(value, str):
        return "'" + value.translate(_WRITTEN).replace("</", "<\\/") + "'"
    if isinstance(value, tuple):
        if value and all(isinstance(item, str) for item in value):
            return f"[{', '.join(map(_render, value))}]"
        return f"({', '.join(map(_render, value))})"
    written = f"{value:.12f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0

    def _skip_space(self) -> None:
        self.place = _SPACE.match(self.text, self.place).end()  # type: ignore[union-attr]

    def at(self, mark: str) -> bool:
        self._skip_space()
        return self.text.startswith(mark, self.place)

    def expect(self, mark: str, what: str = "") -> None:
        if not self.at(mark):
            raise self._error(what or repr(mark))
        self.place += len(mark)

    def take(self, pattern: re.Pattern[str], what: str) -> str:
        self._skip_space()
        match = pattern.match(self.text, self.place)
        if match is None:
            raise self._error(what)
        self.place = match.end()
        return match.group()

    def end(self) -> None:
        self._skip_space()
        if self.place != len(self.text):
            raise self._error("the end")

    def value(self) -> Value:
        if self.at("'") or self.at('"'):
            return self._string(_ARGUMENT_GOES_ON)
        if self.at("("):
            return self._numbers()
        if self.at("["):
            return self._strings()
        return float(self.take(_NUMBER, "a string, a number, (numbers) or [strings]"))

    def _numbers(self) -> tuple[float, ...]:
        self.expect("(")
        numbers: list[float] = []
        while not self.at(")"):
            if numbers:
                self.expect(",", "',' or ')'")
            numbers.append(float(self.take(_NUMBER, "a number")))
        self.expect(")")
        return tuple(numbers)

    def _strings(self) -> tuple[str, ...]:
        self.expect("[")
        strings: list[str] = []
        while not self.at("]"):
            if strings:
                self.expect(",", "',' or ']'")
            if not (self.at("'") or self.at('"')):
                raise self._error("a quoted string")
            strings.append(self._string(_LIST_GOES_ON))
        self.expect("]")
        return tuple(strings)

    def _string(self, goes_on: re.Pattern[str]) -> str:
        opened = self.place
        stop = _QUOTES[self.text[opened]]
        pieces: list[str] = []
        start = opened + 1
        while True:
            match = stop.search(self.text, start)
            if match is None:
                raise CallSyntaxError(f"the string that opens at {opened} never closes where the call could go on")
            at = match.start()
            pieces.append(self.text[start:at])
            start = at + 1
            if match.group() == "\\":
                escape = self.text[start : start + 1]
                if escape in _ESCAPES:
                    pieces.append(_ESCAPES[escape])
                    start += 1
                else:
                    pieces.append("\\")
            elif goes_on.match(self.text, start):
                self.place = start
                return "".join(pieces)
            else:
                pieces.append(match.group())

    def _error(self, expected: str) -> CallSyntaxError:
        rest = self.text[self.place : self.place + 20]
        return CallSyntaxError(f"expected {expected} at {self.place}, found {repr(rest) if rest else 'the end'}")
