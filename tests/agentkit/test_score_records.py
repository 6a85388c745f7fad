"""Other evaluators' files under our rules: what they wrote, what we say, and why the two differ."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from agentkit.actions import Box, Click, Malformed, Point, Refusal
from agentkit.cli import main
from agentkit.errors import DataError
from agentkit.protocols import get_protocol
from agentkit.scoring import GroundingSample, NoTarget, Outcome, Polygon
from agentkit.scoring.records import Record, answer_of, read_result_file, records_of
from agentkit.scoring.rescore import Rescored, rescore

SIZE = (1920, 1080)

GOLDEN = {
    "img_path": "osworld/0FOB4CLBT2.png", "group": None, "platform": None, "application": None, "lang": "en",
    "instruction_style": "instruction", "prompt_to_evaluate": "Open the filter function for search settings.",
    "gt_type": "positive", "ui_type": None, "task_filename": "osworld_g",
    "pred": [1435.5102040816325, 339.5089285714286], "raw_response": ["[1748,415,1769,430]"],
    "bbox": [1422, 326, 1449, 354], "correctness": "correct",
}  # fmt: skip
"""The record that UI-Venus-1.0 publishes of its 72B model: a box in a picture resized to 2352x1344."""


def row(pred: list[float] | None, text: str, verdict: str, key: str = "a", **more: Any) -> dict[str, Any]:
    base = {
        "id": key, "img_path": f"x/{key}.png", "prompt_to_evaluate": "save", "gt_type": "positive",
        "platform": "windows", "ui_type": "icon", "pred": pred, "raw_response": text, "bbox": [0, 0, 100, 50],
        "correctness": verdict,
    }  # fmt: skip
    return base | more


def records(*rows: dict[str, Any]) -> list[Record]:
    return list(records_of(list(rows), Path("results.json")))


def scored(*rows: dict[str, Any], suite: list[GroundingSample] | None = None, **more: Any) -> Rescored:
    return rescore(records(*rows), suite, **more)


def sample(key: str = "a", target: Any = None, instruction: str = "save", image: str = "") -> GroundingSample:
    box = Box(0, 0, 100 / SIZE[0], 50 / SIZE[1])
    return GroundingSample(key, image or f"images/{key}.png", instruction, target or box, {}, SIZE)


def test_the_golden_72b_round_trip() -> None:
    """Model box -> its centre in the resized picture -> screen pixels -> inside of the target, twice: as the file has
    the point, and from the model's words."""
    (record,) = records(GOLDEN)
    target = Box(1422 / 1920, 326 / 1080, 1449 / 1920, 354 / 1080)
    asked = sample("g", target, GOLDEN["prompt_to_evaluate"], "images/0FOB4CLBT2.png")
    taken = rescore([record], [asked])
    protocol = get_protocol("venus1_ground_72b")
    assert protocol.budget.resize(SIZE) == (2352, 1344)
    read = rescore([record], [asked], lambda text, size: protocol.parse(text, protocol.budget.resize(size)).action)
    for found in (taken, read):
        (prediction,) = found.predictions
        assert isinstance(prediction.answer, Click)
        at = prediction.answer.at
        assert (at.x * 1920, at.y * 1080) == (pytest.approx(1435.5102, abs=1e-4), pytest.approx(339.5089, abs=1e-4))
        assert found.card.by_id == {"g": Outcome.HIT}
        assert (found.verdicts.checked, found.verdicts.total, found.targets.total) == (1, 0, 0)


@pytest.mark.parametrize(
    ("pred", "text", "expected"),
    [
        ([960, 540], "[500,500]", Click(Point(0.5, 0.5))),
        ([1920, 1080], "[1000,1000]", Click(Point(1.0, 1.0))),
        (None, "I cannot see it", Malformed),
        (None, "[-1,-1]", Refusal()),
        ([-1920, -1080], "[-1,-1]", Refusal()),
        ([-0.8, -0.8], "[-1,-1,-1,-1]", Refusal()),
        ([-1920, -1080], "no target", Malformed),
        ([-1920, -1080], "", Refusal()),
        ([500, 500], "not [-1,-1] but [260,463]", Click(Point(500 / 1920, 500 / 1080))),
        ([0, 0], "I cannot see it", Malformed),
        ([0, 0], "[100, 20", Malformed),
        ([0, 0], "[0,0]", Click(Point(0.0, 0.0))),
        ([0.0, 0.0], "click(start_box='(0, 0)')", Click(Point(0.0, 0.0))),
        ([0, 0], "[10, 0]", Malformed),
        ([1921, 500], "[1001,463]", Malformed),
        ([-3, 500], "[-2,463]", Malformed),
    ],
)
def test_what_a_record_answers(pred: list[float] | None, text: str, expected: Any) -> None:
    (record,) = records(row(pred, text, "wrong"))
    found = answer_of(record, SIZE)
    assert found == expected if not isinstance(expected, type) else isinstance(found, expected)


