"""AndroidControl: from records with every kind of action, and with what is refused, to traces and training rows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agentkit.actions import Box, Click, Finished, Launch, LongPress, Point, Press, Scroll, Type, Wait
from agentkit.errors import DataError
from agentkit.recorded.a11y import element_at
from importing import bring_in
from recorded_files import AC_ACTIONS, TREE, episode, png
from rft.cli import main
from rft.data.rows import read_rows
from tfrecord_files import example, framed, write_tfrecord


def test_androidcontrol(tmp_path: Path) -> None:
    bad = [
        episode(2, [{"action_type": "fly"}]),
        episode(3, [{"action_type": "click", "x": 400, "y": 1}]),
        episode(4, [{"action_type": "wait"}], screenshots=[png(1)]),
        episode(5, [{"action_type": "wait"}], screenshots=[png(1), b"no picture"]),
        episode(6, [{"action_type": "scroll", "direction": "around"}]),
    ]
    write_tfrecord(tmp_path / "in" / "android_control-00000-of-00002", [episode(1, AC_ACTIONS), *bad])
    write_tfrecord(tmp_path / "in" / "android_control-00001-of-00002", [episode(7, [{"action_type": "wait"}])])
    traces, report = bring_in("androidcontrol", tmp_path / "in", tmp_path / "out")
    assert [trace.id for trace in traces] == ["androidcontrol-1", "androidcontrol-7"]
    first = traces[0]
    assert [step.action for step in first.steps] == [
        Launch("Clock"), Click(Point(0.1, 0.2)), LongPress(Point(0.5, 0.5)), Scroll(direction="up"), Type("it's 7"),
        Press("back"), Press("home"), Wait(), Finished(),
    ]  # fmt: skip
    assert first.steps[1].box == Box(0.0, 0.1, 0.5, 0.3)  # not the whole screen, nor what is not clickable or visible
    assert (first.app, first.goal, first.source) == ("Clock", "Open the clock", "androidcontrol")
    assert [step.instruction for step in first.steps] == [f"do {i}" for i in range(8)] + [""]
    assert all(
        step.size == (40, 80) and step.image and step.image.read_bytes()[:4] == b"\x89PNG" for step in first.steps
    )
    assert first.steps[3].image.read_bytes() == png(103)
    assert report["reasons"] == {
        "action fly": 1, "coordinates outside of the screen": 1, "screenshots do not fit the actions": 1,
        "screenshot cannot be decoded": 1, "action scroll": 1,
    }  # fmt: skip
    assert report["actions"]["Finished"] == 2 and report["items"] == 7 and report["samples"] == 2
    refused = [json.loads(line) for line in (tmp_path / "out" / "refused.jsonl").read_text().splitlines()]
    assert [entry["id"] for entry in refused] == ["2", "3", "4", "5", "6"]


def test_a_wrong_checksum_stops_the_import_and_leaves_nothing(tmp_path: Path) -> None:
    data = framed(example(episode(1, AC_ACTIONS))) + framed(example(episode(2, AC_ACTIONS)))
    path = tmp_path / "android_control-00000-of-00001"
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 0x10]))
    with pytest.raises(DataError, match=r"of-00001, record 1 at byte \d+: data has a wrong checksum"):
        bring_in("androidcontrol", path, tmp_path / "out")
    assert [found.name for found in tmp_path.iterdir()] == [path.name]


def test_another_format_is_named(tmp_path: Path) -> None:
    path = write_tfrecord(tmp_path / "x.tfrecord", [{"label": [1]}])
    with pytest.raises(DataError, match=r"record 0: no AndroidControl episode: it has \['label'\]"):
        bring_in("androidcontrol", path, tmp_path / "out")
    with pytest.raises(DataError, match=r"record 0: no step of Android in the Wild: it has \['label'\]"):
        bring_in("aitw", path, tmp_path / "out")


def test_the_smallest_touchable_element_is_found() -> None:
    assert element_at(TREE, 4, 16) == (0, 8, 20, 24)
    assert element_at(TREE, 30, 70) == (0, 0, 40, 80)
    assert element_at(TREE, 41, 70) is None
    assert element_at(b"", 1, 1) is None


def test_imported_traces_are_cleaned_and_become_rows(tmp_path: Path) -> None:
    path = tmp_path / "ac-00000-of-00001"
    write_tfrecord(
        path, [episode(1, AC_ACTIONS), episode(2, AC_ACTIONS[:1]), episode(3, [{"action_type": "wait"}] * 70)]
    )
    assert main(["data", "import", "androidcontrol", str(path), "--out", str(tmp_path / "ac")]) == 0
    assert main(["data", "clean", str(tmp_path / "ac" / "traces.jsonl"), "--out", str(tmp_path / "clean")]) == 0
    rows = str(tmp_path / "rows.jsonl")
    assert main(["data", "rows", str(tmp_path / "clean" / "traces.jsonl"), "--out", rows]) == 0
    made = read_rows(rows).rows
    assert [row.id for row in made] == [f"androidcontrol-1/{i}" for i in range(9)] + [
        "androidcontrol-2/0", "androidcontrol-2/1",
    ]  # fmt: skip
    assert made[1].boxes == (Box(0.0, 0.1, 0.5, 0.3),) and made[1].size == (40, 80)
