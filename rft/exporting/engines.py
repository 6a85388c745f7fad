"""Our settings in the words of verl and EasyR1, and what neither can say.

Checked against verl of August 2026 and EasyR1 of July 2026. Both count a batch in prompts and multiply by the group.
"""

from __future__ import annotations

import math
import shlex
from typing import Any

from rft.configs import LANGUAGE_LINEAR, TrainConfig
from rft.exporting.parquet import Written

MICRO_BATCH = 4
"""Sequences per GPU and pass when the settings leave it open."""
_ESTIMATORS = {"group": "grpo", "leave_one_out": "rloo"}
"""Our advantages -> the name that both engines have for them."""


def verl_settings(config: TrainConfig, data: Written) -> tuple[dict[str, Any], list[str]]:
    """Hydra overrides of verl's `main_ppo`, and notes on settings without a counterpart."""
    notes = _notes(config)
    modes = {
        "dr_grpo": "seq-mean-token-sum-norm", "grpo": "seq-mean-token-mean", "dapo": "token-mean", "bnpo": "token-mean",
        "luspo": "seq-mean-token-sum",
    }  # fmt: skip
    if config.loss not in modes:
        notes.append(f"loss={config.loss}: set actor.policy_loss.loss_mode by hand; token-mean stands here")
    if config.scale_rewards == "batch":
        notes.append("scale_rewards=batch: verl divides by the group's deviation or by nothing; nothing stands here")
    micro = _micro_batch(config)
    actor, rollout = "actor_rollout_ref.actor", "actor_rollout_ref.rollout"
    model = "actor_rollout_ref.model"
    out: dict[str, Any] = {
        "algorithm.adv_estimator": _ESTIMATORS.get(config.advantage, "grpo"),
        "algorithm.norm_adv_by_std_in_grpo": config.scale_rewards == "group",
        "algorithm.use_kl_in_reward": False,
        "data.image_key": "images",
        "data.train_batch_size": config.prompts,
        "data.max_prompt_length": data.prompt_tokens,
        "data.max_response_length": config.max_new_tokens,
        "data.filter_overlong_prompts": False,
        "data.truncation": "error",
        "data.seed": config.seed,
        f"{model}.enable_gradient_checkpointing": config.gradient_checkpointing != "off",
        f"{model}.lora_rank": config.lora_r,
        f"{actor}.freeze_vision_tower": config.freeze_vision,
        f"{actor}.optim.lr": config.lr,
        f"{actor}.optim.weight_decay": config.weight_decay,
        f"{actor}.optim.lr_warmup_steps": config.warmup_steps,
        f"{actor}.optim.lr_scheduler_type": _schedule(config),
        f"{actor}.grad_clip": config.max_grad_norm,
        f"{actor}.ppo_mini_batch_size": config.prompts,
        f"{actor}.ppo_micro_batch_size_per_gpu": micro,
        f"{actor}.ppo_epochs": config.iterations,
        f"{actor}.clip_ratio": config.epsilon_low,
        f"{actor}.clip_ratio_low": config.epsilon_low,
        f"{actor}.clip_ratio_high": config.epsilon_high,
        f"{actor}.policy_loss.loss_mode": "gspo" if _gspo(config) else "vanilla",
        f"{actor}.loss_agg_mode": modes.get(config.loss, "token-mean"),
        f"{actor}.use_kl_loss": config.beta > 0,
        f"{actor}.kl_loss_coef": config.beta,
        f"{actor}.kl_loss_type": "low_var_kl",
        f"{rollout}.name": "vllm",
        f"{rollout}.n": config.group,
        f"{rollout}.temperature": config.temperature,
        f"{rollout}.top_p": config.top_p,
        f"{rollout}.top_k": config.top_k or -1,
        f"{rollout}.tensor_model_parallel_size": 1,
        f"{rollout}.log_prob_micro_batch_size_per_gpu": micro,
        "actor_rollout_ref.ref.log_prob_micro_batch_size_per_gpu": micro,
        "reward.custom_reward_function.name": "compute_score",
        "trainer.total_epochs": _epochs(config, data),
        "trainer.total_training_steps": config.steps or None,
        "trainer.nnodes": config.nnodes,
        "trainer.n_gpus_per_node": config.nproc,
        "trainer.save_freq": config.save_every or -1,
        "trainer.max_actor_ckpt_to_keep": config.keep_checkpoints,
        "trainer.val_before_train": False,
        "trainer.test_freq": -1,
        "trainer.logger": "[console]",
        "trainer.project_name": "glint",
        "trainer.experiment_name": config.reward,
    }
    if config.loss == "dr_grpo":
        out[f"{actor}.loss_scale_factor"] = config.max_new_tokens
    if config.dynamic_sampling:
        out |= {"algorithm.filter_groups.enable": True, "algorithm.filter_groups.metric": "score"}
    if config.lora_r:
        out |= {
            f"{model}.lora_alpha": config.lora_alpha,
            f"{model}.target_modules": "all-linear",
            f"{model}.exclude_modules": ".*visual.*",
            f"{rollout}.load_format": "safetensors",
        }
    return out, notes


