"""Measure what a second, closer look gains and costs: the shipped model on simulated phone screens.

  python scripts/zoom_in.py --work runs/zoom --out docs/results/zoom_in.json

Runs `rft data phone` and `agentkit eval` once per screen and ratio; a stopped measurement goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agentkit.machine import machine
from agentkit.scoring import GroundingCard, card_of_json, paired_difference

SEED = 9


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--policy", default="qwen:mini", help="(default: %(default)s)")
    parser.add_argument("--protocol", default="venus1_ground", help="(default: %(default)s)")
    parser.add_argument("--screens", nargs="+", default=["small", "large"], help="(default: small large)")
    parser.add_argument("--ratios", nargs="+", type=float, default=[0.5, 0.75, 0.9], help="(default: 0.5 0.75 0.9)")
    parser.add_argument("--n", type=int, default=150, help="questions per screen (default: %(default)s)")
    parser.add_argument("--batch", type=int, default=10, help="questions per model call (default: %(default)s)")
    parser.add_argument("--work", type=Path, required=True, metavar="DIR", help="data and runs")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    args = parser.parse_args()
    screens = {screen: measure(args, screen) for screen in args.screens}
    found = {
        "model": args.policy,
        "protocol": args.protocol,
        "metric": "point in box, held-out words, greedy",
        "questions": f"rft data phone --n {args.n} --seed {SEED} --split held_out --format screenspot-v2",
        "zoom": "second look at a crop of the answer's surroundings, its sides that share of the screen's, enlarged",
        "date": time.strftime("%Y-%m-%d"),
        "commit": output("git", "rev-parse", "--short", "HEAD"),
        "machine": machine(),
        "timing": "seconds are of a machine with other work on it; counts are exact",
        "batch": args.batch,
        "screens": screens,
    }
    args.out.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    print(f"wrote {args.out}")


def measure(args: argparse.Namespace, screen: str) -> dict[str, Any]:
    """The plain run and one per ratio, each compared with the plain one question by question."""
    data = args.work / f"{screen}-data"
    if not data.exists():
        options = ("--n", args.n, "--seed", SEED, "--split", "held_out", "--screen", screen)
        command("rft", "data", "phone", "--out", data, *options, "--format", "screenspot-v2")
    cards: dict[str, GroundingCard] = {}
    for ratio in (None, *args.ratios):
        name = "plain" if ratio is None else f"zoom {ratio:g}"
        out = args.work / f"{screen}-{name.replace(' ', '-')}"
        zoom = () if ratio is None else ("--zoom", ratio)
        asked = ("--policy", args.policy, "--protocol", args.protocol, "--batch", args.batch)
        command("agentkit", "eval", "screenspot-v2", "--data", data, *asked, *zoom, "--out", out)
        card = card_of_json(json.loads((out / "results.json").read_text("utf-8"))["card"])
        assert isinstance(card, GroundingCard)
        cards[name] = card
    return {name: facts(card, cards["plain"]) for name, card in cards.items()}


def facts(card: GroundingCard, plain: GroundingCard) -> dict[str, Any]:
    low, high = card.accuracy.interval
    found: dict[str, Any] = {
        "hits": card.accuracy.hits,
        "total": card.accuracy.total,
        "value": card.accuracy.value,
        "low": low,
        "high": high,
        "seconds_per_question": card.cost.seconds_total / max(card.cost.measured, 1),
        "per_question": dict(card.cost.tokens),
        "outcomes": dict(card.outcomes),
        "by_element": shares(card),
    }
    if card is not plain:
        change = paired_difference(rights(plain), rights(card))
        ends = {"low": change.low, "high": change.high, "p_value": change.p_value}
        found["against_plain"] = {"points": change.value, "gained": change.gained, "lost": change.lost, **ends}
    return found


def rights(card: GroundingCard) -> dict[str, bool]:
    return {key: outcome.right for key, outcome in card.by_id.items()}


def shares(card: GroundingCard) -> Mapping[str, str]:
    return {name: f"{rate.hits}/{rate.total}" for name, rate in card.groups.get("ui_type", {}).items()}


def command(*words: object) -> None:
    """Run one of Glint's commands. SystemExit when it fails."""
    print("$", *words, flush=True)
    program = Path(sys.executable).parent / str(words[0])
    if subprocess.run([str(program), *map(str, words[1:])], check=False).returncode:  # noqa: S603
        raise SystemExit(f"{words[0]} {words[1]} failed; its message is above")


def output(*words: str) -> str:
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603


if __name__ == "__main__":
    main()
