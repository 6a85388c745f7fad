"""The action tables: every action survives the trip to text and back, and nothing ill-typed gets through."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentkit.actions import (
    ACTION_TYPES,
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
    Scroll,
    Type,
    Wait,
)
from agentkit.calls import VENUS1, VENUS15_MOBILE, VENUS15_WEB, parse_action, render_action
from agentkit.frames import N1000, UNIT, Frame, model_px

FRAME = model_px((644, 1428))
TABLES = {"venus1": VENUS1, "mobile": VENUS15_MOBILE, "web": VENUS15_WEB}

texts = st.text(max_size=40) | st.text(alphabet="'\"\\(),=|</>action \n\t", max_size=30)


def places(frame: Frame) -> st.SearchStrategy[Point]:
    """Points that the frame's integers can name."""
    return st.builds(frame.point, st.integers(0, int(frame.width) - 1), st.integers(0, int(frame.height) - 1))


def actions(frame: Frame, scroll: st.SearchStrategy) -> st.SearchStrategy:
    at = places(frame)
    return st.one_of(
        st.builds(Click, at), st.builds(LongPress, at), st.builds(Drag, at, at), st.builds(Type, texts),
        st.builds(CallUser, texts), st.builds(Finished, texts), st.just(Wait()), scroll,
        st.builds(Press, st.sampled_from(["back", "home", "enter", "recent"])),
    )  # fmt: skip


directions = st.sampled_from(["up", "down", "left", "right"])


@given(st.data())
def test_venus1_round_trip(data: st.DataObject) -> None:
    at = places(FRAME)
    scroll = st.builds(Scroll, at, at, directions | st.none()) | st.builds(lambda d: Scroll(direction=d), directions)
    action = data.draw(actions(FRAME, scroll) | st.builds(Launch, texts))
    assert parse_action(render_action(action, VENUS1, FRAME), VENUS1, FRAME) == action


@given(st.data())
def test_mobile_round_trip(data: st.DataObject) -> None:
    at = places(N1000)
    action = data.draw(actions(N1000, st.builds(Scroll, at, at)) | st.builds(Launch, texts))
    assert parse_action(render_action(action, VENUS15_MOBILE, N1000), VENUS15_MOBILE, N1000) == action


@given(st.data())
def test_web_round_trip(data: st.DataObject) -> None:
    at = places(N1000)
    scroll = st.builds(lambda d: Scroll(direction=d), directions)
    keys = st.lists(st.text(min_size=1, max_size=6), min_size=1, max_size=3).map(tuple)
    launch = st.builds(Launch, st.text(min_size=1) | st.just("https://example.org/a?b='c'"))
    more = st.builds(Hover, at) | st.builds(DoubleClick, at) | st.builds(Hotkey, keys) | launch
    action = data.draw(actions(N1000, scroll) | more)
    assert parse_action(render_action(action, VENUS15_WEB, N1000), VENUS15_WEB, N1000) == action


def test_the_unit_frame_round_trips_too() -> None:
    action = Click(Point(0.123456789, 0.5))
    assert parse_action(render_action(action, VENUS1, UNIT), VENUS1, UNIT) == action


call_like = st.builds(
    lambda name, key, value: f"{name}({key}={value})",
    st.sampled_from([form.name for form in VENUS15_WEB]),
    st.sampled_from(["box", "start", "end", "direction", "content", "app", "url", "keys", "other"]),
    st.sampled_from(
        ["(1, 2)", "(1, 2, 3)", "()", "(-1, 5)", "(5, 99999)", "'x'", "''", "5", "['a']", "[]", "['a','b','c','d']"]
    ),
)


