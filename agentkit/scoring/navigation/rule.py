"""What a published way of judging steps is: which steps it counts, and what it calls right.

A rule is one small file and pure: a recorded step and an answer in, a `Match` out. Published rules differ in almost
everything, so each says in its own docstring where it comes from and how every gap of its source was read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from agentkit.actions import Action, Click, Direction, Drag, LongPress, Point, Scroll
from agentkit.recorded.directions import finger_direction
from agentkit.recorded.elements import RecordedStep


@dataclass(frozen=True, slots=True)
class Match:
    """How much of the recorded action an answer met."""

    type: bool
    """The kind of action, as the rule divides kinds."""
    exact: bool
    """The whole step: kind, place, direction and text, as far as the rule looks at them."""

    def __post_init__(self) -> None:
        if self.exact and not self.type:
            raise ValueError("a Match that is exact is of the right type")


MISS = Match(False, False)


class Rule(Protocol):
    """One published evaluator. Implementations are frozen dataclasses."""

    @property
    def name(self) -> str:
        """As tables print it."""
        ...

    @property
    def title(self) -> str:
        """In one line, what counts as a hit."""
        ...

    def drops(self, step: RecordedStep) -> str:
        """Why the rule does not count this step; empty when it does."""
        ...

    def judge(self, step: RecordedStep, answer: Action) -> Match:
        """How much of `step` the answer met. Only asked for steps that count."""
        ...


def touch_of(action: Action) -> Point | None:
    """Where a click or long press touches; None for every other action."""
    return action.at if isinstance(action, (Click, LongPress)) else None


def finger_of(action: Action) -> Direction | None:
    """The finger's direction in a swipe. None for other actions and for a swipe that goes nowhere.

    Two points tell more than a word, so they decide where both are given; equally far along both axes is vertical, and
    a fraction of the width counts as much as one of the height, as in every published evaluator.
    """
    if not isinstance(action, (Scroll, Drag)):
        return None
    named = action.direction if isinstance(action, Scroll) else None
    if action.start is None or action.end is None:
        return named
    return finger_direction(action.start, action.end) or named
