"""Examine a run before it begins: settings, machine, data, processor, model, and a few sampled replies.

  rft doctor --config configs/demo.yaml --model mini --data rows.jsonl --out runs/demo
  rft doctor --config run.yaml --quick --json

It takes the settings of `rft train`; put `doctor` where `train` stands. Each check says ok, warn, fail or skipped,
what was found, what was expected and what to do. The exit code is 1 when a check fails, else 0.
"""

from __future__ import annotations

import argparse
import json
import os
import sys

from agentkit.errors import ConfigError
from rft.configs import TrainConfig
from rft.settings import add_flags, given, load

HELP = "find what would spoil a run before it begins"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quick", action="store_true", help="leave out the checks that run the model")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--sample", type=int, default=8, metavar="N", help="rows that slow checks look at (default: 8)")
    parser.add_argument("--only", nargs="+", metavar="CHECK", help="make only these checks")
    add_flags(parser, TrainConfig)


def run(args: argparse.Namespace) -> int:
    if args.sample < 1:
        raise ConfigError(f"--sample must be at least 1, got {args.sample}")
    config = load(TrainConfig, args.config, given(args))
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

    from agentkit.closest import unknown
    from rft.cli.running import quiet
    from rft.doctor import Case, examine
    from rft.doctor.catalogue import CHECKS
    from rft.doctor.finding import table

    names = {check.name: check for check in CHECKS}
    for name in args.only or ():
        if name not in names:
            raise ConfigError(unknown("check", name, names))
    quiet()
    chosen = [check for check in CHECKS if not args.only or check.name in args.only]
    findings = list(examine(Case(config, sample=args.sample), chosen, args.quick))
    if args.json:
        json.dump([finding.to_json() for finding in findings], sys.stdout, indent=2, ensure_ascii=False)
        print()
    else:
        print(table(findings))
    return int(any(finding.status == "fail" for finding in findings))
