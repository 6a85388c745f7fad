"""Phone episodes over an ADB connection that breaks all the time, and whether anything was done twice.

    python scripts/fault_run.py                    # 1,000 faults, some minutes, writes docs/results/adb_faults.json
    python scripts/fault_run.py --faults 60 --seed 3 --out /tmp/faults.json

Episodes follow the tasks' scripted solutions through `envs.android` and a proxy that spoils packets. Those that break
are run again, as `agentkit eval phone` does when it goes on, until each is whole. Every episode is then repeated,
action by action, over a clean connection: the command lines that changed the phone must be the same ones in the same
order, of a broken episode a first part of them, and of a whole one all of them, with the same screens. Exit code 1 when
not.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from agentkit.actions import Malformed, Refusal
from agentkit.pool import run_episodes
from agentkit.scoring import score_episode
from agentkit.types import Ending, Trajectory
from envs.faults import Faults
from envs.phone.adb.env import PhoneOverAdb
from envs.phone.baselines import Oracle
from envs.phone.tasks.base import PhoneTask
from envs.phone.tasks.suite import task_suite

OUT = Path(__file__).parents[1] / "docs" / "results" / "adb_faults.json"
ORDERS = ("input ", "monkey ", "am ", "ime enable ", "sleep ")
"""How command lines begin that change the phone. Others are questions, which may be asked twice."""
SCREEN = "small"
LEAK_S = 10.0


class Witness(PhoneOverAdb):
    """A phone that hands over which orders it has carried out once nothing can reach it any more."""

    def __init__(self, seen: dict[str, list[str]], **options: Any) -> None:
        super().__init__(screen=SCREEN, **options)
        self._seen = seen

    def close(self) -> None:
        server, task = self._server, self._task
        super().close()
        if server is not None and task is not None:
            self._seen[task.key] = [line for line in server.history if line.startswith(ORDERS)]


@dataclass
class Tally:
    """What became of the episodes."""

    endings: Counter[str] = field(default_factory=Counter)
    broken_by: Counter[str] = field(default_factory=Counter)
    solved: int = 0
    steps: int = 0
    sent: int = 0
    """Orders that the policy's actions stand for."""
    executed: int = 0
    doubled: int = 0
    stray: int = 0
    """Orders that nobody gave, or out of their turn."""
    missing: int = 0
    """Of whole episodes. The last action of a broken one may be missing."""
    wrong_screens: int = 0
    faults: list[str] = field(default_factory=list)
    """What was wrong, in words."""

    def judge(self, task: PhoneTask, trajectory: Trajectory, orders: Sequence[str]) -> None:
        broken = trajectory.ending is Ending.BROKEN
        self.endings[trajectory.ending.value] += 1
        self.steps += len(trajectory.steps)
        expected, wrong = repeat(task, trajectory)
        place = doubled = stray = 0
        for line in orders:
            if place < len(expected) and line == expected[place]:
                place += 1
            elif place and line == expected[place - 1]:
                doubled += 1
            else:
                stray += 1
        missing = 0 if broken else len(expected) - place
        solved = score_episode(task, trajectory).solved
        self.sent += len(expected)
        self.executed += place
        self.doubled, self.stray, self.missing = self.doubled + doubled, self.stray + stray, self.missing + missing
        self.wrong_screens += wrong
        self.solved += solved
        if broken:
            self.broken_by[_cause(trajectory.fault)] += 1
        if doubled or stray or missing or wrong or not (broken or solved):
            what = f"{doubled} doubled, {stray} stray, {missing} missing, {wrong} wrong screens, solved: {solved}"
            self.faults.append(f"{task.key} ({trajectory.ending.value}): {what}; {trajectory.fault}")


def repeat(task: PhoneTask, trajectory: Trajectory) -> tuple[list[str], int]:
    """The orders that the actions of `trajectory` are over a clean connection, and how many screens differ there."""
    seen: dict[str, list[str]] = {}
    env = Witness(seen)
    observation, wrong = env.reset(task), 0
    try:
        for step in trajectory.steps:
            wrong += step.observation.image.tobytes() != observation.image.tobytes()
            wrong += step.observation.info != observation.info
            if not isinstance(step.reply.action, (Malformed, Refusal)):
                observation = env.step(step.reply.action)
    finally:
        env.close()
    return seen[task.key], wrong


