"""GUI-Odyssey's evaluator: the segmented element or 14 % of the screen, and roughly the right text.

Source: `src/eval_mm/GUIOdyssey_action_matching.py` and `data/format_converter.py` of github.com/OpenGVLab/GUI-Odyssey
(commit fefcbe9). Reproduced:

- **Place**: inside `sam2_bbox`, borders included, where the step has one, or at most 0.14 away with both axes in
  fractions. Long presses are a type of their own, judged alike.
- **Text**: either holds the other, or an ANLS of at least 0.5 (exactly 0.5 is right). Trimmed but not lower-cased. An
  empty text fits everything.
- **Swipe**: direction of the finger; equally far along both axes is vertical.
- **Keys and endings** are types of their own: home, back, recent apps, COMPLETE and IMPOSSIBLE.

Its table averages over the six task categories on the random split (called "micro" there) and over steps elsewhere
("macro"). We print the mean over steps for all four splits.

Read by us: an answer that its language cannot write (`Launch`, `Wait`, Enter, `CallUser`) is of the wrong type. A drag
is a swipe, since the data writes swipes as two points.
"""

from __future__ import annotations

from dataclasses import dataclass

from agentkit.actions import Action, Click, Drag, Finished, LongPress, Scroll, Type, action_name
from agentkit.recorded.elements import RecordedStep
from agentkit.scoring.navigation.places import distance
from agentkit.scoring.navigation.rule import MISS, Match, finger_of
from agentkit.scoring.navigation.texts import contained, likeness

RADIUS = 0.14
LIKENESS = 0.5


@dataclass(frozen=True, slots=True)
class GuiOdysseyRule:
    name: str = "gui-odyssey"
    title: str = "inside the segmented element, or within 0.14; text ANLS >= 0.5 or contained"

    def drops(self, step: RecordedStep) -> str:
        return ""

    def judge(self, step: RecordedStep, answer: Action) -> Match:
        gold = step.action
        if _word(gold) != _word(answer):
            return MISS
        match gold, answer:
            case (Click() | LongPress(), Click() | LongPress()):
                inside = step.box is not None and step.box.contains(answer.at)
                return Match(True, inside or distance(gold.at, answer.at) <= RADIUS)
            case (Type(), Type()):
                wanted, said = gold.text.strip(), answer.text.strip()
                return Match(True, contained(wanted, said) or likeness(wanted, said) >= LIKENESS)
            case (Scroll() | Drag(), Scroll() | Drag()):
                return Match(True, finger_of(gold) is not None and finger_of(gold) == finger_of(answer))
        return Match(True, True)


def _word(action: Action) -> str:
    match action:
        case Finished(content):
            return "IMPOSSIBLE" if content == "infeasible" else "COMPLETE"
        case Drag():
            return "Scroll"
    return action_name(action)
