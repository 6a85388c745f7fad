"""Does history alignment with sparse-action enhancement help? The same training with and without, several seeds.

    python scripts/compare_alignment.py --seeds 0 1 2 --jobs 2

Both arms start from the shipped model and train the same number of rounds with UI-Venus' reward on traces of the phone
whose histories hold no thoughts, as public data sets have them. One arm aligns and enhances between rounds, the other
trains on the recorded histories again. Scored: steps and whole traces of held-out recordings (with the recorded
thoughts as history), and tasks of held-out seeds solved on the phone, where the history is the model's own. Writes
docs/results/alignment.json; what lies in the folder of the runs is not run again.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

from agentkit.scoring import Rate
from machine import machine_facts

RESULTS = Path(__file__).parents[1] / "docs" / "results" / "alignment.json"
TASKS = ("Turn*", "Set*", "*Question")
TRAIN = {
    "protocol": "venus1_navi", "reward": "venus_navi", "lora_r": 16, "lr": 3e-4, "lr_schedule": "cosine",
    "group": 8, "prompts": 8, "temperature": 1.0, "max_new_tokens": 64, "save_every": 0, "scale_rewards": "none",
}  # fmt: skip
ARMS: dict[str, tuple[str, ...]] = {"aligned": (), "plain": ("--no-align", "--no-enhance")}


def call(*words: str, log: Path) -> None:
    """One command of ours; what it says goes to `log`."""
    with log.open("ab") as out:
        done = subprocess.run([sys.executable, "-m", *words], stdout=out, stderr=out, check=False)  # noqa: S603
    if done.returncode:
        raise SystemExit(f"`{' '.join(words)}` failed with {done.returncode}; see {log}")


def run_arm(arm: str, seed: int, args: argparse.Namespace) -> dict[str, Any]:
    folder = args.work / f"{arm}-{seed}"
    folder.mkdir(parents=True, exist_ok=True)
    log, started = folder / "log.txt", time.monotonic()
    settings = TRAIN | {"val_data": str(args.work / "held-out" / "traces.jsonl"), "val_every": 1000}
    evolve = ("rft", "evolve", str(args.work / "traces" / "traces.jsonl"), "--out", str(folder / "evolve"))
    given = [f"{name}={value}" for name, value in settings.items()]
    call(*evolve, "--model", "mini", "--rounds", str(args.rounds), "--seed", str(100 * seed), *ARMS[arm],
         "--train-args", *given, log=log)  # fmt: skip
    final = folder / "evolve" / f"round-{args.rounds:02d}" / "train"
    phone = ("--split", "heldout_seeds", "--seeds", str(args.instances), "--seed", "7", "--workers", "8")
    call("agentkit", "eval", "phone", "--policy", f"qwen:{final / 'final'}", "--protocol", "venus1_navi", *phone,
         "--no-baseline", "--tasks", *TASKS, "--out", str(folder / "phone"), log=log)  # fmt: skip
    lines = [json.loads(line) for line in (final / "metrics.jsonl").read_text("utf-8").splitlines()]
    scored = [line for line in lines if "val/step_accuracy" in line]
    solved = json.loads((folder / "phone" / "results.json").read_text("utf-8"))["card"]["solved"]
    return {
        "arm": arm,
        "seed": seed,
        "step_accuracy": scored[-1]["val/step_accuracy"],
        "trace_success": scored[-1]["val/trace_success"],
        "phone": solved,
        "rewards": [line["reward"] for line in lines if "reward" in line],
        "seconds": round(time.monotonic() - started, 1),
    }


def make_traces(args: argparse.Namespace) -> None:
    for name, count, more in (
        ("traces", args.traces, ("--seed", "1", "--no-thoughts")),
        ("held-out", args.held_out, ("--seed", "9", "--split", "heldout_seeds")),
    ):
        if not (args.work / name / "traces.jsonl").exists():
            call("rft", "data", "traces", "--out", str(args.work / name), "--n", str(count), *more,
                 log=args.work / "traces.log")  # fmt: skip


def summary(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """By arm: tasks solved on the phone, pooled over seeds; means of the offline measures."""
    found = {}
    for arm in ARMS:
        mine = [run for run in runs if run["arm"] == arm]
        rate = Rate(sum(run["phone"]["hits"] for run in mine), sum(run["phone"]["total"] for run in mine))
        low, high = rate.interval
        found[arm] = {
            "phone": {"value": rate.value, "low": low, "high": high, "hits": rate.hits, "total": rate.total},
            **{name: sum(run[name] for run in mine) / len(mine) for name in ("step_accuracy", "trace_success")},
        }
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--seeds", nargs="+", type=int, default=[0, 1, 2])
    add("--rounds", type=int, default=3)
    add("--traces", type=int, default=60, help="recorded for training")
    add("--held-out", type=int, default=40, help="recorded for validation")
    add("--instances", type=int, default=3, help="of each template, on the phone")
    add("--jobs", type=int, default=1, help="runs at the same time")
    add("--work", type=Path, default=Path("runs/alignment"))
    add("--out", type=Path, default=RESULTS)
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    make_traces(args)
    wanted = [(arm, seed) for seed in args.seeds for arm in ARMS]
    with ThreadPoolExecutor(args.jobs) as pool:
        runs = list(pool.map(lambda one: run_arm(*one, args), wanted))
    versions = {name: version(name) for name in ("torch", "transformers", "trl")}
    words = "python scripts/compare_alignment.py " + " ".join(sys.argv[1:])
    facts = {"command": words, "machine": machine_facts(), "versions": versions, "settings": TRAIN, "tasks": TASKS}
    found = {**facts, "rounds": args.rounds, "summary": summary(runs), "runs": runs}
    args.out.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    for arm, facts in found["summary"].items():
        print(arm, json.dumps(facts))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