def test_an_unreadable_reply_is_no_click_at_the_origin() -> None:
    """UI-Venus-1.0 turns it into (0, 0); the target touches the origin, so its evaluator counts it right."""
    found = scored(row([0.0, 0.0], "Sorry, no.", "correct"))
    assert found.card.by_id == {"a": Outcome.MALFORMED}
    assert found.verdicts.lines() == [
        "1: file says correct, ours is malformed: an unreadable reply was written down as a click at the origin, e.g. a"
    ]


def test_an_unreadable_reply_is_no_refusal() -> None:
    """GUI-Owl's evaluator counts it as one."""
    found = scored(row(None, "Sorry, no.", "correct", gt_type="negative"))
    assert found.card.by_id == {"a": Outcome.MALFORMED}
    assert (found.card.refusal_recall.hits, found.card.refusal_recall.total) == (0, 1)
    assert "a reply without a refusal was counted as one" in found.verdicts.lines()[0]


def test_a_right_refusal_filed_as_wrong_format_is_right() -> None:
    """UI-Venus-1.5's multi-GPU scorer does that to all of them."""
    found = scored(row([-1920, -1080], "[-1,-1]", "wrong_format", gt_type="negative"))
    assert found.card.by_id == {"a": Outcome.RIGHT_REFUSAL}
    assert "multi-GPU scorer" in found.verdicts.lines()[0]


TRIANGLE = [100, 100, 200, 100, 200, 300]


def test_a_polygon_is_never_read_as_a_box() -> None:
    """(150, 200) is on its long side and (120, 250) only in its bounding box; its first four numbers are a flat box."""
    places = {"in": [190, 120], "edge": [150, 200], "out": [120, 250]}
    found = scored(*(row(place, "x", "wrong", key, bbox=TRIANGLE) for key, place in places.items()))
    assert found.card.by_id == {"in": Outcome.HIT, "edge": Outcome.HIT, "out": Outcome.MISS}
    assert isinstance(found.samples[0].target, Polygon)
    assert "a polygon was read as a box, by its first four numbers, e.g. in, edge" in found.verdicts.lines()[0]


def test_the_suite_decides_the_target() -> None:
    """A refusal that the file asked as a box, a polygon that it took for a box, and width and height for a corner."""
    corners = (Point(0.1, 0.1), Point(0.2, 0.1), Point(0.2, 0.3))
    suite = [sample("none", NoTarget()), sample("shape", Polygon(corners)), sample("box", Box(0.1, 0.1, 0.15, 0.15))]
    suite += [sample("fine"), sample("unasked")]
    found = scored(
        row([10, 10], "x", "correct", "none", bbox=[0, 0, 0, 0]),
        row([370, 200], "x", "wrong", "shape", bbox=[192, 108, 576, 216]),
        row([200, 120], "x", "correct", "box", bbox=[192, 108, 96, 54]),
        row([10, 10], "x", "correct", "fine"),
        row([10, 10], "x", "correct", "stranger"),
        suite=suite,
    )
    assert found.card.by_id == {
        "none": Outcome.POINTED, "shape": Outcome.HIT, "box": Outcome.HIT, "fine": Outcome.HIT,
        "unasked": Outcome.MISSING,
    }  # fmt: skip
    assert (found.card.accuracy.total, found.card.with_target.total) == (5, 4)
    assert dict(found.targets.by_cause) == {
        "the suite has no target here (a refusal), the file has one": ["none"],
        "the file holds a polygon as another shape": ["shape"],
        "the file holds x, y, width, height where the suite has two corners": ["box"],
        "not in the suite, left out": ["stranger"],
    }
    assert sorted(key for keys in found.verdicts.by_cause.values() for key in keys) == ["none", "shape"]


