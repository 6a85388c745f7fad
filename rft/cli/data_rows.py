"""Turn traces into training rows: one row for each step, with the steps before it as its history.

  rft data rows traces.jsonl --out rows.jsonl
  rft data rows traces.jsonl --out rows.jsonl --history-images 2

`rft sft` and `rft train` read the rows. Past screenshots are for prompt protocols that show them.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from agentkit.errors import ConfigError

HELP = "turn traces into training rows"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("input", type=Path, metavar="TRACES", help="JSONL file of traces")
    parser.add_argument("--out", required=True, type=Path, help="JSONL file of rows to write; replaced when it exists")
    parser.add_argument("--history-images", type=int, default=0, metavar="N", help="past screenshots to keep per row")


def run(args: argparse.Namespace) -> int:
    from agentkit.jsonl import JsonlWriter
    from agentkit.recorded.traces import read_traces
    from rft.data.rows import to_json
    from rft.data.trace_rows import rows_of

    if args.history_images < 0:
        raise ConfigError(f"--history-images must be at least 0, got {args.history_images}")
    traces = 0
    with JsonlWriter(args.out) as out:
        for traces, trace in enumerate(read_traces(args.input), start=1):  # noqa: B007 - the last value is the count
            for row in rows_of(trace, args.history_images):
                out.write(to_json(row, args.out.parent))
    print(f"{out.count} rows from {traces} traces in {args.out}")
    return 0
