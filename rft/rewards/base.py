"""What a reward is: a pure function from (parsed reply, raw text, gold) to named numbers.

A reward is a frozen dataclass whose fields are its constants. It reads no file and no clock and draws no random
number, so a logged reply can be scored again at any time and give the same numbers. A `Reward` scores one reply; a
`TrajectoryReward` scores one episode.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol, TypeAlias, get_args

from agentkit.actions import Action, Box, Click, Parsed, Refusal
from agentkit.types import Trajectory

Kind: TypeAlias = Literal["box", "refusal", "action"]
"""What a row asks for: a place (grounding), a refusal (grounding), or a step of an episode (navigation)."""
_WORDS: dict[Kind, str] = {"box": "a box", "refusal": "a refusal", "action": "an action"}


@dataclass(frozen=True, slots=True)
class Gold:
    """The right answer of one row. Exactly one of `box` (grounding), `action` (navigation) and `refusal` is set."""

    box: Box | None = None
    action: Action | None = None
    refusal: bool = False
    aspect: float = 1.0
    """Height of the screenshot over its width: turns fractions into distances measured in screen widths."""
    boxes: tuple[Box, ...] = ()
    """Beside `box`: further places that are right as well. Beside `action`: elements its point may hit."""
    size: tuple[int, int] | None = None
    """Width and height of the screenshot in pixels, for rewards whose papers count pixels; None where unknown."""
    model_size: tuple[int, int] | None = None
    """Width and height at which the model saw it, for rewards that read coordinates in the raw text."""

    def __post_init__(self) -> None:
        given = [self.box is not None, self.action is not None, self.refusal]
        if sum(given) != 1:
            raise ValueError(f"Gold needs exactly one of box, action and refusal, got {self!r}")
        if not (math.isfinite(self.aspect) and self.aspect > 0):
            raise ValueError(f"Gold.aspect is height / width and must be positive, got {self.aspect!r}")
        if self.refusal and self.boxes:
            raise ValueError(f"Gold that is a refusal has no boxes, got {self.boxes!r}")
        for name in ("size", "model_size"):
            size = getattr(self, name)
            if size is not None and not (len(size) == 2 and min(size) >= 1):
                raise ValueError(f"Gold.{name} must be a width and a height of at least 1 pixel, got {size!r}")

    @property
    def kind(self) -> Kind:
        return "refusal" if self.refusal else "box" if self.action is None else "action"

    @property
    def wanted(self) -> Action | Refusal:
        """The answer as an action: a click on the centre of the box for grounding."""
        if self.action is not None:
            return self.action
        return Refusal() if self.box is None else Click(self.box.centre, self.box)

    @property
    def targets(self) -> tuple[Box, ...]:
        """Every box that a click may hit: `box` or the outline of a gold Click, then `boxes`. May be empty."""
        own = self.action.box if isinstance(self.action, Click) else self.box
        return self.boxes if own is None else (own, *self.boxes)


class ParsedReply(Protocol):
    """The part of a protocol's parsed reply that rewards read."""

    @property
    def action(self) -> Parsed: ...
    @property
    def thought(self) -> str: ...


class Reward(Protocol):
    """One published reward. `terms` names what a call returns beside `total` and `correct`, in the order to show.

    The first line of the class's docstring says what it asks, in one sentence.
    """

    name: ClassVar[str]
    source: ClassVar[str]
    """Paper and, where there is one, the public code that settled its boundary cases."""
    takes: ClassVar[frozenset[Kind]]
    """Kinds of gold it is defined on; others raise ValueError."""
    terms: ClassVar[tuple[str, ...]]

    @property
    def bounds(self) -> tuple[float, float]:
        """Between what numbers `total` lies."""
        ...

    def __call__(self, reply: ParsedReply, text: str, gold: Gold) -> dict[str, float]:
        """The unweighted `terms`, the weighted `total` to train on, and `correct` (1.0 or 0.0) to report.

        Never raises on any reply. ValueError for gold that it is not defined on, whatever the reply.
        """
        ...


class TrajectoryReward(Protocol):
    """One published reward of a whole episode."""

    name: ClassVar[str]
    source: ClassVar[str]
    terms: ClassVar[tuple[str, ...]]

    def __call__(self, trajectory: Trajectory, success: bool, shortest: int) -> dict[str, float]:
        """The `terms`, the `total` to train on, and `correct`. ValueError for a broken episode.

        `success` is the task's or a judge's verdict; `shortest` is the least number of steps known to solve the task.
        """
        ...


def require(reward: Reward, gold: Gold) -> None:
    """Raise ValueError unless `reward` is defined on such gold."""
    if gold.kind not in reward.takes:
        known = " or ".join(_WORDS[kind] for kind in get_args(Kind) if kind in reward.takes)
        raise ValueError(f"{reward.name} needs gold with {known}, got {_WORDS[gold.kind]}")


def weighted(terms: dict[str, float], weights: Sequence[float], correct: bool) -> dict[str, float]:
    """`terms` with their `total` under `weights` (in the order of `terms`) and `correct`."""
    total = sum(weight * value for weight, value in zip(weights, terms.values(), strict=True))
    return {**terms, "total": total, "correct": float(correct)}
