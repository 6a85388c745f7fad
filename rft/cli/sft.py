"""Supervised warm start: teach the protocol on the gold replies of the rows, before `rft train`.

  rft sft --model Qwen/Qwen2.5-VL-3B-Instruct --data rows.jsonl --out runs/warm \\
      --protocol venus1_navi --epochs 1 --lr 1e-4

Rows are those of `rft train`; the reply taught is the protocol's own rendering of the row's answer. The folder of the
run, resuming, launching and configuration files work as they do there.
"""

from __future__ import annotations

import argparse

from rft.cli import running
from rft.configs import SftConfig

HELP = "supervised fine-tuning on the rows' gold replies"


def configure(parser: argparse.ArgumentParser) -> None:
    running.configure(parser, SftConfig)


def run(args: argparse.Namespace) -> int:
    def work(config: SftConfig) -> running.RunResult:
        from rft.train import sft

        return sft(config)

    return running.run("sft", args, SftConfig, work)
