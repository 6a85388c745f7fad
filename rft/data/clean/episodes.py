"""Traces that teach the wrong thing: too short or long, going in circles, without an end, or doing the impossible."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agentkit.actions import (
    Action,
    CallUser,
    Click,
    DoubleClick,
    Drag,
    Finished,
    Hover,
    Launch,
    LongPress,
    Scroll,
    Type,
    action_name,
)
from agentkit.recorded.traces import Trace, TraceStep
from rft.data.clean.index import Index
from rft.data.clean.sample import TRACES, Kind, Sample, Source, Verdict


@dataclass(frozen=True)
class Episodes:
    min_steps: int = 2
    """Steps, the last one included, that a trace must have."""
    max_steps: int = 60
    repeats: int = 3
    """So often the same action on an unchanged screen makes a loop without effect."""
    identical: int = 5
    """So often the same action in a row makes a loop whatever the screen shows; scrolls and waits are exempt."""
    finish: bool = True
    """Whether a trace must end with `Finished`."""
    slack: float = 0.01
    """How far a touch may lie outside of the box of its element, as a fraction of the screen."""
    name: str = "episodes"
    kinds: frozenset[Kind] = TRACES

    def run(self, samples: Source, index: Index) -> Iterator[Verdict]:
        for sample in samples():
            yield self._judge(sample, sample.trace(), index)

    def _judge(self, sample: Sample, trace: Trace, index: Index) -> Verdict:
        count, last = len(trace.steps), len(trace.steps) - 1
        if count < self.min_steps:
            return Verdict(sample, "too short", detail=f"{count} steps", step=last)
        if count > self.max_steps:
            return Verdict(sample, "too long", detail=f"{count} steps", step=last)
        for number, step in enumerate(trace.steps):
            if fault := self._impossible(step):
                return Verdict(sample, "impossible action", detail=f"step {number}: {fault}", step=number)
            if isinstance(step.action, Finished) and number != last:
                return Verdict(sample, "goes on after its end", detail=f"Finished in step {number}", step=number)
        if self.finish and not isinstance(trace.steps[-1].action, Finished):
            name = action_name(trace.steps[-1].action)
            return Verdict(sample, "no end", detail=f"the last action is {name}", step=last)
        return self._circles(sample, trace, index)

    def _circles(self, sample: Sample, trace: Trace, index: Index) -> Verdict:
        same = still = 1
        for number in range(1, len(trace.steps)):
            here, before = trace.steps[number], trace.steps[number - 1]
            if here.action != before.action:
                same = still = 1
                continue
            same += 1
            unmoved = here.image is not None and index.image(here.image) == index.image(before.image)
            still = still + 1 if unmoved else 1
            patient = action_name(here.action) in ("Scroll", "Wait")
            if still >= self.repeats or (same >= self.identical and not patient):
                times = f"{action_name(here.action)} {still if still >= self.repeats else same} times in a row"
                where = "on an unchanged screen" if still >= self.repeats else "and on"
                return Verdict(sample, "goes in circles", detail=f"{times} {where}, up to step {number}", step=number)
        return Verdict(sample)

    def _impossible(self, step: TraceStep) -> str:
        match step.action:
            case Type(text="") | Launch(app="") | CallUser(content=""):
                return f"{action_name(step.action)} without text"
            case Scroll(start=start, end=end) if start is not None and start == end:
                return "Scroll without length"
            case Drag(start=start, end=end) if start == end:
                return "Drag without length"
        if step.image is None and _touches(step.action):
            return f"{action_name(step.action)} without a screenshot"
        match step.action:
            case Click(at=at) | LongPress(at=at) | DoubleClick(at=at) | Hover(at=at) if step.box is not None:
                box = step.box
                off = max(box.x1 - at.x, at.x - box.x2, box.y1 - at.y, at.y - box.y2)
                if off > self.slack:
                    return f"{action_name(step.action)} {off:.3g} of the screen outside of its element"
        return ""


def _touches(action: Action) -> bool:
    return isinstance(action, (Click, LongPress, DoubleClick, Hover, Drag))
