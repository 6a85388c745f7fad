"""What a run leaves to read."""

from __future__ import annotations

import json

import pytest
from PIL import Image

from agentkit.errors import DataError
from rft.plot import draw, smooth
from rft.run_log import RunLog, progress, read_metrics


class State:
    is_world_process_zero = True
    global_step = 0
    max_steps = 9


def log(run, step, **values):
    State.global_step = step
    run.on_log(None, State, None, values)


def test_lines_are_json_even_for_nan(tmp_path):
    run = RunLog(tmp_path, 0)
    run.on_train_begin(None, State, None)
    log(run, 1, reward=0.5, grad_norm=float("nan"), loss="0.25")
    log(run, 2, train_runtime=3.0)
    assert (tmp_path / "metrics.jsonl").read_text() == '{"step": 1, "reward": 0.5, "grad_norm": null, "loss": 0.25}\n'


def test_training_steps_tell_the_memory(tmp_path):
    run = RunLog(tmp_path, 0)
    run.on_train_begin(None, State, None)
    log(run, 1, **{"time/step": 1.0})
    log(run, 1, **{"val/accuracy": 0.5})
    step, validation = read_metrics(tmp_path / "metrics.jsonl")
    assert 0.05 < step["memory/rss"] < 200 and "memory/rss" not in validation


def test_a_resumed_run_drops_lines_past_its_checkpoint(tmp_path):
    path = tmp_path / "metrics.jsonl"
    path.write_text("".join(json.dumps({"step": step}) + "\n" for step in (1, 2, 3)) + '{"step"')
    run = RunLog(tmp_path, 2)
    run.on_train_begin(None, State, None)
    log(run, 3, reward=1.0)
    assert [line["step"] for line in read_metrics(path)] == [1, 2, 3]
    RunLog(tmp_path, 0).on_train_begin(None, State, None)
    assert read_metrics(path) == []


def test_progress_is_one_line():
    line = {"step": 3, "reward": 0.5, "accuracy": None, "time/step": 2.0, "time/generate": 1.5, "time/other": 0.5}
    assert progress(line, 9) == "step 3/9 | reward 0.500 | 2.00 s (generate 1.50, other 0.50)"


def test_curves_are_drawn_from_one_line_or_many_with_gaps(tmp_path):
    path = tmp_path / "metrics.jsonl"
    for count in (1, 40):
        lines = [
            {"step": s, "reward": s / 40 if s % 3 else None, "terms/box": 0.1, "time/loss": 1.0} for s in range(count)
        ]
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        png, svg = draw(path, tmp_path / f"curve{count}", "a run")
        assert Image.open(png).size[0] > 500 and svg.read_text().lstrip().startswith("<?xml")


def test_no_metrics_is_an_error(tmp_path):
    with pytest.raises(DataError, match="at least one line of metrics"):
        draw(tmp_path / "metrics.jsonl", tmp_path / "curve")


def test_smoothing_starts_where_the_curve_does():
    assert smooth([4.0, 4.0, 0.0], 0.5) == [4.0, 4.0, 2.0]
