"""Whether a policy's words hold the expected answer: strict enough that listing every candidate earns nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence


def says(answers: Sequence[str], expected: str, among: Iterable[str] = ()) -> bool:
    """Whether the last answer holds `expected` as whole words and none of the other candidates in `among`."""
    if not answers:
        return False
    said, wanted = _words(answers[-1]), _words(expected)
    others = [words for other in among if (words := _words(other)) != wanted and not _within(words, wanted)]
    return _within(wanted, said) and not any(_within(other, said) for other in others)


def says_number(answers: Sequence[str], expected: str) -> bool:
    """Whether the digits of the last answer are exactly those of `expected` (phone numbers, amounts, times)."""
    return bool(answers) and bool(_digits(expected)) and _digits(answers[-1]) == _digits(expected)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _words(text: str) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return tuple(re.findall(r"\w+", "".join(c for c in plain if not unicodedata.combining(c))))


def _within(needle: tuple[str, ...], hay: tuple[str, ...]) -> bool:
    return bool(needle) and any(hay[i : i + len(needle)] == needle for i in range(len(hay) - len(needle) + 1))
