"""Android in the Wild and in the Zoo: gestures as pairs of points, in records and in JSON."""

from __future__ import annotations

import json
from pathlib import Path

from PIL import Image

from agentkit.actions import Box, Click, Finished, Point, Press, Scroll, Type
from importing import bring_in
from recorded_files import dual, png, wild_step, zoo_step
from tfrecord_files import write_tfrecord


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


def test_a_name_from_the_data_cannot_leave_the_folder(tmp_path: Path) -> None:
    step = wild_step("../../../evil", 0, 1, 10)
    write_tfrecord(tmp_path / "in" / "a-00000-of-00001", [step])
    traces, _ = bring_in("aitw", tmp_path / "in", tmp_path / "out")
    assert traces[0].steps[0].image.parent == tmp_path / "out" / "images"  # type: ignore[union-attr]


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
