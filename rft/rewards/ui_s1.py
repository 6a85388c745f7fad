"""UI-S1 step reward (arXiv 2509.11543): `w_think * thought + w_action * action`.

`action` is a ladder: 0 for an unreadable reply, then readable, right type, exact. Returns and advantages over the
steps of an episode are in `rft.advantage.ui_s1`. `faithful` adds two habits of the released code: the empty text
matches every text, and an answer to the user is only matched by typing it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from agentkit.actions import (
    Action,
    CallUser,
    Drag,
    Finished,
    Hotkey,
    Malformed,
    Parsed,
    Point,
    Press,
    Refusal,
    Scroll,
    Type,
)
from agentkit.errors import ConfigError
from rft.rewards.base import Gold, Kind, ParsedReply, require, weighted
from rft.rewards.checks import non_negative, switches
from rft.rewards.places import finger_direction, inside_scaled, place_of, unit_distance
from rft.rewards.texts import either_contains, text_of


@dataclass(frozen=True, slots=True)
class UiS1:
    """Is there a thought, and how far up the ladder readable, right type, exact does the action get?"""

    name: ClassVar[str] = "ui_s1"
    source: ClassVar[str] = "UI-S1, arXiv 2509.11543, github.com/X-PLUG/MobileAgent/tree/main/UI-S1"
    takes: ClassVar[frozenset[Kind]] = frozenset({"box", "action"})
    terms: ClassVar[tuple[str, ...]] = ("thought", "action")

    w_think: float = 0.1
    """Weight of a thought that is not empty. A protocol without thoughts never earns it."""
    w_action: float = 0.9
    """Weight of the action's ladder."""
    readable: float = 0.1
    """Rung of a reply that is read but of the wrong type."""
    right_type: float = 0.5
    """Rung of the right type of action."""
    exact: float = 1.0
    """Rung of the right action."""
    box_scale: float = 1.2
    """Gold boxes are grown this many times before a click is tried on them, border included."""
    radius: float = 0.04
    """A click this near (<=) to the gold point is right too; x in screen widths, y in heights."""
    faithful: bool = False
    """Compute texts as the released code does."""

    def __post_init__(self) -> None:
        non_negative(self, "w_think", "w_action", "readable", "right_type", "exact", "box_scale", "radius")
        switches(self, "faithful")
        if not self.readable <= self.right_type <= self.exact:
            raise ConfigError(f"reward {self.name}: readable, right_type and exact must not fall, got {self}")

    @property
    def bounds(self) -> tuple[float, float]:
        return 0.0, self.w_think + self.w_action * self.exact

    def __call__(self, reply: ParsedReply, text: str, gold: Gold) -> dict[str, float]:
        """Terms `thought` (0 or 1) and `action` (a rung)."""
        require(self, gold)
        want = gold.wanted
        assert not isinstance(want, Refusal)
        right, rung = False, 0.0
        if not isinstance(reply.action, Malformed):
            rung = self.readable
            if self._same_type(reply.action, want):
                right = self._exact(reply.action, want, gold)
                rung = self.exact if right else self.right_type
        terms = {"thought": float(bool(reply.thought.strip())), "action": rung}
        return weighted(terms, (self.w_think, self.w_action), right)

    def _same_type(self, action: Parsed, want: Action) -> bool:
        if self.faithful and isinstance(want, CallUser):
            return isinstance(action, Type)
        return type(action) is type(want)

    def _exact(self, action: Parsed, want: Action, gold: Gold) -> bool:
        """Whether `action`, which is of the right type, is right."""
        at, place = place_of(action), place_of(want)
        if at is not None and place is not None:
            return self._near(at, place, gold)
        match action, want:
            case Press(), Press():
                return action.key == want.key
            case Scroll(), Scroll():
                return finger_direction(action, gold.aspect) == finger_direction(want, gold.aspect)
            case Drag(), Drag():
                ends = (action.start, want.start), (action.end, want.end)
                return all(unit_distance(have, right) <= self.radius for have, right in ends)
            case Hotkey(), Hotkey():
                return action.keys == want.keys
            case Finished(), Finished():
                return True
        said, wanted = text_of(action), text_of(want)
        if said is None or wanted is None:
            return True
        blank = bool(said.strip()) != bool(wanted.strip())
        return either_contains(said, wanted) and (self.faithful or not blank)

    def _near(self, at: Point, place: Point, gold: Gold) -> bool:
        grown = any(inside_scaled(at, box, self.box_scale) for box in gold.targets)
        return grown or unit_distance(at, place) <= self.radius
