"""Reinforcement fine-tuning: sample replies, score them with a published reward, train with GRPO.

  rft train --model Qwen/Qwen2.5-VL-3B-Instruct --data rows.jsonl --out runs/ground \\
      --protocol venus1_ground --reward venus_ground --steps 200

The folder of the run then holds config.yaml, metrics.jsonl, curve.png, checkpoints/ and final/, which loads like any
Qwen2.5-VL folder. Start it again to resume. SIGTERM saves a checkpoint first. One row of rows.jsonl:

  {"image": "shot.png", "instruction": "Open Wi-Fi", "box": [0.1, 0.2, 0.4, 0.3]}

Two GPUs: add --launch torchrun --nproc 2. Settings in a file: --config run.yaml; see it with --print-config.
With --val-data FILE (rows or traces) the run is scored as it trains, and best/ holds the weights that scored highest.

Whole episodes instead of rows: the model acts in the simulated phone and is rewarded for what it achieved, or it goes
through recorded traces with its own history, wrong steps replaced by the recorded ones.

  rft train --online phone --tasks TurnWifi 'Set*' --model mini --out runs/online --group 8 --prompts 4 --steps 50
  rft train --semi-online traces.jsonl --model mini --out runs/semi --steps 50

`agentkit show runs/online/episodes` shows the episodes that were kept.
"""

from __future__ import annotations

import argparse
from dataclasses import fields

from agentkit.closest import unknown
from agentkit.errors import ConfigError
from rft.algorithms import described
from rft.cli import running
from rft.configs import TrainConfig
from rft.online.config import EpisodeConfig
from rft.settings import add_field_flags, given, read_yaml

HELP = "reinforcement fine-tuning (GRPO) with a published reward"


def configure(parser: argparse.ArgumentParser) -> None:
    running.configure(parser, TrainConfig)
    about = "The defaults of some settings above differ here; --print-config shows them."
    episodes = parser.add_argument_group("whole episodes (with --online or --semi-online)", about)
    add_field_flags(episodes, EpisodeConfig, beyond=TrainConfig)
    parser.epilog = described()


def run(args: argparse.Namespace) -> int:
    flags = given(args)
    settings = {**(read_yaml(EpisodeConfig, args.config) if args.config else {}), **flags}
    if settings.get("online") or settings.get("semi_online"):
        return running.run("train", args, EpisodeConfig, _on_episodes)
    beyond = {field.name for field in fields(EpisodeConfig)} - {field.name for field in fields(TrainConfig)}
    if stray := sorted(beyond & flags.keys()):
        raise ConfigError(f"--{stray[0].replace('_', '-')} is for whole episodes: it needs --online or --semi-online")
    return running.run("train", args, TrainConfig, _on_rows)


def _on_rows(config: TrainConfig) -> running.RunResult:
    from rft.train import train

    return train(config)


def _on_episodes(config: EpisodeConfig) -> running.RunResult:
    from rft.cli.online_phone import PhoneWorld
    from rft.train import train_on_episodes

    if not config.online:
        return train_on_episodes(config)
    worlds = {"phone": PhoneWorld}
    if config.online not in worlds:
        raise ConfigError(unknown("environment", config.online, worlds))
    return train_on_episodes(config, worlds[config.online](config))
