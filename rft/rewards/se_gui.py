"""SE-GUI reward (arXiv 2505.12370): point in box, plus how near to its centre, plus format.

Nearness is `1 - (d / d_max)^2`, where d is the distance to the centre of the gold box and d_max that of the farthest
corner of the screen, both with x in widths and y in heights. With several gold boxes the best one counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from agentkit.actions import Box, Click, Point
from rft.rewards.base import Gold, Kind, ParsedReply, require, weighted
from rft.rewards.checks import non_negative, switches
from rft.rewards.places import hits, unit_distance

_CORNERS = tuple(Point(x, y) for x in (0.0, 1.0) for y in (0.0, 1.0))


@dataclass(frozen=True, slots=True)
class SeGui:
    """Does the point lie in the gold box, how near is it to the centre, and is the reply well-formed?"""

    name: ClassVar[str] = "se_gui"
    source: ClassVar[str] = "SE-GUI, arXiv 2505.12370, github.com/YXB-NKU/SE-GUI"
    takes: ClassVar[frozenset[Kind]] = frozenset({"box"})
    terms: ClassVar[tuple[str, ...]] = ("box", "nearness", "format")

    w_box: float = 1.0
    """Weight of a point in the gold box, border included."""
    w_nearness: float = 1.0
    """Weight of the nearness to its centre."""
    w_format: float = 1.0
    """Weight of a well-formed reply."""
    faithful: bool = False
    """As the released code: no nearness at a distance above 1, which only opposite ends of the screen have."""

    def __post_init__(self) -> None:
        non_negative(self, "w_box", "w_nearness", "w_format")
        switches(self, "faithful")

    @property
    def bounds(self) -> tuple[float, float]:
        return 0.0, self.w_box + self.w_nearness + self.w_format

    def __call__(self, reply: ParsedReply, text: str, gold: Gold) -> dict[str, float]:
        """Terms `box` (0 or 1), `nearness` (0 to 1) and `format` (0 or 1)."""
        require(self, gold)
        action = reply.action
        click = isinstance(action, Click)
        hit = isinstance(action, Click) and hits(action.at, gold.targets)
        near = max(self._nearness(action.at, box) for box in gold.targets) if isinstance(action, Click) else 0.0
        terms = {"box": float(hit), "nearness": near, "format": float(click)}
        return weighted(terms, (self.w_box, self.w_nearness, self.w_format), hit)

    def _nearness(self, at: Point, box: Box) -> float:
        distance = unit_distance(at, box.centre)
        if self.faithful and distance > 1:
            return 0.0
        farthest = max(unit_distance(corner, box.centre) for corner in _CORNERS)
        return max(0.0, 1.0 - (distance / farthest) ** 2)