def easyr1_settings(config: TrainConfig, data: Written) -> tuple[dict[str, Any], list[str]]:
    """EasyR1's configuration as nested mappings, and notes on settings without a counterpart."""
    notes = _notes(config)
    if config.scale_rewards != "group":
        notes.append(f"scale_rewards={config.scale_rewards}: EasyR1 always divides by the group's deviation")
    if config.dynamic_sampling:
        notes.append("dynamic_sampling: EasyR1 keeps groups whose mean reward lies in filter_low..filter_high instead")
    modes = {"grpo": "seq", "dapo": "token", "bnpo": "token"}
    if config.loss not in modes:
        notes.append(f"loss={config.loss}: EasyR1 averages over tokens or sequences; tokens stand here")
    micro = _micro_batch(config)
    lora = {"target_modules": "all-linear", "exclude_modules": ".*visual.*"} if config.lora_r else {}
    out: dict[str, Any] = {
        "data": {
            "prompt_key": "problem", "answer_key": "answer", "image_key": "images", "format_prompt": None,
            "max_prompt_length": data.prompt_tokens, "max_response_length": config.max_new_tokens,
            "rollout_batch_size": config.prompts, "shuffle": True, "seed": config.seed,
            # The pictures are at the model's size already.
            "min_pixels": None, "max_pixels": None, "filter_overlong_prompts": False,
        },
        "algorithm": {
            "adv_estimator": _ESTIMATORS.get(config.advantage, "grpo"),
            "disable_kl": config.beta == 0, "use_kl_loss": config.beta > 0,
            "kl_penalty": "low_var_kl", "kl_coef": config.beta,
            "online_filtering": config.dynamic_sampling, "filter_key": "overall",
        },
        "worker": {
            "actor": {
                "global_batch_size": config.prompts,
                "micro_batch_size_per_device_for_update": micro,
                "micro_batch_size_per_device_for_experience": micro,
                "max_grad_norm": config.max_grad_norm, "ppo_epochs": config.iterations,
                "clip_ratio_low": config.epsilon_low, "clip_ratio_high": config.epsilon_high,
                "loss_type": "gspo" if _gspo(config) else "default",
                "loss_avg_mode": modes.get(config.loss, "token"),
                "model": {
                    "enable_gradient_checkpointing": config.gradient_checkpointing != "off",
                    "freeze_vision_tower": config.freeze_vision,
                    "lora": {"rank": config.lora_r, "alpha": config.lora_alpha, **lora},
                },
                "optim": {
                    "lr": config.lr, "weight_decay": config.weight_decay, "lr_warmup_steps": config.warmup_steps,
                    "lr_scheduler_type": _schedule(config),
                },
            },
            "rollout": {
                "n": config.group, "temperature": config.temperature, "top_p": config.top_p,
                "top_k": config.top_k or -1, "limit_images": max(1, data.images), "tensor_parallel_size": 1,
            },
        },
        "trainer": {
            "total_epochs": _epochs(config, data), "max_steps": config.steps or None, "project_name": "glint",
            "experiment_name": config.reward, "logger": ["console"], "nnodes": config.nnodes,
            "n_gpus_per_node": config.nproc, "val_freq": -1, "val_before_train": False,
            "save_freq": config.save_every or -1, "save_limit": config.keep_checkpoints,
        },
    }  # fmt: skip
    return out, notes


