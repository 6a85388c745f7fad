"""What must hold for every reward: no text crashes it, the same gives the same, totals stay in their bounds."""

from __future__ import annotations

import dataclasses
import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentkit.actions import (
    Box,
    CallUser,
    Click,
    DoubleClick,
    Drag,
    Finished,
    Hotkey,
    Hover,
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
from agentkit.protocols import PROTOCOLS, ParsedReply
from rft.rewards import REWARDS, Gold

NAMES = [reward.name for reward in REWARDS]
fraction = st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.25, 0.5, 1.0]))
place = st.builds(Point, fraction, fraction)
words = st.one_of(st.text(max_size=12), st.sampled_from(["", " ", "a b", "打开设置", "[x]", "no input text"]))


@st.composite
def boxes(draw):
    x1, x2 = sorted((draw(fraction), draw(fraction)))
    y1, y2 = sorted((draw(fraction), draw(fraction)))
    return Box(x1, y1, x2, y2)


actions = st.one_of(
    st.builds(Click, place),
    boxes().map(lambda box: Click(box.centre, box)),
    st.builds(LongPress, place),
    st.builds(Hover, place),
    st.builds(DoubleClick, place),
    st.builds(Drag, place, place),
    st.builds(Scroll, place, place),
    st.builds(Scroll, direction=st.sampled_from(["up", "down", "left", "right"])),
    st.builds(Type, words),
    st.builds(Launch, words),
    st.builds(CallUser, words),
    st.builds(Finished, words),
    st.builds(Press, st.sampled_from(["back", "home", "enter", "recent"])),
    st.builds(Hotkey, st.lists(st.text(min_size=1, max_size=3), min_size=1, max_size=3).map(tuple)),
    st.just(Wait()),
)
said = st.one_of(actions, st.just(Refusal()), st.just(Malformed("?")))
tags = [f"<{slash}{name}>" for name in ("think", "action", "conclusion") for slash in ("", "/")]
marks = ["[", "]", "{", "}", ",", '"point_2d":', "[1,2]", "[-1,-1]", "[1,2,3,4]", '{"point_2d": [500, 375]}']
oddities = ["Click(box=(1, 2))", "Type(content='", "')", "```json", "NaN", "1e999", "\x00", "打"]
pieces = st.sampled_from([*tags, *marks, *oddities])
texts = st.one_of(st.text(max_size=60), st.lists(st.one_of(pieces, st.text(max_size=4)), max_size=20).map("".join))
sizes = st.tuples(st.integers(1, 5000), st.integers(1, 5000))


@st.composite
def golds(draw):
    size = draw(sizes)
    facts = {"aspect": size[1] / size[0], "size": size, "model_size": draw(sizes)}
    if (kind := draw(st.sampled_from(["box", "refusal", "action"]))) == "refusal":
        return Gold(refusal=True, **facts)
    if kind == "box":
        return Gold(box=draw(boxes()), boxes=tuple(draw(st.lists(boxes(), max_size=2))), **facts)
    return Gold(action=draw(actions), **facts)


@st.composite
def rewards(draw):
    """A reward with its defaults, or with other weights and its switches thrown."""
    reward = draw(st.sampled_from(REWARDS))
    changed = {}
    if draw(st.booleans()):
        for field in dataclasses.fields(reward):
            if isinstance(field.default, bool):
                changed[field.name] = draw(st.booleans())
            elif field.name.startswith(("w_", "w1", "w2")) or field.name in ("alpha", "beta", "gamma", "missing"):
                changed[field.name] = draw(st.floats(0.01, 3))
    if reward.name == "infigui_g1":
        changed["frame"] = draw(st.sampled_from(["n1000", "model_px"]))
    return reward(**changed)


def outcome(reward, reply, text, gold):
    """The scores, or what a ValueError said."""
    try:
        return reward(reply, text, gold)
    except ValueError as error:
        return str(error)


@given(rewards(), said, texts, texts, golds())
def test_totals_are_bounded_finite_and_repeatable(reward, action, thought, text, gold):
    reply = ParsedReply(action, thought)
    found = outcome(reward, reply, text, gold)
    assert found == outcome(reward, reply, text, gold)
    # Whether gold can be scored must not depend on the reply: a row is tried once, before training.
    assert isinstance(found, str) == isinstance(outcome(reward, ParsedReply(Malformed("?")), "", gold), str)
    if isinstance(found, str):
        assert found.startswith(f"{reward.name} needs")
        return
    assert set(found) == {*reward.terms, "total", "correct"}
    assert all(type(value) is float and math.isfinite(value) for value in found.values())
    low, high = reward.bounds
    assert low - 1e-9 <= found["total"] <= high + 1e-9
    assert found["correct"] in (0.0, 1.0)


@given(st.sampled_from(REWARDS), golds(), said, texts)
def test_no_reply_earns_more_than_the_gold_one(reward, gold, action, text):
    made = reward()
    best = ParsedReply(gold.wanted, "why")
    perfect = outcome(made, best, "<think>t</think><action>x</action><conclusion>c</conclusion>", gold)
    if isinstance(perfect, str):
        return
    assert perfect["correct"] == 1.0
    assert made(ParsedReply(action, "why"), "", gold)["total"] <= perfect["total"] + 1e-9
    # A list of answers is the only other way to say something in the text.
    assert made(ParsedReply(Malformed("?")), text, gold)["total"] <= perfect["total"] + 1e-9


@given(st.sampled_from(PROTOCOLS), texts, golds())
def test_no_text_crashes_any_reward(protocol, text, gold):
    reply = protocol.parse(text, gold.model_size)
    for reward in REWARDS:
        outcome(reward(), reply, text, gold)


@pytest.mark.parametrize("name", NAMES)
def test_hostile_text_takes_no_time(name):
    (reward,) = (made() for made in REWARDS if made.name == name)
    gold = Gold(box=Box(0, 0, 1, 1), size=(9, 9)) if "box" in reward.takes else Gold(action=Type("ab" * 5000))
    started = time.perf_counter()
    for text in ("[" * 10**6, '[{"point_2d": [1, 2]}, ' * 20_000, "<think>" * 50_000, "ab" * 10**5, "打" * 10**5):
        reward(ParsedReply(Malformed("?")), text, gold)
        if "action" in reward.takes:
            reward(ParsedReply(Type(text)), text, Gold(action=Type("ab" * 5000)))
            reward(ParsedReply(Launch(text)), text, Gold(action=Launch(text[:3000])))
    assert time.perf_counter() - started < 5
