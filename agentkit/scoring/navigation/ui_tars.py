"""The rule of OS-Atlas and UI-TARS: within 14 % of the screen.

Neither released an evaluator. What UI-TARS' authors answered among the issues of github.com/bytedance/UI-TARS: "a
predicted point within 14% of the screen distance from the ground truth is considered correct", following OS-Atlas and
GUI-Odyssey, and for low-level tasks the recorded thought is given ("android control test question"); swipes are right
when their direction is, one of four ("Question about Grounding Evaluation in Table 8"); `open_app` is an action of
AndroidControl and its steps count ("Issue on Action Space Alignment"). "Type" is the name of the action, "Grounding"
the place of clicks, "SR" the whole step (OS-Atlas, arXiv 2410.23218, section 5).

Read by us, where nobody answered:
- **14 %** is Euclidean with both axes in fractions of the screen, and 0.14 itself is a hit: GUI-Odyssey's code, which
  the authors name, says `<= 0.14`. (UI-R1's authors, who say they follow the same rule, write "smaller than".)
- **Long presses** are a type of their own, judged like clicks.
- **Text and app names**: F1 of the word sets above 0.5, as in the only public re-implementation for both models
  (github.com/sqzhang-lazy/XBOUND, commit 63610b3). Equal texts are right even where words cannot be told apart.
- **Keys** are types of their own: `press_back` and `press_home` are two actions of UI-TARS.
- **The finish step**: whether the last screenshot counts was asked there and not answered. AndroidControl does not
  record it, so where a reader appended it, it is dropped; recorded ones (GUI-Odyssey, AITZ, AITW) count.
- A drag is a type of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from agentkit.actions import Action, Launch, Scroll, Type, action_name
from agentkit.recorded.elements import RecordedStep
from agentkit.scoring.navigation.places import distance
from agentkit.scoring.navigation.rule import MISS, Match, finger_of, touch_of
from agentkit.scoring.navigation.texts import plain, word_f1

RADIUS = 0.14
WORDS = 0.5


@dataclass(frozen=True, slots=True)
class UiTars:
    name: str = "ui-tars"
    title: str = "within 14 % of the screen; word F1 > 0.5; swipe direction"

    def drops(self, step: RecordedStep) -> str:
        return "finish step is not of the data set" if step.appended else ""

    def judge(self, step: RecordedStep, answer: Action) -> Match:
        gold = step.action
        if action_name(gold) != action_name(answer):
            return MISS
        match gold, answer:
            case (Type(wanted), Type(said)) | (Launch(wanted), Launch(said)):
                return Match(True, plain(wanted) == plain(said) or word_f1(wanted, said) > WORDS)
            case (Scroll(), Scroll()):
                return Match(True, finger_of(gold) is not None and finger_of(gold) == finger_of(answer))
        target, at = touch_of(gold), touch_of(answer)
        return Match(True, target is None or at is None or distance(target, at) <= RADIUS)
