"""Instructions that fit several elements of their screenshot.

Three signs, each from the data alone: the same instruction points to different boxes; two instructions that differ
only in words like "tap" and "button" point to different boxes; an instruction consists of nothing but such words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from agentkit.actions import Box
from rft.data.clean.geometry import same_place
from rft.data.clean.groups import fill_boxes, new_condemned, sentence
from rft.data.clean.index import Index
from rft.data.clean.sample import GROUNDING, Kind, Source, Verdict
from rft.data.clean.words import label, spelling


@dataclass(frozen=True)
class Ambiguity:
    """Drops every row of a contradiction: which of them is right cannot be known."""

    same_iou: float = 0.5
    """Two boxes that overlap at least so much mark the same element; so do two of which one holds the other."""
    name: str = "ambiguity"
    kinds: frozenset[Kind] = GROUNDING

    def run(self, samples: Source, index: Index) -> Iterator[Verdict]:
        new_condemned(index)
        self._compare(samples, index, spelling, "same instruction, several boxes")
        self._compare(samples, index, label, "same label, several boxes")
        vague = "INSERT INTO condemned SELECT number, 'instruction names nothing', words, NULL, NULL, NULL, NULL "
        index.db.execute(vague + "FROM boxes WHERE words = ''")
        yield from sentence(samples, index)

    def _compare(self, samples: Source, index: Index, words: Callable[[str], str], reason: str) -> None:
        fill_boxes(samples, index, words)
        index.fill("condemned", self._contradictions(index, reason))

    def _contradictions(self, index: Index, reason: str) -> Iterator[tuple[object, ...]]:
        shared = (
            "SELECT image, words, number, x1, y1, x2, y2 FROM boxes WHERE words != '' AND (image, words) IN "
            "(SELECT image, words FROM boxes GROUP BY image, words HAVING count(*) > 1) ORDER BY image, words, number"
        )
        group: list[tuple[int, Box]] = []
        key, said = b"", ""
        for image, words, number, *corners in index.find(shared):
            if (image, words) != (key, said):
                yield from self._contradicting(group, reason, said)
                key, said, group = image, words, []
            group.append((number, Box(*corners)))
        yield from self._contradicting(group, reason, said)

    def _contradicting(self, group: list[tuple[int, Box]], reason: str, said: str) -> Iterator[tuple[object, ...]]:
        for number, box in group:
            for other_number, other in group:
                if not same_place(box, other, self.same_iou):
                    detail = f"{said!r} is elsewhere in line {other_number}"
                    yield number, reason, detail, other.x1, other.y1, other.x2, other.y2
                    break
