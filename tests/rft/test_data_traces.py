"""The trace format: what is written is read back, bad lines are named, and rows carry their history."""

from __future__ import annotations

import json
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from agentkit.actions import Box, CallUser, Click, Finished, Launch, Point, Scroll
from agentkit.errors import DataError
from agentkit.frames import Size
from agentkit.protocols import get_protocol
from agentkit.recorded.traces import Trace, TraceStep, TraceWriter, read_traces, trace_to_json, write_traces
from rft.cli import main
from rft.data.rows import NavigationRow, read_rows, write_rows
from rft.data.trace_rows import rows_of
from rft.examples import Examples


def trace(folder: Path, name: str = "t1") -> Trace:
    steps = (
        TraceStep(folder / "0.png", Launch("Clock"), "open the app", "opened", "Open the clock", size=(40, 80)),
        TraceStep(folder / "1.png", Click(Point(0.25, 0.5)), box=Box(0.2, 0.4, 0.3, 0.6)),
        TraceStep(None, Scroll(direction="up"), "é\n\u2028"),
        TraceStep(folder / "1.png", CallUser("07:30")),
        TraceStep(folder / "1.png", Finished()),
    )
    return Trace(name, "When does the alarm ring?", steps, "Clock", "ask alarm", "made", "07:30", {"device": "x"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for index, size in enumerate([(40, 80), (80, 40)]):
        Image.new("RGB", size, (index * 99, 20, 20)).save(tmp_path / f"{index}.png")
    return tmp_path


def test_a_trace_survives_the_file(folder: Path) -> None:
    made = [trace(folder, f"t{i}") for i in range(3)]
    assert write_traces(folder / "sub" / "t.jsonl", made) == 3
    assert list(read_traces(folder / "sub" / "t.jsonl")) == [replace(t, number=i) for i, t in enumerate(made, 1)]
    write_traces(folder / "t.jsonl", made)
    assert [s["image"] for s in json.loads((folder / "t.jsonl").read_text().split("\n")[0])["steps"]][:3] == [
        "0.png", "1.png", None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": " "}, "'id' must be text that is not empty, got ' '"),
        ({"goal": None}, "'goal' must be text"),
        ({"steps": []}, "at least one step"),
        ({"stepps": 1}, "unknown key 'stepps'; did you mean 'steps'"),
        ({"version": 2}, "format version 1, got 2"),
        ({"meta": 3}, "'meta' must be an object"),
        ({"app": 3}, "'app' must be text, got 3"),
        ({"steps": [{"image": "0.png"}]}, r"steps\[0\]: expected an object with at least 'image' and 'action'"),
        ({"steps": [{"image": "", "action": {"type": "Wait"}}]}, "'image' must be a path or null"),
        ({"steps": [{"image": None, "action": {"type": "Refusal"}}]}, "something a device can do, got Refusal"),
        ({"steps": [{"image": None, "action": {"type": "Click", "at": [2, 0]}}]}, r"steps\[0\]: unreadable Click"),
        ({"steps": [{"image": None, "action": {"type": "Wait"}, "box": [0, 0, 90, 90]}]}, "look like pixels"),
        ({"steps": [{"image": None, "action": {"type": "Wait"}, "size": [0, 2]}]}, "'size' must be"),
        ({"steps": [{"image": None, "action": {"type": "Wait"}, "thought": 1}]}, "'thought' must be text, got 1"),
    ],
)
def test_bad_lines_are_named(folder: Path, change: dict, message: str) -> None:
    good = trace_to_json(trace(folder), folder)
    path = folder / "t.jsonl"
    path.write_text(json.dumps(good) + "\n\n" + json.dumps(good | change) + "\n{\n" + json.dumps(good) + "\n")
    reader = read_traces(path)
    assert next(reader).number == 1
    with pytest.raises(DataError, match=rf"t.jsonl line 3: .*{message}"):
        next(reader)
    faults: list[str] = []
    assert [t.number for t in read_traces(path, faults)] == [1, 5]
    assert len(faults) == 2 and "line 4: not JSON" in faults[1]


def test_a_missing_file_and_bytes_that_are_no_text(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot read traces: expected a UTF-8 JSONL file"):
        next(read_traces(tmp_path / "no.jsonl"))
    (tmp_path / "t.jsonl").write_bytes(b"\n\n\xff\n")
    with pytest.raises(DataError, match="line 3 is not UTF-8"):
        next(read_traces(tmp_path / "t.jsonl"))


def test_an_interrupted_writer_leaves_no_file_and_the_old_one_whole(folder: Path) -> None:
    path = folder / "t.jsonl"
    for before in (None, 2):
        with pytest.raises(KeyboardInterrupt), TraceWriter(path) as out:
            out.write(trace(folder))
            raise KeyboardInterrupt
        assert before is None or len(list(read_traces(path))) == before
        assert path.exists() == (before is not None)
        write_traces(path, [trace(folder, "a"), trace(folder, "b")])


def test_rows_tell_the_past(folder: Path) -> None:
    rows = list(rows_of(trace(folder)))
    assert [row.id for row in rows] == [f"t1/{i}" for i in range(5)]
    assert [row.size for row in rows] == [(40, 80), (80, 40), (1, 1), (80, 40), (80, 40)]
    assert [len(row.history) for row in rows] == [0, 1, 2, 3, 4]
    assert rows[4].history[0].conclusion == "opened" and rows[4].history[3].action == CallUser("07:30")
    assert all(past.image is None for row in rows for past in row.history)


def test_rows_may_keep_past_screenshots_and_read_them_back(folder: Path) -> None:
    rows = list(rows_of(trace(folder), history_images=2))
    assert [past.image for past in rows[4].history] == [None, None, None, folder / "1.png"]
    assert [past.image for past in rows[2].history] == [folder / "0.png", folder / "1.png"]
    write_rows(folder / "rows.jsonl", rows)
    back = read_rows(folder / "rows.jsonl").rows
    assert all(isinstance(row, NavigationRow) for row in back)
    assert list(back) == [replace(row, number=i) for i, row in enumerate(rows, 1)]
    assert (back[0].app, back[0].task, back[0].source) == ("Clock", "ask alarm", "made")
    assert back[1].boxes == (Box(0.2, 0.4, 0.3, 0.6),)


def test_the_command_writes_the_same_rows(folder: Path, capsys: pytest.CaptureFixture) -> None:
    write_traces(folder / "t.jsonl", [trace(folder, "a"), trace(folder, "b")])
    out = folder / "rows.jsonl"
    assert main(["data", "rows", str(folder / "t.jsonl"), "--out", str(out), "--history-images", "1"]) == 0
    assert "10 rows from 2 traces" in capsys.readouterr().out
    made = [row for name in "ab" for row in rows_of(trace(folder, name), 1)]
    assert list(read_rows(out).rows) == [replace(row, number=i) for i, row in enumerate(made, 1)]
    assert main(["data", "rows", str(folder / "t.jsonl"), "--out", str(out), "--history-images", "-1"]) == 2
    (folder / "t.jsonl").write_text("{\n")
    assert main(["data", "rows", str(folder / "t.jsonl"), "--out", str(out)]) == 2
    assert "t.jsonl line 1: not JSON" in capsys.readouterr().err
    assert len(read_rows(out).rows) == 10  # the failed run left the file as it was


def test_a_missing_screenshot_of_unknown_size_is_named(folder: Path) -> None:
    lost = replace(trace(folder), steps=(TraceStep(folder / "lost.png", Finished()),))
    with pytest.raises(DataError, match=r"lost\.png"):
        list(rows_of(lost))


def test_a_past_screenshot_sets_the_frame_of_its_coordinates(folder: Path) -> None:
    """In a model-pixel protocol the same point has other numbers on a wide screenshot than on a tall one."""
    steps = (TraceStep(folder / "0.png", Click(Point(0.5, 0.5))), TraceStep(folder / "1.png", Finished()))
    example = replace(trace(folder), steps=steps)
    protocol = get_protocol("venus1_navi")
    prompts = []
    for kept in (0, 1):
        rows = list(rows_of(example, history_images=kept))
        messages, images = Examples(rows, protocol, lambda size: Size(*size)).chat(rows[1])
        prompts.append(str(messages))
        assert len(images) == 1
    assert "Click(box=(40, 20))" in prompts[0] and "Click(box=(20, 40))" in prompts[1]


def test_reading_and_writing_hold_one_trace_at_a_time(folder: Path) -> None:
    path, thought = folder / "big.jsonl", "x" * 1000
    one = replace(trace(folder), steps=tuple(replace(s, thought=thought) for s in trace(folder).steps))
    tracemalloc.start()
    try:
        write_traces(path, (replace(one, id=str(i)) for i in range(2000)))
        assert sum(1 for _ in read_traces(path)) == 2000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert path.stat().st_size > 10_000_000
    assert peak < 1_000_000
