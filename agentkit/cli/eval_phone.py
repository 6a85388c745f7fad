"""`agentkit eval phone`: run every task that has no finished episode on disk yet, then score them all."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from agentkit.cli.eval_run import (
    REPORT,
    RESULTS,
    Progress,
    cost_facts,
    kept_facts,
    open_run,
    policy_facts,
    profile_options,
    versions,
    write_json,
)
from agentkit.episode import DEFAULT_LIMITS, Limits
from agentkit.errors import ConfigError
from agentkit.policies import make_policy
from agentkit.pool import run_episodes
from agentkit.protocols import get_protocol
from agentkit.report.runs import episode_report
from agentkit.scoring import (
    EpisodeResult,
    Rate,
    card_json,
    card_of_results,
    card_text,
    score_episode,
    template_of,
)
from agentkit.trace import drop_trace, load_trace, save_trace, sweep_drafts
from agentkit.types import Ending, Env, Policy, Task, Trajectory

if TYPE_CHECKING:
    from envs.phone.baselines import Watched
    from envs.phone.tasks.base import PhoneTask

EPISODES = "episodes"
CHUNK = 8
"""Episodes of the baseline that are in memory at once; their screenshots are large."""


def run_phone(args: argparse.Namespace) -> int:
    """Exit code 0; 1 when episodes broke."""
    from envs.phone.baselines import NoOp, Oracle

    if args.seeds < 1 or args.workers < 1:
        raise ConfigError(f"--seeds and --workers must be at least 1, got {args.seeds} and {args.workers}")
    if args.processes < 0 or (args.processes and args.policy == "oracle"):
        what = "the oracle looks into the phone, which must be in this process" if args.processes > 0 else "at least 0"
        raise ConfigError(f"--processes {args.processes}: {what}")
    tasks = choose_tasks(args.seed, args.seeds, args.split, args.tasks)
    settings = {
        "suite": "phone",
        "policy": args.policy,
        "protocol": None if args.policy in ("oracle", "noop") else args.protocol,
        "split": args.split,
        "screen": args.screen,
        "device": args.device,
        "seed": args.seed,
        "seeds": args.seeds,
        "tasks": [task.key for task in tasks],
    }
    if open_run(args.out, settings):
        print(f"going on with {args.out}")
    print(f"{len(tasks)} tasks of {len({template_of(task) for task in tasks})} templates")
    policy: Policy
    phones = _phones(args.device, args.screen)
    env: Callable[[], Env] = phones
    if args.policy == "oracle":
        oracle = policy = Oracle(phones)
        env = oracle.env
    elif args.policy == "noop":
        policy = NoOp()
    else:
        policy = make_policy(args.policy, get_protocol(args.protocol), **profile_options(args.policy, args.profile))
    asked_before = kept_facts(args.out, "asked", "cost")
    finished = {task.key for task in tasks if (args.out / EPISODES / task.key).exists()}
    with _drawn_in(args.processes, env) as place:
        results = run_missing(policy, place, tasks, args.workers, args.out / EPISODES)
    baselines = {} if args.no_baseline or args.policy == "noop" else {"no-op": _baseline(NoOp(), tasks)}
    names = [(task.key, template_of(task)) for task in tasks]
    card = card_of_results(names, results, baselines, args.seed)
    facts = {"asked": policy_facts(policy), "cost": cost_facts(policy, args.workers)}
    facts = asked_before if asked_before and len(finished) == len(tasks) else facts
    run = {**settings, **facts, "versions": versions(), "card": card_json(card)}
    write_json(args.out / RESULTS, run)
    episode_report(run, card, args.out / EPISODES, "Phone tasks", args.out).write(args.out / REPORT)
    print(card_text(card))
    print(f"results {args.out / RESULTS}\nreport  {args.out / REPORT}")
    if card.broken:
        print(f"{len(card.broken)} episodes broke; run again to retry them", file=sys.stderr)
    return 1 if card.broken else 0


def _phones(device: str, screen: str) -> Callable[[], Watched]:
    """Makes phones in process or, for "adb", behind a connection that carries every look and touch."""
    if device == "process":
        from envs.phone.baselines import WatchedPhone

        return partial(WatchedPhone, screen=screen)
    try:
        from envs.phone.adb.env import PhoneOverAdb
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"--device adb needs the package {error.name}: pip install 'glint-agents[android]'"
        ) from error
    return partial(PhoneOverAdb, screen=screen)


@contextmanager
def _drawn_in(processes: int, env: Callable[[], Env]) -> Iterator[Callable[[], Env]]:
    """`env` itself, or what makes its environments in so many other processes."""
    if not processes:
        yield env
        return
    from agentkit.pool_processes import EnvProcesses

    with EnvProcesses(env, processes) as hosts:
        yield hosts.env


def choose_tasks(seed: int, count: int, split: str, patterns: Sequence[str] | None) -> list[PhoneTask]:
    """`count` instances of each template that fits one of `patterns`. ConfigError for a pattern that fits none."""
    from envs.phone.tasks.suite import task_suite

    tasks = task_suite(seed, count, split)  # type: ignore[arg-type]
    if patterns is None:
        return tasks
    names = sorted({template_of(task) for task in tasks})
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in names):
            raise ConfigError(f"--tasks {pattern!r} fits no template; there are {', '.join(names)}")
    return [task for task in tasks if any(fnmatchcase(template_of(task), pattern) for pattern in patterns)]


def run_missing(
    policy: Policy,
    env: Callable[[], Env],
    tasks: Sequence[Task],
    workers: int,
    folder: Path,
    limits: Limits = DEFAULT_LIMITS,
) -> list[EpisodeResult]:
    """The results of all `tasks`; those with a trace in `folder` are scored from it, the broken ones are run again."""
    folder.mkdir(exist_ok=True)
    sweep_drafts(folder)
    found: dict[str, EpisodeResult] = {}
    for task in tasks:
        trace = folder / task.key
        if trace.exists():
            trajectory = load_trace(trace)
            if trajectory.ending is Ending.BROKEN:
                drop_trace(trace)
            else:
                found[task.key] = score_episode(task, trajectory)
    todo = [task for task in tasks if task.key not in found]
    progress = Progress(len(tasks), len(found))

    def on_done(index: int, trajectory: Trajectory) -> None:
        task = todo[index]
        save_trace(trajectory, folder / task.key)
        found[task.key] = score_episode(task, trajectory)
        solved = sum(result.solved for result in found.values())
        progress.add(1, f"{solved} solved")

    run_episodes(policy, env, todo, workers, limits=limits, on_done=on_done, keep=False)
    return [found[task.key] for task in tasks]


def _baseline(policy: Policy, tasks: Sequence[PhoneTask]) -> Rate:
    """How many tasks `policy` solves on the smallest screen. What it does must not depend on pixels."""
    from envs.phone.env import PhoneEnv

    solved = total = 0
    for start in range(0, len(tasks), CHUNK):
        chunk = tasks[start : start + CHUNK]
        runs = run_episodes(policy, lambda: PhoneEnv(screen="small"), chunk, workers=1)
        results = [score_episode(task, trajectory) for task, trajectory in zip(chunk, runs, strict=True)]
        total += sum(result.ending is not Ending.BROKEN for result in results)
        solved += sum(result.solved for result in results)
    return Rate(solved, total)
