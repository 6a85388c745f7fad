"""Runs that are killed, stopped, out of disk or spread over processes."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import time

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from agentkit.errors import ConfigError
from rft.checkpoints import SaveError, fault_of, newest_complete
from rft.configs import TrainConfig
from rft.guards import DivergedError, FiniteGradients, StopOnSigterm
from rft.run_log import Alarms, read_metrics
from rft.train import train
from runs import comparable, finish, forked, start, wait_for_lines

STEPS = 6


@pytest.fixture
def settings(two_answers):
    return {**two_answers, "save_every": 2, "prompts": 2}


def damage(out):
    """What a kill in the middle of writing leaves: weights cut off, and half a line of metrics."""
    found, _ = newest_complete(out / "checkpoints")
    half = out / "checkpoints" / "checkpoint-99"
    shutil.copytree(found, half)
    (half / "model.safetensors").write_bytes((half / "model.safetensors").read_bytes()[:5000])
    with (out / "metrics.jsonl").open("a") as file:
        file.write('{"step": 4, "rew')
    return found


@pytest.mark.slow
def test_a_killed_run_goes_on_as_if_it_had_not_been(settings, tmp_path):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    train(TrainConfig(**settings, out=str(whole), steps=STEPS))
    process = start(settings, broken, STEPS)
    wait_for_lines(process, broken, 3)
    process.kill()
    finish(process)
    found = damage(broken)
    process = start(settings, broken, STEPS)
    code, err = finish(process)
    assert code == 0, err
    assert "skipping half-written" in err and "checkpoint-99" in err and f"resuming from {found}" in err
    assert comparable(broken) == comparable(whole)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.slow)])
def test_kills_at_any_moment_leave_no_trace_in_the_metrics(settings, tmp_path, kills):
    """While loading, sampling, learning, evaluating or saving; with all that a run keeps beside its weights."""
    settings = {**settings, "save_every": 1, "dynamic_sampling": True, "skip_dead": 2, "val_data": settings["data"],
                "val_every": 2, "val_patience": 1000, "steps": 3 * kills, "lr": 3e-4}  # fmt: skip
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    train(TrainConfig(**settings, out=str(whole)))
    (tmp_path / "run.json").write_text(json.dumps(settings))
    random, hits = np.random.RandomState(kills), 0
    for _ in range(kills):
        before = last_step(broken)
        process = forked(["train", "--config", str(tmp_path / "run.json"), "--out", str(broken)])
        # One in four does not get to its first step.
        goal = before + random.randint(0, 4)
        while goal > before and last_step(broken) < goal and process.is_alive():
            time.sleep(0.002)
        time.sleep(random.uniform(0, 0.15))
        hits += process.is_alive()
        process.kill()
        process.join()
    process = forked(["train", "--config", str(tmp_path / "run.json"), "--out", str(broken)])
    process.join()
    assert process.exitcode == 0 and hits > kills / 2
    assert comparable(broken) == comparable(whole)
    facts = [(out / "best" / "best.json").read_text() for out in (whole, broken)]
    assert facts[0] == facts[1]
    weights = [load_file(out / "final" / "model.safetensors") for out in (whole, broken)]
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])


def last_step(out):
    return max((line["step"] for line in read_metrics(out / "metrics.jsonl")), default=0)


@pytest.mark.parametrize("changes", [{}, {"lora_r": 4}, {"batch_size": 8}], ids=["full", "adapter", "two-passes"])
def test_resuming_loads_weights_optimizer_and_random_state(settings, tmp_path, changes):
    settings = {**settings, **changes}
    train(TrainConfig(**settings, out=str(tmp_path / "whole"), steps=4))
    for steps in (2, 4):
        train(TrainConfig(**settings, out=str(tmp_path / "halves"), steps=steps))
    assert comparable(tmp_path / "whole")[-1]["grad_norm"] > 0
    assert comparable(tmp_path / "halves") == comparable(tmp_path / "whole")


@pytest.mark.slow
def test_sigterm_saves_a_checkpoint_and_exits_143(settings, tmp_path):
    out = tmp_path / "run"
    process = start({**settings, "save_every": 0}, out, 2000)
    wait_for_lines(process, out, 2)
    process.send_signal(signal.SIGTERM)
    code, err = finish(process)
    assert code == 143 and "run the same command again" in err
    found, skipped = newest_complete(out / "checkpoints")
    assert found is not None and not skipped and not (out / "final").exists()
    assert read_metrics(out / "metrics.jsonl")[-1]["step"] == int(found.name.split("-")[1])


@pytest.mark.parametrize("launched", [False, True])
def test_a_second_sigterm_exits_at_once_unless_it_is_the_launchers_echo(monkeypatch, launched):
    monkeypatch.setenv("RANK", "0") if launched else monkeypatch.delenv("RANK", raising=False)
    codes = []
    monkeypatch.setattr(os, "_exit", codes.append)
    before = signal.getsignal(signal.SIGTERM)
    with StopOnSigterm():
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.01)
        assert codes == []
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.01)
    assert codes == ([] if launched else [143]) and signal.getsignal(signal.SIGTERM) is before


def test_a_full_disk_costs_the_new_checkpoint_only(settings, tmp_path):
    out = tmp_path / "run"
    train(TrainConfig(**settings, out=str(out), steps=2))
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
    try:
        with pytest.raises(SaveError, match=r"checkpoint-4: the disk is full .* the newest complete .*checkpoint-2"):
            train(TrainConfig(**settings, out=str(out), steps=4))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    assert [path.name for path in (out / "checkpoints").glob("checkpoint-*")] == ["checkpoint-2"]
    assert train(TrainConfig(**settings, out=str(out), steps=4)).steps == 4


def test_resume_never_refuses_a_used_folder(settings, tmp_path):
    config = TrainConfig(**settings, out=str(tmp_path), steps=2, resume="never")
    train(config)
    with pytest.raises(ConfigError, match="holds checkpoint-2"):
        train(config)


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        (lambda c: (c / "trainer_state.json").unlink(), "trainer_state.json is missing"),
        (lambda c: (c / "trainer_state.json").write_text("{"), "trainer_state.json cannot be read"),
        (lambda c: (c / "model.safetensors").unlink(), "no weights"),
        (lambda c: (c / "model.safetensors").write_bytes(b""), "model.safetensors cannot be read"),
        (lambda c: (c / "optimizer.pt").write_bytes(b"PK\x03\x04half"), "optimizer.pt is cut off"),
    ],
)
def test_half_written_checkpoints_are_seen(tmp_path, damage, fault):
    from safetensors.torch import save_file

    checkpoint = tmp_path / "checkpoint-2"
    checkpoint.mkdir()
    save_file({"a": torch.zeros(3)}, checkpoint / "model.safetensors")
    torch.save({}, checkpoint / "optimizer.pt")
    (checkpoint / "trainer_state.json").write_text('{"global_step": 2}')
    assert fault_of(checkpoint) is None
    damage(checkpoint)
    assert fault in fault_of(checkpoint)
    assert newest_complete(tmp_path) == (None, [f"skipping half-written {checkpoint}: {fault_of(checkpoint)}"])


class State:
    global_step = 3


def test_non_finite_gradients_are_skipped_then_fatal():
    model = torch.nn.Linear(2, 2)
    guard = FiniteGradients(limit=2)

    def step(value):
        for parameter in model.parameters():
            parameter.grad = torch.full_like(parameter, value)
        guard.on_pre_optimizer_step(None, State, None, model=model)
        return model.weight.grad is not None

    assert step(1.0) and not step(float("nan")) and step(1e30) and not step(float("inf"))
    with pytest.raises(DivergedError, match="not finite in 2 steps in a row"):
        step(float("nan"))
    assert guard.skipped == 3


def test_alarms_speak_once_per_streak():
    alarms = Alarms(patience=2)
    for dead, cut in ((1.0, 0.1), (1.0, 0.95), (1.0, 0.95), (0.5, 0.95), (1.0, 0.0), (1.0, 0.0)):
        alarms.on_log(None, State, None, {"frac_reward_zero_std": dead, "completions/clipped_ratio": cut})
    assert [("same reward" in text, "max_new_tokens" in text) for text in alarms.raised] == [
        (True, False),
        (False, True),
        (True, False),
    ]
