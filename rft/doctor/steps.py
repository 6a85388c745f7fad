"""The arithmetic of a step, and the settings that reach the trainer behind our back."""

from __future__ import annotations

from typing import Any

from agentkit.errors import ConfigError
from rft.arguments import grpo_arguments, micro_batch
from rft.doctor.case import Case
from rft.doctor.finding import Finding, fail, ok, skipped, warn


def batch(case: Case) -> Finding:
    """Whether a step divides over processes, passes and groups, and the data hold enough prompts for one."""
    config, world = case.config, case.processes
    total = config.prompts * config.group
    try:
        size = micro_batch(total, world, config.batch_size, small=False)
    except ConfigError as error:
        return fail(str(error), "whole passes of whole batches", "change prompts, group, batch_size or the processes")
    trainer = config.trainer
    group = trainer.get("num_generations", config.group)
    per_device = trainer.get("per_device_train_batch_size", size)
    passes = trainer.get("gradient_accumulation_steps", total // (size * world))
    generated = trainer.get("generation_batch_size") or per_device * world * trainer.get("steps_per_generation", passes)
    if generated % group:
        return fail(
            f"{generated} replies are sampled at once, in groups of {group}", "whole groups",
            "remove the batch sizes from trainer, or make their product a multiple of the group",
        )  # fmt: skip
    if per_device * passes * world != total and config.iterations == 1:
        return warn(
            f"trainer makes a step {per_device} x {passes} x {world} sequences, prompts x group is {total}",
            "the same number", "set prompts, group and batch_size instead of the trainer's own names",
        )  # fmt: skip
    rows = len(case.rows)
    if rows < config.prompts:
        return fail(f"{rows} rows, a step needs {config.prompts}", "a distinct row per prompt", "lower --prompts")
    steps = config.steps or int(rows * config.epochs / config.prompts)
    return ok(f"{config.prompts} prompts x {config.group} replies over {world} process(es), {steps} steps, {rows} rows")


def trainer_arguments(case: Case) -> Finding:
    """Whether the trainer's own dataclass takes the settings, `trainer` included."""
    import os
    import warnings

    if {"RANK", "WORLD_SIZE", "LOCAL_RANK"} & {*os.environ, *case.machine.environ}:
        return skipped("needs a process without a launcher's variables: with them it would wait for the other ranks")
    from rft.trl_bridge import GRPOConfig, trainer_settings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            trainer_settings(GRPOConfig, grpo_arguments(case.config, 1, case.on_gpu))
    except ConfigError as error:
        return fail(str(error), "settings that the trainer takes", "change the setting that is named")
    return ok(f"GRPOConfig takes all {len(case.config.trainer)} extra settings")


_BYPASSES: dict[str, tuple[Any, str]] = {
    "use_vllm": (False, "use generation=vllm-colocate or vllm-server, which also resize the pictures for vLLM"),
    "mask_truncated_completions": (
        False,
        "use mask_truncated; when every reply is cut, nothing is learned and nothing said",
    ),
    "disable_dropout": (True, "leave it out: prompts are shared between replies only without dropout"),
    "repetition_penalty": (1.0, "leave it out: the sampler would obey it and the loss would not"),
    "max_completion_length": (None, "use max_new_tokens, from which other settings follow"),
    "temperature": (None, "use temperature"),
}
"""Arguments of the trainer -> (the value that does no harm, what to do)."""


def bypasses(case: Case) -> Finding:
    """Whether `trainer` sets something that Glint must know about."""
    found = {
        name: value
        for name, value in case.config.trainer.items()
        if name in _BYPASSES and value != _BYPASSES[name][0]
    }  # fmt: skip
    if not found:
        return ok(f"{len(case.config.trainer)} extra settings, none of them in the way")
    advice = "\n".join(f"{name}: {_BYPASSES[name][1]}" for name in found)
    shown = ", ".join(f"trainer.{name}={value}" for name, value in found.items())
    report = fail if found.get("use_vllm") else warn
    return report(shown, "the settings of rft train, which other parts read", advice)


def sampling_settings(case: Case) -> Finding:
    """Whether replies of a group can differ, and whether the loss sees the distribution that was sampled."""
    config = case.config
    shown = f"temperature {config.temperature}, top_p {config.top_p}, top_k {config.top_k}"
    if config.top_k == 1 or config.temperature < 0.05:
        return fail(shown, "replies that differ", "raise the temperature, or top_k to 0: equal replies teach nothing")
    if not 0.3 <= config.temperature <= 1.6:
        return warn(shown, "a temperature from 0.3 to 1.6", "colder, groups agree; hotter, replies are mostly noise")
    if config.top_p < 1 or config.top_k:
        return warn(
            shown, "top_p 1 and top_k 0",
            "the loss counts all tokens while the sampler left some out: every importance ratio is off",
        )  # fmt: skip
    return ok(shown)