@given(st.text(max_size=80) | call_like)
def test_whatever_parses_is_well_typed(text: str) -> None:
    for table in TABLES.values():
        action = parse_action(text, table, FRAME)
        assert isinstance(action, (*ACTION_TYPES, Malformed))
        if isinstance(action, Malformed):
            assert action.fault and len(action.fault) < 400
        else:
            for name in type(action).__slots__:
                value = getattr(action, name)
                assert value is None or isinstance(value, (str, Point, Box, tuple)), (name, value)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Click(box='x')", r"Click\(box\) must be two numbers in parentheses, got 'x'"),
        ("Click(box=(1, 2, 3, 4))", r"two numbers in parentheses, got \(1.0, 2.0, 3.0, 4.0\)"),
        ("Click()", r"Click needs box \(two numbers in parentheses\); it is missing"),
        ("Click(point=(1, 2))", "Click takes box; got an argument 'point'"),
        ("Click(box=(645, 2))", r"\(645, 2\) lies outside the model_px frame, 0..644 by 0..1428"),
        ("Click(box=(-3, 2))", r"\(-3, 2\) lies outside"),
        ("Type(content=5)", r"Type\(content\) must be a string, got 5.0"),
        ("Type(content=['a'])", r"must be a string, got \('a',\)"),
        ("Scroll(direction='sideways')", "one of 'up', 'down', 'left', 'right', got 'sideways'"),
        ("Scroll()", "Scroll needs start and end, or a direction"),
        ("Scroll(start=(1, 2))", "Scroll needs both start and end"),
        ("Wait(seconds=3)", "Wait takes no arguments; got an argument 'seconds'"),
        ("Tap(box=(1, 2))", "unknown call 'Tap', expected one of Click, Drag,"),
        ("click(box=(1, 2))", "unknown call 'click'"),
        ("Hover(box=(1, 2))", "unknown call 'Hover'"),
        ("Click(box=(1, 2)) and more", "not a call: expected the end at 18"),
    ],
)
def test_malformed_says_why(text: str, fault: str) -> None:
    action = parse_action(text, VENUS1, FRAME)
    assert isinstance(action, Malformed)
    assert re.search(fault, action.fault), action.fault


@pytest.mark.parametrize(
    "text", ["Hotkey(keys=[])", "Hotkey(keys=['a','b','c','d'])", "Hotkey(keys=[''])", "Hotkey(keys=(1,2))"]
)
def test_hotkeys_hold_one_to_three_names(text: str) -> None:
    assert isinstance(parse_action(text, VENUS15_WEB, N1000), Malformed)


@pytest.mark.parametrize("text", ["Launch()", "Launch(app='a', url='b')", "Launch(app='')"])
def test_web_launch_wants_exactly_one_target(text: str) -> None:
    action = parse_action(text, VENUS15_WEB, N1000)
    assert isinstance(action, Malformed) and "exactly one of app and url" in action.fault


def test_web_launch_names_a_url_as_such() -> None:
    assert render_action(Launch("https://a.b"), VENUS15_WEB, N1000) == "Launch(url='https://a.b')"
    assert render_action(Launch("Settings"), VENUS15_WEB, N1000) == "Launch(app='Settings')"
    assert parse_action("Launch(url='https://a.b')", VENUS15_WEB, N1000) == Launch("https://a.b")


def test_optional_arguments() -> None:
    assert parse_action("Finished()", VENUS1, FRAME) == Finished("")
    both = parse_action("Scroll(start=(0, 0), end=(0, 10), direction='')", VENUS1, FRAME)
    assert both == Scroll(FRAME.point(0, 0), FRAME.point(0, 10))


def test_an_action_outside_the_table_cannot_be_written() -> None:
    with pytest.raises(ValueError, match=r"no call among Click, .* spells Hover"):
        render_action(Hover(Point(0.5, 0.5)), VENUS1, FRAME)
    with pytest.raises(ValueError, match="spells Scroll"):
        render_action(Scroll(direction="up"), VENUS15_MOBILE, N1000)


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_hostile_text_is_judged_in_linear_time(table: tuple) -> None:
    started = time.perf_counter()
    for hostile in ("Type(content='" + "' " * 50_000, "Click(box=(" + "1," * 50_000, "Hotkey(keys=[" + "'a'," * 25_000):
        action = parse_action(hostile, table, FRAME)
        assert isinstance(action, Malformed) and len(action.fault) < 400
    assert time.perf_counter() - started < 1.0
