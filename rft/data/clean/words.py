"""Instructions brought to a form in which they can be compared: how they are spelled, and what they are about."""

from __future__ import annotations

import re
import unicodedata

_FILLERS = """
    a an the this that to on in at of for please now just then and it
    click tap press touch hit push select choose pick find locate go use activate
    button icon link item element here there where thing option
"""
FILLERS = frozenset(_FILLERS.split())
"""Words that do not tell one element of a screen from another."""

_TOKEN = re.compile(r"\w+(?:['’.:@/+-]\w+)*|[^\w\s]")
_MARKS = frozenset("'\"`,;:!?()[]")
_QUOTES = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"'})


def spelling(text: str) -> str:
    """`text` without differences that no reader would notice: case, spaces, kinds of quotes, a final full stop."""
    plain = unicodedata.normalize("NFKC", text).translate(_QUOTES).casefold()
    return re.sub(r"(?<=\w)[.!]$", "", " ".join(plain.split()))


def label(text: str) -> str:
    """The words of `text` that tell elements apart, in order; empty when there are none ("Tap the button")."""
    return " ".join(word for word in _TOKEN.findall(spelling(text)) if word not in FILLERS and word not in _MARKS)
