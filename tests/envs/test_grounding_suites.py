"""The suites beside ScreenSpot, each in its published layout written small, and what each refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from agentkit.actions import Box, Click, Point, Refusal
from agentkit.errors import DataError
from agentkit.scoring import NoTarget, Outcome, Polygon, Prediction, card_text, score_grounding
from envs.grounding.catalog import CATALOG, layouts
from envs.grounding.suite import load_suite

WIDTH, HEIGHT = 200, 400


def picture(path: Path, size: tuple[int, int] = (WIDTH, HEIGHT)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (30, 60, 90)).save(path)


def write(path: Path, rows: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = "".join(json.dumps(row) + "\n" for row in rows) if path.suffix == ".jsonl" else json.dumps(rows)
    path.write_text(lines, "utf-8")


def osworld_row(key: str, kind: str, numbers: Any, **more: Any) -> dict[str, Any]:
    return {
        "id": key, "image_path": "a.png", "image_size": [WIDTH, HEIGHT], "instruction": "open the filter",
        "GUI_types": ["Button"], "box_type": kind, "box_coordinates": numbers,
    } | more  # fmt: skip


OSWORLD = [
    osworld_row("box", "bbox", [100, 40, 50.0, 80]),
    osworld_row("shape", "polygon", [20, 40, 180, 40, 180, 360, 100, 200]),
    osworld_row("none", "refusal", [-1, -1, -1, -1]),
    osworld_row("zeros", "refusal", [0, 0, 0, 0]),
]


def osworld(root: Path, rows: list[dict[str, Any]] = OSWORLD, name: str = "OSWorld-G.json") -> Path:
    write(root / "benchmark" / name, rows)
    picture(root / "benchmark" / "images" / "a.png")
    return root


def test_osworld_g_boxes_polygons_and_refusals(tmp_path: Path) -> None:
    classes = {"text_matching": [{"id": "box"}], "layout_understanding": [{"id": "box"}, {"id": "shape"}]}
    write(tmp_path / "benchmark" / "classification_result.json", {"classified": classes})
    suite = load_suite("osworld-g", osworld(tmp_path))
    box, shape, none, zeros = suite.samples
    assert box.target == Box(0.5, 0.1, 0.75, 0.3)
    assert shape.target == Polygon((Point(0.1, 0.1), Point(0.9, 0.1), Point(0.9, 0.9), Point(0.5, 0.5)))
    assert none.target == zeros.target == NoTarget()
    assert box.groups == {"target": "bbox", "class": ("text_matching", "layout_understanding")}
    assert (box.size, suite.box_format, suite.instructions) == ((WIDTH, HEIGHT), "xywh", "original")
    assert "counted 4 samples, 1 boxes, 1 polygons, 2 refusals, 1 images" in suite.notes
    difference = next(note for note in suite.notes if note.startswith("differs from the published suite"))
    assert "samples: 564 published, 4 here" in difference and "polygons: 40 published, 1 here" in difference


def test_both_osworld_denominators_are_shown(tmp_path: Path) -> None:
    """One hit of two targets and one right refusal of two: 2 of 4, and 1 of 2."""
    samples = load_suite("osworld-g", osworld(tmp_path)).samples
    answers = [
        Prediction("box", Click(Point(0.5, 0.3))),  # a corner of the box
        Prediction("shape", Click(Point(0.3, 0.8))),  # in the polygon's bounding box only
        Prediction("none", Refusal()),
        Prediction("zeros", Click(Point(0.0, 0.0))),  # in the box that a refusal does not have
    ]
    card = score_grounding(samples, answers)
    assert [card.by_id[sample.id] for sample in samples] == [
        Outcome.HIT, Outcome.MISS, Outcome.RIGHT_REFUSAL, Outcome.POINTED,
    ]  # fmt: skip
    assert (card.accuracy.hits, card.accuracy.total, card.with_target.hits, card.with_target.total) == (2, 4, 1, 2)
    text = card_text(card)
    assert "accuracy (micro)    50.0 % (2/4" in text and "with a target     50.0 % (1/2" in text
    assert "4 samples (2 with a target, 2 without)" in text


def test_osworld_refined_is_its_own_instruction_set(tmp_path: Path) -> None:
    rows = [osworld_row("box", "bbox", [100, 40, 50, 80], instruction="click the funnel")]
    osworld(tmp_path)
    suite = load_suite("osworld-g-refined", osworld(tmp_path, rows, "OSWorld-G_refined.json"))
    assert [sample.instruction for sample in suite.samples] == ["click the funnel"]
    assert "instructions: refined" in suite.notes


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (osworld_row("a", "polygon", [20, 40, 180, 40]), r"json:1: .*at least three corners, got \[20, 40, 180, 40\]"),
        (osworld_row("a", "polygon", [20, 40, 180, 40, 1, 1, 5]), "flat list"),
        (osworld_row("a", "polygon", [[20, 40], [180, 40], [1, 1]]), "flat list"),
        (osworld_row("a", "polygon", [20, 40, 260, 40, 10, 10]), "json:1: polygon of 3 corners leaves its 200x400"),
        (osworld_row("a", "bbox", [20, 40, 180, 40, 1, 1]), "json:1: `box_coordinates` must be four numbers"),
        (osworld_row("a", "refusal", [20, 40, 180, 40]), "json:1: a refusal must have no box"),
        (osworld_row("a", "circle", [20, 40, 3]), "`box_type` must be 'bbox' or 'polygon' or 'refusal', got 'circle'"),
        (osworld_row("a", "bbox", [120, 40, 190, 80]), r"contradict .*json:0\).*json:1\)"),
        (osworld_row("a", "bbox", [20, 40, 5, 5], image_size=[WIDTH, 401]), r"states \[200, 401\] .* \[200, 400\]"),
        (osworld_row("box", "bbox", [20, 40, 5, 5]), "json:1 and .*json:0 share the id 'box'"),
    ],
)
def test_osworld_rows_that_are_refused(row: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=message):
        load_suite("osworld-g", osworld(tmp_path, [OSWORLD[0], row]))


def test_osworld_with_corners_instead_of_sizes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"published as xywh, but .*json:0: bbox \[120, .* can only be xyxy"):
        load_suite("osworld-g", osworld(tmp_path, [osworld_row("a", "bbox", [120, 40, 190, 80])]))


def uiv_row(box: list[float], **more: Any) -> dict[str, Any]:
    return {
        "image_path": "element_grounding/a.png", "image_size": [WIDTH, HEIGHT], "prompt_to_evaluate": "layout in grid",
        "bbox": box, "platform": "Qt Creator", "category": "Button", "element_type": "icon",
    } | more  # fmt: skip


def ui_vision(root: Path, **files: list[dict[str, Any]]) -> Path:
    for setting, rows in files.items():
        write(root / "annotations" / "element_grounding" / f"element_grounding_{setting}.json", rows)
    picture(root / "images" / "element_grounding" / "a.png")
    return root


def test_ui_vision_is_the_mean_of_three(tmp_path: Path) -> None:
    """Right: 1 of 1 basic, 0 of 1 functional, 1 of 3 spatial; the third spatial box has no area."""
    spatial = [uiv_row([120, 40, 180, 80]), uiv_row([20, 40, 60, 80]), uiv_row([50, 100, 50, 100])]
    basic, functional = [uiv_row([120, 40, 180, 80])], [uiv_row([20, 40, 60, 80])]
    suite = load_suite("ui-vision", ui_vision(tmp_path, basic=basic, functional=functional, spatial=spatial))
    first = suite.samples[0]
    assert (first.id, first.target) == ("element_grounding_basic:0", Box(0.6, 0.1, 0.9, 0.2))
    assert first.groups == {
        "setting": "basic", "ui_type": "icon", "category": "Button", "application": "Qt Creator",
    }  # fmt: skip
    assert any("1 boxes have no area" in note and "element_grounding_spatial.json:2" in note for note in suite.notes)
    card = score_grounding(suite.samples, [Prediction(s.id, Click(Point(0.75, 0.15))) for s in suite.samples])
    rates = {name: (rate.hits, rate.total) for name, rate in card.groups["setting"].items()}
    assert rates == {"basic": (1, 1), "functional": (0, 1), "spatial": (1, 3)}
    assert card.macro["setting"].value == pytest.approx((1 + 0 + 1 / 3) / 3)
    assert card.accuracy.value == pytest.approx(2 / 5)


def test_ui_vision_needs_all_three_files(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"lacks element_grounding_functional.json, element_grounding_spatial.json"):
        load_suite("ui-vision", ui_vision(tmp_path, basic=[uiv_row([120, 40, 180, 80])]))


def mmbench_row(box: list[float], **more: Any) -> dict[str, Any]:
    return {
        "index": 7, "image_path": "a.png", "image_size": [WIDTH, HEIGHT], "platform": "os_mac", "app_name": "notes",
        "data_type": "text", "grounding_type": "basic", "instruction": "the year list", "bbox": box,
    } | more  # fmt: skip


def mmbench(root: Path, rows: list[dict[str, Any]]) -> Path:
    write(root / "L2_annotations.json", rows)
    picture(root / "offline_images" / "os_mac" / "a.png")
    return root


def test_mmbench_boxes_are_fractions(tmp_path: Path) -> None:
    rows = [mmbench_row([0.6, 0.1, 0.9, 0.2]), mmbench_row([0.1, 0.1, 0.2, 0.2], grounding_type="advanced")]
    suite = load_suite("mmbench-gui-l2", mmbench(tmp_path, rows))
    assert [sample.target for sample in suite.samples] == [Box(0.6, 0.1, 0.9, 0.2), Box(0.1, 0.1, 0.2, 0.2)]
    assert [sample.groups["level"] for sample in suite.samples] == ["basic", "advanced"]
    assert Path(suite.samples[0].image) == tmp_path / "offline_images" / "os_mac" / "a.png"
    assert any("as fractions of the image" in note for note in suite.notes)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (mmbench_row([120, 40, 180, 80]), r"json:0: `bbox` must be four fractions of the image, got \[120"),
        (mmbench_row([0.5, 0.5, 0.1, 0.1]), "published as xyxy, but .*json:0"),
        (mmbench_row([0.5, 0.5, 1.3, 0.9]), "json:0: .* leaves its 1x1 image"),
        (mmbench_row([0.5, 0.5, 0.6, 0.6], grounding_type="expert"), "`grounding_type` must be"),
        (mmbench_row([0.5, 0.5, 0.6, 0.6], platform="../.."), "leaves the data folder"),
    ],
)
def test_mmbench_rows_that_are_refused(row: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=message):
        load_suite("mmbench-gui-l2", mmbench(tmp_path, [row]))


def cagui_row(task: str, box: str, image: str = "0.jpeg", **more: Any) -> dict[str, Any]:
    image = f"grounding_eval/dataset/images/{image}"
    return {"task": task, "image": image, "id": 0, "abs_position": box, "text": "分享"} | more


CAP, OCR = "bbox2function", "bbox2text"
REL = "<0.6, 0.1, 0.9, 0.2>"


def cagui(root: Path, cap: list[dict[str, Any]], ocr: list[dict[str, Any]]) -> Path:
    write(root / "code" / "cap.jsonl", cap)
    write(root / "code" / "ocr.jsonl", ocr)
    picture(root / "images" / "0.jpeg")
    picture(root / "images" / "ocr" / "0.jpeg")
    return root


def test_cagui_positions_are_text(tmp_path: Path) -> None:
    cap = [cagui_row(CAP, "<120, 40, 180, 80>", rel_position=REL), cagui_row(CAP, "<0,0,10,10>")]
    suite = load_suite("ca-gui", cagui(tmp_path, cap, [cagui_row(OCR, "<20, 40, 60, 80>", "ocr/0.jpeg", text="")]))
    assert [(s.id, s.target) for s in suite.samples] == [
        ("cap:0", Box(0.6, 0.1, 0.9, 0.2)), ("cap:1", Box(0, 0, 0.05, 0.025)), ("ocr:0", Box(0.1, 0.1, 0.3, 0.2)),
    ]  # fmt: skip
    assert [s.groups["task"] for s in suite.samples] == ["fun2point", "fun2point", "text2point"]
    assert Path(suite.samples[2].image) == tmp_path / "images" / "ocr" / "0.jpeg"
    assert "1 samples have an empty instruction, as published: ocr.jsonl:0" in suite.notes


@pytest.mark.parametrize(
    ("cap", "message"),
    [
        (cagui_row(CAP, "120, 40, 180, 80"), r"cap.jsonl:0: `abs_position` must be '<x1, y1, x2, y2>'"),
        (cagui_row(CAP, "<120, 40, 180>"), "must be '<x1"),
        (cagui_row(CAP, "<__import__('os'), 40, 180, 80>"), "must be '<x1"),
        (cagui_row(OCR, "<120, 40, 180, 80>"), "`task` must be 'bbox2function', got 'bbox2text'"),
        (cagui_row(CAP, "<120, 40, 180, 80>", rel_position="<0.3, 0.1, 0.45, 0.2>"), r"states \[400, 400\] pixels"),
        (cagui_row(CAP, "<120, 40, 60, 80>"), "published as xyxy, but cap.jsonl:0"),
        (cagui_row(CAP, "<120, 40, 280, 80>"), "leaves its 200x400 image"),
    ],
)
def test_cagui_rows_that_are_refused(cap: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=message):
        load_suite("ca-gui", cagui(tmp_path, [cap], [cagui_row(OCR, "<20, 40, 60, 80>", "ocr/0.jpeg")]))


def venus(root: Path, **changed: list[dict[str, Any]]) -> Path:
    row = {"img_filename": "web/a.png", "instruction": "save", "platform": "web", "ui_type": "icon"}
    for kind in ("element", "spatial", "visual", "reasoning", "functional"):
        name = f"{kind}_grounding"
        write(root / "instruction" / f"{name}.json", changed.get(name, [row | {"bbox": [120, 40, 180, 80]}]))
    write(root / "instruction" / "refusal_spatial.json", changed.get("refusal_spatial", [row, row | {"bbox": None}]))
    picture(root / "images" / "web" / "a.png")
    return root


def test_venusbench_gd_has_five_kinds_and_refusals(tmp_path: Path) -> None:
    suite = load_suite("venusbench-gd", venus(tmp_path))
    assert [sample.groups["task"] for sample in suite.samples] == [
        "element", "spatial", "visual", "reasoning", "functional", "refusal", "refusal",
    ]  # fmt: skip
    assert [isinstance(sample.target, NoTarget) for sample in suite.samples] == [False] * 5 + [True] * 2
    assert any("samples: 6166 published, 7 here" in note for note in suite.notes)


def test_venusbench_gd_with_a_row_without_box_is_refused(tmp_path: Path) -> None:
    bad = [{"img_filename": "web/a.png", "instruction": "save"}]
    with pytest.raises(DataError, match=r"visual_grounding.json:0: `bbox` must be four numbers, got None"):
        load_suite("venusbench-gd", venus(tmp_path, visual_grounding=bad))


def test_without_pictures_only_the_annotations_are_read(tmp_path: Path) -> None:
    """Their sizes are in the rows; a suite whose rows state none still needs its images."""
    osworld(tmp_path / "o")
    (tmp_path / "o" / "benchmark" / "images" / "a.png").unlink()
    with pytest.raises(DataError, match=r"1 of 1 images .*a\.png \(missing\)"):
        load_suite("osworld-g", tmp_path / "o")
    assert load_suite("osworld-g", tmp_path / "o", pictures=False).samples[0].size == (WIDTH, HEIGHT)
    venus(tmp_path / "v")
    (tmp_path / "v" / "images" / "web" / "a.png").unlink()
    with pytest.raises(DataError, match="missing"):
        load_suite("venusbench-gd", tmp_path / "v", pictures=False)


def test_every_suite_is_in_the_catalog_with_its_layout(tmp_path: Path) -> None:
    for name, entry in CATALOG.items():
        assert entry.layout[0] in layouts([name])
        with pytest.raises(DataError, match=f"no annotation files of {name} under"):
            load_suite(name, tmp_path)
