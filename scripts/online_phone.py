"""Does online reinforcement on the simulated phone teach the shipped model anything? Measured on held-out instances.

For each seed: sample episodes of held-out instances with the model as shipped, train it online on other instances of
the same templates, sample again. Greedy success is measured too. Writes one JSON file; everything in it comes from
here. The phones of held-out instances and the words on them are never seen in training. A seed whose result lies in
the folder of the runs is not run again.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import fmean
from typing import Any

from agentkit.episode import Limits
from agentkit.policies.qwen import QwenPolicy
from agentkit.pool import run_episodes
from agentkit.scoring import Rate, score_episode
from agentkit.types import Ending
from envs.phone.env import PhoneEnv
from envs.phone.tasks.base import PhoneTask
from envs.phone.tasks.suite import task_suite

TASKS = ("SetBrightness", "SetMediaVolume", "TurnDarkTheme", "TurnWifi")
SCREEN, MAX_STEPS, MAX_TOKENS, TEMPERATURE = "small", 6, 40, 1.0
HELD_OUT_SEED = 97
RESULTS = Path(__file__).parents[1] / "docs" / "results" / "online_phone.json"


def held_out(count: int) -> list[PhoneTask]:
    suite = task_suite(HELD_OUT_SEED, count, "heldout_seeds")
    return [task for task in suite if type(task).__name__ in TASKS]


def success(model: str, tasks: Sequence[PhoneTask], temperature: float, seed: int) -> dict[str, Any]:
    """Success of `model`, overall and by template. Episodes that broke are left out and counted."""
    policy = QwenPolicy(
        model, "venus1_navi", device="cpu", temperature=temperature, max_new_tokens=MAX_TOKENS, seed=1000 * seed
    )
    runs = run_episodes(
        policy, lambda: PhoneEnv(screen=SCREEN), tasks, workers=16, limits=Limits(max_steps=MAX_STEPS), linger_s=60
    )
    solved: dict[str, list[bool]] = defaultdict(list)
    for result in map(score_episode, tasks, runs):
        if result.ending is not Ending.BROKEN:
            solved[result.template].append(result.solved)
    every = [one for some in solved.values() for one in some]
    return {
        **rate(every),
        "templates": {name: f"{sum(some)}/{len(some)}" for name, some in solved.items()},
        "broken": len(tasks) - len(every),
    }


def rate(solved: Sequence[bool]) -> dict[str, float]:
    found = Rate(sum(solved), len(solved))
    low, high = found.interval
    return {"value": found.value, "low": low, "high": high, "hits": found.hits, "total": found.total}


def pooled(runs: Sequence[dict[str, Any]], when: str) -> dict[str, Any]:
    """Sampled success of all runs together. Before training these are draws from one model."""
    found = [run[when]["sampled"] for run in runs]
    templates: dict[str, list[int]] = {}
    for one in found:
        for name, text in one["templates"].items():
            hits, total = map(int, text.split("/"))
            have = templates.setdefault(name, [0, 0])
            templates[name] = [have[0] + hits, have[1] + total]
    hits, total = (sum(some[part] for some in templates.values()) for part in (0, 1))
    return {
        **rate([True] * hits + [False] * (total - hits)),
        "templates": {name: f"{some[0]}/{some[1]}" for name, some in templates.items()},
    }


def measure(model: str, args: argparse.Namespace, seed: int) -> dict[str, Any]:
    tasks = held_out(args.held_out)
    drawn = [task for task in tasks for _ in range(args.draws)]
    return {"sampled": success(model, drawn, TEMPERATURE, seed), "greedy": success(model, tasks, 0.0, seed)}


def train_command(args: argparse.Namespace, out: Path, seed: int) -> list[str]:
    return [
        "rft", "train", "--online", "phone", "--tasks", *TASKS, "--split", "train", "--screen", SCREEN,
        "--model", "mini", "--out", str(out), "--config", str(args.config), "--steps", str(args.steps),
        "--max-steps-per-episode", str(MAX_STEPS), "--max-new-tokens", str(MAX_TOKENS),
        "--temperature", str(TEMPERATURE), "--seed", str(seed), "--task-seed", str(seed), "--device", "cpu",
        *(["--launch", "torchrun", "--nproc", str(args.nproc)] if args.nproc > 1 else []),
    ]  # fmt: skip


def one_run(args: argparse.Namespace, seed: int) -> dict[str, Any]:
    out = args.out / f"seed{seed}"
    kept = out / "result.json"
    if kept.exists():
        return json.loads(kept.read_text("utf-8"))
    before = measure("mini", args, seed)
    command = train_command(args, out, seed)
    print("$", " ".join(command), flush=True)
    started = time.monotonic()
    program = Path(sys.executable).parent / command[0]
    if subprocess.run([str(program), *command[1:]], check=False).returncode:  # noqa: S603
        raise SystemExit("online_phone: training failed; its message is above")
    seconds = time.monotonic() - started
    after = measure(str(out / "final"), args, seed)
    lines = [json.loads(line) for line in (out / "metrics.jsonl").read_text("utf-8").splitlines()]
    curve = [line["success"] for line in lines if "success" in line]
    part = max(1, len(curve) // 4)
    result = {
        "seed": seed,
        "before": before,
        "after": after,
        "training_success": {"first_quarter": fmean(curve[:part]), "last_quarter": fmean(curve[-part:])},
        "episodes": args.episodes * len(curve),
        "training_seconds": round(seconds, 1),
    }
    print(summary(result), flush=True)
    kept.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
    return result


def summary(result: dict[str, Any]) -> str:
    words = [f"seed {result['seed']}:"]
    for kind in ("sampled", "greedy"):
        a, b = (result[when][kind] for when in ("before", "after"))
        hits = f"{a['hits']}/{a['total']} -> {b['hits']}/{b['total']}"
        words.append(f"{kind} {hits} ({a['value']:.1%} -> {b['value']:.1%}),")
    return " ".join([*words, f"{result['training_seconds']:.0f} s of training"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("online-phone"), help="folder of the runs")
    parser.add_argument("--config", type=Path, default=Path(__file__).parents[1] / "configs" / "online_phone.yaml")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0], help="of tasks, sampling and training")
    parser.add_argument("--steps", type=int, default=30, help="training steps (default: 30)")
    parser.add_argument("--nproc", type=int, default=2, help="training processes (default: 2)")
    parser.add_argument("--held-out", type=int, default=12, help="held-out instances per template (default: 12)")
    parser.add_argument("--draws", type=int, default=3, help="sampled episodes per instance (default: 3)")
    parser.add_argument("--results", type=Path, default=RESULTS, help="JSON file to write")
    args = parser.parse_args()
    import yaml

    settings = yaml.safe_load(args.config.read_text("utf-8"))
    args.episodes = settings["group"] * settings["prompts"]
    runs = [one_run(args, seed) for seed in args.seeds]
    flags = {"steps": args.steps, "nproc": args.nproc, "held-out": args.held_out, "draws": args.draws}
    words = ["--seeds", *map(str, args.seeds), *(word for flag, n in flags.items() for word in (f"--{flag}", str(n)))]
    facts = {
        "command": " ".join(["python scripts/online_phone.py", *words]),
        "tasks": list(TASKS),
        "settings": settings | {"steps": args.steps, "temperature": TEMPERATURE, "screen": SCREEN,
                                "max_steps_per_episode": MAX_STEPS, "processes": args.nproc},
        "versions": {name: version(name) for name in ("torch", "transformers", "trl")},
        "sampled": {when: pooled(runs, when) for when in ("before", "after")},
        "runs": runs,
    }  # fmt: skip
    args.results.write_text(json.dumps(facts, indent=2) + "\n", "utf-8")
    print(f"\n{args.results}")


if __name__ == "__main__":
    main()
