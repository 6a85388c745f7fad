"""Grounding data as JSON lists: kinds of boxes, frames, and arrays read piece by piece."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from agentkit.actions import Box
from agentkit.errors import DataError
from rft.data.importers import make_importer
from rft.data.importers.json_array import array_items
from rft.data.importers.run import run_import
from rft.data.rows import read_rows


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


def test_numbers_that_are_none_do_not_decide_the_frame(shots: Path) -> None:
    odd = write_list(shots, [float("inf"), 0.1, 0.9, 0.2], [10**400, 0, 1, 1], [0.8, 0.1, 0.9, 0.2])
    rows, report = rows_of(odd, shots / "out")
    assert [row.box for row in rows] == [Box(0.8, 0.1, 0.9, 0.2)]
    assert report["reasons"] == {"box is not four numbers": 2}


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
        (f"[{'1' * 5000}]", "item 0: cut off or not JSON: Exceeds the limit"),
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
