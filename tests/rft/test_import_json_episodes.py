"""GUI-Odyssey and AMEX: a JSON file for each episode or screenshot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from agentkit.actions import Box, Click, Finished, LongPress, Point, Press, Scroll, Type
from importing import bring_in
from recorded_files import odyssey_step, png
from rft.data.importers import make_importer
from rft.data.importers.run import run_import
from rft.data.rows import read_rows


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
