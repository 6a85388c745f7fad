"""Android in the Wild's action matching, also used for Android in the Zoo.

Source: `android_in_the_wild/action_matching.py` of github.com/google-research/google-research (arXiv 2307.10088).
Reproduced:

- **A gesture is two points**; a lift at most 0.04 from the touch, in fractions of both axes, is a tap.
- **Taps** match when one annotated outline, enlarged, holds both, or when they are at most 0.14 apart.
- **Enlarged** means 2.4 times as wide and high: the fraction 1.4 is *added*. The corner moves up and left by 0.7 of the
  side but not past the border, without shortening the box, and sides are cut at 1.
- **Drags** match when their main axis does: up matches down. Equally far along both axes is vertical.
- **Everything else** is compared by type alone: a typed text is right whatever it says.

Read by us: its actions have no long press, whose two points are those of a tap; so it is one. A swipe of which only the
direction is known has that axis. An answer that its actions cannot say (`Launch`, `Wait`, recent apps, `CallUser`) is
of the wrong type. A screen without outlines is judged by distance (the release fails there). "Type" counts tap and drag
as two types, as tables in the literature do; the release has one, dual-point.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from agentkit.actions import Action, Click, Drag, Finished, LongPress, Point, Press, Scroll, Type
from agentkit.recorded.elements import Element, RecordedStep
from agentkit.scoring.navigation.places import distance
from agentkit.scoring.navigation.rule import MISS, Match

TAP = 0.04
RADIUS = 0.14
ADDED = 1.4
KEYS = ("back", "home", "enter")


@dataclass(frozen=True, slots=True)
class AndroidInTheWildRule:
    name: str = "aitw"
    title: str = "one enlarged box holds both taps, or within 0.14; drags by axis; texts not compared"

    def drops(self, step: RecordedStep) -> str:
        return ""

    def judge(self, step: RecordedStep, answer: Action) -> Match:
        gold_kind, kind = _kind(step.action), _kind(answer)
        if kind is None or gold_kind != kind:
            return MISS
        if kind == "tap":
            return Match(True, _taps_match(step, _touch(step.action), _touch(answer)))
        if kind == "drag":
            return Match(True, _axis(step.action) == _axis(answer))
        return Match(True, True)


def _kind(action: Action) -> str | None:
    match action:
        case Click() | LongPress():
            return "tap"
        case Scroll(start=Point() as start, end=Point() as end) | Drag(start=start, end=end):
            return "tap" if distance(start, end) <= TAP else "drag"
        case Scroll():
            return "drag"
        case Type():
            return "type"
        case Press(key) if key in KEYS:
            return key
        case Finished(content):
            return "impossible" if content == "infeasible" else "complete"
    return None


def _touch(action: Action) -> Point:
    if isinstance(action, (Click, LongPress)):
        return action.at
    assert isinstance(action, (Scroll, Drag)) and action.start is not None
    return action.start


def _axis(action: Action) -> str:
    assert isinstance(action, (Scroll, Drag))
    if action.start is None or action.end is None:
        assert isinstance(action, Scroll)
        return "x" if action.direction in ("left", "right") else "y"
    return "x" if math.fabs(action.end.x - action.start.x) > math.fabs(action.end.y - action.start.y) else "y"


def _taps_match(step: RecordedStep, gold: Point, at: Point) -> bool:
    boxes = map(_enlarged, step.elements)
    return any(box.contains(gold) and box.contains(at) for box in boxes) or distance(gold, at) <= RADIUS


def _enlarged(element: Element) -> Element:
    more_width, more_height = ADDED * element.width, ADDED * element.height
    return Element(
        max(0.0, element.left - more_width / 2),
        max(0.0, element.top - more_height / 2),
        min(1.0, element.width + more_width),
        min(1.0, element.height + more_height),
    )
