"""One convention for scrolling: the direction is the finger's, as in Glint's `Scroll`.

Some sources name the direction in which the contents go past (AndroidControl: "scroll down" is a finger that moves
up). Which convention a source follows is found out from its scrolls: from the start and end points where it has them,
else from how the pixels moved between two screenshots.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from agentkit.actions import Direction, Scroll
from agentkit.errors import ConfigError, DataError
from agentkit.recorded.directions import OPPOSITE, finger_direction
from agentkit.recorded.traces import Trace, TraceStep
from rft.data.clean.index import Index
from rft.data.clean.sample import TRACES, Kind, Sample, Source, Verdict

Convention: TypeAlias = Literal["finger", "content", "mixed", "unproven"]


@dataclass(frozen=True)
class ScrollDirections:
    conventions: Mapping[str, str] = field(default_factory=dict)
    """Source to `finger` or `content`, for those that are known; the others are found out."""
    enough: int = 5
    """Votes without which nothing is proved."""
    agreement: float = 0.9
    """Share of the votes that proves a convention."""
    looks: int = 200
    """Most pairs of screenshots compared per source."""
    name: str = "scroll"
    kinds: frozenset[Kind] = TRACES

    def __post_init__(self) -> None:
        for source, convention in self.conventions.items():
            if convention not in ("finger", "content"):
                raise ConfigError(f"the scroll convention of {source!r} must be finger or content, got {convention!r}")

    def run(self, samples: Source, index: Index) -> Iterator[Verdict]:
        votes = self._votes(samples)
        proved = {source: self._convention(source, count) for source, count in votes.items()}
        for source, count in sorted(votes.items()):
            given = " (given)" if source in self.conventions else ""
            index.note(
                self.name,
                f"source {source!r}: {proved[source]}{given}; {count['finger']} scrolls by the finger, "
                f"{count['content']} by the contents, {count['other']} fit neither, {count['silent']} do not tell",
            )
        for sample in samples():
            yield self._settle(sample, proved.get(sample.raw.get("source", ""), "unproven"))

    def _convention(self, source: str, votes: Counter[str]) -> Convention:
        if source in self.conventions:
            return "finger" if self.conventions[source] == "finger" else "content"
        total = votes["finger"] + votes["content"] + votes["other"]
        if total < self.enough:
            return "unproven"
        for convention in ("finger", "content"):
            if votes[convention] >= self.agreement * total:
                return convention  # type: ignore[return-value]
        return "mixed"

    def _votes(self, samples: Source) -> dict[str, Counter[str]]:
        """For each source that scrolls by name: how many scrolls speak for which convention."""
        votes: dict[str, Counter[str]] = {}
        for sample in samples():
            trace = sample.trace()
            for step, after in zip(trace.steps, (*trace.steps[1:], None), strict=True):
                if isinstance(step.action, Scroll) and step.action.direction is not None:
                    count = votes.setdefault(trace.source, Counter())
                    moved = self._moved(step, after, count)
                    if moved is None:
                        count["silent"] += 1
                    elif step.action.direction == moved:
                        count["finger"] += 1
                    elif step.action.direction == OPPOSITE[moved]:
                        count["content"] += 1
                    else:
                        count["other"] += 1
        return votes

    def _moved(self, step: TraceStep, after: TraceStep | None, count: Counter[str]) -> Direction | None:
        """The finger's direction, as far as the data tells it."""
        from rft.data.clean.motion import contents_moved

        points = _points(step)
        if points is not None:
            return points
        if after is None or step.image is None or after.image is None or count["looks"] >= self.looks:
            return None
        count["looks"] += 1
        try:
            return contents_moved(step.image, after.image)
        except DataError:
            return None

    def _settle(self, sample: Sample, convention: Convention) -> Verdict:
        trace = sample.trace()
        steps, corrected, turned = list(trace.steps), 0, 0
        for number, step in enumerate(steps):
            action = step.action
            if not isinstance(action, Scroll) or action.direction is None:
                continue
            points = _points(step)
            if points is not None:
                # What the finger did is a fact; what it is called is not.
                right, corrected = points, corrected + (points != action.direction)
            elif convention == "mixed":
                detail = f"step {number} scrolls {action.direction}; its source follows no single convention"
                return Verdict(sample, "scroll of unknown direction", detail=detail, step=number)
            elif convention == "content":
                right, turned = OPPOSITE[action.direction], turned + 1
            else:
                continue
            steps[number] = replace(step, action=replace(action, direction=right))
        if not corrected + turned:
            return Verdict(sample)
        fixed: Trace = replace(trace, steps=tuple(steps))
        change = "scroll directions set by their points" if corrected else "scroll directions turned to the finger's"
        return Verdict(sample.with_trace(fixed), change=change, detail=f"{corrected + turned} steps")


def _points(step: TraceStep) -> Direction | None:
    action = step.action
    if not isinstance(action, Scroll) or action.start is None or action.end is None:
        return None
    width, height = step.size or (1, 2)
    return finger_direction(action.start, action.end, height / width)
