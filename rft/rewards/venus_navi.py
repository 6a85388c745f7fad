"""UI-Venus-1.0 navigation reward (arXiv 2508.10833): `w1 * format + w2 * (type + coord + content)`.

The paper gives the shape of each term and no constant. Every constant is a field here; its default is ours. Distances
are in screen widths, not pixels, so a threshold means the same on every screen. Every "<" is strict.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from agentkit.actions import Action, Drag, Hotkey, Malformed, Refusal, Scroll, action_name
from agentkit.errors import ConfigError
from rft.rewards.base import Gold, Kind, ParsedReply, require
from rft.rewards.checks import non_negative, switches
from rft.rewards.places import finger_direction, place_of, screen_distance
from rft.rewards.texts import text_of
from rft.rewards.token_f1 import token_f1

_TAG = re.compile(r"(</?(?:think|action|conclusion)>)")
_SHORT = ["<think>", "</think>", "<action>", "</action>"]
_LONG = [*_SHORT, "<conclusion>", "</conclusion>"]


@dataclass(frozen=True, slots=True)
class VenusNavi:
    """Is the reply in order, is the action the right one, in the right place, with the right text?"""

    name: ClassVar[str] = "venus_navi"
    source: ClassVar[str] = "UI-Venus 1.0, arXiv 2508.10833; no code released"
    takes: ClassVar[frozenset[Kind]] = frozenset({"action"})
    terms: ClassVar[tuple[str, ...]] = ("format", "type", "coord", "content")

    w1: float = 0.1
    """Weight of the format term. Not disclosed by the paper."""
    w2: float = 0.9
    """Weight of the sum of the other three terms. Not disclosed by the paper."""
    alpha: float = 1.0
    """Full `coord` of Click and LongPress. Not disclosed by the paper."""
    beta: float = 1.0
    """Scale of `coord` of Scroll, which reaches 1.5 * beta. Not disclosed by the paper."""
    gamma: float = 1.0
    """Full `content`. Not disclosed by the paper."""
    delta1: float = 0.14
    """Far threshold in screen widths: half of alpha below it. Not disclosed; this is the AITW evaluator's radius."""
    delta2: float = 0.04
    """Near threshold in screen widths: all of alpha below it. Not disclosed; the strict AndroidControl radius."""
    delta3: float = 0.14
    """Threshold in screen widths for both ends of a Scroll. Not disclosed by the paper."""
    min_f1: float = 0.5
    """Token F1 from which `content` is earned (>=). The paper's value."""
    need_conclusion: bool = False
    """Whether `format` also needs the conclusion block, as UI-Venus-1.5 does (arXiv 2602.09082)."""

    def __post_init__(self) -> None:
        non_negative(self, "w1", "w2", "alpha", "beta", "gamma", "delta1", "delta2", "delta3", "min_f1")
        switches(self, "need_conclusion")
        if self.delta2 > self.delta1:
            raise ConfigError(f"reward {self.name}: delta2 (near) must not exceed delta1 (far), got {self}")

    @property
    def bounds(self) -> tuple[float, float]:
        # No call has both a place and a text.
        return 0.0, self.w1 + self.w2 * (1.0 + max(self.alpha, 1.5 * self.beta, self.gamma))

    def __call__(self, reply: ParsedReply, text: str, gold: Gold) -> dict[str, float]:
        """Terms `format`, `type` (0 or 1), `coord` and `content`; the last two need the right type."""
        require(self, gold)
        assert gold.action is not None
        action = reply.action
        form = float(self._in_order(text))
        same = not isinstance(action, (Refusal, Malformed)) and action_name(action) == action_name(gold.action)
        coord = content = 0.0
        correct = same
        if same:
            coord, placed = self._coord(action, gold.action, gold.aspect)  # type: ignore[arg-type]
            content, said = self._content(action, gold.action)  # type: ignore[arg-type]
            correct = placed and said
        return {
            "format": form,
            "type": float(same),
            "coord": coord,
            "content": content,
            "total": self.w1 * form + self.w2 * (float(same) + coord + content),
            "correct": float(correct),
        }

    def _in_order(self, text: str) -> bool:
        """One think block, then one action block, then at most one conclusion; nothing else, no stray tag inside."""
        pieces = _TAG.split(text)
        tags, between = pieces[1::2], pieces[0::2]
        if tags != _LONG and (self.need_conclusion or tags != _SHORT):
            return False
        outside, action = between[0::2], between[3]
        return bool(action.strip()) and not any(part.strip() for part in outside)

    def _coord(self, action: Action, gold: Action, aspect: float) -> tuple[float, bool]:
        """The `coord` term for two actions of one type, and whether the place is right (True where none is asked)."""
        at, want = place_of(action), place_of(gold)
        if at is not None and want is not None:
            distance = screen_distance(at, want, aspect)
            return self._near(distance), distance < self.delta1
        match action, gold:
            case Drag(), Drag():
                # The paper's table has no row for Drag: the worse end decides, on the scale of Click.
                distance = max(
                    screen_distance(action.start, gold.start, aspect), screen_distance(action.end, gold.end, aspect)
                )
                return self._near(distance), distance < self.delta1
            case Scroll(), Scroll():
                return self._scroll(action, gold, aspect)
        return 0.0, True

    def _near(self, distance: float) -> float:
        if distance < self.delta2:
            return self.alpha
        return 0.5 * self.alpha if distance < self.delta1 else 0.0

    def _scroll(self, action: Scroll, gold: Scroll, aspect: float) -> tuple[float, bool]:
        right_way = finger_direction(action, aspect) == finger_direction(gold, aspect)
        if gold.start is None or gold.end is None:
            # Gold that names a direction only (the web rows of UI-Venus-1.5) has no places to compare.
            return (self.beta if right_way else 0.0), right_way
        start = action.start is not None and screen_distance(action.start, gold.start, aspect) < self.delta3
        end = action.end is not None and screen_distance(action.end, gold.end, aspect) < self.delta3
        if start and right_way:
            return (1.5 if end else 1.0) * self.beta, True
        return (0.5 * self.beta if start or right_way else 0.0), right_way

    def _content(self, action: Action, gold: Action) -> tuple[float, bool]:
        """The `content` term for two actions of one type, and whether the text is right (True where none is asked)."""
        if isinstance(action, Hotkey) and isinstance(gold, Hotkey):
            return self.gamma * (action.keys == gold.keys), action.keys == gold.keys
        said, want = text_of(action), text_of(gold)
        if said is None or want is None:
            return 0.0, True
        f1 = token_f1(said, want)
        return self.gamma * self._grade(f1), f1 >= self.min_f1

    def _grade(self, f1: float) -> float:
        """What share of gamma a token F1 earns."""
        return float(f1 >= self.min_f1)
