"""Clean training rows or traces: drop what teaches the wrong thing, say why, and show it.

  rft data clean data/rows.jsonl --out data/clean
  rft data clean traces.jsonl --out clean --stages scroll answers episodes duplicates --max-steps 30
  rft data clean rows.jsonl --out even --stages duplicates resample --most app=2000 image=8 --share Click=0.6

OUT appears whole or not at all: rows.jsonl or traces.jsonl with what stayed, dropped.jsonl with what went and why,
changes.jsonl, report.json and report.html with pictures. A run that was killed is taken up again by the same command.
Data sets need not fit in memory. Images stay where they are and are named by absolute paths.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rft.data.clean.config import CleanConfig
from rft.settings import add_flags, given, load

HELP = "drop bad rows or traces, with reasons and pictures"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("input", type=Path, metavar="IN", help="JSONL file of training rows or of traces")
    parser.add_argument("--out", required=True, type=Path, help="new folder")
    add_flags(parser, CleanConfig)


def run(args: argparse.Namespace) -> int:
    from rft.data.clean.pipeline import clean

    config = load(CleanConfig, args.config, given(args))
    report = clean(args.input, args.out, config, say=lambda line: print(line, file=sys.stderr))
    seen, kept = report["samples"], report["kept"]
    print(f"{kept} of {seen} samples kept ({kept / max(seen, 1):.1%}) in {args.out / report['file']}")
    return 0
