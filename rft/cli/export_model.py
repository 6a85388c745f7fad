"""Write the model of a run as a folder that QwenPolicy, transformers and vLLM load.

  rft export model --run runs/ground --out models/ground --merge
"""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "the model of a run"


def configure(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--run", dest="folder", required=True, type=Path, metavar="RUN", help="folder of a run, or of a model")
    add("--out", required=True, type=Path, help="new or empty folder")
    add("--merge", action="store_true", help="merge adapters into a whole model")
    add("--step", type=_step, metavar="N", help="checkpoint N, or best: the weights that validated best "
        "(default: final)")  # fmt: skip
    add("--dtype", default="auto", choices=("auto", "bfloat16", "float32", "float16"),
        help="precision of the whole model (default: that of the model the run began with)")  # fmt: skip


def _step(text: str) -> int | str:
    if text == "best" or text.isdecimal():
        return text if text == "best" else int(text)
    raise argparse.ArgumentTypeError(f"expected a number or best, got {text!r}")


def run(args: argparse.Namespace) -> None:
    from rft.cli.running import quiet
    from rft.exporting.model import export_model

    quiet()
    made = export_model(args.folder, args.out, args.merge, args.step, args.dtype)
    what = "adapters merged in" if made.merged else "as trained"
    print(f"{made.tensors} tensors ({made.dtype}), {what}, from {made.source}: {made.folder}")
