"""All rewards on one table of boundary cases, each against totals worked out by hand from its paper or release."""

from __future__ import annotations

import math

import pytest

from agentkit.actions import (
    Box,
    Click,
    Finished,
    Launch,
    LongPress,
    Malformed,
    Point,
    Press,
    Refusal,
    Scroll,
    Type,
    Wait,
)
from agentkit.errors import ConfigError
from rft.rewards import REWARDS, TRAJECTORY_REWARDS, Gold, get_reward
from scored import BOX, NOWHERE, ON_BOX, TINY, UP, score, swipe, typed

# Every reward that is not named must refuse such gold. `se_gui`: d_max^2 from the centre of BOX is 0.25 + 0.390625.
CASES = {
    "centre, same box": (Click(Point(0.5, 0.375), BOX), ON_BOX, {
        "venus_ground": 1.0, "gui_r1": 1.0, "ui_r1": 3.0, "se_gui": 3.0, "gta1": 1.0, "infigui_g1": 2.0, "gui_g2": 3.0,
        "agentcpm": 2.0, "ui_s1": 1.0,
    }),
    "on the border": (Click(Point(0.25, 0.25)), ON_BOX, {
        "venus_ground": 1.0, "gui_r1": 1.0, "ui_r1": 3.0, "se_gui": 3.0 - 0.078125 / 0.640625, "gta1": 1.0,
        "infigui_g1": 2.0, "gui_g2": 1 + math.exp(-1), "agentcpm": 1.95 + 0.05 * 0.75**3, "ui_s1": 1.0,
    }),
    "just outside": (Click(Point(0.25 - TINY, 0.25)), ON_BOX, {
        "venus_ground": 0.1, "gui_r1": 0.2, "ui_r1": 2.0, "se_gui": 2.0 - 0.078125 / 0.640625, "gta1": 0.0,
        "infigui_g1": 0.0, "gui_g2": 1 + math.exp(-1), "agentcpm": 2.0 - 0.375 / 2, "ui_s1": 1.0,
    }),
    "far away": (Click(Point(1.0, 1.0)), ON_BOX, {
        "venus_ground": 0.1, "gui_r1": 0.2, "ui_r1": 2.0, "se_gui": 1.0, "gta1": 0.0, "infigui_g1": 0.0,
        "gui_g2": 1 + math.exp(-0.5 * (2**2 + 5**2)), "agentcpm": 2.0 - 1.125 / 2, "ui_s1": 0.55,
    }),
    "another call": (LongPress(Point(0.5, 0.375)), ON_BOX, {
        "venus_ground": 0.0, "gui_r1": 0.2, "ui_r1": 1.0, "se_gui": 0.0, "gta1": 0.0, "infigui_g1": -1.0, "gui_g2": 0.0,
        "agentcpm": 1.0 - 0.1, "ui_s1": 0.19,
    }),
    "refuses a box": (Refusal(), ON_BOX, {
        "venus_ground": 0.1, "gui_r1": 0.0, "ui_r1": 0.0, "se_gui": 0.0, "gta1": 0.0, "infigui_g1": -1.0, "gui_g2": 0.0,
        "agentcpm": -0.3 - 0.1, "ui_s1": 0.19,
    }),
    "malformed": (Malformed("no box"), ON_BOX, {
        "venus_ground": 0.0, "gui_r1": 0.0, "ui_r1": 0.0, "se_gui": 0.0, "gta1": 0.0, "infigui_g1": -1.0, "gui_g2": 0.0,
        "agentcpm": -2.0, "ui_s1": 0.1,
    }),
    "refuses rightly": (Refusal(), NOWHERE, {"venus_ground": 1.0, "agentcpm": 2.0}),
    "should have refused": (Click(Point(0.5, 0.5)), NOWHERE, {"venus_ground": 0.1, "agentcpm": -0.4}),
    "malformed, not refused": (Malformed("?"), NOWHERE, {"venus_ground": 0.0, "agentcpm": -2.0}),
    "swipe: both ends and the way": (swipe(0.5, 0.75, 0.5, 0.25), UP, {
        "venus_navi": 0.1 + 0.9 * 2.5, "venus15_navi": 0.1 + 0.9 * 2.5, "gui_r1": 1.0, "ui_r1": 3.0, "agentcpm": 2.0,
        "ui_s1": 1.0,
    }),
    "swipe: start and the way": (swipe(0.5, 0.75, 0.5, 0.5), UP, {
        "venus_navi": 0.1 + 0.9 * 2.0, "venus15_navi": 0.1 + 0.9 * 2.0, "gui_r1": 1.0, "ui_r1": 3.0, "agentcpm": 2.0,
        "ui_s1": 1.0,
    }),
    "swipe: the way only": (swipe(0.25, 0.5, 0.25, 0.25), UP, {
        "venus_navi": 0.1 + 0.9 * 1.5, "venus15_navi": 0.1 + 0.9 * 1.5, "gui_r1": 1.0, "ui_r1": 3.0,
        "agentcpm": 1 + (0.75 + 1) / 2, "ui_s1": 1.0,
    }),
    "swipe: start only": (swipe(0.5, 0.75, 0.75, 0.75), UP, {
        "venus_navi": 0.1 + 0.9 * 1.5, "venus15_navi": 0.1 + 0.9 * 1.5, "gui_r1": 0.2, "ui_r1": 3.0, "agentcpm": 1.5,
        "ui_s1": 0.55,
    }),
    "swipe: nothing": (swipe(0.25, 0.5, 0.25, 0.75), UP, {
        "venus_navi": 1.0, "venus15_navi": 1.0, "gui_r1": 0.2, "ui_r1": 3.0, "agentcpm": 1 + 0.75 / 2, "ui_s1": 0.55,
    }),
    "swipe: by name": (Scroll(direction="up"), UP, {
        "venus_navi": 0.1 + 0.9 * 1.5, "venus15_navi": 0.1 + 0.9 * 1.5, "gui_r1": 1.0, "ui_r1": 3.0,
        "agentcpm": 1 + (0.875 + 1) / 2, "ui_s1": 1.0,
    }),
    "F1 exactly 0.5": (Type("a b"), typed("a c"), {
        "venus_navi": 1.9, "venus15_navi": 1.45, "gui_r1": 1.0, "ui_r1": 3.0, "agentcpm": 1 + 4 / 6, "ui_s1": 0.55,
    }),
    "F1 below 0.5": (Type("a b c"), typed("a d e"), {
        "venus_navi": 1.0, "venus15_navi": 1.3, "gui_r1": 0.2, "ui_r1": 3.0, "agentcpm": 1.6, "ui_s1": 0.55,
    }),
    "part of the text": (Type("Milk"), typed(" milk and eggs"), {
        "venus_navi": 1.9, "venus15_navi": 1.45, "gui_r1": 1.0, "ui_r1": 3.0, "agentcpm": 1 + 6 / 18, "ui_s1": 1.0,
    }),
    "no text": (Type(""), typed("a"), {
        "venus_navi": 1.0, "venus15_navi": 1.0, "gui_r1": 0.0, "ui_r1": 3.0, "agentcpm": 1.0, "ui_s1": 0.55,
    }),
    "no text wanted": (Type(""), typed(""), {
        "venus_navi": 1.9, "venus15_navi": 1.9, "gui_r1": 0.8, "ui_r1": 3.0, "agentcpm": 2.0, "ui_s1": 1.0,
    }),
    "Chinese, half of the characters": (Type("打开设置"), typed("打开相机"), {
        "venus_navi": 1.9, "venus15_navi": 1.45, "gui_r1": 1.0, "ui_r1": 3.0, "agentcpm": 1.5, "ui_s1": 0.55,
    }),
    "wrong call": (Launch("Clock"), typed("Clock"), {
        "venus_navi": 0.1, "venus15_navi": 0.1, "gui_r1": 0.2, "ui_r1": 1.0, "agentcpm": -0.4, "ui_s1": 0.19,
    }),
    "wrong key": (Press("back"), Gold(action=Press("home")), {
        "venus_navi": 0.1, "venus15_navi": 0.1, "gui_r1": 0.2, "ui_r1": 1.0, "agentcpm": 1.0, "ui_s1": 0.55,
    }),
    "waits": (Wait(), Gold(action=Wait()), {
        "venus_navi": 1.0, "venus15_navi": 1.0, "gui_r1": 1.0, "ui_r1": 3.0, "agentcpm": 2.0, "ui_s1": 1.0,
    }),
    "gives up": (Finished("infeasible"), Gold(action=Finished("")), {
        "venus_navi": 1.0, "venus15_navi": 1.0, "gui_r1": 1.0, "ui_r1": 3.0, "agentcpm": 1.0, "ui_s1": 1.0,
    }),
    "unreadable step": (Malformed("no call"), Gold(action=Wait()), {
        "venus_navi": 0.1, "venus15_navi": 0.1, "gui_r1": 0.0, "ui_r1": 0.0, "agentcpm": -2.0, "ui_s1": 0.1,
    }),
    "click near a point": (Click(Point(0.5, 0.5)), Gold(action=Click(Point(0.5, 0.5625)), size=(1024, 1024)), {
        "venus_navi": 0.1 + 0.9 * 1.5, "venus15_navi": 0.1 + 0.9 * 1.5, "gui_r1": 1.0, "agentcpm": 2 - 0.0625 / 2,
        "ui_s1": 0.55,
    }),
    "click on an element": (
        Click(Point(0.5, 0.5)),
        Gold(action=Click(Point(0.5, 0.75)), boxes=(Box(0.25, 0.5, 0.75, 1.0),), size=(1000, 1000)),
        {
            "venus_navi": 1.0, "venus15_navi": 1.0, "gui_r1": 1.0, "ui_r1": 3.0, "agentcpm": 1.95 + 0.05 * 0.75**3,
            "ui_s1": 1.0,
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("reward", [reward.name for reward in REWARDS])
@pytest.mark.parametrize("case", CASES)
def test_table(case, reward):
    action, gold, totals = CASES[case]
    if reward in totals:
        assert score(reward, action, gold)["total"] == pytest.approx(totals[reward], abs=1e-5)
    else:
        with pytest.raises(ValueError, match=f"{reward} needs"):
            score(reward, action, gold)


def test_every_reward_says_what_it_is():
    for reward in REWARDS:
        assert reward.takes and reward.terms and "arXiv" in reward.source
        assert reward.__doc__ and reward.__doc__.splitlines()[0].endswith("?")
        made = reward()
        low, high = made.bounds
        assert low < high
        kinds = {"box": ON_BOX, "refusal": NOWHERE, "action": typed("a")}
        for kind, gold in kinds.items():
            if kind in reward.takes:
                assert set(score(reward.name, Wait(), gold)) == {*reward.terms, "total", "correct"}


def test_clicks_need_something_to_be_judged_by():
    bare = Gold(action=Click(Point(0.5, 0.5)))
    with pytest.raises(ValueError, match="needs a box around the gold click"):
        score("ui_r1", Wait(), bare)
    with pytest.raises(ValueError, match="needs a box or the screenshot's size"):
        score("gui_r1", Wait(), bare)
    with pytest.raises(ValueError, match="size in pixels"):
        score("agentcpm", Wait(), Gold(box=BOX))
    outlined = Gold(action=Click(BOX.centre, BOX))
    assert score("ui_r1", Click(Point(0.25, 0.5)), outlined)["place"] == 1.0


def test_several_boxes_are_all_right():
    far = Box(0.875, 0.875, 1.0, 1.0)
    gold = Gold(box=BOX, boxes=(far,), size=(1000, 1000))
    click = Click(Point(0.9375, 0.9375), far)
    for name in ("venus_ground", "gui_r1", "ui_r1", "se_gui", "gta1", "infigui_g1", "gui_g2", "agentcpm", "ui_s1"):
        reward = get_reward(name)
        assert score(name, click, gold)["total"] == pytest.approx(reward.bounds[1]), name


def test_names_lead_to_the_right_list():
    with pytest.raises(ConfigError, match="scores whole episodes; those of a single reply are venus_ground"):
        get_reward("venus15_online")
    with pytest.raises(ConfigError, match=r"'gta2'; did you mean 'gta1'\?.*Known: agentcpm, .*venus_navi"):
        get_reward("gta2")
    assert [reward.name for reward in TRAJECTORY_REWARDS] == ["venus15_online"]
    with pytest.raises(ConfigError, match="faithful must be true or false"):
        get_reward("gui_r1", faithful=1.0)
    with pytest.raises(ConfigError, match="must not fall"):
        get_reward("ui_s1", readable=0.6)
