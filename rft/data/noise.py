"""Faults put into clean grounding rows on purpose, with labels, so that cleaning can be measured.

The four kinds of noise that UI-Venus (arXiv 2508.10833) names for open grounding data, and duplicates:

- `shifted`: the box is moved by 0.5 to 1.2 of its own width or height (whichever is smaller on the screen, for a long
  row hardly moves sideways), inside of the screen;
- `ambiguous`: the instruction is that of another row of the same screen, which the noise makes undecidable too: that
  row is listed as its `partner`;
- `vague`: the instruction names nothing ("Tap the button");
- `nested`: the box is the union of the own target and another one of the same screen, as when a card is marked instead
  of the button on it;
- `duplicate`: a copy of the row follows it, of the same screenshot in another file.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

Kind: TypeAlias = Literal["shifted", "ambiguous", "vague", "nested", "duplicate"]
KINDS: tuple[Kind, ...] = get_args(Kind)
VAGUE = ("Tap the button", "click here", "press this icon", "Select the item", "tap it.", "Click the element")


@dataclass(frozen=True, slots=True)
class Noisy:
    """A row, as grounding JSON, and what was done to it."""

    row: dict[str, Any]
    kind: Kind | None = None
    partner: str = ""
    """`ambiguous`: id of the row whose instruction it has now. `duplicate`: id of the row that it repeats."""


def spoil(rows: Sequence[dict[str, Any]], rate: float, rng: random.Random) -> Iterator[Noisy]:
    """The rows of one screenshot, each spoiled with probability `rate` in a way drawn from those that are possible.

    A row that lends its instruction or is repeated stays clean itself.
    """
    clean = [index for index in range(len(rows)) if rng.random() >= rate]
    for index, row in enumerate(rows):
        if index in clean:
            yield Noisy(row)
            continue
        others = [rows[other] for other in clean]
        possible = list(KINDS) if others else ["shifted", "vague", "duplicate"]
        kind = rng.choice(possible)
        if kind == "duplicate":
            yield Noisy(row)
            yield Noisy(row | {"id": f"{row['id']}-again"}, "duplicate", row["id"])
            continue
        made = _spoiled(kind, row, others, rng)
        yield made if made is not None else Noisy(row)


def _spoiled(kind: str, row: dict[str, Any], others: list[dict[str, Any]], rng: random.Random) -> Noisy | None:
    """None when this row cannot be spoiled so that it is wrong."""
    if kind == "shifted":
        box = _shifted(row["box"], rng)
        return None if box is None else Noisy(row | {"box": box}, "shifted")
    if kind == "vague":
        return Noisy(row | {"instruction": rng.choice(VAGUE)}, "vague")
    other = rng.choice(others)
    if kind == "ambiguous":
        return Noisy(row | {"instruction": other["instruction"]}, "ambiguous", other["id"])
    (x1, y1, x2, y2), (u1, v1, u2, v2) = row["box"], other["box"]
    return Noisy(row | {"box": [min(x1, u1), min(y1, v1), max(x2, u2), max(y2, v2)]}, "nested")


def _shifted(box: list[float], rng: random.Random) -> list[float] | None:
    x1, y1, x2, y2 = box
    width, height = x2 - x1, y2 - y1
    for _ in range(20):
        reach, sign = rng.uniform(0.5, 1.2), rng.choice((-1, 1))
        dx, dy = (sign * reach * width, 0.0) if width < height else (0.0, sign * reach * height)
        if rng.random() < 0.5 and width < 0.5:
            dx, dy = rng.choice((-1, 1)) * rng.uniform(0.5, 1.2) * width, dy
        moved = [x1 + dx, y1 + dy, x2 + dx, y2 + dy]
        if all(0.0 <= value <= 1.0 for value in moved):
            return moved
    return None
