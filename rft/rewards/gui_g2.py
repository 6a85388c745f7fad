"""GUI-G2 reward (arXiv 2507.15846): the reply and the gold box as Gaussians, compared by centre and by overlap.

A box stands for a Gaussian at its centre with standard deviations of `alpha` times its sides. `point` is the gold
density at the reply's centre over its peak. `plane` is the Bhattacharyya coefficient of the two, for axis-parallel
Gaussians a product over the axes of `sqrt(2 s t / (s^2 + t^2)) * exp(-d^2 / (4 (s^2 + t^2)))`. Both are the same in
pixels and in fractions. A protocol that answers with a point earns no `plane`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from agentkit.actions import Box, Click, Point
from agentkit.errors import ConfigError
from rft.rewards.base import Gold, Kind, ParsedReply, require, weighted
from rft.rewards.checks import non_negative, switches
from rft.rewards.places import hits

_LEAST = 1e-9
"""Standard deviation of a box without width: a hundred-thousandth of a pixel."""


@dataclass(frozen=True, slots=True)
class GuiG2:
    """How near is the centre, how alike are the boxes (both as Gaussians), and is the reply a box?"""

    name: ClassVar[str] = "gui_g2"
    source: ClassVar[str] = "GUI-G2, arXiv 2507.15846, github.com/ZJU-REAL/GUI-G2"
    takes: ClassVar[frozenset[Kind]] = frozenset({"box"})
    terms: ClassVar[tuple[str, ...]] = ("point", "plane", "format")

    w_point: float = 1.0
    """Weight of the point term."""
    w_plane: float = 1.0
    """Weight of the plane term."""
    w_format: float = 1.0
    """Weight of a well-formed reply."""
    alpha: float = 0.5
    """Standard deviation of the Gaussian as a share of the box's side."""
    faithful: bool = False
    """As the released code: both terms rounded to three decimals, and a reply without a box is not well-formed."""

    def __post_init__(self) -> None:
        non_negative(self, "w_point", "w_plane", "w_format", "alpha")
        switches(self, "faithful")
        if not self.alpha:
            raise ConfigError(f"reward {self.name}: alpha must be positive, got {self.alpha!r}")

    @property
    def bounds(self) -> tuple[float, float]:
        return 0.0, self.w_point + self.w_plane + self.w_format

    def __call__(self, reply: ParsedReply, text: str, gold: Gold) -> dict[str, float]:
        """Terms `point` and `plane` (0 to 1) and `format` (0 or 1). With several gold boxes the best one counts."""
        require(self, gold)
        point, plane, form, hit = 0.0, 0.0, False, False
        action = reply.action
        if isinstance(action, Click) and not (self.faithful and action.box is None):
            form, hit = True, hits(action.at, gold.targets)
            point, plane = max(self._alike(action.at, action.box, box) for box in gold.targets)
        terms = {"point": point, "plane": plane, "format": float(form)}
        return weighted(terms, (self.w_point, self.w_plane, self.w_format), hit)

    def _alike(self, at: Point, box: Box | None, gold: Box) -> tuple[float, float]:
        centre = gold.centre
        want_x, want_y = self._sigma(gold.x2 - gold.x1), self._sigma(gold.y2 - gold.y1)
        point = math.exp(-0.5 * (((at.x - centre.x) / want_x) ** 2 + ((at.y - centre.y) / want_y) ** 2))
        plane = 0.0
        if box is not None:
            have_x, have_y = self._sigma(box.x2 - box.x1), self._sigma(box.y2 - box.y1)
            plane = _overlap(at.x - centre.x, have_x, want_x) * _overlap(at.y - centre.y, have_y, want_y)
        return (round(point, 3), round(plane, 3)) if self.faithful else (point, plane)

    def _sigma(self, side: float) -> float:
        return max(self.alpha * side, _LEAST)


def _overlap(distance: float, s: float, t: float) -> float:
    """Bhattacharyya coefficient of two normal distributions `distance` apart."""
    return math.sqrt(2 * s * t / (s * s + t * t)) * math.exp(-(distance**2) / (4 * (s * s + t * t)))
