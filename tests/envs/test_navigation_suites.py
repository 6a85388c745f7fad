"""Navigation suites on small files in the published layouts: what is asked, what is judged by, and what is refused."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from agentkit.actions import Box, Click, Finished, Launch, Point, Press, Scroll
from agentkit.errors import ConfigError, DataError
from agentkit.frames import Size
from agentkit.protocols import get_protocol
from agentkit.recorded.elements import Element
from envs.navigation.catalog import CATALOG, layout
from envs.navigation.episode import PATH
from envs.navigation.suite import NavigationSuite, load_navigation
from recorded_files import AC_ACTIONS, dual, episode, forest, node, odyssey_step, png, wild_step, zoo_step
from tfrecord_files import example, field, framed, write_tfrecord

WAIT = [{"action_type": "wait"}]


def splits(root: Path, **ids: list[Any]) -> None:
    (root / "splits.json").write_text(json.dumps({"train": [], "validation": [], "test": []} | ids))


@pytest.fixture
def control(tmp_path: Path) -> Path:
    root = tmp_path / "ac"
    write_tfrecord(root / "android_control-00000-of-00002", [episode(1, AC_ACTIONS), episode(2, WAIT)])
    write_tfrecord(root / "android_control-00001-of-00002", [episode(3, WAIT), episode(4, [{"action_type": "fly"}])])
    splits(root, train=[2], test=[3, 1])
    return root


def traces(suite: NavigationSuite) -> list[str]:
    return [each.trace.id for each in suite.episodes()]


# AndroidControl.


def test_each_step_is_asked_behind_its_recorded_past(control: Path) -> None:
    suite = load_navigation("androidcontrol-high", control)
    first, second = suite.episodes()
    assert [first.trace.id, second.trace.id] == ["androidcontrol-1", "androidcontrol-3"] and suite.count == 2
    assert [step.id for step in first.steps] == [f"androidcontrol-1/{i}" for i in range(9)]
    assert {step.goal for step in first.steps} == {"Open the clock"} and not suite.excluded
    assert [step.appended for step in first.steps] == [False] * 8 + [True] and first.steps[8].action == Finished()
    past = first.past(4)
    assert [step.reply.action for step in past] == [
        Launch("Clock"), Click(Point(0.1, 0.2)), first.steps[2].action, Scroll(*PATH["up"], "up"),
    ]  # fmt: skip
    assert [step.observation.image.tobytes() for step in past] == [
        first.observation(i).image.tobytes() for i in range(4)
    ]
    with Image.open(io.BytesIO(png(104))) as image:
        assert first.observation(4).image.tobytes() == image.tobytes()
    assert first.steps[3].action == Scroll(direction="up") and first.steps[0].size == (40, 80)


@pytest.mark.parametrize("name", ["venus1_navi", "venus15_navi"])
def test_the_history_is_told_as_the_prompt_protocol_tells_it(control: Path, name: str) -> None:
    first = next(load_navigation("androidcontrol-high", control).episodes())
    protocol = get_protocol(name)
    messages = protocol.messages("goal", first.past(4), first.observation(4), lambda size: Size(*size))
    text = next(part["text"] for part in messages[1]["content"] if part["type"] == "text")
    assert "Step 0: <think></think><action>Launch(app='Clock')</action>\nStep 1:" in text
    frame = {"venus1_navi": "(20, 52), end=(20, 28), direction='up'", "venus15_navi": "(500, 650), end=(500, 350)"}
    assert f"<action>Scroll(start={frame[name]})</action>" in text


def test_low_asks_for_the_step_and_for_the_end(control: Path) -> None:
    first = next(load_navigation("androidcontrol-low", control).episodes())
    assert [step.goal for step in first.steps[:2]] == [f"Open the clock\nCurrent step: do {i}" for i in range(2)]
    assert first.steps[8].goal == "Open the clock\nCurrent step: finish the task"


def test_every_outline_comes_along_windows_and_hidden_ones_too(tmp_path: Path) -> None:
    window = field(
        1, field(1, field(3, 40) + field(4, 80)) + field(11, field(1, node((0, 8, 20, 24), "Mail", visible=1)))
    )
    empty = node((0, 0, 0, 0), clickable=1, visible=1)
    hidden = node((4, 8, 8, 16), clickable=1)
    tree = window + forest(node((-20, 8, 20, 120), clickable=1, visible=1), empty, hidden, field(4, b"no bounds"))
    write_tfrecord(tmp_path / "a-00000-of-00001", [episode(1, WAIT, accessibility_trees=[tree, b"\x0a\xff"])])
    (only,) = load_navigation("androidcontrol-high", tmp_path, ["all"]).episodes()
    assert only.steps[0].elements == (
        Element(0.0, 0.0, 1.0, 1.0),
        Element(0.0, 0.1, 0.5, 0.2, label="Mail"),
        Element(-0.5, 0.1, 1.0, 1.4, touchable=True),
        Element(0.0, 0.0, 0.0, 0.0, touchable=True),
        Element(0.1, 0.1, 0.1, 0.1),
    )
    assert only.steps[1].elements == ()  # a damaged tree is no reason to lose the step


def test_splits_and_their_subsets(control: Path) -> None:
    assert traces(load_navigation("androidcontrol-high", control, ["train"])) == ["androidcontrol-2"]
    both = load_navigation("androidcontrol-high", control, ["test", "train"])
    assert traces(both) == [f"androidcontrol-{i}" for i in (1, 2, 3)] and both.count == 3
    assert "split test has 2 traces, the published one 1543" in both.notes
    everything = load_navigation("androidcontrol-high", control, ["all"])
    assert len(traces(everything)) == 3 and everything.excluded == {"action fly": 1} and everything.count is None
    assert everything.examples["action fly"].startswith("4: ")
    with pytest.raises(ConfigError, match=r"unknown split 'tset'; did you mean 'test'"):
        load_navigation("androidcontrol-high", control, ["tset"])
    (control / "test_subsplits.json").write_text(json.dumps({"app_unseen": [3]}))
    assert traces(load_navigation("androidcontrol-high", control, ["app_unseen"])) == ["androidcontrol-3"]
    (control / "splits.json").unlink()
    with pytest.raises(DataError, match=r"has no splits\.json"):
        load_navigation("androidcontrol-high", control)


def test_a_split_that_names_absent_and_unreadable_episodes_says_so(control: Path) -> None:
    splits(control, test=[1, 4, 77, 78])
    suite = load_navigation("androidcontrol-high", control)
    assert traces(suite) == ["androidcontrol-1"]
    assert suite.excluded == {"action fly": 1, "named by the split, not in the data": 2}
    assert suite.examples["named by the split, not in the data"] == "77"
    assert traces(suite) == ["androidcontrol-1"] and sum(suite.excluded.values()) == 3  # counted anew each time


def test_a_limit_draws_traces_by_its_seed(control: Path) -> None:
    splits(control, test=[1, 2, 3])
    drawn = {tuple(traces(load_navigation("androidcontrol-high", control, limit=1, seed=seed))) for seed in range(9)}
    assert len(drawn) == 3 and all(len(ids) == 1 for ids in drawn)
    limited = load_navigation("androidcontrol-high", control, limit=1)
    assert limited.notes[-1] == "1 of its 3 traces, seed 0: not comparable with published scores"
    first = load_navigation("androidcontrol-high", control, ["all"], limit=2)
    assert traces(first) == ["androidcontrol-1", "androidcontrol-2"] and "first 2 traces" in first.notes[-1]
    with pytest.raises(ConfigError, match="limit must be >= 0, got -1"):
        load_navigation("androidcontrol-high", control, limit=-1)


def test_damaged_files_stop_the_reading_and_name_the_place(control: Path) -> None:
    path = control / "android_control-00000-of-00002"
    data = framed(example(episode(1, AC_ACTIONS))) + framed(example(episode(2, WAIT)))
    splits(control, test=[1, 2])
    for spoiled, fault in (
        (data[:-9], "record 1 at byte .*the file is cut off"),
        (data[:-1] + bytes([data[-1] ^ 1]), "record 1 at byte .*wrong checksum"),
    ):
        path.write_bytes(spoiled)
        reader = load_navigation("androidcontrol-high", control).episodes()
        assert next(reader).trace.id == "androidcontrol-1"
        with pytest.raises(DataError, match=fault):
            next(reader)


def test_an_undecodable_screenshot_leaves_its_trace_out_and_a_truncated_one_is_named_when_it_is_looked_at(
    tmp_path: Path,
) -> None:
    bad = episode(1, WAIT, screenshots=[png(1), b"no picture"])
    cut = episode(2, WAIT, screenshots=[png(1)[:-400], png(2)])
    write_tfrecord(tmp_path / "a-00000-of-00001", [bad, cut])
    suite = load_navigation("androidcontrol-high", tmp_path, ["all"])
    (only,) = suite.episodes()
    assert suite.excluded == {"screenshot cannot be decoded": 1}
    with pytest.raises(DataError, match=r"cannot read screenshot held/2-00\.png"):
        only.observation(0)


def test_one_id_twice_is_no_data_set(control: Path) -> None:
    shutil.copy(control / "android_control-00000-of-00002", control / "android_control-00001-of-00002")
    splits(control, test=[1, 2, 3])
    with pytest.raises(DataError, match="two episodes have the id '1'"):
        traces(load_navigation("androidcontrol-high", control))


# GUI-Odyssey.


@pytest.fixture
def odyssey(tmp_path: Path) -> Path:
    root = tmp_path / "odyssey"
    for name in ("annotations", "screenshots/part_0", "splits"):
        (root / name).mkdir(parents=True)
    (root / "screenshots" / "part_0" / "a.png").write_bytes(png(1))
    steps = [odyssey_step("CLICK", [[500, 250]], sam2_bbox=[400, 200, 600, 300]), odyssey_step("COMPLETE")]
    task = {"instruction": "Say hi", "category": "General_Tool"}
    for number in range(4):
        lost = [odyssey_step("COMPLETE", screenshot="lost.png")]
        body = {"task_info": task, "device_info": {"w": 40, "h": 80}, "steps": lost if number == 3 else steps}
        (root / "annotations" / f"{number}.json").write_text(json.dumps(body))
    for number, name in enumerate(("random", "app", "task", "device")):
        ids = {"train": [], "test": [f"{number}.json"]}
        (root / "splits" / f"{name}_split.json").write_text(json.dumps(ids))
    return root


def test_gui_odyssey_has_four_splits(odyssey: Path) -> None:
    for number, name in enumerate(("random", "app", "task")):
        suite = load_navigation("gui-odyssey", odyssey, [name])
        assert traces(suite) == [f"odyssey-{number}"] and suite.count == 1 and not suite.excluded
    assert traces(load_navigation("gui-odyssey", odyssey)) == ["odyssey-0"]
    (only,) = load_navigation("gui-odyssey", odyssey).episodes()
    assert only.steps[0].box == Box(0.4, 0.2, 0.6, 0.3) and only.steps[0].elements == ()
    assert only.steps[0].size == (40, 80) and not only.steps[1].appended
    assert only.past(1)[0].reply.thought == "because" and only.trace.meta["category"] == "General_Tool"
    with pytest.raises(ConfigError, match="unknown split 'test', expected random, app, task, device or all"):
        load_navigation("gui-odyssey", odyssey, ["test"])


def test_a_missing_screenshot_leaves_its_trace_out(odyssey: Path) -> None:
    suite = load_navigation("gui-odyssey", odyssey, ["device"])
    assert traces(suite) == [] and suite.excluded == {"screenshot missing": 1}
    everything = load_navigation("gui-odyssey", odyssey, ["all"])
    assert len(traces(everything)) == 3 and everything.count == 4


def test_gui_odyssey_may_lie_in_its_data_folder(odyssey: Path, tmp_path: Path) -> None:
    (tmp_path / "repository").mkdir()
    odyssey.rename(tmp_path / "repository" / "data")
    assert traces(load_navigation("gui-odyssey", tmp_path / "repository")) == ["odyssey-0"]
    with pytest.raises(DataError, match="is no GUI-Odyssey: expected a folder annotations/"):
        load_navigation("gui-odyssey", tmp_path)
    (tmp_path / "repository" / "data" / "splits" / "random_split.json").write_text('{"test": 3}')
    with pytest.raises(DataError, match="expected an object whose values are lists"):
        load_navigation("gui-odyssey", tmp_path / "repository")


# Android in the Wild and in the Zoo.


def test_android_in_the_wild_by_its_split_files(tmp_path: Path) -> None:
    steps = [
        wild_step("7", 0, 2, 4, **dual(0.5, 0.5, 0.5, 0.5)), wild_step("7", 1, 2, 10),
        wild_step("8", 0, 1, 5), wild_step("9", 0, 1, 2),
    ]  # fmt: skip
    write_tfrecord(tmp_path / "general" / "general-00000-of-00001", steps)
    (tmp_path / "splits").mkdir()
    (tmp_path / "splits" / "standard.json").write_text(json.dumps({"train": ["8"], "test": ["7", "9"]}))
    (tmp_path / "splits" / "unseen_verb.json").write_text(json.dumps({"test": ["8"]}))
    suite = load_navigation("aitw", tmp_path)
    (only,) = suite.episodes()
    assert only.trace.id == "aitw-7" and suite.excluded == {"action type 2": 1}
    assert only.steps[0].elements[1] == Element(0.25, 0.5, 0.5, 0.25, touchable=True)
    assert only.steps[0].size == (10, 20) and only.observation(0).image.size == (10, 20)
    (other,) = load_navigation("aitw", tmp_path / "general", ["unseen_verb"]).episodes()
    assert other.steps[0].action == Press("back")
    with pytest.raises(ConfigError, match="unknown split 'unseen_vreb'; did you mean 'unseen_verb'"):
        load_navigation("aitw", tmp_path, ["unseen_vreb"])
    shutil.rmtree(tmp_path / "splits")
    with pytest.raises(DataError, match="has no folder splits/"):
        load_navigation("aitw", tmp_path)


def test_android_in_the_zoo_by_its_folders(tmp_path: Path) -> None:
    for split, number in (("train", 0), ("test", 1)):
        folder = tmp_path / split / "general" / f"G-{number}"
        folder.mkdir(parents=True)
        touch = {"result_touch_yx": "[0.5, 0.5]", "result_lift_yx": "[0.5, 0.5]", "image_path": f"x/G-{number}_0.png"}
        touch["ui_positions"] = "[[0, 0, 80, 40], [20, 10, 40, 20], [NaN, 0, 9, 9], [0, 0, 1], [0, 0, true, 1]]"
        (folder / f"G-{number}_0.png").write_bytes(png(number))
        (folder / f"G-{number}.json").write_text(json.dumps([zoo_step(0, 1, 4, **touch)]))
    suite = load_navigation("aitz", tmp_path)
    (only,) = suite.episodes()
    assert only.trace.id == "aitz-G-1" and "split test has 1 traces, the published one 506" in suite.notes
    assert only.steps[0].elements == (
        Element(0.0, 0.0, 1.0, 1.0, touchable=True), Element(0.25, 0.25, 0.5, 0.5, touchable=True),
    )  # fmt: skip
    (tmp_path / "test" / "general" / "G-1" / "G-1_0.png").unlink()
    assert traces(suite) == [] and suite.excluded == {"screenshot missing or damaged": 1}
    with pytest.raises(ConfigError, match="expected one split, train or test, got dev"):
        load_navigation("aitz", tmp_path, ["dev"])
    with pytest.raises(DataError, match="is no Android in the Zoo"):
        load_navigation("aitz", tmp_path / "train")


# All.


def test_unknown_suites_and_absent_data(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="unknown navigation suite 'androidcontrol'"):
        load_navigation("androidcontrol", tmp_path)
    with pytest.raises(DataError, match="no data at"):
        load_navigation("aitz", tmp_path / "nowhere")


@pytest.mark.parametrize("name", CATALOG)
def test_every_suite_has_rules_a_reader_and_a_layout_to_show(name: str, tmp_path: Path) -> None:
    assert "--data must hold:\n  " in layout(name)
    with pytest.raises(DataError):
        load_navigation(name, tmp_path)
