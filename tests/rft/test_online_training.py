"""Runs on episodes from settings to result, with a tiny random model: it changes, it learns, it can be repeated."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from agentkit.actions import Finished
from agentkit.errors import EnvError
from agentkit.policies.qwen_load import load_model
from agentkit.policies.qwen_processor import load_processor
from agentkit.recorded.traces import Trace, TraceStep, write_traces
from agentkit.trace import find_traces, load_trace
from agentkit.types import Observation
from conftest import write_tiny
from rft.cli import main
from rft.online.config import EpisodeConfig
from rft.online.policy import LearnerPolicy
from rft.run_log import read_metrics
from rft.train import train_on_episodes
from runs import comparable
from toy_world import ACTIONS, LEFT, NAVI, REPLIES, SIDE, Pick, Toy, picture


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    """Each of the four replies is one token and nothing else may be sampled; chance solves about a third."""
    folder = tmp_path_factory.mktemp("toy")
    tokenizer = write_tiny(folder, ["venus1_navi"], list(REPLIES))
    vocabulary = json.loads((folder / "config.json").read_text())["text_config"]["vocab_size"]
    answers = [tokenizer.convert_tokens_to_ids(text) for text in REPLIES]
    return {
        "model": str(folder),
        "online": "phone",
        "device": "cpu",
        "lora_r": 0,
        "lr": 3e-3,
        "group": 6,
        "prompts": 2,
        "max_new_tokens": 1,
        "generation_args": {"suppress_tokens": [i for i in range(vocabulary) if i not in answers]},
    }


def run(settings, out, world=None, **changes):
    config = EpisodeConfig(**{**settings, "out": str(out), "steps": 2, **changes})
    return train_on_episodes(config, world or Toy())


def weights(folder):
    return load_file(folder / "model.safetensors")


def same(a, b):
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


@pytest.fixture(scope="module")
def plain(settings, tmp_path_factory):
    out = tmp_path_factory.mktemp("plain")
    return run(settings, out, keep_every=1, save_every=0), out


def test_two_steps_change_the_weights_and_say_what_happened(plain, settings):
    result, out = plain
    assert result.steps == 2 and not same(weights(result.final), load_file(settings["model"] + "/model.safetensors"))
    lines = read_metrics(out / "metrics.jsonl")
    assert [line["step"] for line in lines] == [1, 2]
    for key in ("reward", "success", "success/Pick", "steps", "unreadable", "broken", "rows", "grad_norm", "entropy",
                "frac_reward_zero_std", "time/generate", "time/loss"):  # fmt: skip
        assert key in lines[0], key
    assert lines[0]["rows"] == pytest.approx(12 * lines[0]["steps"]) and 0 < lines[0]["unreadable"] < 1
    assert lines[0]["rows_trained"] <= lines[0]["rows"] and lines[0]["grad_norm"] > 0


def test_some_episodes_are_kept_with_their_rewards(plain):
    _, out = plain
    kept = [load_trace(folder) for folder in find_traces(out / "episodes")]
    assert len(kept) == 4 and all({"reward", "advantage", "success"} <= t.meta.keys() for t in kept)


def test_replies_hang_on_the_seed_and_on_the_calls_since(settings):
    model, path = load_model(settings["model"], "cpu")
    limits = {"max_new_tokens": 1, **settings["generation_args"]}
    policy = LearnerPolicy(model, load_processor(path), NAVI, {"temperature": 1.0, "top_k": 0}, limits)
    requests = [("pick", (), Observation(picture(True, 0)))] * 32

    def draw(seed):
        with policy.acting(seed):
            return [[reply.text for reply in policy.replies(requests)] for _ in range(2)]

    first = draw(1)
    assert draw(1) == first and draw(2) != first and first[0] != first[1]
    with policy.acting(1, greedy=True):
        assert len({reply.text for reply in policy.replies(requests)}) == 1
    assert {reply.usage["completion"] for reply in policy.replies(requests)} == {1}


def test_a_seed_repeats_a_run_to_the_bit(plain, settings, tmp_path):
    result, out = plain
    again = run(settings, tmp_path / "again")
    assert comparable(tmp_path / "again") == comparable(out) and same(weights(again.final), weights(result.final))
    other = run(settings, tmp_path / "other", seed=1)
    assert not same(weights(other.final), weights(result.final))


def test_the_update_is_the_same_however_rows_are_cut_into_passes(settings, tmp_path):
    cut = run(settings, tmp_path, batch_size=7, steps=1)
    whole = run(settings, tmp_path / "whole", batch_size=100, steps=1)
    a, b = weights(cut.final), weights(whole.final)
    gap = max((a[name] - b[name]).abs().max().item() for name in a)
    # Adam's first update is lr in size for every weight with a gradient: a wrong one is 3e-3 off.
    assert gap < 3e-4
    norms = [read_metrics(folder / "metrics.jsonl")[0]["grad_norm"] for folder in (tmp_path, tmp_path / "whole")]
    assert norms[0] == pytest.approx(norms[1], rel=1e-4)


@dataclass
class Rising(Toy):
    """Validation gains a quarter each time it is asked for."""

    asked: int = 0

    def validation(self):
        self.asked += 1
        return [(Solved if number < self.asked else Unsolved)(number) for number in range(4)]


class Solved(Pick):
    def score(self, trajectory):
        return {"success": 1.0}


class Unsolved(Pick):
    def score(self, trajectory):
        return {"success": 0.0}


FOLLOWING = {"beta": 0.05, "val_instances": 1, "val_every": 1, "reference_delta": 0.25}


def test_a_resumed_run_ends_like_one_that_was_not_stopped(settings, tmp_path):
    more = {**FOLLOWING, "reference_mix": 0.5, "entropy_bonus": 0.02, "entropy_decay": 0.5, "save_every": 2}
    whole = run(settings, tmp_path / "whole", Rising(), steps=4, **more)
    run(settings, tmp_path / "parts", Rising(), steps=2, **more)
    parts = run(settings, tmp_path / "parts", Rising(asked=3), steps=4, **more)
    assert same(weights(parts.final), weights(whole.final))
    lines = comparable(tmp_path / "parts")
    assert lines == comparable(tmp_path / "whole")
    bonus = [line["entropy_coef"] for line in lines if "entropy_coef" in line]
    assert bonus == pytest.approx([0.02, 0.01, 0.005, 0.0025])


def test_the_reference_follows_when_validation_gains(settings, tmp_path):
    """With a mix of 1 the reference becomes the model, so the next step's divergence from it is nothing."""
    run(settings, tmp_path / "follows", Rising(), steps=3, reference_mix=1.0, **FOLLOWING)
    run(settings, tmp_path / "stays", Rising(), steps=3, **(FOLLOWING | {"reference_delta": 0.0}))
    for name, moves in (("follows", [0.0, 1.0, 2.0, 3.0]), ("stays", [0.0] * 4)):
        lines = read_metrics(tmp_path / name / "metrics.jsonl")
        assert [line["reference_moves"] for line in lines if "reference_moves" in line] == moves
        kl = [line["kl"] for line in lines if "kl" in line]
        assert all(value < 1e-6 for value in kl) if name == "follows" else kl[0] < 1e-6 < kl[1] < kl[2]


