"""Importers, each on a small data set of the same format that the test writes itself."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from agentkit.actions import Box, Click, Finished, Launch, LongPress, Point, Press, Scroll, Type, Wait
from agentkit.errors import ConfigError, DataError
from rft.cli import main
from rft.data.importers import IMPORTERS, make_importer
from rft.data.importers.a11y import element_at
from rft.data.importers.json_array import array_items
from rft.data.importers.run import run_import
from rft.data.rows import read_rows
from rft.data.traces import Trace, read_traces
from tfrecord_files import example, field, framed, write_tfrecord


def png(seed: int, width: int = 40, height: int = 80) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def bring_in(name: str, source: Path, out: Path, **options: Any) -> tuple[list[Trace], dict[str, Any]]:
    report = run_import(make_importer(name, **options), source, out, name=name)
    return list(read_traces(out / "traces.jsonl")), report


def node(bounds: tuple[int, int, int, int], **flags: int) -> bytes:
    numbers = {"clickable": 14, "visible": 23}
    rect = b"".join(field(side, value) for side, value in enumerate(bounds, 1) if value)
    return field(2, rect) + b"".join(field(numbers[name], value) for name, value in flags.items())


def forest(*nodes: bytes) -> bytes:
    return field(1, field(11, b"".join(field(1, one) for one in nodes)))


TREE = forest(
    node((0, 0, 40, 80), clickable=1, visible=1),
    node((0, 8, 20, 24), clickable=1, visible=1),
    node((2, 10, 8, 20), visible=1),
    node((2, 10, 8, 20), clickable=1),
)


def episode(number: int, actions: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    shots = len(actions) + 1
    features: dict[str, Any] = {
        "episode_id": [number],
        "goal": ["Open the clock"],
        "screenshots": [png(100 * number + i) for i in range(shots)],
        "accessibility_trees": [TREE] * shots,
        "screenshot_widths": [40] * shots,
        "screenshot_heights": [80] * shots,
        "actions": [json.dumps(action) for action in actions],
        "step_instructions": [f"do {i}" for i in range(len(actions))],
    }
    return features | changes


AC_ACTIONS: list[dict[str, Any]] = [
    {"action_type": "open_app", "app_name": "Clock"},
    {"action_type": "click", "x": 4, "y": 16},
    {"action_type": "long_press", "x": 20, "y": 40},
    {"action_type": "scroll", "direction": "down"},
    {"action_type": "input_text", "text": "it's 7"},
    {"action_type": "navigate_back"},
    {"action_type": "navigate_home"},
    {"action_type": "wait"},
]


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


def wild_step(key: str, number: int, length: int, kind: int, **changes: Any) -> dict[str, Any]:
    pixels = np.random.default_rng(number).integers(0, 256, (20, 10, 3), dtype=np.uint8)
    step: dict[str, Any] = {
        "episode_id": [key], "episode_length": [length], "step_id": [number], "goal_info": ["open clock"],
        "current_activity": ["com.clock/.Main"], "image/encoded": [pixels.tobytes()], "image/height": [20],
        "image/width": [10], "image/channels": [3],
        "image/ui_annotations_positions": [0.0, 0.0, 1.0, 1.0, 0.5, 0.25, 0.25, 0.5],
        "results/action_type": [kind], "results/type_action": [""],
        "results/yx_touch": [-1.0, -1.0], "results/yx_lift": [-1.0, -1.0],
    }  # fmt: skip
    return step | changes


def dual(y1: float, x1: float, y2: float, x2: float) -> dict[str, Any]:
    return {"results/yx_touch": [y1, x1], "results/yx_lift": [y2, x2]}


def test_android_in_the_wild(tmp_path: Path) -> None:
    steps = [
        wild_step("7", 0, 6, 4, **dual(0.625, 0.5, 0.640625, 0.5)),
        wild_step("7", 1, 6, 4, **dual(0.75, 0.5, 0.25, 0.5)),
        wild_step("7", 2, 6, 3, **{"results/type_action": ["hi"]}),
        wild_step("7", 3, 6, 5),
        wild_step("7", 4, 6, 7),
        wild_step("7", 5, 6, 10),
        wild_step("12", 0, 1, 4, **dual(0.5, 0.5, 0.546875, 0.5)),  # a little more than a tap
        wild_step("8", 0, 2, 6),  # its second step is missing
        wild_step("9", 0, 1, 2),  # an action type of no meaning
        wild_step("10", 0, 1, 11),
        wild_step("11", 0, 1, 4, **dual(0.5, -0.5, 0.1, 0.1)),
    ]
    write_tfrecord(tmp_path / "general-00000-of-00001", steps)
    traces, report = bring_in("aitw", tmp_path, tmp_path / "out")
    assert [step.action for step in traces[0].steps] == [
        Click(Point(0.5, 0.625)), Scroll(Point(0.5, 0.75), Point(0.5, 0.25), "up"), Type("hi"), Press("back"),
        Press("enter"), Finished(),
    ]  # fmt: skip
    assert traces[0].steps[0].box == Box(0.25, 0.5, 0.75, 0.75) and traces[0].app == "com.clock"
    with Image.open(traces[0].steps[1].image) as image:  # type: ignore[arg-type]
        assert image.tobytes() == steps[1]["image/encoded"][0]
    assert traces[1].steps[0].action == Scroll(Point(0.5, 0.5), Point(0.5, 0.546875), "down")
    assert traces[2].steps[0].action == Finished("infeasible")
    reasons = {"episode is not whole": 1, "action type 2": 1, "coordinates outside of the screen": 1}
    assert report["reasons"] == reasons


def zoo_step(number: int, length: int, kind: int, **changes: Any) -> dict[str, Any]:
    return {
        "episode_id": "5", "episode_length": length, "step_id": number, "instruction": "open clock",
        "ui_positions": "[[0, 0, 80, 40], [20, 10, 40, 20]]", "result_action_type": kind, "result_action_text": "",
        "result_touch_yx": "[-1.0, -1.0]", "result_lift_yx": "[-1.0, -1.0]",
        "image_path": f"general/G-5/G-5_{number}.png",
        "coat_action_think": "look", "coat_action_desc": "click it", "coat_action_result": "it opens",
    } | changes  # fmt: skip


def test_android_in_the_zoo(tmp_path: Path) -> None:
    folder = tmp_path / "in" / "train" / "general" / "G-5"
    folder.mkdir(parents=True)
    for number in range(2):
        (folder / f"G-5_{number}.png").write_bytes(png(number))
    touch = {"result_touch_yx": "[0.5, 0.5]", "result_lift_yx": "[0.5, 0.51]"}
    (folder / "G-5.json").write_text(json.dumps([zoo_step(1, 2, 10), zoo_step(0, 2, 4, **touch)]))
    lost = folder.parent / "G-6"
    lost.mkdir()
    (lost / "G-6.json").write_text(json.dumps([zoo_step(0, 1, 10)]))
    traces, report = bring_in("aitz", tmp_path / "in", tmp_path / "out")
    (trace,) = traces
    assert [step.action for step in trace.steps] == [Click(Point(0.5, 0.5)), Finished()]
    first = trace.steps[0]
    assert (first.thought, first.instruction, first.conclusion) == ("look", "click it", "it opens")
    assert first.box == Box(0.25, 0.25, 0.75, 0.75) and first.image == folder / "G-5_0.png"
    assert report["reasons"] == {"screenshot missing or damaged": 1}


def odyssey_step(action: str, info: Any = "", **changes: Any) -> dict[str, Any]:
    return {"action": action, "info": info, "screenshot": "a.png", "intention": "because", "sam2_bbox": []} | changes


def test_gui_odyssey(tmp_path: Path) -> None:
    (tmp_path / "in" / "annotations").mkdir(parents=True)
    (tmp_path / "in" / "screenshots" / "part_0").mkdir(parents=True)
    (tmp_path / "in" / "screenshots" / "part_0" / "a.png").write_bytes(png(1))
    steps = [
        odyssey_step("CLICK", [[500, 250]], sam2_bbox=[400, 200, 600, 300]),
        odyssey_step("CLICK", "KEY_APPSELECT"),
        odyssey_step("LONG_PRESS", [[0, 1000]]),
        odyssey_step("SCROLL", [[500, 800], [500, 200]]),
        odyssey_step("TEXT", "hi"),
        odyssey_step("COMPLETE"),
    ]
    base = {"device_info": {"device_name": "Pixel 7 Pro", "w": 1440, "h": 3120}}
    task = {"instruction": "Say hi", "meta_task": "Say {}", "app": ["Clock", "Mail"]}

    def write(name: str, **changes: Any) -> None:
        path = tmp_path / "in" / "annotations" / f"{name}.json"
        path.write_text(json.dumps(base | {"task_info": task, "steps": steps} | changes))

    write("0001")
    write("0002", steps=[odyssey_step("CLICK", "KEY_FOO")])
    write("0003", steps=[odyssey_step("CLICK", [[1001, 5]])])
    write("0004", steps=[odyssey_step("COMPLETE", screenshot="../../secret.png")])
    write("0005", steps=[odyssey_step("INCOMPLETE")])
    traces, report = bring_in("gui-odyssey", tmp_path / "in", tmp_path / "out")
    assert [step.action for step in traces[0].steps] == [
        Click(Point(0.5, 0.25)), Press("recent"), LongPress(Point(0.0, 1.0)),
        Scroll(Point(0.5, 0.8), Point(0.5, 0.2), "up"), Type("hi"), Finished(),
    ]  # fmt: skip
    first = traces[0]
    assert (first.app, first.task, first.meta) == ("Clock + Mail", "Say {}", {"device": "Pixel 7 Pro"})
    assert first.steps[0].box == Box(0.4, 0.2, 0.6, 0.3) and first.steps[0].thought == "because"
    assert traces[1].steps[0].action == Finished("infeasible")
    assert report["reasons"] == {
        "action without its points": 1, "coordinates outside of the screen": 1, "screenshot missing": 1,
    }  # fmt: skip


def test_amex_episodes_and_elements(tmp_path: Path) -> None:
    for name in ("instruction_anno", "element_anno", "screenshot"):
        (tmp_path / "in" / name).mkdir(parents=True)
    (tmp_path / "in" / "screenshot" / "e-1.png").write_bytes(png(1, 144, 304))

    def step(action: str, touch: list[int], lift: list[int], **changes: Any) -> dict[str, Any]:
        return {
            "step_id": 1, "action": action, "touch_coord": touch, "lift_coord": lift, "device_dim": [1440, 3040],
            "package_name": "com.shop", "type_text": "", "image_path": "e-1.png",
        } | changes  # fmt: skip

    steps = [
        step("SWIPE", [637, 2567], [564, 1390], package_name="com.android.launcher3"),
        step("TAP", [720, 1520], [720, 1520]),
        step("TYPE", [0, 0], [0, 0], type_text="shoes"),
        step("PRESS_ENTER", [0, 0], [0, 0]),
        step("TASK_COMPLETE", [0, 0], [0, 0]),
    ]
    good = {"instruction": "Buy shoes", "steps": steps}
    (tmp_path / "in" / "instruction_anno" / "e.json").write_text(json.dumps(good))
    bad = {"instruction": "Buy", "steps": [step("PINCH", [1, 1], [1, 1])]}
    (tmp_path / "in" / "instruction_anno" / "f.json").write_text(json.dumps(bad))
    elements = [
        {"bbox": [36, 76, 72, 152], "xml_desc": ["Cart"], "functionality": "opens the cart"},
        {"bbox": [0, 0, 144, 30], "xml_desc": ["Search"], "functionality": ""},
        {"bbox": [0, 0, 1440, 30], "xml_desc": ["off the image"], "functionality": ""},
        {"bbox": [1, 1, 9, 9], "xml_desc": [], "functionality": ""},
    ]
    (tmp_path / "in" / "element_anno" / "e-1.json").write_text(json.dumps({"clickable_elements": elements}))

    traces, report = bring_in("amex", tmp_path / "in", tmp_path / "out")
    assert [type(s.action).__name__ for s in traces[0].steps] == ["Scroll", "Click", "Type", "Press", "Finished"]
    scroll, click = traces[0].steps[0].action, traces[0].steps[1].action
    assert isinstance(scroll, Scroll) and scroll.direction == "up" and click == Click(Point(0.5, 0.5))
    assert traces[0].app == "com.shop" and report["reasons"] == {"action PINCH": 1}

    run_import(make_importer("amex-elements"), tmp_path / "in", tmp_path / "elements")
    rows = read_rows(tmp_path / "elements" / "rows.jsonl").rows
    assert [(row.instruction, row.box) for row in rows] == [  # type: ignore[union-attr]
        ("opens the cart", Box(0.25, 0.25, 0.5, 0.5)),
        ("Search", Box(0.0, 0.0, 1.0, 30 / 304)),
    ]


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    (tmp_path / "images").mkdir()
    Image.new("RGB", (100, 200)).save(tmp_path / "images" / "a.png")
    return tmp_path


def write_list(folder: Path, *boxes: list[float], name: str = "set.json") -> Path:
    items = [{"img_filename": "a.png", "instruction": f"do {i}", "bbox": box} for i, box in enumerate(boxes)]
    (folder / name).write_text(json.dumps(items))
    return folder / name


def rows_of(path: Path, out: Path, **options: str) -> tuple[list[Any], dict[str, Any]]:
    report = run_import(make_importer("grounding", **options), path, out)
    return list(read_rows(out / "rows.jsonl").rows), report


def test_the_kind_of_boxes_is_proved(shots: Path) -> None:
    rows, _ = rows_of(write_list(shots, [10, 20, 30, 40], [50, 60, 20, 30]), shots / "a")
    assert rows[0].box == Box(0.1, 0.1, 0.4, 0.3)
    rows, _ = rows_of(write_list(shots, [10, 20, 30, 40], [80, 20, 90, 40]), shots / "b")
    assert rows[0].box == Box(0.1, 0.1, 0.3, 0.2)
    with pytest.raises(DataError, match=r"mixes both kinds of boxes: xywh: item 0 .*xyxy: item 1"):
        rows_of(write_list(shots, [50, 60, 20, 30], [80, 20, 90, 40]), shots / "c")
    with pytest.raises(DataError, match="does not prove the kind"):
        rows_of(write_list(shots, [10, 20, 30, 40]), shots / "c")
    rows, _ = rows_of(write_list(shots, [10, 20, 30, 40]), shots / "c", boxes="xywh")
    assert rows[0].box == Box(0.1, 0.1, 0.4, 0.3)


def test_fractions_n1000_elements_and_refusals(shots: Path) -> None:
    rows, _ = rows_of(write_list(shots, [0.5, 0.25, 0.75, 0.5], [0.8, 0.1, 0.9, 0.2]), shots / "a")
    assert rows[0].box == Box(0.5, 0.25, 0.75, 0.5)
    rows, _ = rows_of(write_list(shots, [500, 250, 750, 500]), shots / "b", boxes="xyxy", frame="n1000")
    assert rows[0].box == Box(0.5, 0.25, 0.75, 0.5)
    nested = [
        {"img_url": "a.png", "element": [{"text": "x", "box": [0, 0, 10, 10]}, {"text": "", "box": [0, 0, 1, 1]}]}
    ]
    (shots / "n.json").write_text(json.dumps(nested))
    rows, _ = rows_of(shots / "n.json", shots / "c", boxes="xyxy", frame="pixels")
    assert [(row.instruction, row.id, row.source) for row in rows] == [("x", "n-0-0", "n")]
    rows, report = rows_of(
        write_list(shots, [-1, -1, -1, -1], [10, 10, 5, 5], [0, 0, 500, 5], [5, 5, 0, 9]), shots / "d", boxes="xywh"
    )
    assert [row.box for row in rows] == [None, Box(0.1, 0.05, 0.15, 0.075)]
    assert report["reasons"] == {"box outside of its image": 1, "box without area": 1}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1}', "expected a JSON array"),
        ("", "expected a JSON array"),
        ("[1 2]", "after item 0: expected a comma"),
        ("[1,", "item 1: cut off"),
        ("[1,]", "item 1: cut off or not JSON"),
        ('[{"a": 1}', "after item 0: expected a comma or ], got the end"),
        ('[{"a": 1', "item 0: cut off"),
        ("[1] 2", "something follows"),
    ],
)
def test_bad_arrays_are_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(DataError, match=message):
        list(array_items(tmp_path / "a.json"))


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 1 << 20])
def test_arrays_are_read_whatever_the_chunks(tmp_path: Path, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rft.data.importers.json_array.CHUNK", chunk)
    items = [{"a": [1, {"b": "],[é"}]}, 12345, -1.5e3, "x", None, [], {}, True]
    for text in (json.dumps(items), json.dumps(items, indent=3, ensure_ascii=False) + "\n", "[]", " [ ] "):
        (tmp_path / "a.json").write_text(text)
        assert list(array_items(tmp_path / "a.json")) == json.loads(text)


def test_the_command_imports_one_split_and_says_what_it_refused(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    source = write_tfrecord(
        tmp_path / "ac-00000-of-00001",
        [episode(i, [{"action_type": "fly" if i == 3 else "wait"}]) for i in range(1, 5)],
    )
    (tmp_path / "splits.json").write_text(json.dumps({"train": [1, 3], "test": [2]}))
    splits = ["--splits", str(tmp_path / "splits.json"), "--split"]
    base = ["data", "import", "androidcontrol", str(source), "--out", str(tmp_path / "out")]
    assert main([*base, *splits, "train"]) == 0
    assert "1 traces in" in (said := capsys.readouterr().out) and "1 x action fly" in said
    assert [trace.id for trace in read_traces(tmp_path / "out" / "traces.jsonl")] == ["androidcontrol-1"]
    for extra, message in (
        ([*splits, "train"], "--out needs a new folder"),
        ([*splits, "dev"], "has no list 'dev'; it has: train, test"),
        (["--split", "x"], "--splits and --split go together"),
        (["--boxes", "xyxy"], "importer androidcontrol does not take boxes"),
    ):
        assert main([*base, *extra]) == 2
        error = capsys.readouterr().err
        assert message in error and error.count("\n") == 1


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


def test_every_name_has_its_importer() -> None:
    from rft.cli.data_import import NAMES

    assert set(NAMES) == set(IMPORTERS)
    for name in IMPORTERS:
        make_importer(name)
    with pytest.raises(ConfigError, match="did you mean 'aitw'"):
        make_importer("aitww")


def test_a_name_from_the_data_cannot_leave_the_folder(tmp_path: Path) -> None:
    step = wild_step("../../../evil", 0, 1, 10)
    write_tfrecord(tmp_path / "in" / "a-00000-of-00001", [step])
    traces, _ = bring_in("aitw", tmp_path / "in", tmp_path / "out")
    assert traces[0].steps[0].image.parent == tmp_path / "out" / "images"  # type: ignore[union-attr]
