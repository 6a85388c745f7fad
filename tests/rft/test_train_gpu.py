"""Training on a CUDA device: bfloat16, adapters, and the fast paths' device branches."""

from __future__ import annotations

import json

import pytest
import torch

from rft.configs import TrainConfig
from rft.distinct import first_same
from rft.run_log import read_metrics
from rft.train import train

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")]


def test_duplicates_are_found_on_the_device():
    a = torch.randn(64, 12, device="cuda")
    b = a.clone()
    b[3, 3] += 1
    assert first_same([a, b, a.clone(), b.clone()]) == [0, 1, 0, 1]


# Adapters on a random base see little of the picture: on a CPU they reach 0.85 here, from chance at 0.5.
@pytest.mark.parametrize(("changes", "least"), [({}, 0.9), ({"lora_r": 8, "lr": 5e-3}, 0.7)], ids=["full", "adapter"])
def test_it_learns(two_answers, tmp_path, changes, least):
    settings = {**two_answers, **changes, "device": "auto", "out": str(tmp_path), "steps": 80, "save_every": 0}
    train(TrainConfig(**settings))
    facts = json.loads((tmp_path / "run.json").read_text())
    assert facts["device"] != "cpu" and facts["attention"]["sdpa_backends"]["cudnn"] is False
    assert facts["skipped_updates"] == 0
    last = read_metrics(tmp_path / "metrics.jsonl")[-5:]
    assert sum(line["accuracy"] for line in last) / len(last) > least


def test_shared_prompts_agree_with_separate_rows(two_answers, tmp_path, monkeypatch):
    monkeypatch.setattr("trl.trainer.grpo_trainer.shuffle_sequence_dict", lambda batch: batch)
    first = []
    for share in (False, True):
        out = tmp_path / str(share)
        settings = {**two_answers, "device": "auto", "dtype": "float32", "out": str(out), "steps": 1, "save_every": 0}
        train(TrainConfig(**settings, share_prompt=share))
        first.append(read_metrics(out / "metrics.jsonl")[0])
    for key in ("reward", "entropy", "grad_norm"):
        assert first[0][key] == pytest.approx(first[1][key], rel=1e-2), key
