"""The whole job on a laptop: evaluate, train by reinforcement, evaluate again, drive a phone over ADB, report.

The shipped model has only seen phones 360 or 411 dp wide; this one is 420 dp wide, so everything stands elsewhere and
is drawn smaller. Held-out screens are rendered (words that no training screen uses), the model is scored, trained for a
few minutes with GRPO and UI-Venus's grounding reward on other screens of that phone, and scored again. Then it drives a
simulated phone through a real ADB connection for a few tasks. Everything is one call of a command that you can run
yourself; each is printed. One HTML page shows it all.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from statistics import fmean
from typing import Any

from agentkit.episode import run_episode
from agentkit.policies import make_policy
from agentkit.protocols import get_protocol
from agentkit.report import Report, grounding_shots
from agentkit.scoring import GroundingCard, Rate, card_of_json, prediction_of, read_rows
from agentkit.trace import save_trace
from agentkit.types import Trajectory
from envs.grounding.suite import load_suite
from envs.phone.adb.env import PhoneOverAdb
from envs.phone.tasks.suite import task_suite

SCREEN = "wide"
TASKS = ("TurnWifi", "TurnDarkTheme", "SetBrightness", "DeleteAllNotes", "WifiQuestion")


def command(*words: str) -> None:
    """Run one of Glint's commands, shown as a person would type it. SystemExit when it fails."""
    print("\n$", " ".join(words), flush=True)
    program = Path(sys.executable).parent / words[0]
    if subprocess.run([str(program), *words[1:]], check=False).returncode:  # noqa: S603
        raise SystemExit(f"demo: {words[0]} {words[1]} failed; its message is above")


def evaluate(model: str, data: Path, out: Path) -> GroundingCard:
    command("agentkit", "eval", "screenspot-v2", "--data", str(data), "--policy", f"qwen:{model}",
            "--protocol", "venus1_ground", "--batch", "25", "--out", str(out))  # fmt: skip
    card = card_of_json(json.loads((out / "results.json").read_text())["card"])
    assert isinstance(card, GroundingCard)
    return card


def drive(model: str, out: Path) -> list[tuple[Trajectory, float]]:
    """A few training-split tasks over ADB, saved as traces."""
    policy = make_policy(f"qwen:{model}", get_protocol("venus1_navi"), max_new_tokens=96)
    suite = {type(task).__name__: task for task in task_suite(0, 1, split="train")}
    episodes = []
    for name in TASKS:
        task, env = suite[name], PhoneOverAdb(screen="small")
        started = time.monotonic()
        try:
            trajectory = run_episode(policy, env, task)
        finally:
            env.close()
        success = task.score(trajectory)["success"]
        seconds = (time.monotonic() - started) / max(1, len(trajectory.steps))
        word = "solved" if success else "failed"
        print(f"  {word}  {len(trajectory.steps)} steps, {seconds:.2f} s each  {task.goal}", flush=True)
        save_trace(trajectory, out / task.key)
        episodes.append((trajectory, success))
    return episodes


Episodes = list[tuple[Trajectory, float]]


def write_report(out: Path, before: GroundingCard, after: GroundingCard, episodes: Episodes) -> Path:
    rows = read_rows(out / "after" / "predictions.jsonl")
    predictions = [prediction_of(row) for row in rows]
    samples = load_suite("screenspot-v2", out / "heldout").samples
    report = Report("Glint demo", "A small Qwen2.5-VL learns a phone it has never seen, then drives one over ADB.")
    report.add_comparison(
        "Held-out screens of the wider phone, before and after reinforcement",
        {"before": before, "after": after},
        "Words and screens that training never used; point in box.",
    )
    report.add_curve(
        "Reinforcement fine-tuning",
        out / "rft" / "metrics.jsonl",
        {"reward and accuracy": ["reward", "accuracy"], "entropy": ["entropy"]},
    )
    report.add_episodes("The simulated phone, driven over ADB", episodes)
    report.add_gallery("Still wrong after training", grounding_shots(samples, predictions, after, 8))
    report.add_gallery("Right after training", grounding_shots(samples, predictions, after, 8, wrong=False))
    report.write(out / "report.html")
    return out / "report.html"


