"""Put the model's own thoughts into the histories of traces (Self-Evolving Trajectory History Alignment, UI-Venus).

  rft data align traces.jsonl --out aligned --replies runs/epoch1
  rft data align traces.jsonl --out aligned --policy qwen:runs/epoch1/final --samples 8

Thoughts come from replies that got a step right: those that a run of `rft train --keep-replies` sampled anyway, or new
ones. Actions stay as recorded. OUT appears whole or not at all: traces.jsonl, rows.jsonl for the next epoch,
pools.jsonl for `rft data enhance`, report.json and report.html. After a kill the same command goes on where it was,
with the same result. `rft evolve` alternates training and alignment.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rft.data.align.config import AlignConfig
from rft.settings import add_flags, given, load

HELP = "put the model's own thoughts into the histories of traces"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("input", type=Path, metavar="TRACES", help="JSONL file of traces")
    parser.add_argument("--out", required=True, type=Path, help="new folder")
    add_flags(parser, AlignConfig)


def run(args: argparse.Namespace) -> int:
    from rft.data.align.align import align

    config = load(AlignConfig, args.config, given(args))
    report = align(args.input, args.out, config, say=lambda line: print(line, file=sys.stderr))
    steps = report["steps_by_action"].values()
    aligned, count = (sum(tally[key] for tally in steps) for key in ("aligned", "steps"))
    replies = report["replies"]
    right = sum(number for fate, number in replies.items() if fate.startswith("right"))
    print(f"{right} of {sum(replies.values())} replies right; {aligned} of {count} steps aligned in {args.out}")
    return 0
