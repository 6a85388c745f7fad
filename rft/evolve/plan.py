"""The loop as a list of command lines, each of which leaves a folder or a file that tells that it is done.

So there is no state beside the results: whatever was killed, the list is gone through again, and what is there already
is passed over. Optimizer and learning-rate schedule start anew in each round, from the weights of the round before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from rft.configs import TrainConfig
from rft.evolve.config import EvolveConfig
from rft.settings import load


@dataclass(frozen=True, slots=True)
class Stage:
    """One command of `rft`."""

    round: int
    """From 1."""
    name: str
    words: tuple[str, ...]
    """Of its command line, after `rft`."""
    done: Path
    """There when it is done."""
    marked: bool = False
    """Whether `done` is a mark that the loop must leave; else the command makes it, whole or not at all."""


def round_folder(out: Path, number: int) -> Path:
    return out / f"round-{number:02d}"


def plan(traces: Path, out: Path, config: EvolveConfig) -> list[Stage]:
    """Every stage in order. Raises ConfigError for settings that `rft train` refuses."""
    train = load(TrainConfig, config.train or None, config.train_args)
    stages: list[Stage] = []
    model, history = config.model, traces
    for number in range(1, config.rounds + 1):
        folder, before = round_folder(out, number), round_folder(out, number - 1)
        rows = round_folder(out, 1) / "rows.jsonl"
        if number == 1:
            stages.append(Stage(number, "rows", ("data", "rows", str(traces), "--out", str(rows)), rows))
        elif config.align:
            aligned = folder / "aligned"
            source: dict[str, Any] = {"replies": str(before / "train")}
            if config.samples:
                source = {
                    "policy": f"qwen:{model}",
                    "samples": config.samples,
                    "protocol": train.protocol,
                    "protocol_args": train.protocol_args,
                    "reward": train.reward,
                    "reward_args": train.reward_args,
                    "temperature": train.temperature,
                    "max_new_tokens": train.max_new_tokens,
                    "seed": config.seed + number,
                }
            if number > 2:
                source["pools"] = str(before / "aligned" / "pools.jsonl")
            source |= {"epoch": number - 2} | config.align_args
            words = ("data", "align", str(history), "--out", str(aligned), *flags(source))
            stages.append(Stage(number, "align", words, aligned))
            history, rows = aligned / "traces.jsonl", aligned / "rows.jsonl"
            if config.enhance:
                enhanced = folder / "enhanced"
                settings = {"pools": str(aligned / "pools.jsonl"), "seed": config.seed + number} | config.enhance_args
                words = ("data", "enhance", str(history), "--out", str(enhanced), *flags(settings))
                stages.append(Stage(number, "enhance", words, enhanced))
                rows = enhanced / "rows.jsonl"
        run = folder / "train"
        given = dict(config.train_args) | {
            "model": model,
            "data": str(rows),
            "out": str(run),
            "epochs": 1,
            "seed": config.seed + number - 1,
            "keep_replies": config.align and not config.samples,
        }
        file = ("--config", config.train) if config.train else ()
        stages.append(Stage(number, "train", ("train", *file, *flags(given)), folder / "train.done", marked=True))
        model = str(run / "final")
    return stages


def flags(settings: Mapping[str, Any]) -> list[str]:
    """Settings as words of a command line that `rft.settings` reads back."""
    words: list[str] = []
    for name, value in settings.items():
        flag = name.replace("_", "-")
        if isinstance(value, bool):
            words.append(f"--{flag}" if value else f"--no-{flag}")
        elif isinstance(value, dict):
            words += [f"--{flag}", *(f"{key}={_said(item)}" for key, item in value.items())] if value else []
        elif isinstance(value, (list, tuple)):
            words += [f"--{flag}", *map(str, value)] if value else []
        else:
            words += [f"--{flag}", str(value)]
    return words


def _said(value: Any) -> str:
    """A value as `key=value` takes it: YAML on one line."""
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=float("inf"))
    return text.removesuffix("\n").removesuffix("\n...").strip()
