"""What a suite's file provides: how its rows become questions, and what the published copy holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from envs.grounding.boxes import BoxFormat
from envs.grounding.pictures import Pictures
from envs.grounding.rows import Row

Kind: TypeAlias = Literal["boxes", "polygons", "refusals"]


@dataclass(frozen=True, slots=True)
class Question:
    """One row taken apart; only the meaning of its four numbers is still open."""

    row: Row
    image: Path
    size: tuple[int, int]
    """Width and height of the image in pixels."""
    instruction: str
    numbers: tuple[float, ...] = ()
    """Of the box or of the polygon's corners; empty for a refusal."""
    kind: Kind = "boxes"
    groups: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    id: str = ""
    """Empty: the row's own."""


@dataclass(frozen=True, slots=True)
class Reader:
    """One suite."""

    questions: Callable[[Path, Pictures], Iterable[Question]]
    """Reads everything under the data folder, in the suite's order. Raises DataError."""
    box_format: BoxFormat | None
    """As published; None where copies differ and the rows must prove it."""
    instructions: str
    """The instruction set, for people."""
    published: Mapping[str, int]
    """Counts of the published suite under the names of `Suite` notes: `samples`, `boxes`, `platform web`, ..."""
    fractions: bool = False
    """Whether the numbers are fractions of the image instead of pixels."""
    flat_boxes: bool = False
    """Whether the published suite holds boxes without area."""
    score_note: str = ""
    """How the published number follows from the card, where it is not the micro average."""
