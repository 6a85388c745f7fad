"""Lines that are no training rows or traces, and screenshots that are missing or damaged. Always runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agentkit.errors import DataError
from rft.data.clean.index import Index
from rft.data.clean.sample import ALL, DAMAGED, Kind, Sample, Source, Verdict
from rft.data.rows import NavigationRow


@dataclass(frozen=True)
class Format:
    """After this stage every sample can be read, and so can every image that it names; where images are compared by
    their bytes, only their headers have been looked at."""

    name: str = "format"
    kinds: frozenset[Kind] = ALL

    def run(self, samples: Source, index: Index) -> Iterator[Verdict]:
        for sample in samples():
            yield self._judge(sample, index)

    def _judge(self, sample: Sample, index: Index) -> Verdict:
        try:
            if sample.kind == "trace":
                images = [step.image for step in sample.trace().steps]
            else:
                row = sample.row(_AnySize)  # type: ignore[arg-type]
                past = row.history if isinstance(row, NavigationRow) else ()
                images = [row.image, *(step.image for step in past)]
        except DataError as error:
            return Verdict(sample, "not readable", detail=str(error))
        for number, image in enumerate(images):
            try:
                if image is not None:
                    index.size(image)
                index.image(image)
            except DataError as error:
                step = number if sample.kind == "trace" else None
                return Verdict(sample, DAMAGED, detail=str(error), step=step)
        return Verdict(sample)


class _AnySize:
    """Stands in for an index while only the words of a row are checked."""

    @staticmethod
    def size(path: object) -> tuple[int, int]:
        return (1, 1)