def test_lora_trains_and_is_merged(settings, tmp_path):
    result = run(settings, tmp_path, lora_r=4, beta=0.05)
    assert not same(weights(result.final), load_file(settings["model"] + "/model.safetensors"))
    assert (tmp_path / "adapter" / "adapter_model.safetensors").exists()


def test_a_group_whose_devices_break_shrinks_and_the_run_goes_on(settings, tmp_path):
    world = Toy((Pick(0), Pick(1, breaks="reset")))
    result = run(settings, tmp_path, world)
    line = read_metrics(tmp_path / "metrics.jsonl")[0]
    assert result.steps == 2 and line["broken"] == 0.5
    assert line["rows"] == pytest.approx(6 * line["steps"])


def test_a_run_in_which_everything_breaks_stops_with_the_reason(settings, tmp_path):
    with pytest.raises(EnvError, match="all 12 episodes of this step broke"):
        run(settings, tmp_path, Toy((Pick(0, breaks="reset"), Pick(1, breaks="reset"))))


def test_a_step_without_a_signal_changes_nothing(settings, tmp_path):
    """Every reply is the same token, so every group is dead."""
    config = json.loads(Path(settings["model"], "config.json").read_text())
    everything = range(config["text_config"]["vocab_size"])
    allowed = set(everything) - set(settings["generation_args"]["suppress_tokens"])
    alone = {"suppress_tokens": [i for i in everything if i != min(allowed)]}
    result = run(settings, tmp_path / "out", generation_args=alone)
    assert same(weights(result.final), load_file(settings["model"] + "/model.safetensors"))
    assert read_metrics(tmp_path / "out" / "metrics.jsonl")[0]["rows_trained"] == 0


