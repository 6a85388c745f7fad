"""UI-R1 reward (arXiv 2503.21620): action type, click in the box, and format, one point each.

As in the released code, an action other than a click earns the place term with the right name, since there is no place
to get wrong. Clicks are compared as fractions; the release rounds them down to whole pixels first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from agentkit.actions import Click, Malformed, Refusal, action_name
from rft.rewards.base import Gold, Kind, ParsedReply, require, weighted
from rft.rewards.checks import non_negative
from rft.rewards.places import hits


@dataclass(frozen=True, slots=True)
class UiR1:
    """Is the action the right one, does a click lie in the gold box, and is the reply well-formed?"""

    name: ClassVar[str] = "ui_r1"
    source: ClassVar[str] = "UI-R1, arXiv 2503.21620, github.com/lll6gg/UI-R1"
    takes: ClassVar[frozenset[Kind]] = frozenset({"box", "action"})
    terms: ClassVar[tuple[str, ...]] = ("type", "place", "format")

    w_type: float = 1.0
    """Weight of the right action name."""
    w_place: float = 1.0
    """Weight of a click in the gold box, border included."""
    w_format: float = 1.0
    """Weight of a well-formed reply."""

    def __post_init__(self) -> None:
        non_negative(self, "w_type", "w_place", "w_format")

    @property
    def bounds(self) -> tuple[float, float]:
        return 0.0, self.w_type + self.w_place + self.w_format

    def __call__(self, reply: ParsedReply, text: str, gold: Gold) -> dict[str, float]:
        """Terms `type`, `place` and `format`, each 0 or 1. A gold click without any box is a ValueError."""
        require(self, gold)
        action, want = reply.action, gold.wanted
        if isinstance(want, Click) and not gold.targets:
            raise ValueError(f"{self.name} needs a box around the gold click: give the row 'boxes'")
        form = not isinstance(action, (Malformed, Refusal))
        same = action_name(action) == action_name(want)
        placed = same and (hits(action.at, gold.targets) if isinstance(action, Click) else True)
        terms = {"type": float(same), "place": float(placed), "format": float(form)}
        return weighted(terms, (self.w_type, self.w_place, self.w_format), placed)
