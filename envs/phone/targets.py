"""Questions about a screen with exactly one right place: `targets(phone, rng)`.

An element is asked for only if a tap on the middle of its box reaches it, and only in words that fit nothing else on
the screen. Its box leaves out what floats above it or does something else (a switch inside of a row that opens a
page), so that every point of a box is a right answer.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from agentkit.actions import Box
from envs.phone.asking import ask
from envs.phone.candidates import Candidate, Kind, candidates_of

if TYPE_CHECKING:
    from envs.phone.device import Phone

SYSTEM_SHARE = 0.2
"""How often each of the always present navigation keys is asked for."""
KEYS = 2
"""Most keyboard keys asked for per screen."""


@dataclass(frozen=True, slots=True)
class Target:
    """One question and its answer."""

    instruction: str
    box: Box
    """Fractions of the screenshot."""
    ui_type: Literal["text", "icon"]
    """Whether the element shows words, as ScreenSpot tells its elements apart."""
    kind: Kind
    """What the instruction goes by."""


def targets(phone: Phone, rng: random.Random, per_element: int = 1) -> list[Target]:
    """Unambiguous questions about the current screen, at most `per_element` for each element, in drawing order."""
    candidates = candidates_of(phone)
    ask(candidates, phone)
    owner: dict[str, Candidate | None] = {}  # whom a phrase means; None when several
    for candidate in candidates:
        for _, phrase in candidate.asks:
            key = phrase.casefold()
            if owner.setdefault(key, candidate) is not candidate:
                owner[key] = None
    width, height = phone.size
    found: list[Target] = []
    for candidate in _thinned(candidates, rng):
        by_kind: dict[Kind, list[str]] = defaultdict(list)
        for kind, phrase in candidate.asks:
            if owner[phrase.casefold()] is candidate:
                owner[phrase.casefold()] = None  # said once, whatever kinds it would count as
                by_kind[kind].append(phrase)
        kinds = list(by_kind)
        rng.shuffle(kinds)
        x1, y1, x2, y2 = candidate.area
        box = Box(x1 / width, y1 / height, x2 / width, y2 / height)
        for kind in kinds[:per_element]:
            phrase = _worded(rng.choice(by_kind[kind]), rng)
            found.append(Target(phrase, box, "text" if candidate.worded else "icon", kind))
    return found


def _thinned(candidates: Sequence[Candidate], rng: random.Random) -> Iterator[Candidate]:
    """All candidates, but only some of those that every screen has."""
    keys = [c for c in candidates if c.node.role == "key"]
    chosen = {id(c) for c in rng.sample(keys, min(KEYS, len(keys)))}
    for c in candidates:
        if c.node.role == "key":
            if id(c) in chosen:
                yield c
        elif c.node.parent is None or c.node.parent.id != "navigation_bar" or rng.random() < SYSTEM_SHARE:
            yield c


def _worded(phrase: str, rng: random.Random) -> str:
    """People write lower case, or begin with a capital letter, or end with a full stop."""
    draw = rng.random()
    if draw < 0.15:
        return phrase.lower()
    if draw < 0.45:
        phrase = phrase[0].upper() + phrase[1:]
    return phrase + "." if rng.random() < 0.08 else phrase
