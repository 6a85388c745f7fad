"""Held-out rows and traces: what is measured, what is kept, and when training stops."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agentkit.errors import ConfigError, DataError
from rft.best import KeepBest, recover, replace_folder
from rft.checkpoints import read_run_state
from rft.configs import TrainConfig
from rft.run_log import read_metrics
from rft.trace_units import trace_place, trace_units
from rft.train import train
from rft.validation import Validation, read_validation, validation_of
from runs import comparable


def held_out(settings):
    return str(Path(settings["data"]).parent / "held_out.jsonl")


def test_a_trace_succeeds_when_all_of_its_steps_are_right():
    traces = Validation(None, ((0, 1, 2), (3, 4)))
    assert traces.measures([True, True, False, True, True]) == {"val/step_accuracy": 0.8, "val/trace_success": 0.5}
    assert traces.main == "val/trace_success"
    assert Validation(None, ()).measures([True, False]) == {"val/accuracy": 0.5}


def test_rows_of_traces_are_found_by_their_ids(two_answer_traces):
    rows = read_validation(two_answer_traces["data"])
    assert trace_place(rows[0]) == ("t0", 0) and trace_units(rows)[:2] == [(0, 1), (2, 3, 4)]
    assert rows == tuple(sorted(rows, key=lambda row: row.number))
    backwards = trace_units(rows[::-1])
    assert backwards[0] == (2, 1, 0) and sorted(i for unit in backwards for i in unit) == list(range(len(rows)))
    assert trace_units([rows[0], rows[2], rows[4]]) == [(0,), (1,), (2,)]
    with pytest.raises(DataError, match="both step 0 of trace t0"):
        trace_units([rows[0], rows[0]])


class Rows:
    def __init__(self, rows):
        self.rows = rows


def test_a_file_of_traces_gives_the_same_rows_as_its_rows(two_answer_traces):
    folder = Path(two_answer_traces["data"]).parent
    from_traces, from_rows = read_validation(folder / "traces.jsonl"), read_validation(folder / "rows.jsonl")
    assert [(row.id, row.action, row.history) for row in from_traces] == [
        (row.id, row.action, row.history) for row in from_rows
    ]
    assert len(validation_of(Rows(from_traces)).traces) == 8
    with pytest.raises(DataError, match="2 belong to traces, and 1 traces lack steps"):
        validation_of(Rows(from_rows[3:5]))


@pytest.fixture(scope="module")
def learned(two_answer_traces, tmp_path_factory):
    out = tmp_path_factory.mktemp("run")
    settings = {**two_answer_traces, "val_data": held_out(two_answer_traces), "val_every": 10, "save_every": 0}
    result = train(TrainConfig(**settings, out=str(out), steps=40, advantage="ui_s1", advantage_args={"spread": 0.0}))
    return result, read_metrics(out / "metrics.jsonl")


def test_training_with_step_advantages_raises_trace_success(learned):
    """The reward of a step reaches its reply: the picture alone decides the answer."""
    _, lines = learned
    found = [(line["step"], line["val/step_accuracy"], line["val/trace_success"])
             for line in lines if "val/trace_success" in line]  # fmt: skip
    assert [step for step, _, _ in found] == [0, 10, 20, 30, 40]
    assert found[0][2] < 0.4 and found[-1][1] > 0.9 and found[-1][2] > 0.7
    assert all(success <= accuracy for _, accuracy, success in found)
    assert all("val/trace_success" not in line or "reward" not in line for line in lines)


def test_the_best_weights_are_kept_and_load(learned, two_answer_traces):
    import torch

    from agentkit.policies.qwen import QwenPolicy

    result, lines = learned
    scores = {line["step"]: line["val/trace_success"] for line in lines if "val/trace_success" in line}
    facts = json.loads((result.best / "best.json").read_text())
    assert facts["val/trace_success"] == max(scores.values())
    assert facts["step"] == min(step for step, score in scores.items() if score == max(scores.values()))
    policy = QwenPolicy(result.best, "venus1_navi", device="cpu", max_new_tokens=1)
    banned = torch.zeros(policy.model.lm_head.out_features)
    banned[two_answer_traces["generation_args"]["suppress_tokens"]] = float("-inf")
    policy.model.lm_head.register_forward_hook(lambda _m, _i, logits: logits + banned)
    rows = read_validation(held_out(two_answer_traces))
    from PIL import Image

    from agentkit.types import Observation, Reply, Step

    right = 0
    for row in rows:
        steps = [Step(Observation(Image.open(row.image)), Reply("", past.action, past.thought, past.conclusion))
                 for past in row.history]  # fmt: skip
        reply = policy.reply(row.goal, steps, Observation(Image.open(row.image)))
        right += abs(reply.action.at.x - row.action.at.x) < 0.04
    at_best = next(line for line in lines if line["step"] == facts["step"] and "val/trace_success" in line)
    assert right / len(rows) == pytest.approx(at_best["val/step_accuracy"])


def test_the_curve_shows_both_measures(learned):
    from rft.panels import PANELS, keys_of

    shown = {key for panel in PANELS for key in keys_of(learned[1], panel)}
    assert {"val/step_accuracy", "val/trace_success", "live_groups", "time/validate"} <= shown


@pytest.mark.parametrize("changes", [{}, {"lora_r": 4}], ids=["full", "adapter"])
def test_looking_does_not_change_training_and_rows_have_an_accuracy(two_answers, tmp_path, changes):
    settings = {**two_answers, **changes, "steps": 4, "save_every": 0}
    train(TrainConfig(**settings, out=str(tmp_path / "blind")))
    result = train(TrainConfig(**settings, out=str(tmp_path / "seen"), val_data=settings["data"], val_every=3))
    lines = comparable(tmp_path / "seen")
    assert [line for line in lines if "reward" in line] == comparable(tmp_path / "blind")
    assert [line["step"] for line in lines if "val/accuracy" in line] == [0, 3, 4]
    assert {line["val/accuracy"] * 16 % 1 for line in lines if "val/accuracy" in line} == {0.0}
    assert (result.best / ("adapter_config.json" if changes else "model.safetensors")).exists()


def test_patience_ends_a_run_and_a_second_start_knows_it(two_answers, tmp_path):
    # With such a learning rate nothing is learned, so that nothing is ever better than the start.
    settings = {**two_answers, "lr": 1e-9, "val_data": two_answers["data"], "val_every": 1, "out": str(tmp_path)}
    config = TrainConfig(**settings, steps=9, val_patience=2, save_every=0)
    result = train(config)
    assert result.steps == 2 and not result.stopped and result.final.exists()
    before = (tmp_path / "metrics.jsonl").read_bytes()
    again = train(config)
    assert (again.steps, again.final, again.best) == (2, result.final, result.best)
    assert (tmp_path / "metrics.jsonl").read_bytes() == before
    assert train(TrainConfig(**settings, steps=9, val_patience=4, save_every=0)).steps == 4


def test_a_resumed_run_keeps_the_best_and_the_count(two_answers, tmp_path):
    settings = {**two_answers, "lr": 1e-3, "val_data": two_answers["data"], "val_every": 1, "val_patience": 50}
    for out, stops in (("whole", [6]), ("parts", [2, 4, 6])):
        for steps in stops:
            train(TrainConfig(**settings, out=str(tmp_path / out), steps=steps))
    assert comparable(tmp_path / "parts") == comparable(tmp_path / "whole")
    best = [(tmp_path / out / "best" / "best.json").read_text() for out in ("whole", "parts")]
    assert best[0] == best[1]
    last = [tmp_path / out / "checkpoints" / "checkpoint-6" for out in ("whole", "parts")]
    states = [read_run_state(checkpoint)["validation"] for checkpoint in last]
    assert states[0] == states[1] and states[0]["misses"] < 6


class Flow:
    should_training_stop = should_save = False


class State:
    global_step = 0


class Args:
    should_save = True


def test_the_first_of_equal_scores_is_kept_and_patience_counts_from_it(tmp_path):
    saved, flow, state = [], Flow(), State()
    best = KeepBest(tmp_path, "val/accuracy", patience=2)
    best.save = lambda folder: (folder.mkdir(), saved.append(state.global_step))
    for step, score in enumerate([0.1, 0.3, 0.3, 0.2]):
        state.global_step = step
        assert not flow.should_training_stop
        best.on_evaluate(Args, state, flow, metrics={"val/accuracy": score})
    assert saved == [0, 1] and flow.should_training_stop and flow.should_save and best.exhausted
    other = KeepBest(tmp_path, "val/trace_success", patience=2)
    other.restore(best.state())
    assert other.value is None and not other.exhausted


@pytest.mark.parametrize("moment", ["saving", "first rename", "second rename"])
def test_a_kill_while_the_best_is_replaced_leaves_a_whole_one(tmp_path, moment, monkeypatch):
    best, calls = tmp_path / "best", []

    def save(folder):
        folder.mkdir()
        (folder / "weights").write_text(str(len(calls)))
        calls.append(folder)
        if moment == "saving" and len(calls) == 2:
            raise KeyboardInterrupt

    replace_folder(best, save, True, {"step": 1})
    renames, rename = [], __import__("os").rename

    def killed(source, target):
        renames.append(source)
        if moment == ["first rename", "second rename"][len(renames) - 1]:
            raise KeyboardInterrupt
        rename(source, target)

    monkeypatch.setattr("rft.best.os.rename", killed)
    with pytest.raises(KeyboardInterrupt):
        replace_folder(best, save, True, {"step": 2})
    monkeypatch.undo()
    recover(best)
    assert (best / "weights").read_text() == "0" and json.loads((best / "best.json").read_text()) == {"step": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["best"]


def test_step_advantages_need_traces(two_answers, tmp_path):
    with pytest.raises(ConfigError, match="compares the steps of traces, and no two rows belong to one"):
        train(TrainConfig(**two_answers, advantage="ui_s1", out=str(tmp_path), steps=1))
