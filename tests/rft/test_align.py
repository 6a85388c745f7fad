"""History alignment: what becomes a candidate, which one is chosen, and that nothing but thoughts changes."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from agentkit.actions import Box, CallUser, Click, Finished, Hover, Launch, Point, Scroll, Type
from agentkit.errors import ConfigError, DataError
from agentkit.protocols import get_protocol
from agentkit.recorded.traces import Trace, TraceStep, read_traces, write_traces
from rft.cli import main
from rft.data.align.align import align
from rft.data.align.config import AlignConfig
from rft.data.align.matches import MATCHES, Answer
from rft.data.align.pools import Pools, median_length, select
from rft.data.row_ids import RowId, parse_row_id
from rft.data.rows import NavigationRow, read_rows
from rft.data.trace_rows import rows_of
from rft.replies import KeptReply, encode
from rft.rewards import get_reward

NAVI = get_protocol("venus1_navi")
SIZE = (56, 112)
STEPS = (
    TraceStep(Path("0.png"), Launch("Clock"), "first, the recorder opens the app", "c", "do", size=(50, 100)),
    TraceStep(Path("1.png"), Click(Point(0.5, 0.25)), "then it taps", box=Box(0.2, 0.2, 0.9, 0.3), size=(50, 100)),
    TraceStep(Path("1.png"), Finished(), "it is done", size=(50, 100)),
)


@pytest.fixture
def traces(tmp_path: Path) -> Path:
    for name in ("0.png", "1.png"):
        Image.new("RGB", (50, 100), "navy").save(tmp_path / name)
    steps = [replace(step, image=tmp_path / str(step.image)) for step in STEPS]
    write_traces(tmp_path / "t.jsonl", [Trace("a/b", "Do it", tuple(steps)), Trace("t2", "Again", tuple(steps[:2]))])
    return tmp_path / "t.jsonl"


def said(row: str, action, thought: str, epoch: int = 0) -> KeptReply:
    return KeptReply(row, NAVI.render(action, thought, "", SIZE), SIZE, epoch, step=1)


def write(path: Path, replies) -> str:
    path.write_bytes(b"".join(map(encode, replies)))
    return str(path)


def thoughts(out: Path) -> dict[str, list[str]]:
    return {trace.id: [step.thought for step in trace.steps] for trace in read_traces(out / "traces.jsonl")}


def without_thoughts(path: Path) -> list[Trace]:
    return [
        replace(trace, steps=tuple(replace(step, thought="") for step in trace.steps)) for trace in read_traces(path)
    ]


def test_two_epochs(traces: Path, tmp_path: Path) -> None:
    first = [
        said("a/b/0", Launch("Clock"), "open"),
        said("a/b/0", Launch("Clock"), "open the clock"),
        said("a/b/0", Launch("Camera"), "open what?"),  # wrong
        said("a/b/1", Click(Point(0.5, 0.25)), "press"),
        said("t2/0", Launch("Clock"), "start it"),
        said("t2/1", Click(Point(0.5, 0.9)), "lower"),  # wrong
    ]
    one = tmp_path / "one"
    align(traces, one, AlignConfig(replies=write(tmp_path / "r1", first), target_length=6))
    assert thoughts(one) == {"a/b": ["open", "press", "it is done"], "t2": ["start it", "then it taps"]}
    assert without_thoughts(one / "traces.jsonl") == without_thoughts(traces)

    # The prompts of the next epoch: the history of each row is that of the new traces.
    rows = {row.id: row for row in read_rows(one / "rows.jsonl").rows}
    last = rows["a/b/2"]
    assert isinstance(last, NavigationRow)
    assert [(past.thought, past.action) for past in last.history] == [
        ("open", STEPS[0].action), ("press", STEPS[1].action),
    ]  # fmt: skip
    assert last.action == Finished()

    second = [
        said("a/b/1", Click(Point(0.5, 0.25)), "tap it now"),
        said("a/b/1+3", Click(Point(0.5, 0.25)), "tap!!!"),  # to a row of the enhancement: the same step
        said("t2/0", Launch("Clock"), "start it"),
    ]
    two = tmp_path / "two"
    config = AlignConfig(
        replies=write(tmp_path / "r2", second), target_length=6, epoch=1, pools=str(one / "pools.jsonl")
    )
    report = align(one / "traces.jsonl", two, config)
    assert thoughts(two) == {"a/b": ["open", "tap!!!", "it is done"], "t2": ["start it", "then it taps"]}
    assert without_thoughts(two / "traces.jsonl") == without_thoughts(traces)
    pools = Pools.read(two / "pools.jsonl")
    assert pools.at(("a/b", 0)) == ("open", "open the clock")
    assert pools.at(("a/b", 1)) == ("press", "tap it now", "tap!!!")
    assert pools.at(("a/b", 1), epochs=1) == ("tap it now", "tap!!!")
    assert [json.loads(line) for line in (two / "pools.jsonl").read_text().splitlines()][-1] == {
        "trace": "t2", "step": 0, "thoughts": [{"epoch": 1, "text": "start it"}],
    }  # fmt: skip
    assert report["replies"] == {"right": 3}
    assert report["steps_by_action"]["Click"] == {
        "steps": 2, "aligned": 1, "changed": 1, "characters_before": 17, "characters_after": 18,
    }  # fmt: skip


def test_every_reply_has_a_fate(traces: Path, tmp_path: Path) -> None:
    replies = [
        said("t2/0", Launch("Clock"), "fine"),
        KeptReply("t2/0", "<think>nonsense</think>Launch(app='Clock')", SIZE),
        said("t2/0", Launch("Clock"), "  "),
        KeptReply("t2/0", "<think>an <action> it is</think><action>Launch(app='Clock')</action>", SIZE),
        said("t2/9", Launch("Clock"), "no such step"),
        said("17", Launch("Clock"), "no trace"),
    ]
    config = AlignConfig(replies=write(tmp_path / "r", replies), match="exact")
    report = align(traces, tmp_path / "out", config)
    assert report["replies"] == {
        "right": 1, "right, with a thought that a prompt cannot repeat": 1, "right, without a thought": 1,
        "to no step of these traces": 2, "wrong": 1,
    }  # fmt: skip
    assert report["replies_by_action"] == {"Launch": {"replies": 4, "right": 1}}


def test_the_result_does_not_hang_on_the_order_of_the_replies(traces: Path, tmp_path: Path) -> None:
    replies = [said("a/b/0", Launch("Clock"), text, epoch) for epoch in (0, 1) for text in ("bb", "aa", "cccc", "d")]
    results = []
    for order in range(4):
        random.Random(order).shuffle(replies)
        align(traces, tmp_path / f"out{order}", AlignConfig(replies=write(tmp_path / "r", replies)))
        folder = tmp_path / f"out{order}"
        results.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert all(result == results[0] for result in results)
    assert thoughts(tmp_path / "out0")["a/b"][0] == "aa"  # the median length is 2, and two have it


def test_the_newest_epoch_decides(traces: Path, tmp_path: Path) -> None:
    replies = [said("a/b/0", Launch("Clock"), "12345", 0), said("a/b/0", Launch("Clock"), "1234567", 1)]
    align(traces, tmp_path / "out", AlignConfig(replies=write(tmp_path / "r", replies), target_length=5))
    assert thoughts(tmp_path / "out")["a/b"][0] == "1234567"


def test_select() -> None:
    assert select([], 5) is None
    assert select(["a", "aaaa", "aaaaaaaaa"], 5) == "aaaa"
    assert select(["aaaaaa", "zzzz", "bbbb"], 5) == "bbbb"  # equally far: the shorter, then the first by code points
    assert select(["bbbb", "zzzz", "aaaaaa"], 5) == "bbbb"
    pools = Pools()
    assert median_length(pools) == 0
    for text in ("a", "bb", "cccc", "dddd"):
        pools.add(("t", 0), text, 0)
    assert median_length(pools) == 2


def answer(gold, action, box=None, thought="t", text=None) -> Answer:
    row = NavigationRow(1, Path("x.png"), (500, 1000), "g", (), gold, id=repr(gold), boxes=(box,) if box else ())
    text = NAVI.render(action, thought, "", (200, 400)) if text is None else text
    return Answer(row, NAVI.parse(text, (200, 400)), text, (200, 400))


CLICK = Click(Point(0.5, 0.5))
BOX = Box(0.4, 0.4, 0.6, 0.6)


@pytest.mark.parametrize(
    ("given", "max_reward", "exact", "in_box"),
    [
        (answer(CLICK, CLICK), True, True, True),
        (answer(CLICK, Click(Point(0.51, 0.5)), BOX), True, False, True),
        (answer(CLICK, Click(Point(0.6, 0.5)), BOX), False, False, True),
        (answer(CLICK, Click(Point(0.61, 0.5)), BOX), False, False, False),
        (answer(CLICK, Click(Point(0.51, 0.5))), True, False, False),
        (answer(CLICK, Finished(), BOX), False, False, False),
        (answer(Type("wifi home"), Type("wifi home")), True, True, True),
        (answer(Type("wifi home"), Type("wifi")), True, False, False),
        (answer(CallUser("7"), CallUser("8")), False, False, False),
        (answer(Scroll(direction="up"), Scroll(direction="up")), True, True, True),
        (answer(Scroll(direction="up"), Scroll(direction="down")), False, False, False),
        (answer(Finished(), Finished(), text="<action>Finished()</action>"), False, True, True),
        (answer(CLICK, CLICK, text="no call at all"), False, False, False),
        # An action that the protocol has no words for is never matched, whatever the reply.
        (answer(Hover(Point(0, 0)), Finished()), False, False, False),
    ],
)  # fmt: skip
def test_matches(given: Answer, max_reward: bool, exact: bool, in_box: bool) -> None:
    found = {name: make(NAVI, get_reward("venus_navi"))(given) for name, make in MATCHES.items()}
    assert found == {"max_reward": max_reward, "exact": exact, "in_box": in_box}


def test_a_reward_that_judges_by_boxes_sees_the_outline_of_the_step(traces: Path, tmp_path: Path) -> None:
    replies = [said("a/b/1", Click(Point(0.85, 0.29)), "far"), said("a/b/1", Click(Point(0.85, 0.31)), "out")]
    report = align(traces, tmp_path / "out", AlignConfig(replies=write(tmp_path / "r", replies), reward="ui_r1"))
    assert report["replies"] == {"right": 1, "wrong": 1} and thoughts(tmp_path / "out")["a/b"][1] == "far"


def test_what_another_command_left_unfinished_is_not_in_the_result(traces: Path, tmp_path: Path) -> None:
    left = tmp_path / ".out.partial"
    left.mkdir()
    for name in ("replies.jsonl", "other.jsonl"):
        (left / name).write_text("{}\n")
    replies = write(tmp_path / "r", [said("t2/0", Launch("Clock"), "x")])
    align(traces, tmp_path / "out", AlignConfig(replies=replies))
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "pools.jsonl", "report.html", "report.json", "rows.jsonl", "traces.jsonl",
    }  # fmt: skip


def test_rows_know_their_step() -> None:
    row = next(rows_of(Trace("x/1+2", "g", STEPS)))
    assert parse_row_id(row.id) == RowId("x/1+2", 0)
    assert parse_row_id("x/1+2/0+7") == RowId("x/1+2", 0, 7)
    assert str(RowId("x/1+2", 0, 7)) == "x/1+2/0+7"
    strange = ("", "12", "t/", "t/x", "t/1+", "t/²", "t/٣", "t/" + "1" * 5000)
    assert [parse_row_id(text) for text in strange] == [None] * len(strange)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({}, ConfigError, "got neither"),
        ({"replies": "x", "policy": "qwen:mini"}, ConfigError, "got both"),
        ({"policy": "qwen:mini", "temperature": 0.0}, ConfigError, "all 8 samples of a step are the same"),
        ({"policy": "qwen:mini", "samples": 0}, ConfigError, "samples must be at least 1"),
        ({"replies": "nowhere"}, DataError, "no replies at nowhere"),
        ({"replies": "nowhere", "reward": "gta1"}, ConfigError, "gta1 cannot score the steps of a trace"),
        ({"replies": "nowhere", "pools": "nowhere"}, DataError, "cannot read pools"),
    ],
)
def test_bad_settings(traces: Path, tmp_path: Path, settings: dict, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        align(traces, tmp_path / "out", AlignConfig(**settings))
    assert not (tmp_path / "out").exists()


def test_bad_pools_and_traces_are_named(traces: Path, tmp_path: Path) -> None:
    path = tmp_path / "pools.jsonl"
    for line, message in (
        ('{"trace": "t", "step": -1, "thoughts": []}', "a pool needs"),
        ('{"trace": "t", "step": 0, "thoughts": ["x"]}', "an object with 'text' and 'epoch'"),
        ('{"trace": "t", "step": 0, "thoughts": [{"text": "x", "epoch": true}]}', "an object with 'text' and 'epoch'"),
    ):
        path.write_text("\n" + line + "\n")
        with pytest.raises(DataError, match=f"pools.jsonl line 2: .*{message}"):
            Pools.read(path)
    traces.write_text(traces.read_text() * 2)
    with pytest.raises(DataError, match="line 3: the trace id 'a/b' is there twice"):
        align(traces, tmp_path / "out", AlignConfig(replies=write(tmp_path / "r", [])))


def test_settings_of_the_run_are_taken_over(traces: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    (run / "replies").mkdir(parents=True)
    write(run / "replies" / "rank-0.jsonl", [said("t2/0", Launch("Clock"), "x")])
    (run / "config.yaml").write_text(
        "protocol: venus15_navi\nprotocol_args: {history: 3}\nreward: venus15_navi\nreward_args: {delta1: 0.2}\nnew: 1"
    )
    report = align(traces, tmp_path / "out", AlignConfig(replies=str(run)))
    used = {name: report["settings"][name] for name in ("protocol", "protocol_args", "reward", "reward_args")}
    assert used == {
        "protocol": "venus15_navi", "protocol_args": {"history": 3}, "reward": "venus15_navi",
        "reward_args": {"delta1": 0.2},
    }  # fmt: skip
    other = AlignConfig(replies=str(run), protocol="venus1_navi", reward="venus_navi")
    assert align(traces, tmp_path / "own", other)["settings"]["reward_args"] == {}


def test_the_command(traces: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    replies = write(tmp_path / "r", [said("t2/0", Launch("Clock"), "x"), said("t2/0", Finished(), "y")])
    words = ["data", "align", str(traces), "--out", str(tmp_path / "out"), "--replies", replies]
    assert main(words) == 0
    assert "1 of 2 replies right; 1 of 5 steps aligned" in capsys.readouterr().out
    page = (tmp_path / "out" / "report.html").read_text()
    assert "first, the recorder opens the app" in page and "thoughts of 1 of 5 steps" in page
    assert main(words) == 2
    assert "--out needs a new folder" in capsys.readouterr().err
