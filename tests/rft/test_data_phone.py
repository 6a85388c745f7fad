"""`rft data phone`: both layouts are read back by their own readers, and the same seed writes the same bytes."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from agentkit.actions import Box
from envs.grounding.suite import load_suite
from rft.cli import main
from rft.data.rows import GroundingRow, read_rows


def make(out: Path, *options: str) -> Path:
    assert main(["data", "phone", "--out", str(out), *options]) == 0
    return out


def digest(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_rows_are_training_rows(tmp_path: Path) -> None:
    out = make(tmp_path / "d", "--n", "41", "--seed", "3")
    rows = read_rows(out / "rows.jsonl").rows
    assert len(rows) == 41
    assert len({row.id for row in rows}) == 41
    assert len(list((out / "images").iterdir())) == len({row.image for row in rows}) >= 41 / 4
    for row in rows:
        assert isinstance(row, GroundingRow) and row.box is not None
        assert row.size == (360, 720)
        assert row.box.x2 - row.box.x1 > 0.01 and row.box.y2 - row.box.y1 > 0.01


def test_suite_layout_is_read_and_proved(tmp_path: Path) -> None:
    out = make(tmp_path / "d", "--n", "30", "--seed", "3", "--format", "screenspot-v2", "--split", "heldout")
    suite = load_suite("screenspot-v2", out)
    assert (len(suite.samples), suite.box_format) == (30, "xywh")
    assert {sample.groups["ui_type"] for sample in suite.samples} == {"text", "icon"}
    assert {(s.groups["platform"], s.groups["source"]) for s in suite.samples} == {("mobile", "android")}


def test_both_layouts_hold_the_same_questions(tmp_path: Path) -> None:
    options = ("--n", "25", "--seed", "8", "--screen", "small", "tablet_small", "--dark", "dark", "--per-screen", "2")
    rows = read_rows(make(tmp_path / "rows", *options) / "rows.jsonl").rows
    suite = load_suite("screenspot-v2", make(tmp_path / "suite", *options, "--format", "screenspot-v2"))
    for row, sample in zip(rows, suite.samples, strict=True):
        assert isinstance(row, GroundingRow) and isinstance(sample.target, Box)
        assert row.instruction == sample.instruction
        for side in ("x1", "y1", "x2", "y2"):
            assert getattr(row.box, side) == pytest.approx(getattr(sample.target, side), abs=1e-9)


def test_seeds_and_splits(tmp_path: Path) -> None:
    first = digest(make(tmp_path / "a", "--n", "20", "--seed", "5"))
    assert first == digest(make(tmp_path / "b", "--n", "20", "--seed", "5"))
    assert first != digest(make(tmp_path / "c", "--n", "20", "--seed", "6"))
    train = (tmp_path / "a" / "rows.jsonl").read_text().replace("train", "")
    held_out = (make(tmp_path / "d", "--n", "20", "--seed", "5", "--split", "held_out") / "rows.jsonl").read_text()
    assert train != held_out.replace("held_out", "")


def test_another_process_writes_the_same(tmp_path: Path) -> None:
    """Hash randomisation and import order must not matter."""
    here = digest(make(tmp_path / "a", "--n", "15", "--seed", "2"))
    arguments = ["data", "phone", "--out", str(tmp_path / "b"), "--n", "15", "--seed", "2"]
    code = f"from rft.cli import main; main({arguments!r})"
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONHASHSEED": "77", "PATH": ""}, timeout=60)
    assert here == digest(tmp_path / "b")


@pytest.mark.parametrize("dark", ["light", "dark"])
def test_themes(dark: str, tmp_path: Path) -> None:
    out = make(tmp_path / "d", "--n", "40", "--dark", dark)
    greys = sorted(Image.open(path).convert("L").resize((1, 1)).getpixel((0, 0)) for path in (out / "images").iterdir())
    middle = greys[len(greys) // 2]
    assert middle > 150 if dark == "light" else middle < 100


@pytest.mark.parametrize(
    ("options", "message"),
    [(["--n", "0"], "--n and --per-screen"), (["--n", "5", "--screen", "watch"], "unknown screen 'watch'")],
)
def test_bad_options_are_one_line(
    options: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    assert main(["data", "phone", "--out", str(tmp_path / "d"), *options]) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1
    assert not (tmp_path / "d").exists()


def test_a_full_folder_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    (tmp_path / "keep.txt").write_text("mine")
    assert main(["data", "phone", "--out", str(tmp_path), "--n", "5"]) == 2
    assert "new or empty folder" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["keep.txt"]


def test_help_loads_no_torch() -> None:
    code = (
        "import sys\nfrom rft.cli import main\n"
        "try: main(['data', 'phone', '--help'])\nexcept SystemExit: pass\n"
        "assert not {'torch', 'transformers', 'envs.phone.device', 'numpy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=60)


def test_suite_rows_have_the_published_fields(tmp_path: Path) -> None:
    out = make(tmp_path / "d", "--n", "6", "--format", "screenspot-v2")
    rows = json.loads((out / "screenspot_mobile_v2.json").read_text())
    assert all(set(r) == {"img_filename", "bbox", "instruction", "data_type", "data_source"} for r in rows)
    assert all(isinstance(v, int) for r in rows for v in r["bbox"])


def test_noise_is_labelled_and_nothing_else_changes(tmp_path: Path) -> None:
    options = ("--n", "200", "--seed", "4", "--per-screen", "8")
    clean = [json.loads(s) for s in (make(tmp_path / "a", *options) / "rows.jsonl").read_text().splitlines()]
    out = make(tmp_path / "b", *options, "--noise", "0.3")
    rows = {row["id"]: row for row in map(json.loads, (out / "rows.jsonl").read_text().splitlines())}
    labels = {e["id"]: e for e in map(json.loads, (out / "noise.jsonl").read_text().splitlines())}
    assert 0.2 < len(labels) / 200 < 0.4
    assert {label["noise"] for label in labels.values()} == {"shifted", "ambiguous", "vague", "nested", "duplicate"}
    for row in clean:
        assert (rows[row["id"]] == row) == (row["id"] not in labels)
    assert len(rows) == 200 + sum(label["noise"] == "duplicate" for label in labels.values())
    assert len(read_rows(out / "rows.jsonl").rows) == len(rows)
    for key, label in labels.items():
        row = rows[key]
        if label["noise"] == "ambiguous":
            assert rows[label["partner"]]["instruction"] == row["instruction"]
            assert rows[label["partner"]]["image"] == row["image"] and label["partner"] not in labels
        if label["noise"] == "duplicate":
            twin = rows[label["partner"]]
            assert (twin["instruction"], twin["box"]) == (row["instruction"], row["box"])
            with Image.open(out / twin["image"]) as first, Image.open(out / row["image"]) as second:
                assert first.tobytes() == second.tobytes()
            assert (out / twin["image"]).read_bytes() != (out / row["image"]).read_bytes()
    assert digest(out) == digest(make(tmp_path / "c", *options, "--noise", "0.3"))


def test_cleaning_finds_the_noise(tmp_path: Path) -> None:
    """The measured figures are in docs/results/data_cleaning.json; this holds them roughly."""
    from rft.data.clean.config import CleanConfig
    from rft.data.clean.pipeline import clean

    out = make(tmp_path / "a", "--n", "400", "--seed", "6", "--per-screen", "8", "--noise", "0.3")
    clean(out / "rows.jsonl", tmp_path / "clean", CleanConfig())
    labels = {e["id"]: e for e in map(json.loads, (out / "noise.jsonl").read_text().splitlines())}
    partners = {label["partner"] for label in labels.values()}
    dropped = {e["row"]["id"] for e in map(json.loads, (tmp_path / "clean" / "dropped.jsonl").read_text().splitlines())}
    assert len(dropped & set(labels)) > 0.85 * len(labels)
    assert len(dropped - set(labels) - partners) < 0.06 * 400


@pytest.mark.parametrize("options", [["--noise", "1"], ["--noise", "-0.1"]])
def test_bad_noise_is_named(options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert main(["data", "phone", "--out", str(tmp_path / "d"), "--n", "5", *options]) == 2
    assert "--noise must be a share in [0, 1)" in capsys.readouterr().err
    more = ["--format", "screenspot-v2", "--noise", "0.1"]
    assert main(["data", "phone", "--out", str(tmp_path / "d"), "--n", "5", *more]) == 2
    assert "needs --format rows" in capsys.readouterr().err
