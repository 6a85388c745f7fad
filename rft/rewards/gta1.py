"""GTA1 reward (arXiv 2507.05791): 1 for a click in any of the gold boxes, else 0; no format term.

The release reads `(x, y)` and gives 0 to a reply with several; with us a protocol has read the reply, and one that
holds several answers is malformed there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from agentkit.actions import Click
from rft.rewards.base import Gold, Kind, ParsedReply, require, weighted
from rft.rewards.checks import non_negative
from rft.rewards.places import hits


@dataclass(frozen=True, slots=True)
class Gta1:
    """Does the point lie in any gold box, border included?"""

    name: ClassVar[str] = "gta1"
    source: ClassVar[str] = "GTA1, arXiv 2507.05791, github.com/Yan98/GTA1"
    takes: ClassVar[frozenset[Kind]] = frozenset({"box"})
    terms: ClassVar[tuple[str, ...]] = ("box",)

    w_box: float = 1.0
    """Reward of a hit."""

    def __post_init__(self) -> None:
        non_negative(self, "w_box")

    @property
    def bounds(self) -> tuple[float, float]:
        return 0.0, self.w_box

    def __call__(self, reply: ParsedReply, text: str, gold: Gold) -> dict[str, float]:
        """The term `box`, 0 or 1."""
        require(self, gold)
        hit = isinstance(reply.action, Click) and hits(reply.action.at, gold.targets)
        return weighted({"box": float(hit)}, (self.w_box,), hit)
