"""Named variants of GRPO: what each asks of the trainer, and that each learns."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agentkit.errors import ConfigError
from rft.algorithms import ALGORITHMS, SETTINGS, described, markdown
from rft.arguments import grpo_arguments
from rft.configs import TrainConfig
from rft.run_log import read_metrics
from rft.settings import load, to_yaml
from rft.train import train

ROOT = Path(__file__).parents[2]
# loss, level of the ratio, clip below, clip above, divided by, KL, KL times the ratio, cut replies left out
WANTED = {
    "grpo": ("grpo", "token", 0.2, 0.2, "group", 0.04, False, False),
    "dapo": ("dapo", "token", 0.2, 0.28, "group", 0.0, True, True),
    "dr_grpo": ("dr_grpo", "token", 0.2, 0.2, "none", 0.0, True, False),
    "gspo": ("grpo", "sequence", 3e-4, 4e-4, "group", 0.0, True, False),
    "rloo": ("luspo", "sequence", 0.2, 0.2, "none", 0.0, True, False),
}


def trainer_arguments(tmp_path, **settings):
    from trl import GRPOConfig

    config = TrainConfig(out=str(tmp_path), device="cpu", **settings)
    return GRPOConfig(**grpo_arguments(config, 1, on_gpu=False))


@pytest.mark.parametrize("name", ALGORITHMS)
def test_what_the_trainer_is_told(name, tmp_path):
    made = trainer_arguments(tmp_path, algorithm=name)
    assert WANTED[name] == (
        made.loss_type, made.importance_sampling_level, made.epsilon, made.epsilon_high, made.scale_rewards,
        made.beta, made.use_bias_correction_kl, made.mask_truncated_completions,
    )  # fmt: skip


def test_what_the_trainer_is_not_told():
    found = {name: (TrainConfig(algorithm=name).advantage, TrainConfig(algorithm=name).dynamic_sampling)
             for name in ALGORITHMS}  # fmt: skip
    assert found == {
        "grpo": ("group", False), "dapo": ("group", True), "dr_grpo": ("group", False), "gspo": ("group", False),
        "rloo": ("leave_one_out", False),
    }  # fmt: skip


def test_the_default_is_dr_grpo_and_flags_win_over_the_algorithm(tmp_path):
    assert TrainConfig() == TrainConfig(algorithm="dr_grpo")
    made = trainer_arguments(tmp_path, algorithm="dapo", loss="grpo", beta=0.01, mask_truncated=False, epsilon_high=0.3)
    assert (made.loss_type, made.beta, made.mask_truncated_completions) == ("grpo", 0.01, False)
    assert (made.epsilon, made.epsilon_high) == (0.2, 0.3)
    assert trainer_arguments(tmp_path, algorithm="dapo", trainer={"epsilon": 0.1}).epsilon == 0.1


def test_printed_settings_spell_the_algorithm_out(tmp_path):
    config = TrainConfig(algorithm="gspo")
    (tmp_path / "run.yaml").write_text(to_yaml(config))
    assert "epsilon_high: 0.0004" in (tmp_path / "run.yaml").read_text()
    assert load(TrainConfig, tmp_path / "run.yaml") == config


def test_help_and_documentation_say_what_each_sets():
    for name, algorithm in ALGORITHMS.items():
        assert f"{name} ({algorithm.source})" in described()
        assert all(f"{field} {getattr(algorithm, field)}" in " ".join(described().split()) for field in SETTINGS)
    assert markdown() in (ROOT / "docs" / "training.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"algorithm": "ppo"}, "algorithm must be one of grpo, dapo"),
        ({"epsilon_low": -0.1}, "epsilon_low must be >= 0"),
        ({"advantage_args": {"gamma": 0.3}}, None),
        ({"val_patience": 2}, "needs val_data"),
        ({"skip_dead": -1}, "skip_dead must be at least 0"),
    ],
)
def test_settings_that_cannot_be(settings, message):
    if message is None:
        with pytest.raises(ConfigError, match="advantage_args are for advantage=ui_s1; group has no constants"):
            train(TrainConfig(**settings, model="m", data="d", out="o"))
        return
    with pytest.raises(ConfigError, match=message):
        load(TrainConfig, None, settings)


@pytest.mark.parametrize("name", ALGORITHMS)
def test_it_learns(name, two_answers, tmp_path):
    """Replies may end or go on after the answer, so that cut ones exist and leaving them out shows."""
    config = json.loads((Path(two_answers["model"]) / "config.json").read_text())["text_config"]
    banned = [i for i in two_answers["generation_args"]["suppress_tokens"] if i != config["eos_token_id"]]
    settings = {**two_answers, "max_new_tokens": 2, "generation_args": {"suppress_tokens": banned}, "save_every": 0}
    settings["lr"] = 2e-3 if name == "dapo" else 1e-3
    train(TrainConfig(**settings, algorithm=name, out=str(tmp_path), steps=40))
    lines = read_metrics(tmp_path / "metrics.jsonl")
    found = [line["drawn/accuracy" if name == "dapo" else "accuracy"] for line in lines]
    assert found[0] < 0.3
    assert sum(found[-5:]) / 5 > 0.7, found
    assert (max(line.get("kl", 0.0) for line in lines) > 0) == (name == "grpo")
    assert lines[0]["completions/clipped_ratio"] > 0.2
