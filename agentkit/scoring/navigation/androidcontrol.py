"""The AndroidControl paper's own measure: the touch must meet the recorded element.

Source: arXiv 2406.03679 ("step accuracy": a step is right when all parts of its action are, such as type and target),
and its section D.3, which we know from the question "Questions about action space and evaluation details in Android
Control" at github.com/google-research/google-research: `navigate_back` is equivalent to a click on an on-screen "Back"
button, and `open_app` to a click on an element that carries the app's name. The evaluator was not released.

Read by us:
- **Target**: a touch must lie in the smallest visible element that reacts to touch and holds the recorded point,
  borders included, not enlarged; how the authors compare points with targets was not released. Where the tree has no
  such element (it is missing, or the screen is a drawing) nothing can be judged: the step is dropped and counted.
- **Equivalents** work both ways: `navigate_back` for a recorded click on a "Back" button is right too. A back button is
  a touchable element labelled "Back" or "Navigate up" (Android's own label of the arrow in an app bar); app names are
  compared in lower case, trimmed.
- **Text and app names** are compared in lower case, trimmed, and must be equal.
- **Directions** must be equal. **Long presses** are a type of their own, judged like clicks.
- **The finish step** is not recorded in the data set and is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass

from agentkit.actions import Action, Click, Launch, LongPress, Point, Press, Scroll, Type, action_name
from agentkit.recorded.elements import RecordedStep, around
from agentkit.scoring.navigation.rule import MISS, Match, finger_of, touch_of
from agentkit.scoring.navigation.texts import plain

BACK = frozenset({"back", "navigate up"})


@dataclass(frozen=True, slots=True)
class AndroidControlPaper:
    name: str = "androidcontrol"
    title: str = "inside the recorded element; equal texts; back and open_app by their buttons too"

    def drops(self, step: RecordedStep) -> str:
        if step.appended:
            return "finish step is not of the data set"
        return "no element at the recorded point" if touch_of(step.action) is not None and step.box is None else ""

    def judge(self, step: RecordedStep, answer: Action) -> Match:
        gold = step.action
        if _equivalent(step, gold, answer) or _equivalent(step, answer, gold):
            return Match(True, True)
        if action_name(gold) != action_name(answer):
            return MISS
        match gold, answer:
            case (Click() | LongPress(), Click() | LongPress()):
                return Match(True, step.box is not None and step.box.contains(answer.at))
            case (Type(wanted), Type(said)) | (Launch(wanted), Launch(said)):
                return Match(True, plain(wanted) == plain(said))
            case (Scroll(), Scroll()):
                return Match(True, finger_of(gold) is not None and finger_of(gold) == finger_of(answer))
        return Match(True, True)


def _equivalent(step: RecordedStep, action: Action, click: Action) -> bool:
    """Whether `click` touches the button that does what `action` does."""
    match action, click:
        case (Press("back"), Click(at)):
            return _label(step, at) in BACK
        case (Launch(app), Click(at)):
            return bool(plain(app)) and _label(step, at) == plain(app)
    return False


def _label(step: RecordedStep, at: Point) -> str:
    """What the smallest touchable element at `at` is called; empty when there is none."""
    return next((plain(element.label) for element in around(step.elements, at)), "")
