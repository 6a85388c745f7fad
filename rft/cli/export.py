"""Hand data, rewards and models to other engines.

Rows for verl or EasyR1, with the reward as one Python file, their settings and a launch script:

  rft export rows --format verl --config run.yaml --model MODEL --data rows.jsonl --out for_verl
  sh for_verl/launch.sh

It takes the settings of `rft train`, which say the protocol, the reward and what the engine is told.

The model of a run, as a folder that QwenPolicy, transformers and vLLM load:

  rft export model --run runs/ground --out models/ground --merge
"""

from __future__ import annotations

import argparse
from pathlib import Path

from rft.configs import TrainConfig
from rft.settings import add_flags, given, load

HELP = "rows for verl or EasyR1, or a run's model as one folder"


def configure(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="WHAT")
    rows = kinds.add_parser("rows", help="training rows, reward and settings for another engine")
    rows.add_argument("--format", required=True, choices=("verl", "easyr1"), help="the engine")
    rows.add_argument("--val", default="", metavar="FILE", help="rows to validate on")
    add_flags(rows, TrainConfig)
    model = kinds.add_parser("model", help="the model of a run")
    model.add_argument(
        "--run", dest="folder", required=True, type=Path, metavar="RUN", help="folder of a run, or of a model"
    )
    model.add_argument("--out", required=True, type=Path, help="new or empty folder")
    model.add_argument("--merge", action="store_true", help="merge adapters into a whole model")
    model.add_argument(
        "--step",
        type=_step,
        metavar="N",
        help="checkpoint N, or best: the weights that validated best (default: final)",
    )
    model.add_argument(
        "--dtype", default="auto", choices=("auto", "bfloat16", "float32", "float16"),
        help="precision of the whole model (default: that of the model the run began with)",
    )  # fmt: skip


def _step(text: str) -> int | str:
    if text == "best" or text.isdigit():
        return text if text == "best" else int(text)
    raise argparse.ArgumentTypeError(f"expected a number or best, got {text!r}")


def run(args: argparse.Namespace) -> int:
    from rft.cli.running import quiet

    if args.kind == "rows":
        config = load(TrainConfig, args.config, given(args))
        config.require_paths()
        quiet()
        from rft.exporting.rows import export_rows

        done = export_rows(config, args.format, args.val)
        for note in done.notes:
            print(f"note: {note}")
        print(
            f"{done.train.rows} rows, prompts up to {done.train.prompt_tokens} tokens; sh {done.folder / 'launch.sh'}"
        )
        return 0
    quiet()
    from rft.exporting.model import export_model

    made = export_model(args.folder, args.out, args.merge, args.step, args.dtype)
    what = "adapters merged in" if made.merged else "as trained"
    print(f"{made.tensors} tensors ({made.dtype}), {what}, from {made.source}: {made.folder}")
    return 0
