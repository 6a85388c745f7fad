"""UI-S1's evaluator for AndroidControl: boxes or a small distance, and any swipe will do.

Source: `evaluate_android_control_action` in `UI-S1/evaluation/qwenvl_utils.py` of github.com/X-PLUG/MobileAgent (commit
11cea57) and the data beside it, `android_control_evaluation_std.jsonl` (1543 episodes of 8444 steps). Reproduced:

- **Place**: inside one of the step's candidate boxes, enlarged 1.2 times about their centres, or at most 0.04 away.
  A long press is a type of its own, judged alike.
- **Any swipe is right** when a swipe was recorded: the comparison of directions is commented out.
- **`open`**: the same app name (either holds the other), or a click on the app's icon where the screen shows one, which
  is of the right type too. Without an icon a click there is wrong.
- **Keys** are one type; which key is the argument. Waiting is right by type.
- **Text**: either holds the other, lower case, trimmed; an empty text fits everything.
- The data has no finish step.

Read by us:
- **Candidate boxes** came with the data, not with code. There, all hold the recorded point, a step has at most three,
  and they are sorted by area with few exceptions. So: the three smallest visible elements that react to touch and hold
  the point.
- **Icons** are 81 of 608 `open` steps there. Here: visible elements whose text or description is the app's name.
- The release scores whole episodes and stops at the first error; here every step is judged behind its recorded past,
  and trace success asks for all of them, which is the same number for a model that sees the recorded history.
- A drag is a swipe.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agentkit.actions import Action, Click, Drag, Launch, LongPress, Point, Press, Scroll, Type, Wait
from agentkit.recorded.elements import Element, RecordedStep, around
from agentkit.scoring.navigation.places import distance, enlarged, holds
from agentkit.scoring.navigation.rule import MISS, Match
from agentkit.scoring.navigation.texts import contained, plain

SCALE = 1.2
RADIUS = 0.04
CANDIDATES = 3


@dataclass(frozen=True, slots=True)
class UiS1:
    name: str = "ui-s1"
    title: str = "boxes around the point x 1.2, or within 0.04; any swipe; an icon's click opens its app"

    def drops(self, step: RecordedStep) -> str:
        return "finish step is not of the data set" if step.appended else ""

    def judge(self, step: RecordedStep, answer: Action) -> Match:
        gold = step.action
        match gold, answer:
            case (Click(target), Click(at)) | (LongPress(target), LongPress(at)):
                return Match(True, _hits(around(step.elements, target)[:CANDIDATES], target, at))
            case (Scroll() | Drag(), Scroll() | Drag()) | (Wait(), Wait()):
                return Match(True, True)
            case (Press(), Press()):
                return Match(True, gold.key == answer.key)
            case (Type(wanted), Type(said)) | (Launch(wanted), Launch(said)):
                return Match(True, contained(plain(wanted), plain(said)))
            case (Launch(app), Click(at)):
                icons = [e for e in step.elements if e.touchable and e.label and plain(e.label) == plain(app)]
                return Match(True, _hits(icons, _centre(icons[0]), at)) if icons else MISS
        return MISS


def _hits(boxes: Sequence[Element], gold: Point, at: Point) -> bool:
    return holds((enlarged(box, SCALE) for box in boxes), at) or distance(gold, at) <= RADIUS


def _centre(element: Element) -> Point:
    x, y = element.left + element.width / 2, element.top + element.height / 2
    return Point(min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0))
