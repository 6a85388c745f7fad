"""Boxes that are not where their element is, by the pixels under them and by their neighbours.

Three signs. Nothing is drawn inside the box. Or what is drawn touches one border, as if it were cut there, and leaves
the opposite side empty: a box that has slid off its element. Or the box overlaps that of another row in part, which
elements of an interface do not do: they are apart, or one holds the other. Which of two overlapping boxes goes is
decided by the other signs, then by the number of boxes that each overlaps; if that does not tell, both go.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentkit.actions import Box
from agentkit.errors import DataError, boundary
from rft.data.clean.geometry import OVERLAP_SQL
from rft.data.clean.groups import fill_boxes, new_condemned, sentence
from rft.data.clean.index import Index
from rft.data.clean.sample import DAMAGED, GROUNDING, Kind, Source, Verdict

if TYPE_CHECKING:
    import numpy as np

SMALL = 6
"""Pixels; boxes with a shorter side are not judged by their contents."""


@dataclass(frozen=True)
class Misplaced:
    faint: int = 16
    """Grey levels, of 255, by which a pixel must differ from the box's median to be seen at all."""
    plain: int = 30
    """Grey levels by which it must differ to be taken for contents when cuts are looked for."""
    empty: float = 0.002
    """Share of seen pixels below which nothing is drawn inside."""
    gap: float = 0.25
    """Share of the box's side that must be empty opposite to a cut."""
    partly: tuple[float, float] = (0.05, 0.9)
    """Shares of the smaller box between which an overlap is one in part."""
    name: str = "misplaced"
    kinds: frozenset[Kind] = GROUNDING

    def run(self, samples: Source, index: Index) -> Iterator[Verdict]:
        new_condemned(index)
        index.fill("condemned", self._suspects(samples, index))
        fill_boxes(samples, index)
        self._find_overlaps(index)
        yield from sentence(samples, index)

    def _suspects(self, samples: Source, index: Index) -> Iterator[tuple[Any, ...]]:
        last: tuple[Path, np.ndarray] | None = None
        for sample in samples():
            row = sample.row(index)
            if row.image is None or row.box is None:  # type: ignore[union-attr]
                continue
            if last is None or last[0] != row.image:
                try:
                    last = (row.image, _grey(row.image))
                except DataError as error:
                    yield sample.number, DAMAGED, str(error), None, None, None, None
                    continue
            if fault := self._contents(last[1], row.box):  # type: ignore[union-attr]
                yield sample.number, *fault, None, None, None, None

    def _contents(self, grey: np.ndarray, box: Box) -> tuple[str, str] | None:
        """What is wrong with the pixels under `box`, as reason and detail."""
        import numpy as np

        height, width = grey.shape
        left, right, top, bottom = (
            round(value * side)
            for value, side in ((box.x1, width), (box.x2, width), (box.y1, height), (box.y2, height))
        )
        inside = grey[top:bottom, left:right]
        if min(inside.shape) < SMALL:
            return None
        contrast = np.abs(inside - np.median(inside))
        seen = float((contrast > self.faint).mean())
        if seen < self.empty:
            return "box holds nothing", f"{seen:.2%} of its pixels differ from the others"
        drawn = contrast > self.plain
        for mask, ends in ((drawn, (top == 0, bottom == height)), (drawn.T, (left == 0, right == width))):
            if gap := self._cut(mask, *ends):
                return "box cuts its contents", f"cut at a border, {gap:.0%} empty opposite to it"
        return None

    def _cut(self, drawn: np.ndarray, first_is_edge: bool, last_is_edge: bool) -> float:
        """The empty share opposite to a border that cuts contents; 0.0 without one. A line drawn along the whole
        border is a frame, and the edge of the screen cuts nothing."""
        import numpy as np

        lines = np.flatnonzero(drawn.any(1))
        if not len(lines):
            return 0.0
        lead, trail = lines[0] / len(drawn), (len(drawn) - 1 - lines[-1]) / len(drawn)
        for line, gap, is_edge in ((drawn[0], trail, first_is_edge), (drawn[-1], lead, last_is_edge)):
            if gap > self.gap and not is_edge and line.any() and not line.all():
                return float(gap)
        return 0.0

    def _find_overlaps(self, index: Index) -> None:
        index.table("overlaps", "number INT, other INT")
        insert = "INSERT INTO overlaps SELECT a.number, b.number"
        pairs = (
            "FROM boxes AS a JOIN boxes AS b ON a.image = b.image AND a.number != b.number "
            f"WHERE min(a.area, b.area) > 0 AND {OVERLAP_SQL} / min(a.area, b.area) BETWEEN ? AND ?"
        )
        index.db.execute(f"{insert} {pairs}", self.partly)
        index.db.execute("CREATE INDEX overlaps_number ON overlaps (number)")
        # Once those with other signs are out, what they overlapped is clear of suspicion.
        index.db.execute(
            "DELETE FROM overlaps WHERE number IN (SELECT number FROM condemned) "
            "OR other IN (SELECT number FROM condemned)"
        )
        index.db.execute(
            "INSERT INTO condemned SELECT overlaps.number, 'box overlaps another', 'overlaps that of line ' || other, "
            "boxes.x1, boxes.y1, boxes.x2, boxes.y2 FROM overlaps JOIN boxes ON boxes.number = other "
            "WHERE (SELECT count(*) FROM overlaps AS o WHERE o.number = overlaps.number) "
            ">= (SELECT count(*) FROM overlaps AS o WHERE o.number = overlaps.other) ORDER BY overlaps.number, other"
        )


def _grey(path: Path) -> np.ndarray:
    """int16 [height, width]. DataError when the image cannot be decoded."""
    import numpy as np
    from PIL import Image

    with boundary(DataError, f"image cannot be decoded: {path}"), Image.open(path) as image:
        return np.asarray(image.convert("L"), np.int16)
