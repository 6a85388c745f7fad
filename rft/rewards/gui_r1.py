"""GUI-R1 reward (arXiv 2504.10458): `w_format * format + w_accuracy * accuracy`.

The paper writes the accuracy as a sum of action, point and text rewards; the released code, which we follow, gives 1
only when all that the gold action asks for is right. `faithful` adds its three habits: a click on the border of the
gold box is outside; only the texts of Type are compared; and F1 is over the sets of words between spaces, where two
single words agree when one is part of the other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from agentkit.actions import Action, CallUser, Click, Launch, Malformed, Parsed, Refusal, Scroll, Type, action_name
from rft.rewards.base import Gold, Kind, ParsedReply, require, weighted
from rft.rewards.checks import non_negative, switches
from rft.rewards.places import finger_direction, hits, pixel_distance, strictly_inside
from rft.rewards.texts import text_of
from rft.rewards.token_f1 import token_f1

NO_TEXT = "no input text"
"""What the release's format says in place of an empty text."""


@dataclass(frozen=True, slots=True)
class GuiR1:
    """Is the reply well-formed, and is all of it right: action, place and text?"""

    name: ClassVar[str] = "gui_r1"
    source: ClassVar[str] = "GUI-R1, arXiv 2504.10458, github.com/ritzz-ai/GUI-R1"
    takes: ClassVar[frozenset[Kind]] = frozenset({"box", "action"})
    terms: ClassVar[tuple[str, ...]] = ("format", "accuracy")

    w_format: float = 0.2
    """Weight of the format term."""
    w_accuracy: float = 0.8
    """Weight of the accuracy term."""
    radius: float = 140.0
    """A click is right nearer than this (<) to a gold point without a box, in pixels of the picture as `max_pixels`
    leaves it."""
    max_pixels: float = 1_258_291
    """Area to which the release shrinks larger screenshots before it counts pixels."""
    min_f1: float = 0.5
    """Token F1 from which a text is right (>=)."""
    faithful: bool = False
    """Compute borders and texts as the released code does."""

    def __post_init__(self) -> None:
        non_negative(self, "w_format", "w_accuracy", "radius", "max_pixels", "min_f1")
        switches(self, "faithful")

    @property
    def bounds(self) -> tuple[float, float]:
        return 0.0, self.w_format + self.w_accuracy

    def __call__(self, reply: ParsedReply, text: str, gold: Gold) -> dict[str, float]:
        """Terms `format` and `accuracy`, each 0 or 1."""
        require(self, gold)
        want = gold.wanted
        if isinstance(want, Click) and not gold.targets and gold.size is None:
            raise ValueError(f"{self.name} needs a box or the screenshot's size in pixels to judge a click")
        form = _well_formed(reply.action)
        right = self._right(reply.action, want, gold)
        terms = {"format": float(form), "accuracy": float(right)}
        return weighted(terms, (self.w_format, self.w_accuracy), right)

    def _right(self, action: Parsed, want: Action | Refusal, gold: Gold) -> bool:
        if action_name(action) != action_name(want):
            return False
        match action, want:
            case Click(), Click():
                return self._placed(action, want, gold)
            case Scroll(), Scroll():
                return finger_direction(action, gold.aspect) == finger_direction(want, gold.aspect)
            case Type(), Type():
                return self._same_text(action.text, want.text)
            case (Launch(), Launch()) | (CallUser(), CallUser()):
                return self.faithful or self._same_text(text_of(action) or "", text_of(want) or "")
        return True

    def _placed(self, action: Click, want: Click, gold: Gold) -> bool:
        if gold.targets and self.faithful:
            return any(strictly_inside(action.at, box) for box in gold.targets)
        if gold.targets:
            return hits(action.at, gold.targets)
        assert gold.size is not None
        shrink = min(1.0, math.sqrt(self.max_pixels / (gold.size[0] * gold.size[1])))
        return shrink * pixel_distance(action.at, want.at, gold.size) < self.radius

    def _same_text(self, said: str, want: str) -> bool:
        f1 = set_f1(said or NO_TEXT, want or NO_TEXT) if self.faithful else token_f1(said, want)
        return f1 >= self.min_f1


def set_f1(said: str, want: str) -> float:
    """F1 over sets of words between spaces, brackets removed; two single words agree if one is part of the other."""
    ours, theirs = (set(text.replace("[", "").replace("]", "").lower().split()) for text in (said, want))
    if len(ours) == len(theirs) == 1:
        (one,), (other,) = ours, theirs
        if one in other or other in one:
            return 1.0
    common = len(ours & theirs)
    return 2 * common / (len(ours) + len(theirs)) if common else 0.0


def _well_formed(action: Parsed) -> bool:
    """Whether the reply is a call, and one that says what it types or opens."""
    if isinstance(action, (Malformed, Refusal)):
        return False
    return not isinstance(action, (Type, Launch)) or bool(text_of(action))
