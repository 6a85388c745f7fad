"""Boxes that cannot be right: outside of the screenshot, without area, too small to be seen, or the whole screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from agentkit.errors import DataError
from agentkit.frames import PixelBudget
from rft.data.clean.index import Index
from rft.data.clean.sample import ANYWHERE, GROUNDING, Kind, Sample, Source, Verdict


@dataclass(frozen=True)
class Boxes:
    """Judges grounding boxes by their numbers alone, before anything else reads them."""

    budget: PixelBudget
    """How the model will see the screenshot: smallness is measured there."""
    slack: float = 0.02
    """A box that leaves the screenshot by no more than this fraction of its side is clamped to it. Annotators draw
    over the border; farther out, the numbers belong to another frame or another image."""
    min_side: float = 4.0
    """Pixels, after the resize, that both sides must reach."""
    max_area: float = 0.9
    """Largest share of the screenshot."""
    name: str = "boxes"
    kinds: frozenset[Kind] = GROUNDING

    def run(self, samples: Source, index: Index) -> Iterator[Verdict]:
        for sample in samples():
            yield self._judge(sample, index) if "box" in sample.raw else Verdict(sample)

    def _judge(self, sample: Sample, index: Index) -> Verdict:
        numbers = _numbers(sample.raw["box"])
        if numbers is None:
            return Verdict(sample, "box is not four numbers", detail=str(sample.raw["box"])[:120])
        shown = ", ".join(f"{value:.4g}" for value in numbers)
        out = max(0.0, *(-value for value in numbers), *(value - 1 for value in numbers))
        if out > self.slack:
            return Verdict(sample, "box outside", detail=f"[{shown}] leaves the screenshot by {out:.3g} of a side")
        x1, y1, x2, y2 = (min(max(value, 0.0), 1.0) for value in numbers)
        if x1 >= x2 or y1 >= y2:
            return Verdict(sample, "box without area", detail=f"[{shown}]")
        if (x2 - x1) * (y2 - y1) > self.max_area:
            return Verdict(sample, "box covers the screen", detail=f"{(x2 - x1) * (y2 - y1):.0%} of the screenshot")
        try:
            model = self.budget.resize(index.size(ANYWHERE / sample.raw["image"]))
        except (DataError, KeyError, TypeError, ValueError):
            return Verdict(sample)  # what is wrong with the image is for the `format` stage to say
        width, height = (x2 - x1) * model.width, (y2 - y1) * model.height
        if min(width, height) < self.min_side:
            detail = f"{width:.1f} x {height:.1f} pixels of the model's {model.width} x {model.height}"
            return Verdict(sample, "box too small", detail=detail)
        if out == 0.0:
            return Verdict(sample)
        clamped = replace(sample, raw=sample.raw | {"box": [x1, y1, x2, y2]})
        return Verdict(clamped, change="box clamped to the screenshot", detail=f"[{shown}]")


def _numbers(value: Any) -> list[float] | None:
    if not isinstance(value, list) or len(value) != 4:
        return None
    if not all(isinstance(x, (int, float)) and not isinstance(x, bool) for x in value):
        return None
    try:
        return [float(x) for x in value]
    except OverflowError:  # a whole number of hundreds of digits
        return None
