"""UI-Venus-1.0 grounding reward (arXiv 2508.10833): `w1 * format + w2 * box`.

The paper discloses neither weight; the defaults are ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from agentkit.actions import Click, Refusal
from rft.rewards.base import Gold, ParsedReply
from rft.rewards.checks import non_negative


@dataclass(frozen=True, slots=True)
class VenusGround:
    """Is the reply a well-formed box (or refusal), and does its centre lie in the gold box, border included?"""

    name: ClassVar[str] = "venus_ground"
    terms: ClassVar[tuple[str, ...]] = ("format", "box")

    w1: float = 0.1
    """Weight of the format term. Not disclosed by the paper."""
    w2: float = 0.9
    """Weight of the box term. Not disclosed by the paper."""

    def __post_init__(self) -> None:
        non_negative(self, "w1", "w2")

    def __call__(self, reply: ParsedReply, text: str, gold: Gold) -> dict[str, float]:
        """Terms `format` and `box`, each 0 or 1. A gold refusal earns `box` for a reply that refuses."""
        if gold.action is not None:
            raise ValueError(f"venus_ground needs gold with a box or a refusal, got the action {gold.action!r}")
        action = reply.action
        well_formed = isinstance(action, (Click, Refusal))
        if gold.box is None:
            hit = isinstance(action, Refusal)
        else:
            hit = isinstance(action, Click) and gold.box.contains(action.at)
        return {
            "format": float(well_formed),
            "box": float(hit),
            "total": self.w1 * well_formed + self.w2 * hit,
            "correct": float(hit),
        }
