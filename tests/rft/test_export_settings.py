"""rft export rows: the settings of a run in the words of verl and EasyR1, and what neither can say."""

from __future__ import annotations

import pytest

from rft.configs import TrainConfig
from rft.exporting.engines import easyr1_settings, verl_settings
from rft.exporting.parquet import Written

DATA = Written(rows=100, prompt_tokens=1234, images=2)


def test_settings_in_the_words_of_verl():
    config = TrainConfig(
        prompts=20, group=8, steps=12, lr=2e-6, beta=0.01, max_new_tokens=64, temperature=0.9, iterations=2, nproc=4,
        nnodes=2, save_every=5, seed=3, lora_r=8, lora_alpha=16,
    )  # fmt: skip
    out, notes = verl_settings(config, DATA)
    assert not notes
    actor, rollout = "actor_rollout_ref.actor.", "actor_rollout_ref.rollout."
    want = {
        "data.train_batch_size": 20, actor + "ppo_mini_batch_size": 20, rollout + "n": 8, actor + "optim.lr": 2e-6,
        actor + "use_kl_loss": True, actor + "kl_loss_coef": 0.01, "data.max_response_length": 64,
        "data.max_prompt_length": 1234, rollout + "temperature": 0.9, rollout + "top_k": -1, actor + "ppo_epochs": 2,
        actor + "loss_agg_mode": "seq-mean-token-sum-norm", actor + "loss_scale_factor": 64,
        "algorithm.norm_adv_by_std_in_grpo": False, "trainer.total_training_steps": 12, "trainer.n_gpus_per_node": 4,
        "trainer.nnodes": 2, "actor_rollout_ref.model.lora_rank": 8, actor + "freeze_vision_tower": True,
        # 100 rows make 5 steps of 20, so 12 steps take 3 passes; a GPU's share of a step is 20.
        "trainer.total_epochs": 3, actor + "ppo_micro_batch_size_per_gpu": 4,
    }  # fmt: skip
    assert {name: out[name] for name in want} == want
    assert "actor_rollout_ref.model.lora_alpha" not in verl_settings(TrainConfig(lora_r=0), DATA)[0]


def test_settings_in_the_words_of_easyr1():
    out, notes = easyr1_settings(TrainConfig(loss="grpo", scale_rewards="group", lora_r=0, top_k=5), DATA)
    assert not notes
    assert out["algorithm"]["disable_kl"] and out["worker"]["rollout"]["limit_images"] == 2
    assert out["worker"]["actor"]["loss_avg_mode"] == "seq" and out["worker"]["rollout"]["top_k"] == 5
    assert out["data"]["format_prompt"] is None and out["data"]["min_pixels"] is None


def test_published_variants_in_the_words_of_both():
    dapo, gspo, rloo = (TrainConfig(algorithm=name) for name in ("dapo", "gspo", "rloo"))
    actor = "actor_rollout_ref.actor."
    verl = verl_settings(dapo, DATA)[0]
    assert verl["algorithm.filter_groups.enable"] and verl["algorithm.filter_groups.metric"] == "score"
    assert (verl[actor + "clip_ratio_low"], verl[actor + "clip_ratio_high"]) == (0.2, 0.28)
    assert verl_settings(gspo, DATA)[0][actor + "policy_loss.loss_mode"] == "gspo"
    assert verl_settings(rloo, DATA)[0]["algorithm.adv_estimator"] == "rloo"
    easy = easyr1_settings(dapo, DATA)[0]
    assert easy["algorithm"]["online_filtering"] and easy["worker"]["actor"]["clip_ratio_high"] == 0.28
    assert easyr1_settings(gspo, DATA)[0]["worker"]["actor"]["loss_type"] == "gspo"


@pytest.mark.parametrize("settings", [verl_settings, easyr1_settings])
def test_settings_without_a_counterpart_are_told(settings):
    config = TrainConfig(
        lr_schedule="linear", advantage="ui_s1", mask_truncated=True, lora_targets="x", loss="cispo",
        generation_args={"min_p": 0.1}, trainer={"epsilon": 0.3}, scale_rewards="batch",
    )  # fmt: skip
    notes = "\n".join(settings(config, DATA)[1])
    for word in (
        "lr_schedule=linear",
        "lora_targets='x'",
        "min_p",
        "epsilon",
        "loss=cispo",
        "scale_rewards=batch",
        "ui_s1",
        "mask_truncated",
    ):
        assert word in notes
