"""All rewards on one table of boundary cases, each against totals worked out by hand from its paper or release."""

from __future__ import annotations

import math

import numpy as np
import pytest

from agentkit.actions import (
    Box,
    CallUser,
    Click,
    Drag,
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
from agentkit.protocols import ParsedReply
from agentkit.types import Ending, Observation, Reply, Step, Trajectory
from rft.rewards import REWARDS, TRAJECTORY_REWARDS, Gold, get_reward, get_trajectory_reward

TAGGED = "<think>t</think><action>x</action><conclusion>c</conclusion>"
TINY = 2**-20
BOX = Box(0.25, 0.25, 0.75, 0.5)
ON_BOX = Gold(box=BOX, size=(1000, 2000), aspect=2.0)
NOWHERE = Gold(refusal=True, size=(1000, 2000), aspect=2.0)
UP = Gold(action=Scroll(Point(0.5, 0.75), Point(0.5, 0.25)))


def swipe(x1, y1, x2, y2):
    return Scroll(Point(x1, y1), Point(x2, y2))


def typed(text):
    return Gold(action=Type(text))


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


def score(name, action, gold, text=TAGGED, thought="t", **constants):
    return get_reward(name, **constants)(ParsedReply(action, thought), text, gold)


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


# Thresholds, each at powers of two so that "exactly" survives floating point.


@pytest.mark.parametrize(("pixels", "right"), [(139, 1.0), (140, 0.0)])
@pytest.mark.parametrize("side", [1024, 2048])
def test_gui_r1_radius_is_strict_and_counted_after_shrinking(pixels, right, side):
    gold = Gold(action=Click(Point(0.0, 0.5)), size=(side, side))
    click = Click(Point(pixels / 1024, 0.5))
    assert score("gui_r1", click, gold, max_pixels=2**20)["accuracy"] == right


def test_gui_r1_as_released():
    border = Click(Point(0.25, 0.3))
    assert score("gui_r1", border, ON_BOX, faithful=True)["total"] == pytest.approx(0.2)
    assert score("gui_r1", Type("打开设置"), typed("打开相机"), faithful=True)["accuracy"] == 0.0
    assert score("gui_r1", Type("[set]"), typed("Settings"), faithful=True)["accuracy"] == 1.0  # part of one word
    assert score("gui_r1", Type("a a a"), typed("a"), faithful=True)["accuracy"] == 1.0  # sets, not bags
    assert score("gui_r1", Type("b b b a"), typed("a c"), faithful=True)["accuracy"] == 1.0
    assert score("gui_r1", Type("b b b a"), typed("a c"))["accuracy"] == 0.0
    for text, faithful in (("Clock", 1.0), ("Camera", 1.0)):
        assert score("gui_r1", Launch(text), Gold(action=Launch("Clock")), faithful=True)["accuracy"] == faithful
    assert score("gui_r1", Launch("Camera"), Gold(action=Launch("Clock")))["accuracy"] == 0.0


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


@pytest.mark.parametrize(
    ("x", "rung"), [(0.5 + 0.375, 1.0), (0.5 + 0.375 + TINY, 0.5), (0.125, 1.0), (0.125 - TINY, 0.5)]
)
def test_ui_s1_grows_boxes_and_counts_their_border(x, rung):
    assert score("ui_s1", Click(Point(x, 0.375)), ON_BOX, box_scale=1.5)["action"] == rung


@pytest.mark.parametrize(("distance", "rung"), [(0.0625, 1.0), (0.0625 + TINY, 0.5)])
def test_ui_s1_radius_counts_its_border(distance, rung):
    gold = Gold(action=Click(Point(0.25, 0.25)))
    assert score("ui_s1", Click(Point(0.25 + distance, 0.25)), gold, radius=0.0625)["action"] == rung
    drag = Gold(action=Drag(Point(0.25, 0.25), Point(0.75, 0.75)))
    moved = Drag(Point(0.25, 0.25), Point(0.75, 0.75 - distance))
    assert score("ui_s1", moved, drag, radius=0.0625)["action"] == rung


def test_ui_s1_as_released():
    answer = Gold(action=CallUser("yes, at nine"))
    assert score("ui_s1", CallUser("yes"), answer)["action"] == 1.0
    assert score("ui_s1", CallUser("yes"), answer, faithful=True)["action"] == 0.1
    assert score("ui_s1", Type("YES "), answer, faithful=True)["action"] == 1.0
    assert score("ui_s1", Type(""), typed("a"), faithful=True)["action"] == 1.0
    assert score("ui_s1", Wait(), Gold(action=Wait()), thought=" ")["thought"] == 0.0


@pytest.mark.parametrize(("distance", "args"), [(0.0625, 1.0), (0.0625 + TINY, 1 - 0.0625 / 2)])
def test_agentcpm_tolerance_counts_its_border(distance, args):
    gold = Gold(action=Click(Point(0.25, 0.25)))
    found = score("agentcpm", Click(Point(0.25 + distance, 0.25)), gold, tolerance=0.0625)
    assert found["args"] == pytest.approx(args, abs=1e-5)


def test_agentcpm_counts_missing_and_extra_arguments():
    press = Gold(action=LongPress(Point(0.5, 0.5)))
    found = score("agentcpm", Click(Point(0.5, 0.5)), press)
    assert (found["type"], found["args"]) == (0.0, pytest.approx(0.5 - 0.3))
    found = score("agentcpm", Drag(Point(0.5, 0.5), Point(0, 0)), press)
    assert found["args"] == pytest.approx(0.5 - 0.3 - 0.1)
    drag = Gold(action=Drag(BOX.centre, Point(0.5, 0.75)), boxes=(BOX,), size=(1000, 1000))
    moved = score("agentcpm", Drag(BOX.centre, Point(0.5, 0.5)), drag)
    assert moved["args"] == pytest.approx((1 + 1 - 0.25 / 2) / 2) and moved["correct"] == 0  # the box is of the start
    assert score("agentcpm", Wait(), Gold(action=Wait()), "```json\n{}\n```")["args"] == pytest.approx(0.95)
    assert score("agentcpm", Wait(), Gold(action=Wait()), w_schema=0.3)["total"] == pytest.approx(2.3)


def test_agentcpm_bonus_for_the_centre_ends_at_its_reach():
    wide = Gold(box=Box(0, 0, 1, 1), size=(8000, 8000))
    assert score("agentcpm", Click(Point(0, 0)), wide)["args"] == 0.95
    assert score("agentcpm", Click(Point(0.5, 0.5625)), wide)["args"] == pytest.approx(0.95 + 0.05 * 0.5**3)


def test_venus15_grades_text_and_judges_web_scrolls_by_their_direction():
    assert score("venus15_navi", Type("a b"), typed("a c"))["content"] == 0.5
    assert score("venus15_navi", Wait(), Gold(action=Wait()), "<think>t</think><action>x</action>")["format"] == 0.0
    elsewhere = swipe(0.1, 0.9, 0.1, 0.2)
    assert score("venus15_navi", elsewhere, UP)["coord"] == 0.5
    assert score("venus15_navi", elsewhere, UP, web=True)["coord"] == 1.0
    assert score("venus15_navi", swipe(0.5, 0.75, 0.75, 0.75), UP, web=True)["coord"] == 0.0


def test_se_gui_nearness():
    corner = Gold(box=Box(0, 0, 0, 0))
    assert score("se_gui", Click(Point(0, 0)), corner)["nearness"] == 1.0
    assert score("se_gui", Click(Point(1, 1)), corner)["nearness"] == 0.0
    beyond = Click(Point(1.0, 0.5))  # farther than one screen width
    assert score("se_gui", beyond, corner)["nearness"] == pytest.approx(1 - 1.25 / 2)
    assert score("se_gui", beyond, corner, faithful=True)["nearness"] == 0.0
    assert score("se_gui", Click(Point(1.0, 0.0)), corner, faithful=True)["nearness"] == pytest.approx(0.5)


def bhattacharyya(box, gold, alpha=0.5):
    """The coefficient from the general formula with covariance matrices, in pixels of a 1000 x 1000 screen."""
    mean, cov = zip(*(gaussian(b, alpha) for b in (box, gold)), strict=True)
    between, difference = (cov[0] + cov[1]) / 2, mean[0] - mean[1]
    distance = difference @ np.linalg.inv(between) @ difference / 8
    determinants = np.sqrt(np.linalg.det(cov[0]) * np.linalg.det(cov[1]))
    return math.exp(-distance - 0.5 * math.log(np.linalg.det(between) / determinants))


def gaussian(box, alpha):
    x1, y1, x2, y2 = (1000 * v for v in (box.x1, box.y1, box.x2, box.y2))
    return np.array([(x1 + x2) / 2, (y1 + y2) / 2]), np.diag([(alpha * (x2 - x1)) ** 2, (alpha * (y2 - y1)) ** 2])


@pytest.mark.parametrize("box", [BOX, Box(0.2, 0.3, 0.5, 0.6), Box(0.1, 0.1, 0.11, 0.9), Box(0, 0, 1, 1)])
def test_gui_g2_plane_is_the_bhattacharyya_coefficient(box):
    found = score("gui_g2", Click(box.centre, box), ON_BOX)
    assert found["plane"] == pytest.approx(bhattacharyya(box, BOX), rel=1e-9)
    rounded = score("gui_g2", Click(box.centre, box), ON_BOX, faithful=True)
    assert rounded["plane"] == round(found["plane"], 3) and rounded["point"] == round(found["point"], 3)


def test_gui_g2_boxes_without_area_and_points():
    speck = Gold(box=Box(0.5, 0.5, 0.5, 0.5))
    assert score("gui_g2", Click(Point(0.5, 0.5), Box(0.5, 0.5, 0.5, 0.5)), speck)["total"] == 3.0
    assert score("gui_g2", Click(Point(0.5, 0.6), Box(0.5, 0.6, 0.5, 0.6)), speck)["total"] == 1.0
    point = score("gui_g2", Click(BOX.centre), ON_BOX)
    assert (point["point"], point["plane"], point["format"]) == (1.0, 0.0, 1.0)
    assert score("gui_g2", Click(BOX.centre), ON_BOX, faithful=True)["total"] == 0.0


def points(*pairs):
    return "[" + ", ".join(f'{{"point_2d": [{x}, {y}]}}' for x, y in pairs) + "]"


HIT, MISS, OTHER = (500, 375), (0, 0), (100, 900)


@pytest.mark.parametrize(
    ("text", "accuracy", "correct"),
    [
        (points(HIT), 1.0, 1),
        (points(HIT, MISS), 1 / math.sqrt(2), 1),
        (points(MISS, HIT), 0.5, 0),
        (points(MISS, OTHER, HIT), 1 / 3, 0),
        (points(MISS), -1.0, 0),
        (points(MISS, OTHER), -0.5, 0),
        (points((250, 250)), 1.0, 1),  # the border counts
        (points((249.99, 250)), -1.0, 0),
        (points((100, 100), (200, 200), (300, 300)), -1.0, 0),  # three on one line, the third inside
        (points(HIT, HIT), 1 / math.sqrt(2), 1),  # two equal ones are no line
        (points(HIT, HIT, MISS), -1.0, 0),
        ("<think>[1, 2]</think>\n```json\n" + points(HIT) + "\n```", 1.0, 1),
        ('[{"point_2d": [500, 375], "label": "OK"}]', 1.0, 1),
    ],
)
def test_infigui_g1_pays_for_early_hits(text, accuracy, correct):
    found = score("infigui_g1", Malformed("no single answer"), ON_BOX, text)
    assert found["accuracy"] == pytest.approx(accuracy) and found["correct"] == correct
    lined = "100, 100" in text or text == points(HIT, HIT, MISS)
    assert found["format"] == float(not lined)


@pytest.mark.parametrize(
    "text",
    [
        "", "[", "[[[", "[" * 100_000, "[" * 4000 + "]" * 4000, "]", '[{"point_2d": [1]}]', '[{"point_2d": [1, "2"]}]',
        '[{"point_2d": [true, 2]}]', '[{"point_2d": [NaN, 2]}]', '[{"point_2d": [1e999, 2]}]', "[1, 2]", "[null]",
        '[{"point_2d": [1' + "0" * 500 + ", 2]}]", '[{"point_2d": [1, 2]}', points(*[(i, i * i) for i in range(33)]),
        "[__import__('os').system('true')]",
    ],
)  # fmt: skip
def test_infigui_g1_calls_everything_else_malformed(text):
    found = score("infigui_g1", Malformed("?"), ON_BOX, text)
    assert (found["total"], found["format"], found["correct"]) == (-1.0, 0.0, 0.0)


def test_infigui_g1_frames_thoughts_and_an_empty_list():
    assert score("infigui_g1", Malformed("?"), ON_BOX, "[]")["total"] == -1.0
    assert score("infigui_g1", Malformed("?"), ON_BOX, "[]", faithful=True)["total"] == 0.0
    seen = Gold(box=BOX, model_size=(280, 560))
    assert score("infigui_g1", Malformed("?"), seen, points((140, 210)), frame="model_px")["correct"] == 1.0
    assert score("infigui_g1", Malformed("?"), seen, points((140, 210)))["correct"] == 0.0
    with pytest.raises(ValueError, match="size at which the model saw"):
        score("infigui_g1", Malformed("?"), ON_BOX, frame="model_px")
    assert score("infigui_g1", Click(BOX.centre), ON_BOX, "", thought="", need_thought=True)["total"] == -1.0
    with pytest.raises(ConfigError, match="frame must be one of n1000, model_px"):
        get_reward("infigui_g1", frame="pixels")


# Episodes.


def episode(*actions, ending=Ending.FINISHED):
    seen = Observation(None)  # type: ignore[arg-type]
    return Trajectory("t", "goal", tuple(Step(seen, Reply("", action)) for action in actions), ending)


def test_venus15_online_by_hand():
    reward = get_trajectory_reward("venus15_online", completion=2.0, eta=0.5, penalty=0.25)
    assert reward(episode(Wait(), Wait()), True, 2)["total"] == 2.0
    assert reward(episode(*[Wait()] * 4), True, 2)["total"] == 0.5
    assert reward(episode(Wait()), True, 2)["total"] == 2.0  # shorter than the shortest known
    mixed = reward(episode(Wait(), Malformed("?"), Malformed("?")), True, 2)
    assert mixed == {"success": 1.0, "brevity": 0.5, "unreadable": 2.0, "total": 0.5, "correct": 1.0}
    failed = reward(episode(Wait(), Malformed("?")), False, 2)
    assert failed["total"] == -0.25 and failed["correct"] == 0.0
    assert reward.bounds(2) == (-0.5, 2.0)


def test_venus15_online_refuses_broken_episodes():
    reward = get_trajectory_reward("venus15_online")
    with pytest.raises(ValueError, match="cannot score a broken episode"):
        reward(episode(Wait(), ending=Ending.BROKEN), True, 1)
    with pytest.raises(ValueError, match="shortest"):
        reward(episode(Wait()), True, 0)
    with pytest.raises(ConfigError, match="eta must be in"):
        get_trajectory_reward("venus15_online", eta=1.5)


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
