"""Run settings as keyword arguments of the trainer's own dataclasses. Knows their names, imports neither."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from agentkit.errors import ConfigError
from rft.configs import RunConfig, SftConfig, TrainConfig
from rft.loading import CHECKPOINTING, SMALL
from rft.online.config import EpisodeConfig

CHECKPOINTS = "checkpoints"
"""Folder of the checkpoints inside a run."""
BEST = "best"
"""Folder of the weights that did best on held-out examples."""
FINAL = "final"
"""Folder of the model that training ended with."""


def world_size() -> int:
    """How many processes train together."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def micro_batch(total: int, world: int, asked: int, small: bool) -> int:
    """Sequences per device and pass, so that whole passes make up a step of `total` sequences over `world` devices.

    `asked` must divide evenly. Unasked it is the whole share of a device for a small model, else at most 8.
    """
    share, rest = divmod(total, world)
    if rest:
        raise ConfigError(f"a step of {total} sequences does not divide over {world} processes")
    if asked:
        if share % asked:
            raise ConfigError(f"batch_size must divide the {share} sequences per device of a step, got {asked}")
        return asked
    return share if small else max(size for size in range(1, min(8, share) + 1) if share % size == 0)


def grpo_arguments(config: TrainConfig, parameters: int, on_gpu: bool) -> dict[str, Any]:
    """Keyword arguments of TRL's GRPOConfig; `config.trainer` has the last word."""
    world = world_size()
    total = config.prompts * config.group
    batch = micro_batch(total, world, config.batch_size, parameters < SMALL)
    arguments = _shared(config, parameters, on_gpu) | {
        "per_device_train_batch_size": batch,
        "gradient_accumulation_steps": total // (batch * world),
        "num_generations": config.group,
        "num_iterations": config.iterations,
        "max_completion_length": config.max_new_tokens,
        "temperature": config.temperature,
        "top_p": config.top_p,
        "top_k": config.top_k,
        "generation_kwargs": dict(config.generation_args) or None,
        "beta": config.beta,
        # GRPO's paper adds the KL estimate as it is; times the ratio (TRL's default) its gradient is that of the KL.
        "use_bias_correction_kl": config.algorithm != "grpo",
        "loss_type": config.loss,
        "importance_sampling_level": config.importance,
        "epsilon": config.epsilon_low,
        "epsilon_high": config.epsilon_high,
        "scale_rewards": config.scale_rewards,
        "mask_truncated_completions": config.mask_truncated,
        "disable_dropout": True,
    }
    if config.generation != "hf":
        arguments |= {"use_vllm": True, "vllm_mode": config.generation.removeprefix("vllm-")}
    if config.vllm_url:
        arguments["vllm_server_base_url"] = config.vllm_url
    if config.save_every:
        # Between two passes over one batch of replies a checkpoint would lose the batch.
        arguments["save_steps"] = -(-config.save_every // config.iterations) * config.iterations
    # With log_multimodal, ranks whose rows have no image skip a collective and everyone waits.
    return arguments | dict(config.trainer) | {"log_multimodal": False}


def episode_arguments(config: EpisodeConfig, parameters: int, on_gpu: bool) -> dict[str, Any]:
    """Keyword arguments of TRL's GRPOConfig for episodes: what TRL takes for a batch of replies are the episodes.

    A step is one batch for TRL. `beta` is left to `rft.online.learning`, which needs no second model for it.
    """
    world = world_size()
    if config.prompts % world:
        raise ConfigError(f"each process rolls out whole groups: {config.prompts} tasks a step, {world} processes")
    return grpo_arguments(replace(config, batch_size=0), parameters, on_gpu) | {
        "per_device_train_batch_size": config.prompts * config.group // world,
        "gradient_accumulation_steps": 1,
        "beta": 0.0,
        "entropy_coef": config.entropy_bonus,
    }


def rows_per_pass(config: EpisodeConfig, parameters: int) -> int:
    """Rows in one forward and backward pass, unless the run says so: 32 for a small model, else 8."""
    return config.batch_size or (32 if parameters < SMALL else 8)


def sft_arguments(config: SftConfig, parameters: int, on_gpu: bool) -> dict[str, Any]:
    """Keyword arguments of TRL's SFTConfig; `config.trainer` has the last word."""
    world = world_size()
    batch = micro_batch(config.batch, world, config.batch_size, parameters < SMALL)
    arguments = _shared(config, parameters, on_gpu) | {
        "per_device_train_batch_size": batch,
        "gradient_accumulation_steps": config.batch // (batch * world),
        # A length that cuts a picture is an error in TRL; the pixel budget is what bounds a row.
        "max_length": None,
        "completion_only_loss": True,
    }
    return arguments | dict(config.trainer)


def _shared(config: RunConfig, parameters: int, on_gpu: bool) -> dict[str, Any]:
    checkpointing = {"on": True, "off": False, "auto": parameters > CHECKPOINTING}[config.gradient_checkpointing]
    return {
        "output_dir": str(Path(config.out) / CHECKPOINTS),
        "max_steps": config.steps or -1,
        "num_train_epochs": config.epochs,
        "learning_rate": config.lr,
        "lr_scheduler_type": config.lr_schedule,
        "warmup_steps": config.warmup_steps,
        "weight_decay": config.weight_decay,
        "max_grad_norm": config.max_grad_norm,
        "seed": config.seed,
        "use_cpu": not on_gpu,
        "bf16": config.dtype == "bfloat16" or (config.dtype == "auto" and on_gpu),
        "gradient_checkpointing": checkpointing,
        "logging_steps": config.log_every,
        "logging_first_step": True,
        "save_strategy": "steps" if config.save_every else "no",
        "save_steps": config.save_every or 500,
        "save_total_limit": config.keep_checkpoints,
        "report_to": list(config.report_to) or "none",
        "remove_unused_columns": False,
        "dataloader_num_workers": 0,
        "disable_tqdm": True,
    }
