"""Reinforcement fine-tuning: sample replies, score them with a published reward, train with GRPO.

  rft train --model Qwen/Qwen2.5-VL-3B-Instruct --data rows.jsonl --out runs/ground \\
      --protocol venus1_ground --reward venus_ground --steps 200

The folder of the run then holds config.yaml, metrics.jsonl, curve.png, checkpoints/ and final/, which loads like any
Qwen2.5-VL folder. Start it again to resume. SIGTERM saves a checkpoint first. One row of rows.jsonl:

  {"image": "shot.png", "instruction": "Open Wi-Fi", "box": [0.1, 0.2, 0.4, 0.3]}

Two GPUs: add --launch torchrun --nproc 2. Settings in a file: --config run.yaml; see it with --print-config.
With --val-data FILE (rows or traces) the run is scored as it trains, and best/ holds the weights that scored highest.
"""

from __future__ import annotations

import argparse

from rft.algorithms import described
from rft.cli import running
from rft.configs import TrainConfig

HELP = "reinforcement fine-tuning (GRPO) with a published reward"


def configure(parser: argparse.ArgumentParser) -> None:
    running.configure(parser, TrainConfig)
    parser.epilog = described()


def run(args: argparse.Namespace) -> int:
    def work(config: TrainConfig) -> running.RunResult:
        from rft.train import train

        return train(config)

    return running.run("train", args, TrainConfig, work)
