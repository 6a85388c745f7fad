"""Write training rows for verl or EasyR1, with the reward as one Python file, their settings and a launch script.

  rft export rows --format verl --config run.yaml --model MODEL --data rows.jsonl --out for_verl
  sh for_verl/launch.sh

It takes the settings of `rft train`, which say the protocol, the reward and what the engine is told.
"""

from __future__ import annotations

import argparse

from rft.configs import TrainConfig
from rft.settings import add_flags, given, load

HELP = "training rows, reward and settings for another engine"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", required=True, choices=("verl", "easyr1"), help="the engine")
    parser.add_argument("--val", default="", metavar="FILE", help="rows to validate on")
    add_flags(parser, TrainConfig)


def run(args: argparse.Namespace) -> None:
    from rft.cli.running import quiet

    config = load(TrainConfig, args.config, given(args))
    config.require_paths()
    quiet()
    from rft.exporting.rows import export_rows

    done = export_rows(config, args.format, args.val)
    for note in done.notes:
        print(f"note: {note}")
    print(f"{done.train.rows} rows, prompts up to {done.train.prompt_tokens} tokens; sh {done.folder / 'launch.sh'}")