def test_records_without_ids_are_matched_by_picture_words_and_target() -> None:
    """Two questions alike but for their targets, answered in the other order; UI-Venus's records have no id."""
    suite = [sample("1", Box(0.1, 0.1, 0.2, 0.2)), sample("2", Box(0.5, 0.5, 0.6, 0.6))]
    suite = [replace(one, image="d/a.png") for one in suite]
    answers = [
        row([1000, 600], "x", "correct", bbox=[960, 540, 1152, 648]),
        row([200, 120], "x", "correct", bbox=[192, 108, 384, 216]),
    ]
    for answer in answers:
        del answer["id"]
    found = scored(*answers, suite=suite)
    assert found.card.by_id == {"1": Outcome.HIT, "2": Outcome.HIT}
    assert found.targets.total == 0


def test_another_instruction_set_is_told() -> None:
    found = scored(row([10, 10], "x", "correct", prompt_to_evaluate="click the funnel"), suite=[sample()])
    assert "another instruction" in found.targets.lines()[0]


def test_records_that_cannot_be_scored() -> None:
    with pytest.raises(DataError, match="none of the 1 records names a sample"):
        scored(row([1, 1], "x", "wrong", "b"), suite=[sample("a")])
    with pytest.raises(DataError, match="record 1 is a second answer to 'a'"):
        scored(row([1, 1], "x", "wrong"), row([1, 1], "y", "wrong"), suite=[sample()])
    with pytest.raises(DataError, match=r"record 0 has no `bbox`.*--data"):
        scored(row([1, 1], "x", "wrong", bbox=None))
    with pytest.raises(DataError, match=r"second corner left of or above the first.*--data"):
        scored(row([1, 1], "x", "wrong", bbox=[100, 100, 50, 50]))
    with pytest.raises(DataError, match="needs the screenshot's size"):
        scored(row([1, 1], "x", "wrong"), parse=lambda text, size: Refusal())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"pred": [1]}, r"record 0: `pred` must be \[x, y\]"),
        ({"pred": "12"}, "`pred` must be a list of numbers"),
        ({"pred": [1, float("nan")]}, "not all are finite"),
        ({"pred": [1, True]}, "not all are finite"),
        ({"bbox": 7}, "`bbox` must be a list of numbers"),
        ({"bbox": [1, 2, 3]}, "x1, y1, x2, y2 or a polygon's"),
        ({"gt_type": "maybe"}, "`gt_type` must be"),
        ({"correctness": "right"}, "`correctness` must be one of correct, wrong"),
        ({"correctness": ["correct"]}, "`correctness`"),
        ({"raw_response": {"a": 1}}, "`raw_response` must be text"),
        ({"img_path": None}, "`img_path or img_filename or image_path` must be a string"),
        ({"img_size": [0, 5]}, r"`img_size` must be \[width, height\]"),
    ],
)
def test_bad_records_are_named(change: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        scored(row([1, 1], "x", "wrong") | change)


@pytest.mark.parametrize("layout", ["list", "details", "results", "lines"])
def test_every_layout_is_read(layout: str, tmp_path: Path) -> None:
    """UI-Vision wraps its report once more; MAI-UI's server script writes lines."""
    rows = [row([1, 1], "x", "correct"), row([2, 2], "x", "wrong", "b")]
    path = tmp_path / "results.json"
    text = {
        "list": json.dumps(rows), "details": json.dumps({"details": rows, "metrics": {}}),
        "results": json.dumps({"model_type": "m", "results": {"details": rows}}),
        "lines": "".join(json.dumps(r) + "\n" for r in rows),
    }[layout]  # fmt: skip
    path.write_text(text)
    assert read_result_file(path) == rows


@pytest.mark.parametrize("text", ["", "[]", "[1]", "{\"details\": 3}", "no json", "[" * 100_000])
def test_files_that_are_none(text: str, tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_text(text)
    with pytest.raises(DataError, match=r"results\.json"):
        read_result_file(path)


@pytest.fixture
def osworld(tmp_path: Path) -> Path:
    """Three samples as OSWorld-G publishes them."""
    root = tmp_path / "OSWorld-G"
    (root / "images").mkdir(parents=True)
    Image.new("RGB", SIZE).save(root / "images" / "0FOB4CLBT2.png")
    base = {"image_path": "0FOB4CLBT2.png", "image_size": list(SIZE)}
    asked = GOLDEN["prompt_to_evaluate"]
    box = {"box_type": "bbox", "box_coordinates": [1422.9, 326.4, 26.7, 28.4], "instruction": asked}
    none = {"box_type": "refusal", "box_coordinates": [-1, -1, -1, -1], "instruction": "close the calendar"}
    rows = [base | box | {"id": "0-0"}, base | none | {"id": "0-1"}, base | none | {"id": "0-2", "instruction": "undo"}]
    (root / "OSWorld-G.json").write_text(json.dumps(rows))
    return root


def test_the_command_with_data(osworld: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    refusal = row(None, "[-1,-1,-1,-1]", "wrong_format", bbox=[0, 0, 0, 0], id=None)
    refusal |= {"img_path": GOLDEN["img_path"], "prompt_to_evaluate": "close the calendar"}
    path = tmp_path / "result.json"
    path.write_text(json.dumps({"details": [GOLDEN, refusal]}))
    command = ["score", "osworld-g", "--predictions", str(path), "--data", str(osworld), "--out", str(tmp_path / "out")]
    assert main([*command, "--json", str(tmp_path / "card.json")]) == 0
    said = capsys.readouterr().out
    assert "accuracy (micro)    66.7 % (2/3" in said and "with a target     100.0 % (1/1" in said
    assert "1 without a prediction (counted wrong)" in said and "instructions: original" in said
    assert "the file's own verdict differs from ours: 1 of 2" in said
    results = json.loads((tmp_path / "card.json").read_text())
    assert results == json.loads((tmp_path / "out" / "results.json").read_text())
    assert results["verdicts"]["total"] == 1 and results["box_format"] == "xywh"
    assert results["card"]["with_target"]["total"] == 1
    page = (tmp_path / "out" / "report.html").read_text()
    assert "The file&#x27;s own verdict" in page or "The file's own verdict" in page
    assert main(command) == 2
    assert "choose a new folder" in capsys.readouterr().err


def test_the_command_without_data(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    path = tmp_path / "result.jsonl"
    path.write_text(json.dumps(GOLDEN) + "\n")
    assert main(["score", "osworld-g", "--predictions", str(path)]) == 0
    said = capsys.readouterr().out
    assert "accuracy (micro)    100.0 % (1/1" in said
    assert "refusals: 54 published, 0 here" in said and "no distances" in said
    assert "median unknown of the screen" in said


def test_glint_s_own_rows_need_the_data(osworld: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    path = tmp_path / "predictions.jsonl"
    rows = [{"id": "0-0", "text": "[1748,415,1769,430]"}, {"id": "0-1", "action": {"type": "Refusal"}}]
    path.write_text("".join(json.dumps(r) + "\n" for r in rows))
    command = ["score", "osworld-g", "--predictions", str(path)]
    assert main(command) == 2
    assert "must come from --data" in capsys.readouterr().err
    command += ["--data", str(osworld)]
    assert main(command) == 2
    assert "say with --protocol" in capsys.readouterr().err
    assert main([*command, "--protocol", "venus1_ground_72b"]) == 0
    assert "66.7 % (2/3" in capsys.readouterr().out
    path.write_text(json.dumps(rows[0]) + "\n" + json.dumps(GOLDEN) + "\n")
    assert main(command) == 2
    assert "mixed" in capsys.readouterr().err


def test_help_is_instant_and_teaches() -> None:
    code = (
        "import sys\nfrom agentkit.cli import main\n"
        "try: main(['score', '--help'])\nexcept SystemExit: pass\n"
        "assert not {'torch', 'transformers', 'numpy', 'PIL'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60)
    assert "agentkit score osworld-g --predictions" in done.stdout and "classification_result.json" in done.stdout


def test_no_model_library_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text(json.dumps([GOLDEN]))
    code = (
        "import sys\nfrom agentkit.cli import main\n"
        "assert main(['score', 'osworld-g', '--predictions', sys.argv[1], '--out', sys.argv[2]]) == 0\n"
        "assert not {'torch', 'transformers'} & set(sys.modules)"
    )
    command = [sys.executable, "-c", code, str(path), str(tmp_path / "out")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
