"""Bracketed numbers in a grounding reply, read without `eval`."""

from __future__ import annotations

import re

_NUMBER = r"[-+]?[0-9]{1,9}(?:\.[0-9]{0,9})?"
_BRACKET = re.compile(rf"\[\s*{_NUMBER}(?:\s*,\s*{_NUMBER}){{0,7}}\s*\]")
_EACH = re.compile(_NUMBER)


def whole_list(text: str) -> tuple[float, ...] | None:
    """The numbers of `text` when it is one bracketed list and nothing else."""
    stripped = text.strip()
    return _numbers(stripped) if _BRACKET.fullmatch(stripped) else None


def all_lists(text: str, limit: int = 2) -> tuple[tuple[tuple[float, ...], ...], str]:
    """The first `limit` bracketed lists of `text`, and the text before, between and after them."""
    lists: list[tuple[float, ...]] = []
    around: list[str] = []
    end = 0
    for match in _BRACKET.finditer(text):
        if len(lists) == limit:
            break
        around.append(text[end : match.start()])
        lists.append(_numbers(match.group()))
        end = match.end()
    around.append(text[end:])
    return tuple(lists), "".join(around)


def _numbers(bracket: str) -> tuple[float, ...]:
    return tuple(float(number) for number in _EACH.findall(bracket))
