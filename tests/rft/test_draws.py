"""Which prompts a step trains on, inside real runs: dynamic sampling, resting prompts, and going on after a stop."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rft.checkpoints import read_run_state
from rft.configs import TrainConfig
from rft.train import train
from runs import comparable


@pytest.fixture
def half_dead(two_answers, tmp_path):
    """The two-answers task, but every other row asks for a refusal, which cannot be sampled: those rows are dead."""
    data = Path(two_answers["data"])
    rows = [json.loads(line) for line in data.read_text().splitlines()]
    for index, row in enumerate(rows):
        row["image"] = str(data.parent / row["image"])
        if index % 4 < 2:
            del row["box"]
            row["refusal"] = True
    (tmp_path / "half.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    changes = {"data": str(tmp_path / "half.jsonl"), "protocol_args": {"refusal": True}, "lr": 1e-4, "save_every": 100}
    return {**two_answers, **changes}


def run(out, settings):
    train(TrainConfig(**settings, out=str(out)))
    return comparable(out)


def test_dead_prompts_are_replaced_and_replies_replayed(half_dead, tmp_path):
    plain = run(tmp_path / "plain", {**half_dead, "steps": 4})
    lines = run(tmp_path / "dynamic", {**half_dead, "steps": 4, "dynamic_sampling": True, "max_resamples": 8})
    assert min(line["live_groups"] for line in plain) < 4
    for line in lines:
        assert line["live_groups"] == 4 and line["frac_reward_zero_std"] == 0 and line["grad_norm"] > 0
        assert line["drawn/reward"] <= line["reward"] and line["draws"] >= 4
    assert any(line["draws"] > 4 for line in lines)


def test_without_dead_prompts_dynamic_sampling_changes_nothing(two_answers, tmp_path):
    settings = {**two_answers, "lr": 1e-4, "steps": 3, "save_every": 0, "group": 16, "prompts": 2, "batch_size": 16}
    plain = run(tmp_path / "plain", settings)
    dynamic = run(tmp_path / "dynamic", {**settings, "dynamic_sampling": True})
    assert [line["draws"] for line in dynamic] == [2, 2, 2]
    for ours, theirs in zip(dynamic, plain, strict=True):
        assert ours["drawn/reward"] == pytest.approx(theirs["reward"], abs=1e-6)
        assert {key: ours[key] for key in theirs} == theirs


def test_the_budget_bounds_what_is_drawn(half_dead, tmp_path):
    lines = run(tmp_path / "none", {**half_dead, "steps": 4, "dynamic_sampling": True, "max_resamples": 0})
    assert {line["draws"] for line in lines} == {4} and min(line["live_groups"] for line in lines) < 4
    data = Path(half_dead["data"])
    dead = [line for line in data.read_text().splitlines(True) if "refusal" in line]
    data.write_text("".join(dead))
    lines = run(tmp_path / "dead", {**half_dead, "steps": 2, "dynamic_sampling": True, "max_resamples": 50})
    # Once all eight rows were drawn, a step takes what there is.
    assert [line["draws"] for line in lines] == [8, 8]
    assert [line["live_groups"] for line in lines] == [0, 0] and lines[-1]["grad_norm"] == 0


def test_dead_prompts_rest(half_dead, tmp_path):
    lines = run(tmp_path, {**half_dead, "steps": 12, "skip_dead": 2})
    assert [line["rows_skipped"] for line in lines[:4]] == [0] * 4
    # Two passes over the eight live rows and one over all; without rest it would be two passes, 16 live groups.
    assert sum(line["live_groups"] for line in lines[4:12]) > 20
    checkpoint = tmp_path / "checkpoints" / "checkpoint-12"
    state = read_run_state(checkpoint)["prompts"]
    assert state["skipped"] == sum(line["rows_skipped"] for line in lines) > 0
    success = dict(state["success"])
    refusals = {index for index, line in enumerate(Path(half_dead["data"]).read_text().splitlines()) if "refus" in line}
    assert {row for row, rate in success.items() if rate == 0} >= refusals and len(success) == 16


@pytest.mark.parametrize(
    "changes",
    [{"dynamic_sampling": True, "skip_dead": 2}, {"lora_r": 4, "skip_dead": 1, "batch_size": 8}],
    ids=["dynamic", "resting"],
)
def test_a_resumed_run_draws_what_an_unbroken_one_does(half_dead, tmp_path, changes):
    """Far enough for the order to be shuffled anew, and for rows to be resting when the run stops."""
    settings = {**half_dead, **changes, "lr": 1e-3}
    whole = run(tmp_path / "whole", {**settings, "steps": 7})
    run(tmp_path / "parts", {**settings, "steps": 3})
    run(tmp_path / "parts", {**settings, "steps": 5})
    assert {path.name for path in (tmp_path / "parts" / "checkpoints").glob("c*-*")} == {"checkpoint-3", "checkpoint-5"}
    assert run(tmp_path / "parts", {**settings, "steps": 7}) == whole
