"""Whether a policy's words hold the expected answer: strict enough that listing every candidate earns nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

_TIME = re.compile(r"\b(\d{1,2})[:.](\d{2})\s*(?:([ap])\.?\s?m)?", re.IGNORECASE)


def says(answers: Sequence[str], expected: str, among: Iterable[str] = ()) -> bool:
    """Whether the last answer holds `expected` as whole words and none of the other candidates in `among`."""
    if not answers:
        return False
    said, wanted = _words(answers[-1]), _words(expected)
    others = [words for other in among if (words := _words(other)) != wanted and not _within(words, wanted)]
    return _within(wanted, said) and not any(_within(other, said) for other in others)


def says_all(answers: Sequence[str], expected: Sequence[str], among: Iterable[str] = ()) -> bool:
    """Whether the last answer names every one of `expected` and no other candidate in `among`."""
    wanted = [_words(name) for name in expected]
    others = [a for a in among if not any(_within(_words(a), words) for words in wanted)]
    return bool(expected) and all(says(answers, name, others) for name in expected)


def says_number(answers: Sequence[str], expected: str) -> bool:
    """Whether the digits of the last answer are exactly those of `expected` (phone numbers, amounts, times)."""
    return bool(answers) and bool(_digits(expected)) and _digits(answers[-1]) == _digits(expected)


def says_time(answers: Sequence[str], hour: int, minute: int) -> bool:
    """Whether the last answer names this time of day (`hour` 0..23) in either format, and no other time."""
    if not answers:
        return False
    named = set()
    for hours, minutes, half in _TIME.findall(answers[-1]):
        named.add((int(hours) % 12 + 12 * (half.lower() == "p") if half else int(hours), int(minutes)))
    return named == {(hour, minute)}


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _words(text: str) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return tuple(re.findall(r"\w+", "".join(c for c in plain if not unicodedata.combining(c))))


def _within(needle: tuple[str, ...], hay: tuple[str, ...]) -> bool:
    return bool(needle) and any(hay[i : i + len(needle)] == needle for i in range(len(hay) - len(needle) + 1))
