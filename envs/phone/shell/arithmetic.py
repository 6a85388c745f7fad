"""Whole-number expressions of `$((...))`: 64 bits, C's operators, variables by name."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping

from envs.phone.shell.grammar import ShellSyntaxError

SYMBOL = re.compile(r"\s*(0[xX][0-9a-fA-F]+|\d+|[A-Za-z_]\w*|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^~!<>()?:])", re.ASCII)
MAX_DEPTH = 40
MAX_DIGITS = 20


def _truth(function: Callable[[int, int], bool]) -> Callable[[int, int], int]:
    return lambda a, b: int(function(a, b))


LEVELS: tuple[dict[str, Callable[[int, int], int]], ...] = (
    {"||": lambda a, b: int(a != 0 or b != 0)},
    {"&&": lambda a, b: int(a != 0 and b != 0)},
    {"|": operator.or_},
    {"^": operator.xor},
    {"&": operator.and_},
    {"==": _truth(operator.eq), "!=": _truth(operator.ne)},
    {"<": _truth(operator.lt), "<=": _truth(operator.le), ">": _truth(operator.gt), ">=": _truth(operator.ge)},
    {"<<": lambda a, b: a << (b & 63), ">>": lambda a, b: a >> (b & 63)},
    {"+": operator.add, "-": operator.sub},
    {"*": operator.mul, "/": lambda a, b: _quotient(a, b), "%": lambda a, b: a - b * _quotient(a, b)},
)
"""Binary operators, the loosest first. They have no side effects, so `&&` and `||` need not stop early."""


def evaluate(text: str, variables: Mapping[str, str]) -> int:
    """The value. Raises ShellSyntaxError for what is no expression, and for a division by zero."""
    if not text.strip():
        return 0
    reader = _Reader(text, variables)
    value = reader.choice(0)
    if reader.symbol:
        raise ShellSyntaxError(f"{text.strip()}: unexpected '{reader.symbol}'")
    return value


def _wrapped(value: int) -> int:
    return (value + (1 << 63)) % (1 << 64) - (1 << 63)


def _quotient(a: int, b: int) -> int:
    """Rounded towards zero, as in C."""
    if b == 0:
        raise ShellSyntaxError("divide by zero")
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def number(text: str) -> int:
    """The value of a decimal, 0x or octal literal. Raises ShellSyntaxError."""
    sign, digits = (-1, text.strip()[1:]) if text.strip().startswith("-") else (1, text.strip())
    base = 16 if digits[:2].lower() == "0x" else 8 if len(digits) > 1 and digits[0] == "0" else 10
    try:
        if len(digits) > MAX_DIGITS:
            raise ValueError
        return _wrapped(sign * int(digits, base))
    except ValueError:
        raise ShellSyntaxError(f"{text:.40}: bad number") from None


class _Reader:
    """Precedence climbing, one symbol ahead."""

    def __init__(self, text: str, variables: Mapping[str, str]) -> None:
        self.text, self.variables, self.at, self.symbol = text, variables, 0, ""
        self.advance()

    def advance(self) -> str:
        """The current symbol; the next one becomes current, empty at the end."""
        before, match = self.symbol, SYMBOL.match(self.text, self.at)
        if match is None and self.text[self.at :].strip():
            raise ShellSyntaxError(f"{self.text.strip():.40}: unexpected '{self.text[self.at :].strip()[0]}'")
        self.symbol, self.at = (match[1], match.end()) if match is not None else ("", len(self.text))
        return before

    def choice(self, depth: int) -> int:
        """`a ? b : c`, and everything that binds closer."""
        if depth > MAX_DEPTH:
            raise ShellSyntaxError(f"expression nested deeper than {MAX_DEPTH}")
        value = self.binary(0, depth)
        if self.symbol != "?":
            return value
        self.advance()
        yes = self.choice(depth + 1)
        if self.advance() != ":":
            raise ShellSyntaxError("expected ':' after '?'")
        no = self.choice(depth + 1)
        return yes if value else no

    def binary(self, level: int, depth: int) -> int:
        if level == len(LEVELS):
            return self.unary(depth)
        value = self.binary(level + 1, depth)
        while self.symbol in LEVELS[level]:
            act = LEVELS[level][self.advance()]
            value = _wrapped(act(value, self.binary(level + 1, depth)))
        return value

    def unary(self, depth: int) -> int:
        signs: list[str] = []
        while self.symbol and self.symbol in "-+!~":
            signs.append(self.advance())
        value = self.atom(depth)
        for sign in reversed(signs):
            value = {"-": -value, "+": value, "!": int(value == 0), "~": ~value}[sign]
        return _wrapped(value)

    def atom(self, depth: int) -> int:
        symbol = self.advance()
        if symbol == "(":
            value = self.choice(depth + 1)
            if self.advance() != ")":
                raise ShellSyntaxError("expected ')'")
            return value
        if symbol[:1].isdigit():
            return number(symbol)
        if symbol[:1].isalpha() or symbol[:1] == "_":
            return number(self.variables.get(symbol) or "0")
        raise ShellSyntaxError(f"expected a number, got '{symbol or 'end of expression'}'")