def _cause(fault: str) -> str:
    """The fault without addresses and numbers: the error's name and what it says of the moment."""
    name, _, text = fault.partition(": ")
    for words in ("during an action", "no answer", "cannot connect", "without an exit status", "screenshot"):
        if words in text:
            return f"{name}: {words}"
    return f"{name}: {text[:60]}"


def run(faults: Faults, wanted: int, workers: int, timeout_s: float, seed: int) -> dict[str, Any]:
    """Episodes until `wanted` faults have been made and none is left broken."""
    tally, rounds, number = Tally(), [], 0
    todo: list[PhoneTask] = []
    before = _open_things()
    while todo or faults.total < wanted:
        if not todo:
            todo = task_suite(seed + number, 1, "all")
            number += 1
        seen: dict[str, list[str]] = {}
        oracle = Oracle(partial(Witness, seen, faults=faults, timeout_s=timeout_s))
        again: list[PhoneTask] = []

        def on_done(
            index: int, trajectory: Trajectory, tasks: Sequence[PhoneTask] = todo, again: list[PhoneTask] = again
        ) -> None:
            if trajectory.ending is Ending.BROKEN:
                again.append(tasks[index])

        count = len(todo) if faults.total + 60 < wanted else min(len(todo), 2 * workers)
        chunk, rest = todo[:count], todo[count:]
        trajectories = run_episodes(oracle, oracle.env, chunk, workers, on_done=on_done)
        for task, trajectory in zip(chunk, trajectories, strict=True):
            tally.judge(task, trajectory, seen[task.key])
        rounds.append(len(again))
        todo = again + (rest if faults.total < wanted else [])
        line = f"{faults.total} faults, {sum(tally.endings.values())} episodes: {dict(tally.endings)}"
        print(f"{line}, {len(tally.faults)} wrong", file=sys.stderr, flush=True)
    return {
        "faults": faults.total,
        "faults_by_kind": dict(faults.counts.most_common()),
        "episodes": sum(tally.endings.values()),
        "episodes_by_ending": dict(tally.endings),
        "broken_by": dict(tally.broken_by.most_common()),
        "solved": tally.solved,
        "steps": tally.steps,
        "orders": {name: getattr(tally, name) for name in ("sent", "executed", "doubled", "stray", "missing")},
        "wrong_screens": tally.wrong_screens,
        "leaks": _leaks(before),
        "wrong": tally.faults,
    }


def _open_things() -> tuple[int, int]:
    """File descriptors and threads of this process."""
    gc.collect()
    return len(os.listdir("/proc/self/fd")), threading.active_count()


def _leaks(before: tuple[int, int]) -> dict[str, int]:
    """What stayed open; workers of a closed phone may take a moment to end."""
    deadline = time.monotonic() + LEAK_S
    while (left := _open_things()) > before and time.monotonic() < deadline:
        time.sleep(0.1)
    return {"descriptors": max(0, left[0] - before[0]), "threads": max(0, left[1] - before[1])}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faults", type=int, default=1000, help="how many (default: %(default)s)")
    parser.add_argument("--rate", type=float, default=0.01, help="share of spoilt packets (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=4, help="phones at once (default: %(default)s)")
    parser.add_argument("--timeout", type=float, default=1.0, help="seconds the client waits (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    from machine import machine_facts

    facts, started = machine_facts(), time.monotonic()
    faults = Faults(args.rate, args.seed, delay_s=2 * args.timeout)
    found = run(faults, args.faults, args.workers, args.timeout, args.seed)
    settings = {name: getattr(args, name) for name in ("rate", "seed", "workers", "timeout")}
    result = {"machine": facts, "settings": settings, "seconds": round(time.monotonic() - started, 1), **found}
    args.out.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps({key: value for key, value in result.items() if key != "wrong"}, indent=1))
    print("\n".join(found["wrong"][:20]))
    return 1 if found["wrong"] or any(found["leaks"].values()) else 0


if __name__ == "__main__":
    sys.exit(main())