def verl_launch(settings: dict[str, Any], notes: list[str], model: str, validation: bool) -> str:
    """A shell script that starts verl on the exported folder."""
    lines = [f"    {shlex.quote(f'{name}={_hydra(value)}')} \\" for name, value in settings.items()]
    val = "val" if validation else "train"
    return "\n".join([
        *_script_head("verl", notes, model),
        "python3 -m verl.trainer.main_ppo \\",
        '    data.train_files="$HERE/train.parquet" \\',
        f'    data.val_files="$HERE/{val}.parquet" \\',
        '    actor_rollout_ref.model.path="$MODEL" \\',
        '    reward.custom_reward_function.path="$HERE/glint_reward.py" \\',
        '    trainer.default_local_dir="$HERE/checkpoints" \\',
        *lines,
        '    "$@"',
        "",
    ])  # fmt: skip


def easyr1_launch(notes: list[str], model: str, validation: bool) -> str:
    """A shell script that starts EasyR1 on the exported folder."""
    val = "val" if validation else "train"
    return "\n".join([
        *_script_head("EasyR1", notes, model),
        "python3 -m verl.trainer.main \\",
        '    config="$HERE/easyr1.yaml" \\',
        '    data.train_files="$HERE/train.parquet" \\',
        f'    data.val_files="$HERE/{val}.parquet" \\',
        '    worker.actor.model.model_path="$MODEL" \\',
        '    worker.reward.reward_function="$HERE/glint_reward.py:compute_score" \\',
        '    trainer.save_checkpoint_path="$HERE/checkpoints" \\',
        '    "$@"',
        "",
    ])  # fmt: skip


def _script_head(engine: str, notes: list[str], model: str) -> list[str]:
    return [
        "#!/bin/sh",
        f"# Reinforcement fine-tuning with {engine} on rows that `rft export rows` wrote. Further words override.",
        *(f"# Note: {note}" for note in notes),
        "set -eu",
        'HERE="$(cd "$(dirname "$0")" && pwd)"',
        f'MODEL="${{MODEL:-{_inside_quotes(model)}}}"',
    ]


def _inside_quotes(text: str) -> str:
    return "".join(f"\\{c}" if c in '"$`\\}' else c for c in text)


def _hydra(value: Any) -> str:
    if value is None:
        return "null"
    return str(value)


def _notes(config: TrainConfig) -> list[str]:
    notes = []
    if config.lr_schedule not in ("constant", "constant_with_warmup", "cosine"):
        notes.append(f"lr_schedule={config.lr_schedule}: constant stands here")
    if config.lora_r and config.lora_targets != LANGUAGE_LINEAR:
        notes.append(f"lora_targets={config.lora_targets!r}: every linear layer of the language model stands here")
    if config.advantage not in _ESTIMATORS:
        notes.append(f"advantage={config.advantage}: the mean of the group stands here")
    if config.importance == "sequence" and not _gspo(config) and config.iterations > 1:
        notes.append(f"importance=sequence with loss={config.loss}: a ratio for each token stands here")
    if config.mask_truncated:
        notes.append("mask_truncated: cut replies are scored as they stand")
    if config.generation_args:
        notes.append(f"generation_args {sorted(config.generation_args)} are left out")
    if config.trainer:
        notes.append(f"trainer settings {sorted(config.trainer)} are left out")
    return notes


def _gspo(config: TrainConfig) -> bool:
    return config.importance == "sequence" and config.loss == "grpo"


def _schedule(config: TrainConfig) -> str:
    return "cosine" if config.lr_schedule == "cosine" else "constant"


def _micro_batch(config: TrainConfig) -> int:
    """Sequences per pass; it must divide a GPU's share of the step."""
    share = config.prompts * config.group // (config.nproc * config.nnodes)
    return config.batch_size or max(size for size in range(1, MICRO_BATCH + 1) if share % size == 0)


def _epochs(config: TrainConfig, data: Written) -> int:
    """Passes over the data: enough for `steps`, of which the engine does no more."""
    if config.steps:
        return max(1, math.ceil(config.steps / max(1, data.rows // config.prompts)))
    return max(1, math.ceil(config.epochs))
