"""`agentkit eval androidworld`: AndroidWorld's own tasks and checkers, by our loop, simulated or on a device."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from fnmatch import fnmatchcase
from functools import partial
from typing import TYPE_CHECKING, cast

from agentkit.cli.eval_phone import EPISODES, run_missing
from agentkit.cli.eval_run import REPORT, RESULTS, open_run, policy_facts, versions, write_json
from agentkit.episode import Limits
from agentkit.errors import ConfigError
from agentkit.policies import make_policy
from agentkit.protocols import get_protocol
from agentkit.report import Report
from agentkit.scoring import EpisodeResult, card_json, card_of_results, card_text, template_of

if TYPE_CHECKING:
    from agentkit.types import Env, Policy
    from envs.androidworld.device import AndroidWorldDevice
    from envs.androidworld.phone import AndroidWorldPhone
    from envs.androidworld.task import AndroidWorldTask
    from envs.phone.baselines import Watched

LOG = "tasks.log"
"""What AndroidWorld's tasks print."""
PYTHON = "ANDROID_WORLD_PYTHON"
PHONE = "phone"
LIMITS = Limits(unreadable=None, repeats=None)
"""As in AndroidWorld's own runner, only a task's step budget cuts an episode."""


def run_androidworld(args: argparse.Namespace) -> int:
    """Exit code 0; 1 when episodes broke."""
    from envs.androidworld.missing import remark
    from envs.phone.baselines import NoOp, Oracle

    python = args.python or os.environ.get(PYTHON)
    if not python:
        raise ConfigError(
            f"AndroidWorld needs an interpreter of its own (it pins numpy 1.26): name it by --python or ${PYTHON}"
        )
    if args.seeds < 1:
        raise ConfigError(f"--seeds must be at least 1, got {args.seeds}")
    settings = {
        "suite": "androidworld-on-phone" if args.device == PHONE else "androidworld",
        "device": args.device,
        "policy": args.policy,
        "protocol": None if args.policy in ("oracle", "noop") else args.protocol,
        "screen": args.screen if args.device == PHONE else None,
        "seed": args.seed,
        "seeds": args.seeds,
        "tasks": args.tasks,
    }
    if open_run(args.out, settings):
        print(f"going on with {args.out}")
    make = _devices(args, python)
    with closing(make()) as first:
        tasks = _choose(first.tasks, args.tasks)
    print(f"{len(tasks)} tasks of {len({task.name for task in tasks})} templates")
    policy: Policy
    env: Callable[[], Env] = make
    if args.policy == "oracle":
        oracle = policy = Oracle(cast("Callable[..., Watched]", make))
        env = oracle.env
    elif args.policy == "noop":
        policy = NoOp()
    else:
        policy = make_policy(args.policy, get_protocol(args.protocol))
    results = run_missing(policy, env, tasks, args.workers, args.out / EPISODES, LIMITS)
    card = card_of_results([(task.key, template_of(task)) for task in tasks], results, {}, args.seed)
    facts = {"asked": policy_facts(policy), "versions": versions()}
    write_json(args.out / RESULTS, {**settings, **facts, "card": card_json(card)})
    where = "on the simulated phone" if args.device == PHONE else f"on {args.device}"
    report = Report(f"AndroidWorld's tasks {where}", str(card.solved), settings | versions())
    report.add_card("Score card", card)
    remarks = {task.key: remark(task.name) for task in tasks}
    rows = [_row(result, remarks[result.key]) for result in results]
    report.add_table("All tasks", ("task", "success", "ending", "steps", "fault or remark"), rows)
    report.write(args.out / REPORT)
    print(card_text(card))
    for key, success, ending, steps, said in rows:
        print(f"{key:52} {success:4} {ending:9} {steps:>3} {said[:90]}")
    if card.broken:
        print(f"{len(card.broken)} episodes broke; run again to retry them", file=sys.stderr)
    return 1 if card.broken else 0


def _devices(args: argparse.Namespace, python: str) -> Callable[[], AndroidWorldPhone | AndroidWorldDevice]:
    """Makes the environments. ConfigError for what only the simulated phone can do."""
    drawn = {"seed": args.seed, "instances": args.seeds}
    options = {"source": args.source, "log": args.out / LOG}
    if args.device == PHONE:
        from envs.androidworld.phone import AndroidWorldPhone, androidworld

        worker = androidworld(python, **options)
        return partial(AndroidWorldPhone, worker, **drawn, screen=args.screen, record=args.record)
    if args.workers > 1 or args.policy == "oracle" or args.record:
        raise ConfigError("--workers, --policy oracle and --record are for the simulated phone (--device phone)")
    from envs.androidworld.device import AndroidWorldDevice

    return partial(AndroidWorldDevice, args.device, python, **drawn, **options)


def _choose(tasks: Sequence[AndroidWorldTask], patterns: Sequence[str] | None) -> list[AndroidWorldTask]:
    if patterns is None:
        return list(tasks)
    names = sorted({task.name for task in tasks})
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in names):
            raise ConfigError(f"--tasks {pattern!r} fits no template; there are {', '.join(names)}")
    return [task for task in tasks if any(fnmatchcase(task.name, pattern) for pattern in patterns)]


def _row(result: EpisodeResult, remark: str) -> tuple[str, ...]:
    said = "; ".join(filter(None, (result.fault[:200], remark)))
    return result.key, f"{result.success:.2f}", result.ending.value, str(result.steps), said
