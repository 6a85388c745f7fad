"""The page of a training run: finished, running, hardly begun, damaged; and that its numbers are the metrics'."""

from __future__ import annotations

import json
import re
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from agentkit.cli import main
from agentkit.errors import DataError
from rft.run_page import best_of, is_run, run_page, with_throughput

EVIL = "</script><script>alert(1)</script>"


def lines(steps: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [{"step": 0, "val/step_accuracy": 0.5, "val/trace_success": 0.25}]
    for step in range(1, steps + 1):
        row = {"step": step, "reward": step / 100, "terms/box": 0.5, "terms/format": 1.0, "accuracy": 0.5, "kl": 0.01,
               "loss": 0.1, "learning_rate": 1e-4, "completions/mean_length": 10.0, "time/step": 2.0,
               "num_tokens": 500.0 * step, "memory/rss": 1.5, "memory/gpu": 7.25}  # fmt: skip
        rows.append(row)
        if step % 10 == 0:
            trace = {10: 0.5, 20: 0.75, 30: 0.75, 40: 0.125}.get(step, 0.5)
            rows.append({"step": step, "val/step_accuracy": 0.5 + step / 100, "val/trace_success": trace})
    return rows


def run(folder: Path, steps: int, total: int = 40, finished: bool = False) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines(steps)))
    (folder / "config.yaml").write_text(f"model: mini\nreward: venus_ground\nsteps: {total}\nnote: '{EVIL}'\n")
    (folder / "run.json").write_text(json.dumps({"device": "cpu", "versions": {"torch": "2"}, "alarms": [EVIL]}))
    if finished:
        (folder / "final").mkdir()
    return folder


def words(html: str) -> str:
    text = re.sub(r"<style>.*?</style>|<title>.*?</title>", "", html, flags=re.S)
    return " ".join(re.sub("<[^>]+>", " ", text).replace("\xa0", " ").split())


def test_every_curve_and_the_best_weights(tmp_path: Path) -> None:
    html = run_page(run(tmp_path / "r", 40, finished=True)).html()
    text = words(html)
    assert "r: finished after 40 steps" in text
    titles = re.findall(r"<div><h3>([^<]+?)(?:<span|</h3>)", html)
    assert titles == [
        "reward", "terms of the reward", "accuracy", "held-out examples, greedy", "loss", "KL to the reference",
        "reply length (tokens)", "learning rate", "seconds per step", "throughput (tokens per second)", "memory (GiB)",
    ]  # fmt: skip
    assert "best 0.75 at step 20" in text, "of equal values the first, by trace success and not by step accuracy"
    assert "75.0 % best held-out trace success at step 20" in text
    assert "90.0 % held-out step accuracy, last 50.0 % at the start" in text
    assert "12.5 % held-out trace success, last 25.0 % at the start" in text
    assert "0.355 reward, last 10 steps 0.055 at the start" in text
    assert "250 tokens per second" in text and "2.00 s per step" in text and "7.2 GiB peak GPU memory" in text
    panel = next(part for part in html.split("<div><h3>") if part.startswith("held-out"))
    assert panel.count("<polyline") == 2 and "step_accuracy" in panel and "trace_success" in panel
    assert EVIL not in html and text.count("alert(1)") == 2, "an alarm and a setting"


def test_a_running_one_says_where_it_stands(tmp_path: Path) -> None:
    folder = run(tmp_path / "r", 25)
    with (folder / "metrics.jsonl").open("a") as file:
        file.write('{"step": 26, "rew')
    text = words(run_page(folder).html())
    assert "r: step 25 of 40, not finished" in text and "30.00 s left" in text, "15 steps of 2 s"


def test_hardly_begun_and_damaged_runs(tmp_path: Path) -> None:
    folder = run(tmp_path / "r", 0)
    (folder / "metrics.jsonl").write_text("")
    assert "No step has been logged yet." in run_page(folder).html()
    (folder / "config.yaml").write_text("model: [")
    (folder / "run.json").write_text('{"devi')
    assert "just begun" in run_page(folder).html()
    (folder / "metrics.jsonl").unlink()
    assert is_run(folder) and "just begun" in run_page(folder).html()
    with pytest.raises(DataError, match="no training run"):
        run_page(tmp_path)


def test_numbers_that_are_none_are_left_out(tmp_path: Path) -> None:
    folder = run(tmp_path / "r", 3)
    with (folder / "metrics.jsonl").open("a") as file:
        file.write('{"step": 4, "reward": null, "loss": NaN, "time/step": 0.0, "num_tokens": null}\n{"epoch": 1}\n')
    assert "step 4 of 40" in run_page(folder).html()


def test_throughput_is_tokens_over_time() -> None:
    rows = [{"step": 2, "num_tokens": 100.0, "time/step": 5.0}, {"step": 3, "val/accuracy": 1.0},
            {"step": 4, "num_tokens": 500.0, "time/step": 4.0}]  # fmt: skip
    assert [row.get("tokens_per_s") for row in with_throughput(rows)] == [10.0, None, 50.0]


def test_the_best_is_that_of_the_measure_which_chooses() -> None:
    rows = [{"step": 1, "val/accuracy": 0.9}, {"step": 2, "val/success": 0.1}, {"step": 3, "val/success": 0.3}]
    measure, mark = best_of(rows) or ("", None)
    assert (measure, mark and mark.x) == ("val/success", 3)
    assert best_of([{"step": 1, "reward": 1.0}]) is None


def test_show_knows_a_training_run(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    folder = run(tmp_path / "r", 5)
    assert main(["show", str(folder)]) == 0
    assert capsys.readouterr().out.strip() == str(folder / "page.html")
    page = (folder / "page.html").read_text()
    assert "step 5 of 40" in page and 'http-equiv="refresh"' not in page


def test_watching_ends_with_the_run(tmp_path: Path) -> None:
    folder = run(tmp_path / "r", 5)
    page, seen = folder / "page.html", []

    def finish() -> None:
        while not page.exists():
            time.sleep(0.02)
        seen.append(page.read_text())
        run(folder, 40, finished=True)

    other = threading.Thread(target=finish)
    other.start()
    assert main(["show", str(folder), "--watch", "1"]) == 0
    other.join()
    assert 'http-equiv="refresh" content="1"' in seen[0] and "step 5 of 40" in seen[0]
    assert "finished after 40 steps" in page.read_text() and 'http-equiv="refresh"' not in page.read_text()


def test_watching_something_else_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert main(["show", str(tmp_path), "--watch", "5"]) == 2
    assert "--watch follows a training run" in capsys.readouterr().err
    assert main(["show", str(run(tmp_path / "r", 1)), "--watch", "0"]) == 2
    assert "at least 1 second, got 0" in capsys.readouterr().err
