"""`agentkit eval screenspot*` end to end: a real model, resuming, rescoring, and a policy that fails."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from agentkit.actions import Box, Click, Point
from agentkit.cli import main
from agentkit.cli.eval_grounding import ask
from agentkit.errors import PolicyError
from agentkit.scoring import GroundingSample
from agentkit.types import Observation, Reply, Step

COUNT = 6


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Six questions about two pictures; the middle of the screen is right for the even ones."""
    root = tmp_path / "suite"
    (root / "screenspotv2_image").mkdir(parents=True)
    for name in ("a.png", "b.png"):
        Image.new("RGB", (112, 140), (200, 210, 220)).save(root / "screenspotv2_image" / name)
    rows = [
        {
            "img_filename": "ab"[i % 2] + ".png", "bbox": [46, 60, 20, 20] if i % 2 == 0 else [90, 120, 10, 10],
            "instruction": f"element {i}", "data_type": ("text", "icon")[i % 2], "data_source": "android",
        }
        for i in range(COUNT)
    ]  # fmt: skip
    (root / "screenspot_mobile_v2.json").write_text(json.dumps(rows))
    return root


def evaluate(data: Path, out: Path, *options: str) -> int:
    return main(["eval", "screenspot-v2", "--data", str(data), "--out", str(out), *options])


def results(out: Path) -> dict[str, Any]:
    return json.loads((out / "results.json").read_text())


