"""UI-Venus-1.5 offline navigation reward (arXiv 2602.09082): that of 1.0 with graded text and a longer format.

Differs from `venus_navi` in three points: `content` grows with the token F1 instead of jumping at a threshold, the
format needs the conclusion block, and a Scroll of the web action space is judged by its direction alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from agentkit.actions import Scroll
from rft.rewards.checks import switches
from rft.rewards.places import finger_direction
from rft.rewards.venus_navi import VenusNavi


@dataclass(frozen=True, slots=True)
class Venus15Navi(VenusNavi):
    """Is the reply in order, is the action the right one, in the right place, and how much of its text is right?"""

    name: ClassVar[str] = "venus15_navi"
    source: ClassVar[str] = "UI-Venus 1.5 (offline stage), arXiv 2602.09082; no code released"

    need_conclusion: bool = True
    """Whether `format` needs the conclusion block."""
    min_f1: float = 0.5
    """Token F1 from which a text counts as `correct` in reports (>=). It does not change the reward."""
    web: bool = False
    """Judge every Scroll by its direction, as 1.5 does on the web; gold without points is judged so anyway."""

    def __post_init__(self) -> None:
        VenusNavi.__post_init__(self)
        switches(self, "web")

    def _scroll(self, action: Scroll, gold: Scroll, aspect: float) -> tuple[float, bool]:
        if not self.web:
            return VenusNavi._scroll(self, action, gold, aspect)
        right_way = finger_direction(action, aspect) == finger_direction(gold, aspect)
        return self.beta * right_way, right_way

    def _grade(self, f1: float) -> float:
        return f1
