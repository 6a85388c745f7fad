"""How many steps per second many simulated phones take together, by where they run: docs/results/many_phones.json.

    python scripts/bench_many.py                       # all modes, 1 to 64 phones
    python scripts/bench_many.py --modes threads processes --phones 1 8 64 --out /tmp/many.json
    python scripts/bench_many.py --modes ray --phones 1 2 4 8 16  # adds a mode (pip install 'glint-agents[ray]')

A step is an action, the screenshot after it, and a reply of the policy: seeded taps, swipes, keys and app starts. The
policy's call lasts `--model-ms` whatever its batch, as on an accelerator that is not busy; 0 measures the phones alone.
Time runs from the first call to the last, the phones' starts for later episodes included; processes run already. The
quickest of `--repeats` counts. `cpu_ms_step` is what all our processes computed for one step (null for Ray, whose
processes are its own); other work on the machine, told by `load_before`, disturbs it less.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import chain, count, islice
from pathlib import Path
from typing import Any

from agentkit.actions import Action, Click, Launch, Point, Press, Scroll
from agentkit.episode import Limits
from agentkit.pool import Request, run_episodes
from agentkit.pool_processes import EnvProcesses
from agentkit.types import Ending, Env, Observation, Reply, Step
from envs.phone.adb.env import PhoneOverAdb
from envs.phone.env import PhoneEnv
from envs.phone.tasks.suite import task_suite

OUT = Path(__file__).parents[1] / "docs" / "results" / "many_phones.json"
APPS = ("Settings", "Clock", "Contacts", "Markor", "Files")
EnvFactory = Callable[[], Env]


class Walker:
    """Touches the screen at random, the same way for the same goal and step, and notes when and how it was asked."""

    def __init__(self, model_s: float) -> None:
        self.model_s = model_s
        self.sizes: list[int] = []
        self.times: list[float] = []

    def reply(self, goal: str, steps: Sequence[Step], observation: Observation) -> Reply:
        return self.replies([(goal, steps, observation)])[0]

    def replies(self, requests: Sequence[Request]) -> list[Reply]:
        self.times.append(time.perf_counter())
        self.sizes.append(len(requests))
        time.sleep(self.model_s)
        answers = [Reply("", touch(random.Random(f"{goal}/{len(steps)}"))) for goal, steps, _ in requests]
        self.times.append(time.perf_counter())
        return answers


def touch(dice: random.Random) -> Action:
    chance = dice.random()
    if chance < 0.7:
        return Click(Point(dice.random(), 0.05 + 0.9 * dice.random()))
    if chance < 0.85:
        return Scroll(direction=dice.choice(("up", "down")))
    return Press("back") if chance < 0.92 else Launch(dice.choice(APPS))


@contextmanager
def in_threads(env: EnvFactory, processes: int) -> Iterator[EnvFactory]:
    yield env


@contextmanager
def in_processes(env: EnvFactory, processes: int) -> Iterator[EnvFactory]:
    with EnvProcesses(env, processes) as hosts:
        for first in [hosts.env() for _ in range(processes)]:  # wait until all have loaded
            first.close()
        yield hosts.env


@contextmanager
def in_ray(env: EnvFactory, processes: int) -> Iterator[EnvFactory]:
    import ray

    from agentkit.pool_ray import RayEnvs

    ray.init(num_cpus=processes, include_dashboard=False, log_to_driver=False)
    try:
        with RayEnvs(env, cpus=0.02) as actors:
            yield actors.env
    finally:
        ray.shutdown()


MODES: dict[str, tuple[type, Callable[..., Any]]] = {
    "threads": (PhoneEnv, in_threads),
    "processes": (PhoneEnv, in_processes),
    "adb, threads": (PhoneOverAdb, in_threads),
    "adb, processes": (PhoneOverAdb, in_processes),
    "ray": (PhoneEnv, in_ray),
}


def measure(env: EnvFactory, phones: int, steps: int, model_s: float, screen: str) -> dict[str, Any]:
    """One row: two episodes of `steps` steps on each of `phones` phones, but sixteen at least."""
    walker = Walker(model_s)
    tasks = islice(chain.from_iterable(task_suite(seed, 1, "all") for seed in count()), max(16, 2 * phones))
    limits = Limits(max_steps=steps, unreadable=None, repeats=None)
    computed, load = cpu_s(), round(os.getloadavg()[0], 1)
    runs = run_episodes(walker, env, list(tasks), phones, limits=limits)
    broken = [run.fault for run in runs if run.ending is Ending.BROKEN]
    assert not broken, broken[0]
    seconds, computed = walker.times[-1] - walker.times[0], cpu_s() - computed
    taken = sum(len(run.steps) for run in runs)
    return {
        "phones": phones,
        "steps": taken,
        "steps_per_s": round(taken / seconds, 1),
        "cpu_ms_step": round(1000 * computed / taken, 2),
        "load_before": load,
        "calls": len(walker.sizes),
        "batch_median": statistics.median(walker.sizes),
        "batch_mean": round(statistics.fmean(walker.sizes), 2),
        "batch_largest": max(walker.sizes),
        "model_busy": round(len(walker.sizes) * model_s / seconds, 3),
        "screen": screen,
        "model_ms": round(1000 * model_s),
    }


def cpu_s() -> float:
    """Seconds that this process and those it has started with multiprocessing have computed so far."""
    ticks = 0
    for child in multiprocessing.active_children():
        fields = Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modes", nargs="+", choices=MODES, default=[name for name in MODES if name != "ray"])
    parser.add_argument("--phones", nargs="+", type=int, default=[1, 2, 4, 8, 16, 32, 64])
    parser.add_argument("--processes", type=int, default=2, help="for the modes with processes (default: %(default)s)")
    parser.add_argument("--steps", type=int, default=15, help="of an episode (default: %(default)s)")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--model-ms", nargs="+", type=float, default=[0.0, 50.0], help="(default: 0 50)")
    parser.add_argument("--screen", default="small")
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    from machine import machine_facts

    before = json.loads(args.out.read_text())["rows"] if args.out.exists() else []
    rows = [row for row in before if row["mode"] not in args.modes]
    facts = machine_facts()
    print(f"{'mode':16}{'phones':>7}{'model ms':>9}{'steps/s':>9}{'cpu ms':>8}{'batch':>7}{'largest':>8}")
    for name in args.modes:
        kind, place = MODES[name]
        with place(partial(kind, screen=args.screen), args.processes) as env:
            for model_ms in args.model_ms:
                for phones in args.phones:
                    tries = [
                        measure(env, phones, args.steps, model_ms / 1000, args.screen) for _ in range(args.repeats)
                    ]
                    row = max(tries, key=lambda row: row["steps_per_s"])
                    if place is in_ray:
                        row["cpu_ms_step"] = None
                    rows.append({"mode": name, "processes": 1 if place is in_threads else args.processes, **row})
                    print(
                        f"{name:16}{phones:7}{model_ms:9.0f}{row['steps_per_s']:9.1f}{row['cpu_ms_step'] or 0:8.2f}"
                        f"{row['batch_median']:7.0f}"
                        f"{row['batch_largest']:8}",
                        flush=True,
                    )
    args.out.write_text(json.dumps({"machine": facts, "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
