"""`agentkit eval compare` on the folders of finished runs: who may be compared, what is said, what is shown."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from agentkit.actions import Box, Click, Finished, Malformed, Point
from agentkit.cli import main
from agentkit.report.runs import EPISODES, PAGE
from agentkit.scoring import (
    GroundingSample,
    Prediction,
    card_json,
    paired_difference,
    prediction_row,
    sample_row,
    score_episodes,
    score_grounding,
)
from agentkit.tasks import FreeGoal
from agentkit.trace import save_trace
from agentkit.types import Ending, Observation, Reply, Step, Trajectory

EVIL = "</section><script>alert(1)</script> \" '"


def grounding_run(folder: Path, right: set[int], count: int = 20, first: int = 0, **facts: Any) -> Path:
    """Samples `first`..; those in `right` are hit, one is malformed, the others missed."""
    folder.mkdir(parents=True)
    image = folder.parent / "screen.png"
    if not image.exists():
        Image.new("RGB", (90, 160), (200, 210, 220)).save(image)
    samples, answers = [], []
    for number in range(first, first + count):
        key = f"s{number}"
        groups = {"platform": "web" if number % 2 else "mobile", "ui_type": "icon"}
        samples.append(GroundingSample(key, str(image), f"element {number}", Box(0.1, 0.1, 0.4, 0.4), groups))
        point = Click(Point(0.2, 0.2) if number in right else Point(0.9, 0.9))
        answers.append(Prediction(key, point if number else Malformed("no box"), f"said {number} {EVIL}", 0.5))
    card = score_grounding(samples, answers)
    results = {"suite": "screenspot-v2", "protocol": "p", "samples": count, "card": card_json(card), **facts}
    (folder / "results.json").write_text(json.dumps(results))
    (folder / "samples.jsonl").write_text("".join(json.dumps(sample_row(s)) + "\n" for s in samples))
    (folder / "predictions.jsonl").write_text("".join(json.dumps(prediction_row(a)) + "\n" for a in answers))
    return folder


def compare(tmp_path: Path, *specs: str) -> tuple[int, str]:
    out = tmp_path / "compare.html"
    code = main(["eval", "compare", *specs, "--out", str(out)])
    return code, out.read_text() if out.exists() else ""


def test_the_difference_and_what_flipped(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    old, new = set(range(1, 11)), set(range(4, 18))
    grounding_run(tmp_path / "a", old)
    grounding_run(tmp_path / "b", new)
    code, page = compare(tmp_path, f"before={tmp_path}/a", f"after={tmp_path}/b")
    expected = paired_difference(*({f"s{i}": i in right for i in range(20)} for right in (old, new)))
    assert code == 0 and (expected.gained, expected.lost) == (7, 3)
    assert f"before -> after: {expected}" in capsys.readouterr().out
    assert "3 items turned wrong, 7 turned right" in page
    figures = re.findall(r'<figure class="(\w+)" tabindex="0" data-kind="([^"]+)">(.*?)</figure>', page, re.S)
    kinds = [(look, kind) for look, kind, _ in figures]
    assert kinds == [("bad", "right → wrong")] * 3 + [("good", "wrong → right")] * 7
    for look, _, body in figures:
        assert body.count("<pre") == 2, "what either run said"
        first, second = re.findall(r'<circle class="dot (\w+)" cx="([\d.]+)"', body)
        assert (first[0], second[0]) == (("good", "bad") if look == "bad" else ("bad", "good"))
        assert (float(first[1]) < float(second[1])) is (look == "bad"), "the right answer is the left one"
    assert "<script>alert" not in page


def test_runs_that_were_asked_something_else_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    grounding_run(tmp_path / "a", {1, 2, 3}, count=20)
    grounding_run(tmp_path / "b", {3, 4, 5}, count=15, first=2)
    code, page = compare(tmp_path, f"{tmp_path}/a", f"{tmp_path}/b")
    assert code == 2 and not page
    assert "15 samples are in all of them, 5 more in a; --shared compares" in capsys.readouterr().err
    code, page = compare(tmp_path, f"{tmp_path}/a", f"{tmp_path}/b", "--shared")
    assert code == 0
    assert "a -> b: +6.7 points" in capsys.readouterr().out  # of s2..s16, 2 and 3 were right, then 3, 4 and 5
    assert "Paired over 15 items that every run scored, of 15 that every run was asked. 5 that only some were" in page
    assert ">2 of 15<" in page and ">3 of 15<" in page, "both are scored again"


def test_disjoint_runs_share_nothing(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    grounding_run(tmp_path / "a", set(), count=3)
    grounding_run(tmp_path / "b", set(), count=3, first=9)
    assert compare(tmp_path, f"{tmp_path}/a", f"{tmp_path}/b", "--shared")[0] == 2
    assert "share no sample" in capsys.readouterr().err


def test_equal_names_are_seeds_of_one_run(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    specs = []
    for name, right in (("old", {1, 2}), ("old", {2, 3}), ("new", {1, 2, 3, 4}), ("new", {1, 2, 3, 5})):
        folder = grounding_run(tmp_path / f"{name}{len(specs)}", right)
        specs.append(f"{name}={folder}")
    code, page = compare(tmp_path, *specs)
    assert code == 0 and "old -> new: +10.0 points" in capsys.readouterr().out
    assert "2 seeds of 20" in page and "new, seed 2 of 2" in page
    assert "20.0 (20.0 to 20.0)" in page
    assert compare(tmp_path, f"{tmp_path}/old0", f"{tmp_path}/old0")[0] == 2
    assert "two runs are called 'old0'" in capsys.readouterr().err
    assert compare(tmp_path, specs[0], specs[1])[0] == 2
    assert "at least two runs of different names, got old" in capsys.readouterr().err


def test_three_runs_stand_in_one_table(tmp_path: Path) -> None:
    specs = [f"{name}={grounding_run(tmp_path / name, right)}" for name, right in
             (("a", {1}), ("b", {1, 2}), ("c", set(range(20))))]  # fmt: skip
    page = compare(tmp_path, *specs)[1]
    rows = re.findall(r"<tr><th>(\w)</th><td class=\"num\">([\d.]+)</td><td class=\"num\">(\d+ of 20)</td>", page)
    assert rows == [("a", "5.0", "1 of 20"), ("b", "10.0", "2 of 20"), ("c", "95.0", "19 of 20")]


def test_settings_and_hardware_that_differ_are_told(tmp_path: Path) -> None:
    grounding_run(tmp_path / "a", {1}, limit=20, cost={"machine": {"cpu": "old one", "cores": 2}})
    grounding_run(tmp_path / "b", {1}, limit=0, cost={"machine": {"gpu": "H100"}})
    page = compare(tmp_path, f"{tmp_path}/a", f"{tmp_path}/b")[1]
    assert "limit differs: a 20, b 0" in page
    assert "times do not compare: a: old one, 2 cores; b: H100" in page


def test_a_run_without_its_answers_has_no_pictures(tmp_path: Path) -> None:
    for name, right in (("a", {1}), ("b", {2})):
        (grounding_run(tmp_path / name, right) / "samples.jsonl").unlink()
    page = compare(tmp_path, f"{tmp_path}/a", f"{tmp_path}/b")[1]
    assert "No pictures: " in page and "has no samples.jsonl" in page


def test_a_screenshot_that_is_gone_is_counted(tmp_path: Path) -> None:
    grounding_run(tmp_path / "a", {1})
    grounding_run(tmp_path / "b", {2})
    (tmp_path / "screen.png").unlink()
    assert "2 of 2 screenshots are no longer where they were" in compare(tmp_path, f"{tmp_path}/a", f"{tmp_path}/b")[1]


def episode_run(folder: Path, solved: set[int], broken: int = -1) -> Path:
    seen = Observation(Image.new("RGB", (40, 80)))
    runs = []
    for number in range(8):
        said = Finished("infeasible" if number in solved else "no")
        ending = Ending.BROKEN if number == broken else Ending.FINISHED
        meta = {"policy": "p"}
        runs.append(Trajectory(f"t/{number}", EVIL, (Step(seen, Reply(EVIL, said)),), ending, seen, meta=meta))
        save_trace(runs[-1], (folder / EPISODES / f"t_{number}"))
    goals = [Solvable(EVIL, key=run.task_key) for run in runs]
    card = score_episodes(goals, runs)
    (folder / "results.json").write_text(json.dumps({"suite": "phone", "card": card_json(card)}))
    return folder


class Solvable(FreeGoal):
    def score(self, trajectory: Trajectory) -> dict[str, float]:
        action = trajectory.steps[-1].reply.action
        return {"success": float(isinstance(action, Finished) and action.content == "infeasible")}


def test_episodes_are_listed_and_broken_ones_left_out(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    episode_run(tmp_path / "a", {0, 1, 2})
    episode_run(tmp_path / "b", {2, 3}, broken=0)
    code, page = compare(tmp_path, f"{tmp_path}/a", f"{tmp_path}/b")
    assert code == 0
    assert "a -> b: +0.0 points" in capsys.readouterr().out
    assert "Paired over 7 items that every run scored, of 8 that every run was asked" in page
    assert "1 items turned wrong, 1 turned right" in page
    assert "finished, 1 steps" in page and PAGE not in page, "no page was made of these"
