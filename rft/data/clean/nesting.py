"""Boxes that hold another target of the same screenshot, or lie inside of one.

A click inside both may do what either says, so at least one of the two rows rewards a wrong answer. Mostly it is the
outer one: a card or list row marked where one of its parts was meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rft.data.clean.geometry import OVERLAP_SQL
from rft.data.clean.groups import fill_boxes, new_condemned, sentence
from rft.data.clean.index import Index
from rft.data.clean.sample import GROUNDING, Kind, Source, Verdict


@dataclass(frozen=True)
class Nesting:
    drop: Literal["outer", "inner", "both"] = "outer"
    """Which of two nested targets goes."""
    inside: float = 0.9
    """Share of the smaller box that must lie inside of the larger one."""
    ratio: float = 0.7
    """Largest ratio of the two areas; above it they mark the same element, drawn twice."""
    name: str = "nesting"
    kinds: frozenset[Kind] = GROUNDING

    def run(self, samples: Source, index: Index) -> Iterator[Verdict]:
        fill_boxes(samples, index)
        new_condemned(index)
        # a is the inner box, b the outer one.
        pairs = (
            "FROM boxes AS a JOIN boxes AS b ON a.image = b.image AND a.number != b.number "
            f"WHERE a.area > 0 AND a.area <= {float(self.ratio)} * b.area "
            f"AND {OVERLAP_SQL} >= {float(self.inside)} * a.area ORDER BY a.number, b.number"
        )
        if self.drop != "inner":
            condemn = (
                "INSERT INTO condemned SELECT b.number, 'holds another target', 'line ' || a.number || ' is inside', "
            )
            index.db.execute(f"{condemn} a.x1, a.y1, a.x2, a.y2 {pairs}")
        if self.drop != "outer":
            condemn = "INSERT INTO condemned SELECT a.number, 'inside another target', 'of line ' || b.number, "
            index.db.execute(f"{condemn} b.x1, b.y1, b.x2, b.y2 {pairs}")
        yield from sentence(samples, index)
