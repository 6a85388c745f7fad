"""What MiniWoB++ costs in a browser, and what policies score on it: docs/results/miniwob_*.json.

    agentkit eval miniwob --policy oracle --episodes 10 --workers 2 --out runs/miniwob-oracle
    python scripts/bench_miniwob.py table runs/miniwob-oracle --out docs/results/miniwob_oracle.json
    python scripts/bench_miniwob.py speed                  # writes docs/results/miniwob_speed.json

`table` keeps of a finished run what a reader wants: per task the episodes, successes and seconds. `speed` times one
browser on one task after another: a reset that loads the page afresh and one that only starts a new problem on it, a
step that changes nothing, and the oracle's whole episodes.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from agentkit.actions import Hover, Point
from agentkit.episode import run_episode
from envs.miniwob import PAGES, MiniWobTask
from envs.miniwob.oracle import Oracle
from machine import machine_facts

RESULTS = Path(__file__).resolve().parents[1] / "docs" / "results"
TASKS = ("click-test-2", "click-checkboxes", "click-tab-2", "choose-list", "email-inbox-delete", "enter-text")
KEPT = ("suite", "policy", "protocol", "seed", "episodes", "mode", "scale", "keep_limits", "max_steps", "notes")


def table(run: Path) -> dict[str, Any]:
    """The settings, totals and per-task counts of a finished run."""
    found = json.loads((run / "results.json").read_text("utf-8"))
    card, rows = found["card"], found["by_task"]
    exact = sum(row["exact"] for row in rows.values())
    return {
        **{name: found[name] for name in KEPT if found.get(name) is not None},
        "machine_of_the_run": found.get("cost", {}).get("machine"),
        "workers": found.get("cost", {}).get("batch"),
        "versions": found["versions"],
        "solved": card["solved"],
        "exact": {"hits": int(exact), "total": card["solved"]["total"]},
        "tasks_solved_always": sum(row["episodes"] == row["success"] for row in rows.values()),
        "broken": [{"key": result["key"], "fault": result["fault"]} for result in card["broken"]],
        "by_task": rows,
    }


def milliseconds(times: int, work: Callable[[int], object]) -> dict[str, float]:
    """Median and quartiles of `work(i)`."""
    spent = []
    for i in range(times):
        begun = time.perf_counter()
        work(i)
        spent.append(1000 * (time.perf_counter() - begun))
    low, middle, high = statistics.quantiles(spent, n=4)
    return {"median": round(middle, 1), "quartile_1": round(low, 1), "quartile_3": round(high, 1)}


def speed(times: int, scale: float) -> dict[str, Any]:
    begun = time.perf_counter()
    oracle = Oracle(scale=scale)
    env = oracle.env()
    env.reset(MiniWobTask(PAGES["click-test"], 0))
    rows: dict[str, Any] = {"start_ms": round(1000 * (time.perf_counter() - begun))}
    try:
        for name in TASKS:
            tasks = [MiniWobTask(PAGES[name], seed) for seed in range(times)]
            env.reload_every = 1
            row = {"reset": milliseconds(times, lambda i, tasks=tasks: env.reset(tasks[i]))}
            row["step"] = milliseconds(times, lambda i: env.step(Hover(Point(0.9, 0.9 + 0.05 * (i % 2)))))
            row["episode"] = milliseconds(times, lambda i, tasks=tasks: run_episode(oracle, env, tasks[i]))
            env.reload_every = 10**6
            row["reset_same_page"] = milliseconds(times, lambda i, tasks=tasks: env.reset(tasks[i]))
            rows[name] = row
            print(name, {part: values["median"] for part, values in row.items()}, flush=True)
    finally:
        env.close()
    return rows


def main() -> None:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("table", help="a finished run, per task")
    one.add_argument("run", type=Path)
    one.add_argument("--out", type=Path, required=True)
    two = commands.add_parser("speed", help="milliseconds of reset, step and episode")
    two.add_argument("--times", type=int, default=30)
    two.add_argument("--scale", type=float, default=2.0)
    two.add_argument("--out", type=Path, default=RESULTS / "miniwob_speed.json")
    args = parser.parse_args()
    facts = machine_facts()
    if args.command == "table":
        found = table(args.run)
    else:
        found = {"times": args.times, "scale": args.scale, "unit": "ms", "rows": speed(args.times, args.scale)}
    args.out.write_text(json.dumps({**facts, **found}, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(args.out)


if __name__ == "__main__":
    main()
