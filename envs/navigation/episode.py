"""A recorded episode as questions: what a policy is asked at each step, and the past that it is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image

from agentkit.actions import Action, Direction, Point, Scroll
from agentkit.recorded.elements import Element, RecordedStep
from agentkit.recorded.pictures import image_size
from agentkit.recorded.traces import Trace, TraceStep
from agentkit.types import Observation, Reply, Step

FINISH = "finish the task"
"""The instruction of a finish step that a reader appended (AgentCPM-GUI's converter writes the same)."""
PATH: dict[Direction, tuple[Point, Point]] = {
    "up": (Point(0.5, 0.65), Point(0.5, 0.35)),
    "down": (Point(0.5, 0.35), Point(0.5, 0.65)),
    "left": (Point(0.65, 0.5), Point(0.35, 0.5)),
    "right": (Point(0.35, 0.5), Point(0.65, 0.5)),
}
"""How a swipe is told of which only the finger's direction was recorded: 30 % of the screen about its middle."""


@dataclass(frozen=True)
class Episode:
    """One trace of a suite, its screenshots opened when they are asked for."""

    trace: Trace
    steps: tuple[RecordedStep, ...]
    open: Callable[[Path], Image.Image]

    def past(self, number: int) -> tuple[Step, ...]:
        """The recorded steps before `number` as if the policy had taken them, with their recorded thoughts."""
        return tuple(
            Step(self.observation(i), Reply("", told(step.action), step.thought, step.conclusion))
            for i, step in enumerate(self.trace.steps[:number])
        )

    def observation(self, number: int) -> Observation:
        """The screen of the step. DataError when its picture is missing or damaged."""
        image = self.trace.steps[number].image
        assert image is not None
        return Observation(self.open(image))


def told(action: Action) -> Action:
    """The action as the history tells it: prompt protocols that write swipes as two points can write every swipe."""
    if isinstance(action, Scroll) and action.start is None and action.direction is not None:
        start, end = PATH[action.direction]
        return replace(action, start=start, end=end)
    return action


def episode_of(
    trace: Trace,
    elements: list[tuple[Element, ...]],
    open_image: Callable[[Path], Image.Image],
    low: bool,
    appends: bool,
) -> Episode:
    """`trace` as questions. With `low` each step's instruction is asked too; `appends` says that the last step is not
    of the data set. DataError when a screenshot of unknown size cannot be opened."""
    last = len(trace.steps) - 1
    steps = tuple(
        RecordedStep(
            id=f"{trace.id}/{number}",
            trace=trace.id,
            goal=_question(trace.goal, step, low, appends and number == last),
            action=step.action,
            size=step.size or _size(step),
            instruction=step.instruction,
            box=step.box,
            elements=elements[number] if number < len(elements) else (),
            appended=appends and number == last,
        )
        for number, step in enumerate(trace.steps)
    )
    return Episode(trace, steps, open_image)


def _question(goal: str, step: TraceStep, low: bool, appended: bool) -> str:
    if not low:
        return goal
    return f"{goal}\nCurrent step: {FINISH if appended else step.instruction}"


def _size(step: TraceStep) -> tuple[int, int]:
    assert step.image is not None
    return image_size(step.image)
