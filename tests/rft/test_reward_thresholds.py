"""Where each reward of one answer turns, and what its released code does otherwise than its paper.

Thresholds stand at powers of two so that "exactly" survives floating point.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from agentkit.actions import Box, CallUser, Click, Drag, Launch, LongPress, Point, Type, Wait
from rft.rewards import Gold
from scored import BOX, ON_BOX, TINY, UP, score, swipe, typed


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
