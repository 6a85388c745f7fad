"""Give rare actions more weight: further rows with other histories (Sparse Action Enhancement, UI-Venus).

  rft data enhance aligned/traces.jsonl --pools aligned/pools.jsonl --out enhanced
  rft data enhance traces.jsonl --pools pools.jsonl --out enhanced --rare LongPress CallUser PressRecent --per-step 8

A step whose action is rare gets up to --per-step further rows: same screenshot, same right action, the thoughts of its
history drawn from the pools. No two are the same. OUT appears whole or not at all: rows.jsonl for `rft train`,
report.json, report.html and shares.png with the share of each action before and after.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from rft.data.enhance.config import EnhanceConfig
from rft.settings import add_flags, given, load

HELP = "add rows with other histories for rare actions"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("input", type=Path, metavar="TRACES", help="JSONL file of traces")
    parser.add_argument("--out", required=True, type=Path, help="new folder")
    add_flags(parser, EnhanceConfig)


def run(args: argparse.Namespace) -> int:
    from rft.data.enhance.enhance import enhance

    report = enhance(args.input, args.out, load(EnhanceConfig, args.config, given(args)))
    print(f"{report['rows_after'] - report['rows_before']} rows added to {report['rows_before']} in {args.out}")
    for name in report["rare"]:
        if action := report["actions"].get(name):
            shares = f"{action['share_before']:.2%} -> {action['share_after']:.2%}"
            print(
                f"  {name}: {action['before']} -> {action['after']} rows, {shares}; "
                f"{action['alone']} steps without another history"
            )
    return 0
