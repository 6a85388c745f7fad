"""`expr`: arithmetic, comparison and texts, one argument per symbol."""

from __future__ import annotations

import operator
from collections.abc import Callable

from envs.phone.shell.arithmetic import number
from envs.phone.shell.call import Call, Command, UsageError
from envs.phone.shell.grammar import ShellSyntaxError
from envs.phone.shell.regex import Regex, RegexError

COMPARISONS: dict[str, Callable[..., bool]] = {
    **{"<": operator.lt, "<=": operator.le, "=": operator.eq, "==": operator.eq},
    **{"!=": operator.ne, ">=": operator.ge, ">": operator.gt},
}
LEVELS = (("|",), ("&",), tuple(COMPARISONS), ("+", "-"), ("*", "/", "%"), (":",))
"""Operators, the loosest first."""
MAX_WORDS = 500


def expr(call: Call) -> int:
    """0 for a value, 1 for an empty or zero one, 2 for what is no expression."""
    words = list(call.args)
    try:
        if not 0 < len(words) <= MAX_WORDS:
            raise UsageError(f"expected 1 to {MAX_WORDS} arguments")
        value = _binary(words, 0)
        if words:
            raise UsageError("syntax error")
    except (UsageError, ShellSyntaxError, RegexError) as error:
        return call.complain(str(error), 2)
    call.line(value)
    return int(value in ("", "0"))


def _binary(words: list[str], level: int) -> str:
    if level == len(LEVELS):
        return _atom(words)
    value = _binary(words, level + 1)
    while words and words[0] in LEVELS[level]:
        value = _applied(words.pop(0), value, _binary(words, level + 1))
    return value


def _atom(words: list[str]) -> str:
    if not words:
        raise UsageError("syntax error")
    word = words.pop(0)
    if word == "length" and words:
        return str(len(words.pop(0)))
    if word == "substr" and len(words) > 2:
        text, start, size = words.pop(0), number(words.pop(0)), number(words.pop(0))
        return text[start - 1 : start - 1 + size] if start > 0 and size > 0 else ""
    if word != "(":
        return word
    value = _binary(words, 0)
    if words[:1] != [")"]:
        raise UsageError("syntax error")
    words.pop(0)
    return value


def _applied(sign: str, left: str, right: str) -> str:
    if sign == "|":
        return left if left not in ("", "0") else right
    if sign == "&":
        return left if left not in ("", "0") and right not in ("", "0") else "0"
    if sign == ":":
        found = Regex(f"^\\({right}\\)", extended=False).search(left)
        if "\\(" in right:
            return "" if found is None else found.group(2)
        return str(0 if found is None else found.end())
    if sign in COMPARISONS:
        try:
            return str(int(COMPARISONS[sign](number(left), number(right))))
        except ShellSyntaxError:
            return str(int(COMPARISONS[sign](left, right)))
    one, two = number(left), number(right)
    if sign in "/%" and two == 0:
        raise UsageError("division by zero")
    if sign == "/":
        return str(int(abs(one) // abs(two) * (1 if (one < 0) == (two < 0) else -1)))
    if sign == "%":
        return str(abs(one) % abs(two) * (-1 if one < 0 else 1))
    return str({"+": operator.add, "-": operator.sub, "*": operator.mul}[sign](one, two))


TABLE: dict[str, Command] = {"expr": expr}
