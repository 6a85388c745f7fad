"""AndroidWorld's tasks on the simulated phone: for each, what its scripted solution and doing nothing score.

    python scripts/androidworld_table.py --python AW/bin/python --source android_world --work runs/androidworld

Tasks, parameters and checkers are android_world's own, unchanged, over the stock adb client; the apps are our drawings,
so a score on them is no AndroidWorld score. Prints the table and writes docs/results/androidworld_on_phone.json. What
lies in the folder of the runs is not run again.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from envs.androidworld.missing import remark
from envs.androidworld.solutions import SOLUTIONS
from machine import machine_facts

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "docs" / "results" / "androidworld_on_phone.json"


def evaluate(policy: str, args: argparse.Namespace) -> list[dict[str, Any]]:
    """The episodes of one policy, as results.json has them."""
    out = args.work / policy
    words = ["agentkit", "eval", "androidworld", "--policy", policy, "--python", args.python, "--screen", args.screen]
    words += ["--seeds", str(args.seeds), "--seed", str(args.seed), "--workers", str(args.workers), "--out", str(out)]
    words += ["--source", args.source] if args.source else []
    subprocess.run([sys.executable, "-m", *words], check=False)  # noqa: S603  exit code 1 tells of broken episodes
    return json.loads((out / "results.json").read_text("utf-8"))["card"]["results"]


def by_template(results: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for result in results:
        found.setdefault(result["template"], []).append(result)
    return found


def line(name: str, oracle: Sequence[Mapping[str, Any]], noop: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One template: solved instances of each policy, steps of the solution, and what there is to say."""
    broken = [result["fault"] for result in noop if result["ending"] == "broken"]
    why = remark(name) or (f"does not start: {broken[0][:160]}" if broken else "")
    if not why and name not in SOLUTIONS:
        why = "starts and is scored; no solution has been written"
    return {
        "task": name,
        "instances": len(noop),
        "starts": len(noop) - len(broken),
        "oracle": sum(_success(result) == 1.0 for result in oracle),
        "noop": sum(_success(result) > 0.0 for result in noop),
        "steps": round(sum(result["steps"] for result in oracle) / len(oracle), 1),
        "remark": why,
    }


def _success(result: Mapping[str, Any]) -> float:
    return float(result["success"]) if result["ending"] != "broken" else 0.0


def upstream(source: str | None) -> str:
    """The commit of the checkout, where there is one."""
    words = ["git", "-C", source or ".", "rev-parse", "HEAD"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603
    return done.stdout.strip() if source else ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--python", required=True, help="interpreter with android_world or its requirements")
    add("--source", help="checkout of android_world")
    add("--screen", default="medium")
    add("--seed", type=int, default=30)
    add("--seeds", type=int, default=1, help="instances of each template")
    add("--workers", type=int, default=2)
    add("--work", type=Path, default=Path("runs/androidworld"))
    add("--out", type=Path, default=RESULTS)
    args = parser.parse_args()
    oracle, noop = (by_template(evaluate(policy, args)) for policy in ("oracle", "noop"))
    rows = [line(name, oracle[name], noop[name]) for name in sorted(noop)]
    proven = [row for row in rows if row["oracle"] == row["instances"]]
    found = {
        "command": "python scripts/androidworld_table.py",
        "android_world": upstream(args.source),
        "machine": machine_facts(),
        "screen": args.screen,
        "seed": args.seed,
        "seeds": args.seeds,
        "templates": len(rows),
        "start": sum(row["starts"] == row["instances"] for row in rows),
        "solved_by_oracle": len(proven),
        "given_away": sum(row["noop"] > 0 for row in rows),
        "solved_and_not_given_away": sum(row["noop"] == 0 for row in proven),
        "tasks": rows,
    }
    args.out.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    for row in rows:
        scores = f"{row['oracle']}/{row['instances']} {row['noop']}/{row['instances']} {row['steps']:5}"
        print(f"{row['task']:52} {scores}  {row['remark'][:100]}")
    for name in ("templates", "start", "solved_by_oracle", "given_away", "solved_and_not_given_away"):
        print(f"{name.replace('_', ' '):28} {found[name]}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