@pytest.mark.slow
def test_what_only_the_screen_tells_is_learned(settings, tmp_path):
    run(settings, tmp_path, steps=40, prompts=4, val_instances=1, val_every=40, save_every=0)
    lines = read_metrics(tmp_path / "metrics.jsonl")
    success = [line["success"] for line in lines if "success" in line]
    length = [line["steps"] for line in lines if "steps" in line]
    assert sum(success[:4]) / 4 < 0.65 and sum(success[-4:]) / 4 > 0.9
    assert sum(length[-4:]) / 4 < 1.2  # waiting is unlearned, because success is worth less later
    assert lines[-1]["val/success"] == 1.0


def record(tmp_path):
    """Four traces of the toy's screens, as a file."""
    traces = []
    for number in range(4):
        steps = []
        for index, action in enumerate((*ACTIONS[number % 2 :: 2], Finished())):
            path = tmp_path / f"{number}-{index}.png"
            picture(number % 2 == 0, 10 * number + index).save(path)
            steps.append(TraceStep(path, action, size=(SIDE, SIDE)))
        traces.append(Trace(str(number), "repeat what was recorded", tuple(steps)))
    write_traces(tmp_path / "traces.jsonl", traces)
    return {"online": "", "semi_online": str(tmp_path / "traces.jsonl"), "advantage_args": {"spread": 0.05}}


def test_semi_online_runs_learn_from_recorded_traces(settings, tmp_path):
    changes = record(tmp_path)
    result = run(settings, tmp_path / "out", keep_every=1, **changes)
    line = read_metrics(tmp_path / "out" / "metrics.jsonl")[0]
    assert result.steps == 2 and not same(weights(result.final), load_file(settings["model"] + "/model.safetensors"))
    assert 0 < line["accuracy"] < 1 and line["patches"] > 0 and line["grad_norm"] > 0
    assert LEFT in {s.reply.text for f in find_traces(tmp_path / "out" / "episodes") for s in load_trace(f).steps}


@pytest.mark.slow
def test_two_processes_with_different_numbers_of_rows_train_together(settings, tmp_path):
    """Rollouts end at their first wrong step, so each process has a number of rows of its own."""
    changes = record(tmp_path) | {"patches": 0, "batch_size": 4, "beta": 0.05, "out": str(tmp_path / "out"), "steps": 2}
    (tmp_path / "run.yaml").write_text(json.dumps(settings | changes))
    words = ["train", "--config", str(tmp_path / "run.yaml"), "--launch", "torchrun", "--nproc", "2"]
    assert main(words) == 0
    lines = read_metrics(tmp_path / "out" / "metrics.jsonl")
    assert len(lines) == 2 and any(line["rows"] % 2 for line in lines), "choose traces that end unevenly"
    assert not same(weights(tmp_path / "out" / "final"), load_file(settings["model"] + "/model.safetensors"))


def test_the_command_trains_on_the_simulated_phone(tiny_model, tmp_path):
    """A random model writes nothing readable: three replies cut each episode, and the entropy bonus alone teaches."""
    out = tmp_path / "run"
    words = ["--model", str(tiny_model), "--out", str(out), "--online", "phone", "--tasks", "TurnWifi", "SetBright*",
             "--instances", "2", "--group", "2", "--prompts", "2", "--steps", "2", "--max-new-tokens", "4",
             "--entropy-bonus", "0.1", "--lora-r", "0", "--device", "cpu"]  # fmt: skip
    assert main(["train", *words]) == 0
    lines = read_metrics(out / "metrics.jsonl")
    assert lines[0]["unreadable"] == 1.0 and lines[0]["reward"] == pytest.approx(-0.3) and lines[0]["cut"] == 1.0
    assert not same(weights(out / "final"), weights(tiny_model))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--tasks", "TurnWifi"], "--tasks is for whole episodes"),
        (["--online", "fone"], "unknown environment 'fone'"),
        (["--online", "phone", "--tasks", "TurnWiFi"], "--tasks 'TurnWiFi' fits no template of train"),
        (["--semi-online", "missing.jsonl"], "missing.jsonl"),
    ],
)
def test_the_command_says_what_does_not_fit(words, message, tiny_model, tmp_path, capsys):
    assert main(["train", "--model", str(tiny_model), "--out", str(tmp_path / "o"), *words]) == 2
    assert message in capsys.readouterr().err
