"""UI-Venus grounding reward, versions 1.0 and 1.5: `w1 * format + w2 * box` (arXiv 2508.10833, 2602.09082).

Neither paper discloses the weights; the defaults are ours. 1.5 answers with a point instead of a box and trains on
refusal samples too; both are calls to this one rule, since a box counts by its centre.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from agentkit.actions import Click, Refusal
from rft.rewards.base import Gold, Kind, ParsedReply, require, weighted
from rft.rewards.checks import non_negative
from rft.rewards.places import hits


@dataclass(frozen=True, slots=True)
class VenusGround:
    """Is the reply a well-formed place (or refusal), and does it lie in a gold box, border included?"""

    name: ClassVar[str] = "venus_ground"
    source: ClassVar[str] = "UI-Venus 1.0 and 1.5, arXiv 2508.10833 and 2602.09082; no code released"
    takes: ClassVar[frozenset[Kind]] = frozenset({"box", "refusal"})
    terms: ClassVar[tuple[str, ...]] = ("format", "box")

    w1: float = 0.1
    """Weight of the format term. Not disclosed by the paper."""
    w2: float = 0.9
    """Weight of the box term. Not disclosed by the paper."""

    def __post_init__(self) -> None:
        non_negative(self, "w1", "w2")

    @property
    def bounds(self) -> tuple[float, float]:
        return 0.0, self.w1 + self.w2

    def __call__(self, reply: ParsedReply, text: str, gold: Gold) -> dict[str, float]:
        """Terms `format` and `box`, each 0 or 1. A gold refusal earns `box` for a reply that refuses."""
        require(self, gold)
        action = reply.action
        well_formed = isinstance(action, (Click, Refusal))
        if gold.refusal:
            hit = isinstance(action, Refusal)
        else:
            hit = isinstance(action, Click) and hits(action.at, gold.targets)
        return weighted({"format": float(well_formed), "box": float(hit)}, (self.w1, self.w2), hit)
