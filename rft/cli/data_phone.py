"""Make training or evaluation data: walk a simulated phone's screens and ask about what it sees.

  rft data phone --out data/train --n 20000 --seed 1 --split train
  rft data phone --out data/test --n 1000 --seed 9 --split held_out --format screenspot-v2

  rft data phone --out data/noisy --n 5000 --noise 0.2

`rows` writes rows.jsonl for `rft sft` and `rft train`; `screenspot-v2` writes that suite's own layout, which
`agentkit eval screenspot-v2 --data DIR` reads. Held-out screens use words that no training screen uses.

--noise spoils that share of the rows on purpose, so that `rft data clean` can be measured: boxes shifted off their
element, instructions that fit two elements or none, boxes that hold another target, duplicates (rft.data.noise).
noise.jsonl says what was done to which row.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentkit.errors import ConfigError, boundary

if TYPE_CHECKING:
    from PIL.Image import Image

    from envs.phone.targets import Target

HELP = "make grounding data from the simulated phone"
PER_SCREEN = 4
NOISE = "noise.jsonl"
ROWS, SUITE = "rows.jsonl", "screenspot_mobile_v2.json"
IMAGES = {"rows": "images", "screenspot-v2": "screenspotv2_image"}


def configure(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--out", required=True, type=Path, help="new or empty folder")
    add("--n", required=True, type=int, help="questions to write")
    add("--seed", type=int, default=0, help="decides everything (default: %(default)s)")
    add("--split", type=_split, default="train", help="train or held_out: half of the words (default: %(default)s)")
    add("--screen", nargs="+", default=["small"], metavar="SIZE", help="one or more of small, medium, large, tall, ...")
    add("--dark", choices=("light", "dark", "mix"), default="mix", help="theme (default: %(default)s)")
    add("--format", choices=("rows", "screenspot-v2"), default="rows", help="layout (default: %(default)s)")
    add("--noise", type=float, default=0.0, metavar="X", help="share of rows to spoil (default: %(default)s)")
    add("--per-screen", type=int, default=PER_SCREEN, help="most questions per screen (default: %(default)s)")


def _split(name: str) -> str:
    if name.replace("heldout", "held_out") not in ("train", "held_out"):
        raise argparse.ArgumentTypeError(f"expected train or held_out, got {name!r}")
    return name.replace("heldout", "held_out")


def run(args: argparse.Namespace) -> int:
    if args.n < 1 or args.per_screen < 1:
        raise ConfigError(f"--n and --per-screen must be at least 1, got {args.n} and {args.per_screen}")
    if not 0 <= args.noise < 1:
        raise ConfigError(f"--noise must be a share in [0, 1), got {args.noise}")
    if args.noise and args.format != "rows":
        raise ConfigError("--noise spoils training rows: it needs --format rows")
    if args.out.exists() and (not args.out.is_dir() or any(args.out.iterdir())):
        raise ConfigError(f"--out needs a new or empty folder, got {args.out}")
    folder = args.out / IMAGES[args.format]
    started, shots = time.monotonic(), 0
    entries: list[dict[str, Any]] = []
    for image, found in _questions(args):
        name = f"{shots:06d}.png"
        if not shots:
            with boundary(ConfigError, f"cannot create {folder}"):
                folder.mkdir(parents=True)
        image.save(folder / name, compress_level=4)
        shots += 1
        for target in found:
            if args.format == "rows":
                key = f"phone-{args.split}-{args.seed}-{len(entries)}"
                entries.append(_row(target, f"{folder.name}/{name}", key))
            else:
                entries.append(_suite_row(target, name, image.size))
        if shots % 200 == 0:
            left = (time.monotonic() - started) / len(entries) * (args.n - len(entries))
            print(f"{len(entries)}/{args.n} questions, about {left:.0f} s left", file=sys.stderr)
    if args.noise:
        entries = _spoiled(entries, args)
    if args.format == "rows":
        text = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
    else:
        text = json.dumps(entries, ensure_ascii=False, indent=1) + "\n"
    (args.out / (ROWS if args.format == "rows" else SUITE)).write_text(text, "utf-8")
    print(f"{len(entries)} questions about {shots} screens in {args.out} ({time.monotonic() - started:.1f} s)")
    return 0


def _spoiled(entries: list[dict[str, Any]], args: argparse.Namespace) -> list[dict[str, Any]]:
    """The rows with noise in them; noise.jsonl says where. A duplicate gets its screenshot as another file."""
    import random
    from itertools import groupby

    from PIL import Image

    from rft.data.noise import spoil

    rng = random.Random(f"rft data phone --noise/{args.split}/{args.seed}")
    out, labels = [], []
    for shot, rows in groupby(entries, key=lambda entry: entry["image"]):
        for noisy in spoil(list(rows), args.noise, rng):
            row = noisy.row
            if noisy.kind == "duplicate":
                copy = shot.removesuffix(".png") + "-again.png"
                with Image.open(args.out / shot) as image:
                    image.save(args.out / copy, compress_level=1)
                row = row | {"image": copy}
            if noisy.kind is not None:
                labels.append({"id": row["id"], "noise": noisy.kind, "partner": noisy.partner})
            out.append(row)
    (args.out / NOISE).write_text("".join(json.dumps(label) + "\n" for label in labels), "utf-8")
    return out


def _questions(args: argparse.Namespace) -> Iterator[tuple[Image, list[Target]]]:
    """Screens with at most `--per-screen` of their questions, `--n` questions in all."""
    import random

    from envs.phone.screens import screens

    rng = random.Random(f"rft data phone/{args.split}/{args.seed}")
    left = args.n
    for image, found in screens(args.seed, args.split, screen=args.screen, dark=args.dark):
        some = rng.sample(found, min(len(found), args.per_screen, left))
        yield image, some
        left -= len(some)
        if not left:
            return


def _row(target: Target, image: str, key: str) -> dict[str, Any]:
    """A grounding row of `rft.data.rows`."""
    box = target.box
    return {"id": key, "image": image, "instruction": target.instruction, "box": [box.x1, box.y1, box.x2, box.y2]}


def _suite_row(target: Target, name: str, size: tuple[int, int]) -> dict[str, Any]:
    """A row as OS-Copilot's ScreenSpot-v2 has it: x, y, width and height in pixels."""
    (width, height), box = size, target.box
    x, y = round(box.x1 * width), round(box.y1 * height)
    return {
        "img_filename": name,
        "bbox": [x, y, round(box.x2 * width) - x, round(box.y2 * height) - y],
        "instruction": target.instruction,
        "data_type": target.ui_type,
        "data_source": "android",
    }
