"""What a reward is: a pure function from (parsed reply, raw text, gold) to named numbers.

A reward is a frozen dataclass whose fields are its constants. It reads no file and no clock and draws no random
number, so a logged reply can be scored again at any time and give the same numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Protocol

from agentkit.actions import Action, Box, Parsed, Point


@dataclass(frozen=True, slots=True)
class Gold:
    """The right answer of one row. Exactly one of `box` (grounding), `action` (navigation) and `refusal` is set."""

    box: Box | None = None
    action: Action | None = None
    refusal: bool = False
    aspect: float = 1.0
    """Height of the screenshot over its width: turns fractions into distances measured in screen widths."""

    def __post_init__(self) -> None:
        given = [self.box is not None, self.action is not None, self.refusal]
        if sum(given) != 1:
            raise ValueError(f"Gold needs exactly one of box, action and refusal, got {self!r}")
        if not (math.isfinite(self.aspect) and self.aspect > 0):
            raise ValueError(f"Gold.aspect is height / width and must be positive, got {self.aspect!r}")


class ParsedReply(Protocol):
    """The part of a protocol's parsed reply that rewards read."""

    @property
    def action(self) -> Parsed: ...


class Reward(Protocol):
    """One published reward. `terms` names what a call returns beside `total` and `correct`, in the order to show."""

    name: ClassVar[str]
    terms: ClassVar[tuple[str, ...]]

    def __call__(self, reply: ParsedReply, text: str, gold: Gold) -> dict[str, float]:
        """The unweighted `terms`, the weighted `total` to train on, and `correct` (1.0 or 0.0) to report."""
        ...


def screen_distance(a: Point, b: Point, aspect: float) -> float:
    """Euclidean distance between two places, in screen widths. `aspect` is height / width of the screenshot."""
    return math.hypot(a.x - b.x, (a.y - b.y) * aspect)
