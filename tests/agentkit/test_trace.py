"""Traces on disk: what is saved comes back, and nothing damaged passes for a trace."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

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
from agentkit.codec import decode_action, decode_reply, encode_action, encode_reply
from agentkit.errors import DataError
from agentkit.trace import TraceWriter, find_traces, load_trace, save_trace
from agentkit.types import Ending, Observation, Reply, Step, Trajectory

AT, TO = Point(0.1, 2 / 3), Point(1.0, 0.0)
ACTIONS = [
    Click(AT), Click(AT, Box(0.1, 0.2, 0.3, 0.4)), LongPress(AT), Drag(AT, TO), Scroll(AT, TO), Scroll(AT, TO, "up"),
    Scroll(direction="left"), Type("it's\n\"x\" 日本 \u2028 \x00"), Press("recent"), Launch("Settings"), Wait(),
    CallUser(""), Finished("infeasible"), Hover(AT), DoubleClick(AT), Hotkey(("ctrl", "c")), Refusal(),
    Malformed("why"),
]  # fmt: skip


def noise(seed: int, size: tuple[int, int] = (30, 50)) -> Image.Image:
    return Image.frombytes("RGB", size, bytes((seed * 31 + i * i) % 256 for i in range(3 * size[0] * size[1])))


def sample() -> Trajectory:
    steps = [
        Step(
            Observation(noise(i), info={"app": "Uhr", "n": i, "deep": {"list": [1, None, "ü"]}}),
            Reply(
                f"text {i}",
                action,
                "thought",
                "conclusion",
                (1, 2, 3),
                (-0.1, -2.5e-9, -1 / 3),
                0.125 + i,
                {"prompt": i},
                {"vision": 1 / 3, "decode": 0.5},
            ),
        )
        for i, action in enumerate(ACTIONS)
    ]
    same_screen = Step(steps[-1].observation, Reply("again", Malformed("again")))
    return Trajectory(
        "suite/task/7", "a goal\nof two lines", (*steps, same_screen), Ending.CUT,
        Observation(noise(99), ended=True), {"success": 1, "why": None}, "budget",
        {"seed": 3, "scores": {"success": 0.5}},
    )  # fmt: skip


def test_reload_equals_what_was_saved(tmp_path: Path) -> None:
    trajectory = sample()
    folder = save_trace(trajectory, tmp_path / "run")
    assert load_trace(folder) == trajectory
    assert sorted(p.name for p in tmp_path.iterdir()) == ["run"]
    assert len(list(folder.glob("*.png"))) == len(ACTIONS) + 1  # a screen seen twice is stored once


def test_an_empty_broken_trajectory(tmp_path: Path) -> None:
    trajectory = Trajectory("k", "g", (), Ending.BROKEN, fault="EnvError: none")
    assert load_trace(save_trace(trajectory, tmp_path / "run")) == trajectory


def test_the_golden_layout(tmp_path: Path) -> None:
    """Format 1, byte for byte: a change here needs a new format number."""
    step = Step(Observation(noise(1), info={"app": "A"}), Reply("t", Click(Point(0.5, 0.25)), "th", seconds=1.5))
    folder = save_trace(
        Trajectory("k", "g", (step,), Ending.FINISHED, step.observation, {"ok": True}), tmp_path / "run"
    )
    assert (folder / "steps.jsonl").read_text() == (
        '{"observation": {"image": "000.png", "info": {"app": "A"}}, "reply": {"text": "t", '
        '"action": {"type": "Click", "at": [0.5, 0.25]}, "thought": "th", "seconds": 1.5}}\n'
    )
    assert json.loads((folder / "trace.json").read_text()) == {
        "format": 1, "task_key": "k", "goal": "g", "ending": "finished", "fault": "", "steps": 1,
        "final": {"image": "000.png", "info": {"app": "A"}}, "verdict": {"ok": True}, "meta": {},
    }  # fmt: skip


@given(text=st.text(), floats=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_codec_round_trip(text: str, floats: tuple[float, float]) -> None:
    for action in (*ACTIONS, Type(text), Click(Point(*floats)), Malformed(text)):
        assert decode_action(json.loads(json.dumps(encode_action(action)))) == action
    reply = Reply(text, Type(text), text, "", None, (floats[0],), floats[1], {"prompt": 3})
    assert decode_reply(json.loads(json.dumps(encode_reply(reply)))) == reply


@pytest.mark.parametrize(
    "row",
    [
        None, [], {}, {"type": "Explode"}, {"type": "Click"}, {"type": "Click", "at": [2, 0]},
        {"type": "Click", "at": 5},
        {"type": "Type", "text": 5}, {"type": "Wait", "more": "x"}, {"type": "Press", "key": "power"},
        {"type": "Hotkey", "keys": "up"}, {"type": "Hotkey", "keys": {"up": 1}},
    ],
)  # fmt: skip
def test_foreign_actions(row) -> None:
    with pytest.raises(DataError):
        decode_action(row)


@pytest.mark.parametrize("kind", [["Wait"], {"Wait": 1}, 5, 1.5, None, True, "", "wait", "object"])
def test_an_action_type_is_a_known_name(kind) -> None:
    with pytest.raises(DataError, match="an action needs a type among Click, "):
        decode_action({"type": kind})
    with pytest.raises(DataError, match="an action needs a type among Click, "):
        decode_reply({"text": "", "action": {"type": kind}})


@pytest.mark.parametrize(
    "fields",
    [
        {"text": 5}, {"thought": None}, {"conclusion": ["done"]}, {"token_ids": "123"}, {"token_ids": [1.5]},
        {"token_ids": [True]}, {"logprobs": ["-1"]}, {"seconds": "2"}, {"usage": None}, {"usage": {"prompt": "7"}},
        {"timing": [1]}, {"timing": {"vision": "1"}}, {"timing": {"vision": True}},
    ],
)  # fmt: skip
def test_a_foreign_reply_is_not_guessed_at(fields) -> None:
    with pytest.raises(DataError, match="unreadable reply: TypeError: "):
        decode_reply({"text": "", "action": {"type": "Wait"}, **fields})


def test_appending_as_it_runs(tmp_path: Path) -> None:
    trajectory = sample()
    writer = TraceWriter(tmp_path / "run")
    for step in trajectory.steps[:5]:
        writer.add(step)
    assert len((tmp_path / "run" / "steps.jsonl").read_text().splitlines()) == 5
    with pytest.raises(DataError, match=r"no trace\.json: the run was cut off before its end"):
        load_trace(tmp_path / "run")
    writer.finish(trajectory)
    assert load_trace(tmp_path / "run") == trajectory


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    save_trace(sample(), tmp_path / "run")
    with pytest.raises(DataError, match="exists; a trace is never overwritten"):
        save_trace(sample(), tmp_path / "run")
    with pytest.raises(DataError, match="new or empty folder"):
        TraceWriter(tmp_path / "run")


def test_a_trace_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    bad = Trajectory("k", "g", (), Ending.CUT, meta={"object": object()})
    with pytest.raises(DataError, match="JSON values only"):
        save_trace(bad, tmp_path / "run")
    with pytest.raises(DataError, match="JSON values only"):
        save_trace(Trajectory("k", "g", (), Ending.CUT, meta={"x": float("nan")}), tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


def _rewrite_head(folder: Path, **changes) -> None:
    head = json.loads((folder / "trace.json").read_text()) | changes
    (folder / "trace.json").write_text(json.dumps({k: v for k, v in head.items() if v != "DELETE"}))


def _cut(file: Path, keep: float) -> None:
    data = file.read_bytes()
    file.write_bytes(data[: int(len(data) * keep)])


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda f: (f / "trace.json").unlink(), "the run was cut off before its end"),
        (lambda f: ((f / "trace.json").unlink(), (f / "steps.jsonl").unlink()), "not a trace folder"),
        (lambda f: _cut(f / "trace.json", 0.5), "is damaged"),
        (lambda f: (f / "trace.json").write_text("[1]"), "is foreign: it names no format"),
        (lambda f: (f / "trace.json").write_text('{"name": "x"}'), "is foreign: it names no format"),
        (lambda f: _rewrite_head(f, format=2), "trace format 2, this version reads format 1"),
        (lambda f: _rewrite_head(f, goal="DELETE"), "it lacks goal"),
        (lambda f: _rewrite_head(f, ending="exploded"), "'exploded' is not a valid Ending"),
        (lambda f: _cut(f / "steps.jsonl", 0.5), "is cut off in line"),
        (lambda f: (f / "steps.jsonl").write_text(""), "promises 19 steps, it holds 0"),
        (lambda f: (f / "steps.jsonl").unlink(), "cannot read"),
        (lambda f: (f / "003.png").unlink(), r"missing screenshot 003\.png"),
        (lambda f: _cut(f / "003.png", 0.6), r"damaged or missing screenshot 003\.png"),
        (lambda f: (f / "003.png").write_text("not a picture"), r"damaged or missing screenshot 003\.png"),
        (lambda f: _rewrite_head(f, final={"image": "../../etc/passwd", "info": {}}), "a file name inside the trace"),
    ],
)
def test_damage_is_named(tmp_path: Path, damage, message: str) -> None:
    folder = save_trace(sample(), tmp_path / "run")
    damage(folder)
    with pytest.raises(DataError, match=message):
        load_trace(folder)


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no trace folder"):
        load_trace(tmp_path / "nothing")


def test_find_traces(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for name in ("b", "a/1", "a/.2.partial-5"):
        save_trace(Trajectory("k", "g", (), Ending.CUT), tmp_path / name)
    assert [str(p.relative_to(tmp_path)) for p in find_traces(tmp_path)] == ["a/1", "b"]
    assert list(find_traces(tmp_path / "b")) == [tmp_path / "b"]
