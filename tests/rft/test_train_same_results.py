"""The fast paths inside whole training runs: the weights that come out are the same."""

from __future__ import annotations

import pytest
import torch
from safetensors.torch import load_file

from agentkit.policies.qwen_load import load_model
from rft.configs import SftConfig, TrainConfig
from rft.run_log import read_metrics
from rft.saving import merge_adapter
from rft.train import sft, train


@pytest.fixture
def run(tiny_model, ground_rows, tmp_path):
    """Three steps with the given settings -> (adapter tensors, metrics)."""

    def go(name, **settings):
        base = {"lora_r": 4, "lr": 1e-2, "group": 4, "prompts": 2, "max_new_tokens": 8, "reward_args": {"w1": 1.0}}
        config = TrainConfig(**{
            **base, "model": str(tiny_model), "data": str(ground_rows), "out": str(tmp_path / name), "device": "cpu",
            "steps": 3, "save_every": 0, **settings,
        })  # fmt: skip
        result = train(config)
        return load_file(tmp_path / name / "adapter" / "adapter_model.safetensors"), read_metrics(
            result.folder / "metrics.jsonl"
        )

    return go


@pytest.fixture(autouse=True)
def reward_by_length(monkeypatch):
    """A random model never writes a box; pay for its words, so that there is a gradient."""
    from rft.rewards import VenusGround

    def pay(self, reply, text, gold):
        value = sum(map(ord, text)) % 7 / 7
        return {"format": value, "box": 0.0, "total": value, "correct": 0.0}

    monkeypatch.setattr(VenusGround, "__call__", pay)


def test_a_frozen_tower_run_once_gives_bit_equal_weights(run):
    stock, stock_log = run("stock", vision_once=False, share_prompt=False)
    once, once_log = run("once", vision_once=True, share_prompt=False)
    assert stock_log[-1]["grad_norm"] > 0
    assert [line["grad_norm"] for line in stock_log] == [line["grad_norm"] for line in once_log]
    assert stock.keys() == once.keys()
    for name in stock:
        assert torch.equal(stock[name], once[name]), name


@pytest.mark.parametrize(("batch_size", "beta"), [(0, 0.0), (4, 0.1), (2, 0.0)])
def test_shared_prompts_give_the_same_run_up_to_rounding(run, batch_size, beta, monkeypatch):
    # The stock path shuffles the replies of a step, which draws random numbers; everything else is comparable.
    monkeypatch.setattr("trl.trainer.grpo_trainer.shuffle_sequence_dict", lambda batch: batch)
    stock, stock_log = run("stock", share_prompt=False, batch_size=batch_size, beta=beta)
    shared, shared_log = run("shared", share_prompt=True, batch_size=batch_size, beta=beta)
    for key in ("reward", "loss", "entropy", "grad_norm", "completions/mean_length"):
        for ours, theirs in zip(shared_log, stock_log, strict=True):
            assert ours[key] == pytest.approx(theirs[key], rel=2e-3, abs=2e-4), key
    for name in stock:
        assert (stock[name] - shared[name]).abs().max() < 2e-3, name


def test_a_batch_replayed_is_not_sampled_again(run):
    _, log = run("twice", iterations=2, batch_size=4)
    assert ["reward" in line for line in log] == [True, False, True]
    assert log[1]["grad_norm"] > 0 and log[1]["time/generate"] == 0


def test_the_final_model_is_the_base_plus_the_adapter(run, tiny_model, tmp_path):
    adapter, _ = run("run")
    assert max(tensor.abs().max() for name, tensor in adapter.items() if "lora_B" in name) > 0
    merged = merge_adapter(str(tiny_model), tmp_path / "run" / "adapter").state_dict()
    final = load_model(tmp_path / "run" / "final", "cpu", "float32")[0].state_dict()
    base = load_model(tiny_model, "cpu", "float32")[0].state_dict()
    changed = {name for name in base if not torch.equal(base[name], final[name])}
    assert all("language_model" in name and "_proj.weight" in name for name in changed) and len(changed) == 14
    for name in base:
        assert torch.allclose(final[name], merged[name], atol=1e-6), name


def test_sft_teaches_the_gold_reply(tiny_model, ground_rows, tmp_path):
    config = SftConfig(
        model=str(tiny_model), data=str(ground_rows), out=str(tmp_path / "sft"), device="cpu", steps=30, batch=8,
        lora_r=0, lr=5e-3, save_every=0,
    )  # fmt: skip
    sft(config)
    lines = read_metrics(tmp_path / "sft" / "metrics.jsonl")
    assert lines[0]["mean_token_accuracy"] < 0.3 and lines[-1]["mean_token_accuracy"] > 0.8
    assert lines[-1]["loss"] < 0.5 * lines[0]["loss"]