def test_a_baseline_run_leaves_everything(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    out = tmp_path / "run"
    assert evaluate(data, out, "--policy", "centre") == 0
    found = results(out)
    assert found["card"]["accuracy"] == {"hits": 3, "total": 6, "value": 0.5, "low": pytest.approx(0.1876, abs=1e-4),
                                         "high": pytest.approx(0.8124, abs=1e-4)}  # fmt: skip
    assert (found["box_format"], found["samples"], found["limit"]) == ("xywh", 6, 0)
    assert found["card"]["groups"]["ui_type"]["text"]["value"] == 1.0
    assert "budget" in found["protocol_options"] and found["versions"]["glint"]
    assert "boxes are xywh: proved by" in "".join(found["notes"])
    assert "<svg" in (out / "report.html").read_text()
    assert "accuracy (micro)    50.0 % (3/6" in capsys.readouterr().out


def test_a_run_goes_on_where_it_was_stopped(data: Path, tmp_path: Path) -> None:
    """The kept answers are altered first: only a run that does not ask again can still hold the alteration."""
    out = tmp_path / "run"
    evaluate(data, out, "--policy", "centre")
    path = out / "predictions.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    assert len(lines) == COUNT
    kept = json.loads(lines[1])
    kept["action"]["at"] = [0.85, 0.9]
    path.write_text(lines[0] + json.dumps(kept) + "\n" + lines[2][:20])
    assert evaluate(data, out, "--policy", "centre") == 0
    again = [json.loads(line) for line in path.read_text().splitlines()]
    assert len(again) == COUNT and again[1]["action"]["at"] == [0.85, 0.9]
    assert results(out)["card"]["accuracy"]["hits"] == 4


def test_other_settings_do_not_mix(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    out = tmp_path / "run"
    evaluate(data, out, "--policy", "centre")
    assert evaluate(data, out, "--policy", "centre", "--limit", "3") == 2
    assert "other settings (limit: was 0, is 3; samples: was 6, is 3)" in capsys.readouterr().err
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "keep.txt").write_text("x")
    assert evaluate(data, tmp_path / "mine", "--policy", "centre") == 2


def test_rescoring_other_peoples_answers(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    """Raw texts go through the protocol: a point in 0..1000, a refusal, prose; one sample has no answer."""
    said = tmp_path / "said.jsonl"
    rows = [
        {"id": "screenspot_mobile_v2:0", "text": "[500,500]"},
        {"id": "screenspot_mobile_v2:1", "text": "[-1,-1]"},
        {"id": "screenspot_mobile_v2:2", "text": "I cannot see it"},
        {"id": "screenspot_mobile_v2:3", "point": [0.85, 0.9]},
        {"id": "screenspot_mobile_v2:4", "text": "[0,0]"},
    ]
    said.write_text("".join(json.dumps(row) + "\n" for row in rows))
    out = tmp_path / "run"
    assert evaluate(data, out, "--predictions", str(said)) == 0
    card = results(out)["card"]
    assert card["outcomes"] == {"hit": 2, "miss": 1, "refused": 1, "malformed": 1, "missing": 1}
    assert card["accuracy"]["total"] == 6
    said.write_text(json.dumps({"id": "nobody", "text": "[1,1]"}) + "\n")
    assert evaluate(data, tmp_path / "other", "--predictions", str(said)) == 2
    assert "names no sample of this suite" in capsys.readouterr().err


def test_boxes_in_model_pixels_come_back(data: Path, tmp_path: Path) -> None:
    """UI-Venus-1.0 speaks pixels of the resized picture; 112x140 is seen at its budget's own size."""
    from agentkit.protocols import get_protocol

    protocol = get_protocol("venus1_ground")
    size = protocol.budget.resize((112, 140))
    width, height = tuple(size)
    said = tmp_path / "said.jsonl"
    box = [round(0.42 * width), round(0.44 * height), round(0.57 * width), round(0.56 * height)]
    said.write_text(json.dumps({"id": "screenspot_mobile_v2:0", "text": str(box)}) + "\n")
    out = tmp_path / "run"
    assert evaluate(data, out, "--predictions", str(said), "--protocol", "venus1_ground") == 0
    assert results(out)["card"]["outcomes"]["hit"] == 1


def test_looking_twice_is_counted(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    """The middle of a crop around the middle is the middle again: the score stays, the passes double."""
    out = tmp_path / "run"
    assert evaluate(data, out, "--policy", "centre", "--zoom", "0.5") == 0
    found = results(out)
    assert (found["zoom"], found["card"]["accuracy"]["hits"]) == (0.5, 3)
    assert found["card"]["cost"]["tokens"] == {"passes": 2.0, "passes_unused": 0.0}
    assert evaluate(data, out, "--policy", "centre") == 2
    assert "zoom: was 0.5, is None" in capsys.readouterr().err
    assert evaluate(data, tmp_path / "other", "--policy", "centre", "--zoom", "1.5") == 2


class Flaky:
    """Fails on whole batches, and on its own for the elements named."""

    def __init__(self, bad: Sequence[str]) -> None:
        self.bad = bad
        self.calls: list[int] = []

    def reply(self, goal: str, steps: Sequence[Step], observation: Observation) -> Reply:
        if goal in self.bad:
            raise PolicyError("the endpoint said 500")
        return Reply("[1,1]", Click(Point(0.5, 0.5)), seconds=0.25, usage={"prompt": 9})

    def replies(self, requests: Sequence[tuple[str, Sequence[Step], Observation]]) -> list[Reply]:
        self.calls.append(len(requests))
        return [self.reply(*request) for request in requests]


def samples(tmp_path: Path, count: int) -> list[GroundingSample]:
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    return [GroundingSample(str(i), str(tmp_path / "a.png"), f"e{i}", Box(0, 0, 1, 1)) for i in range(count)]


def test_one_bad_sample_does_not_spoil_its_batch(tmp_path: Path) -> None:
    policy, failures = Flaky(["e2"]), []
    answered = [p for batch in ask(policy, samples(tmp_path, 7), 3, failures) for p in batch]
    assert policy.calls == [3, 3]  # the last batch holds one
    assert [p.id for p in answered] == ["0", "1", "3", "4", "5", "6"]
    assert answered[0].seconds == 0.25 and answered[0].usage == {"prompt": 9}
    assert failures == ["2: the endpoint said 500"]


def test_a_dead_endpoint_stops_the_run(tmp_path: Path) -> None:
    policy, failures = Flaky([f"e{i}" for i in range(2, 20)]), []
    answered = []
    with pytest.raises(PolicyError, match="5 samples in a row failed"):
        for batch in ask(policy, samples(tmp_path, 20), 1, failures):
            answered += batch
    assert [p.id for p in answered] == ["0", "1"]


def test_a_real_model_is_scored(data: Path, tmp_path: Path, tiny_qwen: Path) -> None:
    out = tmp_path / "run"
    options = ("--policy", f"qwen:{tiny_qwen}", "--batch", "2", "--limit", "4", "--seed", "3")
    assert evaluate(data, out, *options) == 0
    found = results(out)
    assert found["card"]["accuracy"]["total"] == 4
    assert found["card"]["cost"]["measured"] == 4
    assert found["card"]["cost"]["tokens"]["prompt"] > 10
    assert "torch" in found["versions"] and "budget" in found["asked"]
    assert "subset of 4 of 6" in found["notes"][-1]


def test_help_is_instant() -> None:
    code = (
        "import sys\nfrom agentkit.cli import main\n"
        "try: main(['eval', sys.argv[1], '--help'])\nexcept SystemExit: pass\n"
        "assert not {'torch', 'transformers', 'numpy', 'PIL'} & set(sys.modules)"
    )
    for suite in ("screenspot-v2", "phone"):
        subprocess.run([sys.executable, "-c", code, suite], check=True, capture_output=True, timeout=60)


def test_comparing_two_runs(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    evaluate(data, tmp_path / "a", "--policy", "centre")
    said = tmp_path / "said.jsonl"
    rows = [
        {"id": f"screenspot_mobile_v2:{i}", "point": [0.5, 0.5] if i % 2 == 0 else [0.85, 0.9]} for i in range(COUNT)
    ]
    said.write_text("".join(json.dumps(row) + "\n" for row in rows))
    evaluate(data, tmp_path / "b", "--predictions", str(said))
    capsys.readouterr()
    page = tmp_path / "compare.html"
    command = ["eval", "compare", f"centre={tmp_path / 'a'}", f"both={tmp_path / 'b'}", "--out", str(page)]
    assert main(command) == 0
    assert "centre -> both: +50.0 points" in capsys.readouterr().out
    assert "gained / lost items" in page.read_text()
    assert main(["eval", "compare", str(tmp_path / "a"), "--out", str(page)]) == 2
    assert main(["eval", "compare", str(tmp_path / "a"), str(tmp_path), "--out", str(page)]) == 2
    assert "is not a finished run" in capsys.readouterr().err
