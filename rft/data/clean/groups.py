"""Grounding rows side by side: a table of every box by the content of its screenshot, and a table of those to drop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from agentkit.actions import Box
from rft.data.clean.index import Index
from rft.data.clean.sample import Sample, Source, Verdict


def fill_boxes(samples: Source, index: Index, words: Callable[[str], Any] = lambda _: None) -> None:
    """Table `boxes`: image (digest), words (of the instruction), number, corners, area. Refusals have no box."""
    index.table(
        "boxes", "image BLOB, words TEXT, number INT PRIMARY KEY, x1 REAL, y1 REAL, x2 REAL, y2 REAL, area REAL"
    )

    def rows() -> Iterator[tuple[Any, ...]]:
        for sample in samples():
            row = sample.row(index)
            box = row.box  # type: ignore[union-attr]
            if box is not None:
                size = (box.x2 - box.x1) * (box.y2 - box.y1)
                said = words(row.instruction)  # type: ignore[union-attr]
                yield index.image(row.image).digest, said, sample.number, box.x1, box.y1, box.x2, box.y2, size

    index.fill("boxes", rows())
    index.db.execute("CREATE INDEX boxes_image ON boxes (image, words)")


def new_condemned(index: Index) -> None:
    """Table `condemned`: number, reason, detail and the other box; the first word about a number stands."""
    columns = "number INT PRIMARY KEY ON CONFLICT IGNORE, reason TEXT, detail TEXT, x1 REAL, y1 REAL, x2 REAL, y2 REAL"
    index.table("condemned", columns)


def sentence(samples: Source, index: Index) -> Iterator[Verdict]:
    """The verdicts that table `condemned` implies, in the order of `samples`."""
    for sample in samples():
        yield _verdict(sample, index)


def _verdict(sample: Sample, index: Index) -> Verdict:
    query = "SELECT reason, detail, x1, y1, x2, y2 FROM condemned WHERE number = ?"
    for reason, detail, *corners in index.find(query, sample.number):
        return Verdict(sample, reason, detail=detail, other=None if corners[0] is None else Box(*corners))
    return Verdict(sample)