def demo(args: argparse.Namespace, seed_number: int) -> dict[str, Any]:
    """One run of the whole job; its figures, also kept as demo.json beside the report."""
    started = time.monotonic()
    out = args.out / f"seed{seed_number}"
    seed = str(seed_number)

    command("rft", "data", "phone", "--out", str(out / "heldout"), "--n", str(args.held_out), "--seed", f"9{seed}",
            "--split", "held_out", "--screen", SCREEN, "--format", "screenspot-v2")  # fmt: skip
    rows = out / "train" / "rows.jsonl"
    command("rft", "data", "phone", "--out", str(rows.parent), "--n", "1600", "--seed", seed, "--screen", SCREEN)
    before = evaluate(args.model, out / "heldout", out / "before")
    command("rft", "train", "--config", "configs/demo.yaml", "--model", args.model, "--data", str(rows),
            "--out", str(out / "rft"), "--steps", str(args.steps), "--seed", seed)  # fmt: skip
    after = evaluate(str(out / "rft" / "final"), out / "heldout", out / "after")
    print(f"\nThe shipped model drives the phone over ADB (qwen:{args.model}):", flush=True)
    episodes = drive(args.model, out / "episodes")
    page = write_report(out, before, after, episodes)

    accuracy = {name: _rate(card.accuracy) for name, card in (("before", before), ("after", after))}
    result = {
        "seed": seed_number,
        "steps": args.steps,
        **accuracy,
        "reward": _reward(out / "rft" / "metrics.jsonl"),
        "tasks_solved_over_adb": sum(success for _, success in episodes),
        "tasks": len(episodes),
        "seconds": round(time.monotonic() - started, 1),
    }
    (out / "demo.json").write_text(json.dumps(result, indent=2) + "\n")
    print(f"\n{summary(result)}\nreport: {page.resolve()}", flush=True)
    return result


def _rate(rate: Rate) -> dict[str, float]:
    low, high = rate.interval
    return {"value": rate.value, "low": low, "high": high, "hits": rate.hits, "total": rate.total}


def _reward(metrics: Path, span: int = 10) -> dict[str, float]:
    """Mean reward of the first and of the last `span` training steps."""
    rewards = [row["reward"] for row in map(json.loads, metrics.read_text().splitlines()) if "reward" in row]
    return {"first": fmean(rewards[:span]), "last": fmean(rewards[-span:])}


def summary(result: dict[str, Any]) -> str:
    before, after, reward = result["before"], result["after"], result["reward"]
    return (
        f"seed {result['seed']}: held-out accuracy {before['value']:.1%} -> {after['value']:.1%} "
        f"({after['total']} questions, 95 % {after['low']:.1%}..{after['high']:.1%}), reward {reward['first']:.2f} -> "
        f"{reward['last']:.2f}, {result['tasks_solved_over_adb']:.0f} of {result['tasks']} tasks solved over ADB, "
        f"{result['seconds']:.0f} s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("demo-out"), help="folder for everything (default: demo-out)")
    parser.add_argument("--seed", type=int, nargs="+", default=[0], help="of the data and of training (default: 0)")
    parser.add_argument("--model", default="mini", help="model to start from (default: the shipped one)")
    parser.add_argument("--steps", type=int, default=60, help="GRPO steps (default: 60)")
    parser.add_argument("--held-out", type=int, default=400, help="held-out questions (default: 400)")
    args = parser.parse_args()
    results = [demo(args, seed) for seed in args.seed]
    if len(results) > 1:
        (args.out / "demo.json").write_text(json.dumps(results, indent=2) + "\n")
        print("\n" + "\n".join(map(summary, results)))


if __name__ == "__main__":
    main()
