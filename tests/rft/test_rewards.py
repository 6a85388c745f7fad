"""The published rewards at their boundaries."""

from __future__ import annotations

import math
import time
from pathlib import Path

import pytest

import rft.rewards
from agentkit.actions import (
    Box,
    CallUser,
    Click,
    Drag,
    Finished,
    Hotkey,
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
from agentkit.protocols import ParsedReply, get_protocol
from rft.rewards import REWARDS, TRAJECTORY_REWARDS, Gold, get_reward
from rft.rewards.token_f1 import token_f1, tokens

HELPERS = {"__init__", "answer_points", "base", "checks", "places", "texts", "token_f1"}
TAGGED = "<think>t</think><action>x</action>"
GROUND, NAVI = get_reward("venus_ground"), get_reward("venus_navi")


def navi(action, gold, text=TAGGED, aspect=1.0, **constants):
    return get_reward("venus_navi", **constants)(ParsedReply(action), text, Gold(action=gold, aspect=aspect))


def test_catalogue_holds_every_reward_file():
    folder = Path(rft.rewards.__file__).parent
    files = {path.stem for path in folder.glob("*.py")} - HELPERS
    assert files == {reward.name for reward in (*REWARDS, *TRAJECTORY_REWARDS)}


@pytest.mark.parametrize(
    ("action", "form", "hit"),
    [
        (Click(Point(0.5, 0.4), Box(0.4, 0.3, 0.6, 0.5)), 1, 1),
        (Click(Point(0.2, 0.2), Box(0.2, 0.2, 0.2, 0.2)), 1, 1),  # the border counts
        (Click(Point(0.19999, 0.2), Box(0.1, 0.2, 0.3, 0.2)), 1, 0),
        (Refusal(), 1, 0),
        (Malformed("no box"), 0, 0),
    ],
)
def test_ground_on_a_box(action, form, hit):
    score = GROUND(ParsedReply(action), "", Gold(box=Box(0.2, 0.2, 0.8, 0.8)))
    assert (score["format"], score["box"], score["correct"]) == (form, hit, hit)
    assert score["total"] == pytest.approx(0.1 * form + 0.9 * hit)


def test_ground_on_a_refusal_pays_for_refusing_only():
    gold = Gold(refusal=True)
    assert GROUND(ParsedReply(Refusal()), "", gold)["total"] == pytest.approx(1.0)
    assert GROUND(ParsedReply(Click(Point(0, 0))), "", gold)["box"] == 0


def test_ground_reads_the_protocols_own_replies():
    protocol, gold = get_protocol("venus1_ground"), Gold(box=Box(0.1, 0.1, 0.3, 0.2))
    for text, total in (("[28,28,84,56]", 1.0), ("[0,0,10,10]", 0.1), ("", 0.0), ("click it", 0.0), ("[1,2,3]", 0.0)):
        assert GROUND(protocol.parse(text, (280, 280)), text, gold)["total"] == pytest.approx(total), text


@pytest.mark.parametrize("kind", [Click, LongPress])
@pytest.mark.parametrize(
    ("distance", "coord"),
    [(0.0, 1.0), (0.25 - 2**-20, 1.0), (0.25, 0.5), (0.5 - 2**-20, 0.5), (0.5, 0.0), (0.9, 0.0)],
)
def test_navi_point_distances_are_strictly_below_the_deltas(kind, distance, coord):
    # Powers of two, so that "exactly delta" survives floating point.
    score = navi(kind(Point(distance, 0.5)), kind(Point(0.0, 0.5)), delta2=0.25, delta1=0.5)
    assert score["coord"] == coord
    assert score["correct"] == float(distance < 0.5)


def test_navi_distance_is_in_screen_widths():
    # 0.1 of the height of a screen twice as high as wide is 0.2 widths.
    click, gold = Click(Point(0.5, 0.6)), Click(Point(0.5, 0.5))
    assert navi(click, gold, aspect=2.0, delta2=0.15, delta1=0.3)["coord"] == 0.5
    assert navi(click, gold, aspect=1.0, delta2=0.15, delta1=0.3)["coord"] == 1.0


def swipe(x1, y1, x2, y2):
    return Scroll(Point(x1, y1), Point(x2, y2))


@pytest.mark.parametrize(
    ("action", "coord"),
    [
        (swipe(0.5, 0.75, 0.5, 0.25), 1.5),  # both ends and the direction
        (swipe(0.5, 0.75, 0.5, 0.625), 1.0),  # start and direction
        (swipe(0.5, 0.75, 0.75, 0.75), 0.5),  # start only
        (swipe(0.5, 0.375, 0.5, 0.125), 0.5),  # direction only
        (Scroll(direction="up"), 0.5),  # direction only, by name
        (swipe(0.125, 0.125, 0.5, 0.25), 0.0),  # end only is nothing
        (swipe(0.75, 0.75, 0.75, 0.25), 0.5),  # start exactly delta3 away does not count
        (Scroll(direction="down"), 0.0),
    ],
)
def test_navi_scroll_levels(action, coord):
    assert navi(action, swipe(0.5, 0.75, 0.5, 0.25), delta3=0.25)["coord"] == coord


def test_navi_scroll_gold_with_a_direction_only():
    gold = Scroll(direction="up")
    assert navi(swipe(0.1, 0.9, 0.1, 0.2), gold)["coord"] == 1.0
    assert navi(swipe(0.1, 0.2, 0.1, 0.9), gold)["coord"] == 0.0


def test_navi_drag_is_judged_by_its_worse_end():
    gold = Drag(Point(0, 0), Point(1, 1))
    assert navi(Drag(Point(0, 0), Point(1, 1)), gold)["coord"] == 1.0
    assert navi(Drag(Point(0, 0), Point(0.9, 1)), gold)["coord"] == 0.5
    assert navi(Drag(Point(0, 0), Point(0.5, 1)), gold)["coord"] == 0.0


@pytest.mark.parametrize(
    ("said", "want", "content"),
    [
        ("a b", "a c", 1.0),  # F1 is exactly 0.5
        ("a b c", "a d e", 0.0),  # one third
        ("", "", 1.0),
        ("", "a", 0.0),
        ("a", "", 0.0),
        ("打开设置", "打开相机", 1.0),  # two of four characters
        ("打开设置", "关闭相机", 0.0),
        ("HELLO  world", "hello world", 1.0),
    ],
)
@pytest.mark.parametrize("kind", [Type, Launch, CallUser, Finished])
def test_navi_content(kind, said, want, content):
    score = navi(kind(said), kind(want))
    assert score["content"] == content
    assert score["total"] == pytest.approx(0.1 + 0.9 * (1 + content))


def test_token_f1_counts_copies():
    assert token_f1("a a a", "a") == pytest.approx(0.5)
    assert tokens("Ab 打开-1") == ["ab", "打", "开", "-", "1"]


def test_navi_wrong_type_earns_the_format_only():
    score = navi(LongPress(Point(0.5, 0.5)), Click(Point(0.5, 0.5)))
    assert (score["type"], score["coord"], score["total"], score["correct"]) == (0, 0, pytest.approx(0.1), 0)
    assert navi(Press("back"), Press("home"))["type"] == 0
    assert navi(Malformed("x"), Wait())["type"] == 0
    assert navi(Wait(), Wait())["correct"] == 1
    assert navi(Hotkey(("ctrl", "c")), Hotkey(("ctrl", "v")))["correct"] == 0


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (TAGGED, 1),
        (TAGGED + "<conclusion>done</conclusion>\n", 1),
        ("<think>\n</think>\n<action>Wait()</action>", 1),
        ("", 0),
        ("<action>x</action><think>t</think>", 0),
        ("<think>t</think>", 0),
        ("<think>t</think><action></action>", 0),
        ("<think>t</think><action>x", 0),
        ("so: " + TAGGED, 0),
        (TAGGED + TAGGED, 0),
        ("<think>a</think><think>b</think><action>x</action>", 0),
        ("<conclusion>c</conclusion>" + TAGGED, 0),
    ],
)
def test_navi_format(text, form):
    assert navi(Wait(), Wait(), text)["format"] == form


