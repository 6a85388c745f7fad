"""Train and align in turns (Self-Evolving Trajectory History Alignment, UI-Venus): an epoch, then its data anew.

  rft evolve traces.jsonl --out runs/evolve --model Qwen/Qwen2.5-VL-3B-Instruct --train configs/train_navi_3b.yaml
  rft evolve traces.jsonl --out runs/evolve --model mini --rounds 3 --train-args protocol=venus1_navi reward=venus_navi
  rft evolve traces.jsonl --out runs/evolve --model mini --print

Each round is made of `rft data align`, `rft data enhance` and `rft train`, each in a process of its own; --print shows
their command lines, which do the same by hand. After a kill the same command goes on where it was; with more --rounds
it goes on after its end. The model is in round-NN/train/final, a summary in report.html.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from agentkit.errors import ConfigError
from rft.evolve.config import EvolveConfig
from rft.settings import add_flags, given, load

HELP = "alternate training and history alignment"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("input", type=Path, metavar="TRACES", help="JSONL file of traces")
    parser.add_argument("--out", required=True, type=Path, help="folder of the rounds")
    parser.add_argument("--print", action="store_true", help="print the command lines and stop")
    add_flags(parser, EvolveConfig)


def run(args: argparse.Namespace) -> int:
    import json

    from rft.evolve.loop import go, same_settings
    from rft.evolve.plan import plan, round_folder
    from rft.launch import shown

    config = load(EvolveConfig, args.config, given(args))
    if not config.model:
        raise ConfigError("--model is required (or 'model:' in the configuration file)")
    stages = plan(args.input, args.out, config)
    if args.print:
        for stage in stages:
            print(shown(["rft", *stage.words]))
        return 0
    if not args.input.is_file():
        raise ConfigError(f"expected a JSONL file of traces at {args.input}")
    same_settings(args.out, config)
    if code := go(args.out, stages, say=lambda line: print(line, file=sys.stderr, flush=True)):
        return code
    from rft.evolve.summary import summary, write_page

    lines = summary(args.out, config.rounds)
    page = write_page(args.out, args.input, lines)
    for line in lines:
        print(json.dumps(line))
    print(f"model in {round_folder(args.out, config.rounds) / 'train' / 'final'}, summary in {page}")
    return 0
