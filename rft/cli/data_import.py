"""Import a public data set as traces or training rows.

  rft data import androidcontrol android_control/ --out ac --splits splits.json --split train
  rft data import gui-odyssey GUI-Odyssey/ --out odyssey
  rft data import grounding seeclick_web.json --out seeclick --boxes xyxy --frame unit

Traces (androidcontrol, aitw, aitz, gui-odyssey, amex) go to traces.jsonl, which `rft data clean`, `align`, `enhance`
and `rows` read; grounding data (grounding, amex-elements) goes to rows.jsonl. What cannot be told in Glint's actions
is refused: import.json counts the reasons, refused.jsonl lists the items. The data sets have licences of their own.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from agentkit.errors import ConfigError
from rft.data.importers import IMPORTERS, make_importer

HELP = "import a public data set"


def configure(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("name", choices=IMPORTERS, metavar="NAME", help=", ".join(IMPORTERS))
    add("source", type=Path, metavar="SOURCE", help="folder or file of the data set")
    add("--out", required=True, type=Path, help="new folder")
    add("--splits", type=Path, metavar="FILE", help="JSON file that lists the ids of each split")
    add("--split", metavar="NAME", help="split to import, as --splits names it")
    add("--limit", type=int, default=0, metavar="N", help="most items to import (default: all)")
    add(
        "--boxes", choices=("auto", "xyxy", "xywh"), help="grounding: kind of the boxes (default: proved from the data)"
    )
    add("--frame", choices=("auto", "pixels", "unit", "n1000"), help="grounding: frame of the boxes (default: auto)")


def run(args: argparse.Namespace) -> int:
    from agentkit.recorded.splits import read_split
    from rft.data.importers.run import run_import

    if (args.splits is None) != (args.split is None):
        raise ConfigError("--splits and --split go together")
    if args.limit < 0:
        raise ConfigError(f"--limit must be at least 0, got {args.limit}")
    options = {name: value for name in ("boxes", "frame") if (value := getattr(args, name)) is not None}
    importer = make_importer(args.name, **options)
    keep = None if args.splits is None else read_split(args.splits, args.split)
    report = run_import(importer, args.source, args.out, keep, args.limit, args.name)
    what = report["file"].removesuffix(".jsonl")
    reasons = "".join(f"\n  {count} x {reason}" for reason, count in report["reasons"].items())
    print(f"{report['samples']} {what} in {args.out / report['file']}; {report['refused']} items refused{reasons}")
    return 0