def test_navi_format_may_need_the_conclusion():
    assert navi(Wait(), Wait(), TAGGED, need_conclusion=True)["format"] == 0
    assert navi(Wait(), Wait(), TAGGED + "<conclusion></conclusion>", need_conclusion=True)["format"] == 1


def test_navi_format_is_linear_on_hostile_text():
    start = time.perf_counter()
    for text in ("<think>" * 50_000, "<think>" + "</think><action></action>" * 20_000, "<" * 200_000):
        assert navi(Wait(), Wait(), text)["format"] == 0
    assert time.perf_counter() - start < 2


def test_gold_replies_of_the_protocol_earn_everything():
    protocol = get_protocol("venus1_navi")
    actions = [Click(Point(0.5, 0.25)), swipe(0.5, 0.75, 0.5, 0.25), Type("héllo 打开"), Press("back"), Finished()]
    for action in actions:
        text = protocol.render(action, "why", "what", (1000, 2000))
        score = NAVI(protocol.parse(text, (1000, 2000)), text, Gold(action=action, aspect=2.0))
        assert score["correct"] == 1, text
        assert score["format"] == 1, text


def test_rewards_say_what_they_cannot_take():
    with pytest.raises(ConfigError, match="did you mean 'venus_navi'"):
        get_reward("venus_nav")
    with pytest.raises(ConfigError, match=r"unknown constant of reward venus_navi 'delta_1'; did you mean 'delta1'"):
        get_reward("venus_navi", delta_1=0.1)
    with pytest.raises(ConfigError, match=r"delta2 .* must not exceed delta1"):
        get_reward("venus_navi", delta1=0.1, delta2=0.2)
    for value in (-1, math.nan, "0.1", True):
        with pytest.raises(ConfigError, match="w1 must be a finite number"):
            get_reward("venus_ground", w1=value)
    with pytest.raises(ValueError, match="exactly one"):
        Gold(box=Box(0, 0, 1, 1), refusal=True)
    with pytest.raises(ValueError, match="needs gold with an action"):
        NAVI(ParsedReply(Wait()), "", Gold(refusal=True))
