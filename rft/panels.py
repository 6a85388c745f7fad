"""Which metrics of a run are drawn together, in reading order. Loads nothing: pages and pictures share it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart: its title and which metrics it takes. A panel without data is not drawn."""

    title: str
    takes: Callable[[str], bool]
    about: str = ""
    """What a reader may not guess."""


def _named(*names: str) -> Callable[[str], bool]:
    return lambda key: key in names


def _under(prefix: str) -> Callable[[str], bool]:
    return lambda key: key.startswith(prefix)


PANELS: tuple[Panel, ...] = (
    Panel("reward", _named("reward"), "mean over the replies of a step"),
    Panel("terms of the reward", _under("terms/")),
    Panel("accuracy", _named("accuracy", "success", "progress", "mean_token_accuracy")),
    Panel("success by task", _under("success/")),
    Panel("held-out examples, greedy", _under("val/"), "step accuracy can rise while trace success falls"),
    Panel("loss", _named("loss")),
    Panel("KL to the reference", _named("kl")),
    Panel("entropy (nats per token)", _named("entropy")),
    Panel("reply length (tokens)", _named("completions/mean_length", "completions/max_length")),
    Panel("replies cut by the limit", _named("completions/clipped_ratio"), "share"),
    Panel("gradient norm", _named("grad_norm")),
    Panel("learning rate", _named("learning_rate")),
    Panel("groups without a signal", _named("frac_reward_zero_std"), "share whose replies all earned the same"),
    Panel("prompts drawn and live groups per step", _named("draws", "live_groups")),
    Panel("drawn prompts, before dead groups go", _under("drawn/")),
    Panel("seconds per step", _under("time/")),
    Panel("throughput (tokens per second)", _named("tokens_per_s"), "prompts and replies"),
    Panel("memory (GiB)", _under("memory/"), "peak of this process so far"),
)


def keys_of(lines: Sequence[Mapping[str, Any]], panel: Panel) -> list[str]:
    """The metrics of `lines` that the panel takes and that hold numbers, sorted."""
    found = {key for line in lines for key, value in line.items() if panel.takes(key) and _number(value)}
    return sorted(found)


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
