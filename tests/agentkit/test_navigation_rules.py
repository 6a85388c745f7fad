"""The published navigation rules, each boundary and peculiarity by a fixture that was worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from agentkit.actions import (
    Action,
    Box,
    CallUser,
    Click,
    Drag,
    Finished,
    Launch,
    LongPress,
    Point,
    Press,
    Scroll,
    Type,
    Wait,
)
from agentkit.recorded.elements import Element, RecordedStep, around
from agentkit.scoring.navigation import MISS, RULES, Match, Rule
from agentkit.scoring.navigation.agentcpm import AgentCpm
from agentkit.scoring.navigation.aitw import AndroidInTheWildRule
from agentkit.scoring.navigation.androidcontrol import AndroidControlPaper
from agentkit.scoring.navigation.gui_odyssey import GuiOdysseyRule
from agentkit.scoring.navigation.texts import contained, edit_distance, likeness, word_f1
from agentkit.scoring.navigation.ui_s1 import UiS1
from agentkit.scoring.navigation.ui_tars import UiTars

AC = RULES["androidcontrol-high"][0]
OTHER = AgentCpm()
HIT, TYPE = Match(True, True), Match(True, False)
UP, DOWN = Scroll(direction="up"), Scroll(direction="down")
FINGER_UP = Scroll(Point(0.5, 0.75), Point(0.5, 0.25))


def at(x: float, y: float) -> Click:
    return Click(Point(x, y))


def step(action: Action, *elements: Element, box: Box | None = None, appended: bool = False) -> RecordedStep:
    return RecordedStep("t/0", "t", "goal", action, box=box, elements=elements, appended=appended)


def verdicts(recorded: RecordedStep, answer: Action) -> list[Match | str]:
    """Of the four AndroidControl rules, in their order; a reason where the step does not count."""
    return [rule.drops(recorded) or rule.judge(recorded, answer) for rule in RULES["androidcontrol-high"]]


# Distances. 0.5 and 0.25 are exact in binary, so the borders below are met to the last bit or missed by one.


@pytest.mark.parametrize(
    ("rule", "radius"),
    [
        (AC, 0.04),
        (OTHER, 0.14),
        (UiTars(), 0.14),
        (UiS1(), 0.04),
        (GuiOdysseyRule(), 0.14),
        (AndroidInTheWildRule(), 0.14),
    ],
)
def test_the_distance_itself_is_a_hit_and_the_next_number_is_not(rule: Rule, radius: float) -> None:
    recorded = step(at(0.0, 0.5))
    assert rule.judge(recorded, at(radius, 0.5)) == HIT
    assert rule.judge(recorded, at(math.nextafter(radius, 1), 0.5)) == TYPE
    # Both axes in fractions: 3-4-5 of the radius, whatever the shape of the screen.
    across = step(at(0.0, 0.0))
    assert rule.judge(across, at(0.59 * radius, 0.79 * radius)) == HIT
    assert rule.judge(across, at(0.61 * radius, 0.81 * radius)) == TYPE


def test_the_papers_own_rule_asks_for_the_element_border_included() -> None:
    recorded = step(at(0.5, 0.5), box=Box(0.25, 0.25, 0.75, 0.5))
    rule = AndroidControlPaper()
    assert rule.judge(recorded, at(0.75, 0.25)) == HIT
    assert rule.judge(recorded, at(math.nextafter(0.75, 1), 0.25)) == TYPE
    assert rule.drops(step(at(0.5, 0.5))) == "no element at the recorded point"
    assert rule.drops(step(Type("x"))) == ""


# Boxes.


def test_a_box_enlarged_by_a_fifth_grows_by_a_tenth_on_each_side() -> None:
    element = Element(0.25, 0.25, 0.5, 0.5, touchable=True)
    recorded = step(at(0.5, 0.5), element)
    for rule in (AC, OTHER, UiS1()):
        assert rule.judge(recorded, at(0.2, 0.5)) == HIT, rule
        assert rule.judge(recorded, at(0.199, 0.5)) == TYPE, rule
        assert rule.judge(recorded, at(0.8, 0.8)) == HIT, rule
        assert rule.judge(recorded, at(0.801, 0.8)) == TYPE, rule
    assert AndroidControlPaper().judge(replace(recorded, box=Box(0.25, 0.25, 0.75, 0.75)), at(0.2, 0.5)) == TYPE


def test_agentcpm_pushes_a_box_back_from_the_border_and_ui_s1_does_not() -> None:
    recorded = step(at(0.1, 0.1), Element(0.0, 0.0, 0.2, 0.2, touchable=True))
    assert AC.judge(recorded, at(0.24, 0.1)) == HIT  # 0..0.24, not -0.02..0.22
    assert AC.judge(recorded, at(0.241, 0.1)) == TYPE
    assert UiS1().judge(recorded, at(0.22, 0.1)) == HIT
    assert UiS1().judge(recorded, at(0.221, 0.1)) == TYPE


def test_agentcpm_takes_the_five_nearest_centres_even_of_boxes_that_do_not_hold_the_point() -> None:
    gold = at(0.5, 0.1)
    row = [Element(0.48, 0.2 + 0.1 * i, 0.04, 0.04) for i in range(6)]  # centres 0.22, 0.32, ... 0.72
    recorded = step(gold, *row[::-1])
    inside_fifth, inside_sixth = at(0.5, 0.62), at(0.5, 0.72)
    assert AC.judge(recorded, inside_fifth) == HIT  # 0.52 away from the recorded point, and still right
    assert AC.judge(recorded, inside_sixth) == TYPE
    assert OTHER.judge(recorded, inside_fifth) == TYPE  # elsewhere only boxes that hold the recorded point count
    # A box that holds the point but whose centre is the sixth is no help.
    wide = Element(0.0, 0.0, 1.0, 1.0)
    crowd = [Element(0.49, 0.09 + i / 1000, 0.02, 0.02) for i in range(5)]
    assert AC.judge(step(gold, wide, *crowd), at(0.5, 0.9)) == TYPE
    assert OTHER.judge(step(gold, wide, *crowd), at(0.5, 0.9)) == HIT


def test_ui_s1_takes_the_three_smallest_touchable_elements_that_hold_the_point() -> None:
    gold = at(0.5, 0.5)
    nested = [Element(0.5 - s, 0.5 - s, 2 * s, 2 * s, touchable=True) for s in (0.4, 0.1, 0.2, 0.3)]
    assert [round(e.width, 9) for e in around(nested, gold.at)] == [0.2, 0.4, 0.6, 0.8]
    recorded = step(gold, *nested)
    assert UiS1().judge(recorded, at(0.5, 0.86)) == HIT  # 0.3 x 1.2 from the middle
    assert UiS1().judge(recorded, at(0.5, 0.861)) == TYPE
    hidden = [replace(element, touchable=False) for element in nested]
    assert UiS1().judge(step(gold, *hidden), at(0.5, 0.6)) == TYPE
    flat = Element(0.5, 0.0, 0.0, 1.0, touchable=True)
    assert around([flat], gold.at) == []


def test_android_in_the_wild_adds_one_and_a_half_times_the_box_and_wants_both_taps_in_it() -> None:
    rule = AndroidInTheWildRule()
    box = Element(0.5, 0.5, 0.1, 0.1)  # becomes 0.43..0.67: the corner moves by 0.07, the side is 0.24
    assert rule.judge(step(at(0.45, 0.45), box), at(0.66, 0.66)) == HIT
    assert rule.judge(step(at(0.45, 0.45), box), at(0.68, 0.66)) == TYPE
    assert rule.judge(step(at(0.42, 0.45), box), at(0.66, 0.66)) == TYPE  # the recorded tap is outside
    corner = Element(0.0, 0.0, 0.1, 0.1)  # 0..0.24, since it cannot move up or left
    assert rule.judge(step(at(0.01, 0.01), corner), at(0.23, 0.23)) == HIT
    assert rule.judge(step(at(0.01, 0.01), corner), at(0.25, 0.23)) == TYPE


def test_gui_odyssey_takes_the_segmented_element_as_it_is() -> None:
    rule = GuiOdysseyRule()
    recorded = step(at(0.5, 0.1), box=Box(0.0, 0.0, 1.0, 0.25))
    assert rule.judge(recorded, at(0.0, 0.25)) == HIT
    assert rule.judge(recorded, at(0.0, 0.26)) == TYPE
    assert rule.judge(replace(recorded, box=None), at(0.0, 0.25)) == TYPE
    press = step(LongPress(Point(0.5, 0.5)))
    assert rule.judge(press, LongPress(Point(0.5, 0.6))) == HIT and rule.judge(press, at(0.5, 0.5)) == MISS


# Which steps count.


def test_each_rule_says_which_steps_it_leaves_out() -> None:
    finish = step(Finished(), appended=True)
    assert [rule.drops(finish) for rule in RULES["androidcontrol-high"]] == [
        "", "finish step is not of the data set", "finish step is not of the data set",
        "finish step is not of the data set",
    ]  # fmt: skip
    app = step(Launch("Clock"))
    assert [rule.drops(app) for rule in RULES["androidcontrol-high"]] == ["opens an app", "", "", ""]
    recorded_finish = step(Finished())
    assert not any(rule.drops(recorded_finish) for rules in RULES.values() for rule in rules)


# Kinds of actions: AgentCPM, UI-TARS, UI-S1, the paper.

BOX = Box(0.4, 0.4, 0.6, 0.6)


@pytest.mark.parametrize(
    ("gold", "answer", "want"),
    [
        (LongPress(Point(0.5, 0.5)), LongPress(Point(0.5, 0.5)), [MISS, HIT, HIT, HIT]),
        (LongPress(Point(0.5, 0.5)), at(0.5, 0.5), [HIT, MISS, MISS, MISS]),
        (at(0.5, 0.5), LongPress(Point(0.5, 0.5)), [MISS] * 4),
        (Press("back"), Press("back"), [HIT] * 4),
        (Press("back"), Press("home"), [TYPE, MISS, TYPE, MISS]),
        (Wait(), Wait(), [HIT] * 4),
        (Wait(), Finished(), [HIT, MISS, MISS, MISS]),
        (Wait(), CallUser("?"), [MISS] * 4),
        (UP, UP, [HIT] * 4),
        (UP, FINGER_UP, [HIT] * 4),
        (UP, DOWN, [TYPE, TYPE, HIT, TYPE]),
        (UP, Drag(Point(0.5, 0.75), Point(0.5, 0.25)), [HIT, MISS, HIT, MISS]),
        (UP, Scroll(Point(0.5, 0.75), Point(0.5, 0.25), "down"), [HIT] * 4),  # the points decide
        (UP, Scroll(Point(0.5, 0.5), Point(0.5, 0.5), "up"), [HIT] * 4),  # points that tell nothing do not
        (UP, Scroll(Point(0.5, 0.5), Point(0.75, 0.25)), [HIT] * 4),  # equally far along both axes is vertical
        (Type("Hello World"), Type(" hello world "), [HIT] * 4),
        (Type("Hello World"), Type("hello"), [HIT, HIT, HIT, TYPE]),  # contained; F1 = 2/3
        (Type("a b c d"), Type("a"), [HIT, TYPE, HIT, TYPE]),  # F1 = 2/5
        (Type("a b c"), Type("a"), [HIT, TYPE, HIT, TYPE]),  # F1 is exactly 0.5: not above it
        (Type("a b c"), Type("c b"), [TYPE, HIT, TYPE, TYPE]),  # F1 = 4/5, not contained
        (Type("abc"), Type(""), [HIT, TYPE, HIT, TYPE]),
        (Type("日本"), Type("日本"), [HIT] * 4),
        (Launch("Clock"), Launch("clock"), ["opens an app", HIT, HIT, HIT]),
        (Launch("Google Clock"), Launch("Clock"), ["opens an app", HIT, HIT, TYPE]),
        (Launch("Clock"), at(0.5, 0.5), ["opens an app", MISS, MISS, MISS]),  # the screen shows no icon of it
        (Type("x"), Launch("x"), [MISS] * 4),
        (at(0.5, 0.5), Type("x"), [MISS] * 4),
    ],
)  # fmt: skip
def test_the_same_answer_under_the_four_androidcontrol_rules(
    gold: Action, answer: Action, want: list[Match | str]
) -> None:
    assert verdicts(step(gold, box=BOX), answer) == want


def test_a_swipe_that_goes_nowhere_is_right_for_nobody_who_looks() -> None:
    still = Scroll(Point(0.5, 0.5), Point(0.5, 0.5))
    assert verdicts(step(UP), still) == [TYPE, TYPE, HIT, TYPE]
    assert verdicts(step(still), still) == [TYPE, TYPE, HIT, TYPE]


def test_androidcontrols_directions_are_those_of_the_content_and_ours_those_of_the_finger() -> None:
    """The reader turns `scroll down` into a finger that moves up; an answer in either spelling must then agree."""
    from agentkit.recorded.directions import OPPOSITE

    recorded = step(Scroll(direction=OPPOSITE["down"]))
    assert AC.judge(recorded, FINGER_UP) == HIT
    assert AC.judge(recorded, Scroll(Point(0.5, 0.25), Point(0.5, 0.75))) == TYPE


def test_an_icon_opens_its_app_for_ui_s1_and_for_the_paper() -> None:
    icon = Element(0.1, 0.1, 0.1, 0.1, touchable=True, label="Clock")
    other = Element(0.5, 0.5, 0.1, 0.1, touchable=True, label="Mail")
    recorded = step(Launch("clock"), other, icon)
    assert verdicts(recorded, at(0.15, 0.15)) == ["opens an app", MISS, HIT, HIT]
    assert verdicts(recorded, at(0.205, 0.15)) == ["opens an app", MISS, HIT, MISS]  # 1.2 times the icon
    assert verdicts(recorded, at(0.55, 0.55)) == ["opens an app", MISS, TYPE, MISS]
    plain_text = replace(icon, touchable=False)
    assert verdicts(step(Launch("clock"), plain_text), at(0.15, 0.15)) == ["opens an app", MISS, MISS, MISS]
    # The paper's equivalents work the other way round, too.
    assert AndroidControlPaper().judge(step(at(0.15, 0.15), icon, box=Box(0.1, 0.1, 0.2, 0.2)), Launch("Clock")) == HIT
    assert AndroidControlPaper().judge(step(Launch(" ")), at(0.5, 0.5)) == MISS  # no name is no button


def test_a_back_button_is_navigate_back_for_the_paper_alone() -> None:
    arrow = Element(0.0, 0.0, 0.1, 0.1, touchable=True, label="Navigate up")
    recorded = step(Press("back"), Element(0.0, 0.0, 1.0, 1.0, touchable=True), arrow)
    assert verdicts(recorded, at(0.05, 0.05)) == [MISS, MISS, MISS, HIT]
    assert verdicts(recorded, at(0.5, 0.5)) == [MISS] * 4
    clicked = step(at(0.05, 0.05), arrow, box=Box(0.0, 0.0, 0.1, 0.1))
    assert verdicts(clicked, Press("back")) == [MISS, MISS, MISS, HIT]
    assert verdicts(clicked, Press("home")) == [MISS] * 4


# GUI-Odyssey.


def test_gui_odysseys_text_is_right_at_an_anls_of_exactly_one_half() -> None:
    rule = GuiOdysseyRule()
    assert likeness("abcdef", "abcxyz") == 0.5
    assert rule.judge(step(Type("abcdef")), Type("abcxyz")) == HIT
    assert rule.judge(step(Type("abcdef")), Type("abwxyz")) == TYPE  # 1 - 4/6
    assert rule.judge(step(Type("ABCDEF")), Type("abcdef")) == TYPE  # case counts
    assert rule.judge(step(Type(" abc ")), Type("xxabcxx")) == HIT
    assert rule.judge(step(Type("abc")), Type("")) == HIT


def test_gui_odyssey_keeps_apart_what_agentcpms_converter_merges() -> None:
    own, converted = GuiOdysseyRule(), OTHER
    recents = step(Press("recent"))
    assert own.judge(recents, Press("recent")) == HIT and converted.judge(recents, Press("recent")) == TYPE
    assert own.judge(recents, Press("home")) == MISS and converted.judge(recents, Press("home")) == HIT
    impossible = step(Finished("infeasible"))
    assert own.judge(impossible, Finished()) == MISS and converted.judge(impossible, Finished()) == HIT
    assert own.judge(impossible, Finished("infeasible")) == HIT and own.judge(step(Finished()), Finished("done")) == HIT
    press = step(LongPress(Point(0.5, 0.5)))
    assert converted.judge(press, LongPress(Point(0.5, 0.6))) == HIT  # unlike on AndroidControl
    assert converted.judge(press, at(0.5, 0.5)) == MISS


# Android in the Wild.


@pytest.mark.parametrize(
    ("gold", "answer", "want"),
    [
        (UP, DOWN, HIT),  # the same axis
        (UP, Scroll(direction="left"), TYPE),
        (Scroll(direction="right"), Scroll(Point(0.75, 0.5), Point(0.25, 0.5)), HIT),
        (UP, Scroll(Point(0.25, 0.25), Point(0.75, 0.75)), HIT),  # a tie is vertical
        (UP, Drag(Point(0.5, 0.1), Point(0.5, 0.9)), HIT),
        (at(0.5, 0.0), Scroll(Point(0.5, 0.0), Point(0.5, 0.04)), HIT),  # moved by 0.04: a tap
        (at(0.5, 0.0), Scroll(Point(0.5, 0.0), Point(0.5, math.nextafter(0.04, 1))), MISS),
        (at(0.5, 0.5), LongPress(Point(0.5, 0.5)), HIT),
        (Type("milk"), Type("anything"), HIT),
        (Press("enter"), Press("enter"), HIT),
        (Press("enter"), Press("back"), MISS),
        (Finished(), Finished("infeasible"), MISS),
        (Finished("infeasible"), Finished("infeasible"), HIT),
        (Press("home"), Launch("Home"), MISS),
        (Finished(), Wait(), MISS),
    ],
)  # fmt: skip
def test_android_in_the_wild(gold: Action, answer: Action, want: Match) -> None:
    assert AndroidInTheWildRule().judge(step(gold), answer) == want


# Texts and properties.


def test_texts() -> None:
    assert contained("a", "") and not contained("ab", "ac")
    assert edit_distance("kitten", "sitting") == 3 and edit_distance("", "abc") == 3 == edit_distance("abc", "")
    assert likeness("", "") == 1.0 and likeness("a", "") == 0.0
    assert word_f1("a a b", "B c") == 0.5 and word_f1("", "") == 0.0


ANSWERS: list[Action] = [
    at(0.5, 0.5), LongPress(Point(0.5, 0.5)), Drag(Point(0, 0), Point(1, 1)), UP, FINGER_UP, Type("x"), Type(""),
    Press("back"), Press("recent"), Launch("x"), Launch(""), Wait(), CallUser("x"), Finished(), Finished("infeasible"),
]  # fmt: skip


@pytest.mark.parametrize("suite", RULES)
def test_every_rule_judges_every_pair_and_nearly_always_finds_the_recorded_action_right(suite: str) -> None:
    for rule in RULES[suite]:
        for gold in ANSWERS:
            outline = Element(0.4, 0.4, 0.2, 0.2, touchable=True)
            recorded = step(gold, outline, box=BOX, appended=suite.startswith("androidcontrol") and gold == Finished())
            for answer in ANSWERS:
                assert isinstance(rule.judge(recorded, answer), Match)
            if rule.drops(recorded):
                continue
            sure = isinstance(gold, (Click, Type)) or gold in (UP, FINGER_UP, Press("back"), Finished())
            assert not sure or rule.judge(recorded, gold).exact, (rule.name, gold)


def test_a_match_cannot_be_exact_of_the_wrong_type() -> None:
    with pytest.raises(ValueError, match="right type"):
        Match(False, True)
