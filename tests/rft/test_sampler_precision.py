"""Sampler and loss compute in one precision, so replies come from the policy that is credited for them."""

from __future__ import annotations

import pytest
import torch

from rft.configs import TrainConfig
from rft.loading import load_parts
from rft.trl_bridge import grpo_trainer


@pytest.mark.parametrize("share", [True, False], ids=["shared", "stock"])
@pytest.mark.parametrize("lora_r", [0, 4], ids=["full", "adapter"])
def test_under_autocast_sampling_and_scoring_are_in_bfloat16(lora_r, share, two_answers, tmp_path):
    """Full weights are float32 and adapters float32 on bfloat16; only autocast makes one precision of either."""
    config = TrainConfig(**{
        **two_answers, "out": str(tmp_path), "dtype": "bfloat16", "steps": 1, "save_every": 0, "share_prompt": share,
        "lora_r": lora_r, "val_data": two_answers["data"],
    })  # fmt: skip
    parts = load_parts(config)
    trainer = grpo_trainer(config, parts, [])
    seen = {True: set(), False: set()}
    project = parts.model.model.language_model.layers[0].mlp.gate_proj

    def note(*_):
        seen[torch.is_grad_enabled()].add(torch.is_autocast_enabled("cpu"))

    project.register_forward_hook(note)
    trainer.train()
    assert seen == {True: {True}, False: {True}}
    # Sixteen pictures: the features that validation and sampler computed serve the loss too.
    assert parts.vision.encoded == 16 < parts.vision.asked
