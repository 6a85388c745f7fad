"""AgentCPM-GUI's evaluator, which follows the one of Qwen2.5-VL: generous boxes, or a small distance.

Source: `eval/utils/evaluator.py` and `eval/eval_data/process_*.py` of github.com/OpenBMB/AgentCPM-GUI (commit acbaf50),
"based on evaluator of Qwen 2.5 VL". Reproduced with its peculiarities:

- **Place.** On AndroidControl the five outlines whose centres lie nearest to the recorded point, *whether or not they
  hold it*, are right places, and so is a distance of at most 0.04. Elsewhere the outlines that hold the recorded point
  are, and a distance of at most 0.14. Every outline of the accessibility forest takes part, windows, hidden nodes and
  empty ones too.
- **Scale 1.2.** Boxes are enlarged before they are sorted or asked, and a box that leaves the screen to the left or at
  the top is pushed back as a whole, so that it ends further right or down than a symmetric one. Sides are cut at 1.
- **Long presses of AndroidControl are clicks**: the converter meets them in its branch for clicks (its branch for long
  presses is never reached). So a click there is right and a long press is of the wrong type. On other data both are.
- **Wait and finish are one type, "stop"**, and nothing else of them is compared: waiting at the end is right.
- **A step that opens an app is dropped** (the converter has no type for it); its episode goes on without it. An answer
  that opens an app is never right.
- **A finish step is added** at the last screenshot.
- **Keys** are one type; which key is the argument. GUI-Odyssey's recent-apps key was converted to home: only home is
  right there.
- **Swipe**: direction of the finger (AndroidControl's directions are turned round by the converter).
- **Text**: either holds the other, lower case, trimmed; an empty text fits everything.
- GUI-Odyssey's outlines are not used (the converter writes an empty list), so only the distance counts.

Read by us: a drag is a swipe, since its schema writes both as a point with a `to`. `CallUser` has no type of its own.
Its test set is every episode outside of the train split, validation included (1680 episodes): ask for that with
`--split test validation`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from agentkit.actions import Action, Click, Drag, Finished, Launch, LongPress, Point, Press, Scroll, Type, Wait
from agentkit.recorded.elements import Element, RecordedStep
from agentkit.scoring.navigation.places import distance, holds
from agentkit.scoring.navigation.rule import MISS, Match, finger_of, touch_of
from agentkit.scoring.navigation.texts import contained, plain

SCALE = 1.2
NEAREST = 5


@dataclass(frozen=True, slots=True)
class AgentCpm:
    """`nearest` boxes are right places, or with None all that hold the recorded point."""

    radius: float = 0.14
    nearest: int | None = None
    long_press_is_click: bool = False
    name: str = "agentcpm"

    @property
    def title(self) -> str:
        boxes = "boxes around the point" if self.nearest is None else f"{self.nearest} nearest boxes"
        return f"{boxes} x {SCALE}, or within {self.radius:g}; wait = finish; no open_app steps"

    def drops(self, step: RecordedStep) -> str:
        return "opens an app" if isinstance(step.action, Launch) else ""

    def judge(self, step: RecordedStep, answer: Action) -> Match:
        gold = step.action
        if isinstance(gold, LongPress) and self.long_press_is_click:
            gold = Click(gold.at)
        if isinstance(gold, Press) and gold.key == "recent":
            gold = Press("home")
        kind = _kind(gold)
        if kind is None or _kind(answer) != kind:
            return MISS
        match gold, answer:
            case (Click() | LongPress(), Click() | LongPress()):
                return Match(True, self._hits(step, gold.at, answer.at))
            case (Type(), Type()):
                return Match(True, contained(plain(gold.text), plain(answer.text)))
            case (Press(), Press()):
                return Match(True, gold.key == answer.key)
            case (Scroll() | Drag(), Scroll() | Drag()):
                return Match(True, finger_of(gold) is not None and finger_of(gold) == finger_of(answer))
        return Match(True, True)

    def _hits(self, step: RecordedStep, gold: Point, at: Point) -> bool:
        boxes = [_scaled(element) for element in step.elements]
        if self.nearest is None:
            right = [box for box in boxes if box.contains(gold)]
        else:
            right = sorted(boxes, key=lambda box: _from_centre(box, gold))[: self.nearest]
        return holds(right, at) or distance(gold, at) <= self.radius


def _kind(action: Action) -> str | None:
    match action:
        case Wait() | Finished():
            return "stop"
        case Scroll() | Drag():
            return "scroll"
        case Press():
            return "press"
        case Type():
            return "type"
    return type(action).__name__ if touch_of(action) is not None else None


def _scaled(element: Element) -> Element:
    """As the release does it: pushed back from the left and upper border, sides cut at 1."""
    more_width, more_height = (SCALE - 1) * element.width, (SCALE - 1) * element.height
    return Element(
        max(0.0, element.left - more_width / 2),
        max(0.0, element.top - more_height / 2),
        min(1.0, element.width + more_width),
        min(1.0, element.height + more_height),
    )


def _from_centre(box: Element, point: Point) -> float:
    return math.hypot(box.top + box.height / 2 - point.y, box.left + box.width / 2 - point.x)
