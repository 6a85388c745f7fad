"""AgentCPM-GUI reward (arXiv 2506.01391): the kind of call, and how right each of its arguments is.

The release compares compact JSON (POINT, to, TYPE, PRESS, duration, STATUS) key by key; `arguments` writes our actions
in those keys, so that its rules apply as they are. Calls outside its action space get a key of their own. Where we
differ: the bonus for the centre of the box ends at `reach` pixels instead of turning into a penalty beyond, places are
compared as fractions where the release rounds down to whole pixels, and every letter of a long text counts.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from agentkit.actions import (
    Box,
    CallUser,
    Click,
    DoubleClick,
    Drag,
    Finished,
    Hotkey,
    Hover,
    Launch,
    LongPress,
    Malformed,
    Parsed,
    Point,
    Press,
    Refusal,
    Scroll,
    Type,
    Wait,
)
from rft.rewards.base import Gold, Kind, ParsedReply, require, weighted
from rft.rewards.checks import non_negative
from rft.rewards.places import finger_direction, hits

Value: TypeAlias = "Point | str | tuple[str, ...] | None"
_GRADED = ("TYPE", "LAUNCH", "CALL_USER")
"""Keys whose texts are graded by likeness; others are right or wrong."""
_CENTRE = Point(0.5, 0.5)
_LONGEST = 500
"""Characters of a text that are compared: likeness takes quadratic time, and a reply may be hostile."""


@dataclass(frozen=True, slots=True)
class AgentCpm:
    """Has the call the right arguments, how right is each, and how many are missing or too many?"""

    name: ClassVar[str] = "agentcpm"
    source: ClassVar[str] = "AgentCPM-GUI, arXiv 2506.01391, github.com/OpenBMB/AgentCPM-GUI"
    takes: ClassVar[frozenset[Kind]] = frozenset({"box", "refusal", "action"})
    terms: ClassVar[tuple[str, ...]] = ("type", "args", "schema")

    w_type: float = 1.0
    """Weight of the type term: 1 for the right set of arguments, 0 for another, -1 for an unreadable reply."""
    w_args: float = 1.0
    """Weight of the argument term, -1 for an unreadable reply."""
    w_schema: float = 0.0
    """Weight of a readable reply. The release has such a check, weighs it 0.3, and trains without it."""
    missing: float = 0.3
    """Deducted from `args` for each missing argument."""
    extra: float = 0.1
    """Deducted from `args` for each argument too many."""
    fence: float = 0.05
    """Deducted from `args` when the reply holds a ```json fence."""
    in_box: float = 0.95
    """What a place in the gold box earns at least; its centre earns 1."""
    reach: float = 1000.0
    """Pixels from the centre of the box, on the longer axis, at which the bonus for the centre is used up."""
    tolerance: float = 0.01
    """A place is right this near (<=) to a gold point without a box, per axis, as a fraction of the screen."""

    def __post_init__(self) -> None:
        non_negative(self, "w_type", "w_args", "w_schema", "missing", "extra", "fence", "in_box", "reach", "tolerance")

    @property
    def bounds(self) -> tuple[float, float]:
        # A call has at most two arguments, so at most two can be missing and two too many.
        worst = max(1.0, 2 * self.missing + 2 * self.extra + self.fence)
        return -self.w_type - worst * self.w_args, self.w_type + max(1.0, self.in_box) * self.w_args + self.w_schema

    def __call__(self, reply: ParsedReply, text: str, gold: Gold) -> dict[str, float]:
        """Terms `type` (-1, 0, 1), `args` (-1 to 1) and `schema` (0 or 1).

        `correct` asks for the right arguments, each right: a place in the box, a text at least half alike. A gold place
        in a box needs `gold.size`, else ValueError.
        """
        require(self, gold)
        if gold.targets and gold.size is None:
            raise ValueError(f"{self.name} needs the screenshot's size in pixels to judge a place in a box")
        weights = (self.w_type, self.w_args, self.w_schema)
        if isinstance(reply.action, Malformed):
            return weighted({"type": -1.0, "args": -1.0, "schema": 0.0}, weights, False)
        have, want = arguments(reply.action, gold.aspect), arguments(gold.wanted, gold.aspect)
        grades = {key: self._grade(key, have[key], want[key], gold) for key in want if key in have}
        args = sum(grade for grade, _ in grades.values()) / len(want)
        args -= self.missing * len(want.keys() - have.keys()) + self.extra * len(have.keys() - want.keys())
        args -= self.fence * ("```json" in text)
        same = have.keys() == want.keys()
        correct = same and all(right for _, right in grades.values())
        return weighted({"type": float(same), "args": args, "schema": 1.0}, weights, correct)

    def _grade(self, key: str, have: Value, want: Value, gold: Gold) -> tuple[float, bool]:
        """What one argument earns, in [0, 1], and whether it is right."""
        if isinstance(have, Point) and isinstance(want, Point):
            return self._place(have, want, gold if key != "to" else None)
        if key in _GRADED and isinstance(have, str) and isinstance(want, str):
            alike = difflib.SequenceMatcher(None, have[:_LONGEST], want[:_LONGEST], autojunk=False).ratio()
            return alike, alike >= 0.5
        return float(have == want), have == want

    def _place(self, have: Point, want: Point, gold: Gold | None) -> tuple[float, bool]:
        far = 1.0 - (abs(have.x - want.x) + abs(have.y - want.y)) / 2
        if gold is None or not gold.targets:
            near = max(abs(have.x - want.x), abs(have.y - want.y)) <= self.tolerance
            return (1.0 if near else far), near
        if not hits(have, gold.targets):
            return far, False
        assert gold.size is not None
        off = min(_off_centre(have, box, gold.size) for box in gold.targets if box.contains(have))
        centred = max(0.0, 1.0 - off / self.reach) ** 3 if self.reach else 0.0
        return self.in_box + (1.0 - self.in_box) * centred, True


def arguments(action: Parsed, aspect: float) -> dict[str, Value]:
    """`action` in the keys of AgentCPM-GUI. A time in milliseconds that our actions do not carry is None."""
    match action:
        case Click(at=at):
            return {"POINT": at}
        case LongPress(at=at):
            return {"POINT": at, "duration": None}
        case Scroll(start=start):
            # A swipe that names no place starts at the centre, as in the release's data.
            return {"POINT": start or _CENTRE, "to": finger_direction(action, aspect)}
        case Drag(start=start, end=end):
            return {"POINT": start, "to": end}
        case Type(text=text):
            return {"TYPE": text}
        case Press(key=key):
            return {"PRESS": key.upper()}
        case Wait():
            return {"duration": None}
        case Finished(content=content):
            return {"STATUS": "impossible" if content == "infeasible" else "finish"}
        case Refusal():
            return {"STATUS": "impossible"}
        case Launch(app=app):
            return {"LAUNCH": app}
        case CallUser(content=content):
            return {"CALL_USER": content}
        case Hover(at=at):
            return {"HOVER": at}
        case DoubleClick(at=at):
            return {"DOUBLE_CLICK": at}
        case Hotkey(keys=keys):
            return {"HOTKEY": keys}
    raise ValueError(f"no arguments for {action!r}")


def _off_centre(at: Point, box: Box, size: tuple[int, int]) -> float:
    """Pixels between `at` and the centre of `box`, on the axis where there are more."""
    return max(abs(at.x - box.centre.x) * size[0], abs(at.y - box.centre.y) * size[1])
