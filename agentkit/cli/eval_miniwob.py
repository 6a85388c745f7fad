"""`agentkit eval miniwob`: run every problem that has no finished episode on disk yet, then score them all."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentkit.cli.eval_phone import EPISODES, run_missing
from agentkit.cli.eval_run import (
    REPORT,
    RESULTS,
    cost_facts,
    kept_facts,
    open_run,
    policy_facts,
    profile_options,
    versions,
    write_json,
)
from agentkit.episode import Limits
from agentkit.errors import ConfigError
from agentkit.policies import make_policy
from agentkit.protocols import get_protocol
from agentkit.report.runs import episode_report
from agentkit.scoring import card_json, card_of_results, card_text, template_of
from agentkit.trace import trace_head
from agentkit.types import Ending, Env, Policy

if TYPE_CHECKING:
    from envs.miniwob.tasks import MiniWobTask, Page

LIMITS = Limits(repeats=None)
"""A spinner wants the same click ten times: only the step budget ends an episode."""
COLUMNS = ("task", "needs", "episodes", "success", "exact", "broken", "steps", "seconds")


def run_miniwob(args: argparse.Namespace) -> int:
    """Exit code 0; 1 when episodes broke."""
    from envs.miniwob.browser import find_chromium
    from envs.miniwob.env import MiniWobEnv
    from envs.miniwob.oracle import RULES, Oracle
    from envs.miniwob.site import shipped_html
    from envs.miniwob.tasks import choose_pages, miniwob_suite
    from envs.phone.baselines import NoOp

    if args.episodes < 1 or args.workers < 1 or args.max_steps < 1:
        raise ConfigError(
            "--episodes, --workers and --max-steps must be at least 1, "
            f"got {args.episodes}, {args.workers} and {args.max_steps}"
        )
    shipped_html()
    browser = find_chromium(args.browser)
    options = {"scale": args.scale, "keep_limits": args.keep_limits, "executable": browser}
    MiniWobEnv(**options).close()
    pages = choose_pages(args.tasks, args.needs)
    notes = _notes(pages, args.tasks)
    if args.policy == "oracle":
        unknown = [page.name for page in pages if page.name not in RULES]
        if unknown:
            notes.append(f"left out, because the oracle has no rule for them: {', '.join(unknown)}")
        pages = [page for page in pages if page.name in RULES]
    if not pages:
        raise ConfigError("no task is left; agentkit eval miniwob --list prints all of them")
    tasks = miniwob_suite(pages, args.episodes, args.seed, mode=args.mode, max_steps=args.max_steps)
    settings = {
        "suite": "miniwob",
        "policy": args.policy,
        "protocol": None if args.policy in ("oracle", "noop") else args.protocol,
        "seed": args.seed,
        "episodes": args.episodes,
        "mode": args.mode,
        "scale": args.scale,
        "keep_limits": args.keep_limits,
        "max_steps": args.max_steps,
        "tasks": [page.name for page in pages],
    }
    if open_run(args.out, settings):
        print(f"going on with {args.out}")
    print(f"{len(tasks)} problems of {len(pages)} tasks", *notes, sep="\n")
    policy: Policy
    env: Callable[[], Env] = partial(MiniWobEnv, **options)
    if args.policy == "oracle":
        oracle = policy = Oracle(**options)
        env = oracle.env
    elif args.policy == "noop":
        policy = NoOp()
    else:
        policy = make_policy(args.policy, get_protocol(args.protocol), **profile_options(args.policy, args.profile))
    folder = args.out / EPISODES
    before = kept_facts(args.out, "asked", "cost")
    finished = all((folder / task.key).exists() for task in tasks)
    results = run_missing(policy, env, tasks, args.workers, folder, LIMITS)
    card = card_of_results([(task.key, template_of(task)) for task in tasks], results, {}, args.seed)
    facts = {"asked": policy_facts(policy), "cost": cost_facts(policy, args.workers)}
    facts = before if before and finished else facts
    table = by_task(tasks, folder)
    run = {**settings, **facts, "notes": notes, "versions": versions() | _versions(browser), "by_task": table}
    run["card"] = card_json(card)
    write_json(args.out / RESULTS, run)
    report = episode_report(run, card, folder, "MiniWoB++", args.out)
    report.add_table("By task", COLUMNS, _rows(table), lead="success: reward above 0; exact: reward of 1.")
    report.write(args.out / REPORT)
    print(card_text(card).partition("\n\n")[0] + "\n")
    for row in [COLUMNS, *_rows(table)]:
        print(f"{row[0]:30}{row[1]:7}" + "".join(f"{cell!s:>10}" for cell in row[2:]))
    print(f"results {args.out / RESULTS}\nreport  {args.out / REPORT}")
    if card.broken:
        print(f"{len(card.broken)} episodes broke; run again to retry them", file=sys.stderr)
    return 1 if card.broken else 0


def by_task(tasks: Sequence[MiniWobTask], folder: Path) -> dict[str, dict[str, Any]]:
    """What each page's episodes came to: counts of `success` and `exact` over those that did not break, means of steps
    and of seconds with the browser (loading, looking, acting and replying)."""
    heads: dict[str, list[tuple[MiniWobTask, Mapping[str, Any]]]] = defaultdict(list)
    for task in tasks:
        heads[task.page.name].append((task, trace_head(folder / task.key)))
    table = {}
    for name, found in heads.items():
        whole = [(task, head) for task, head in found if head["ending"] != Ending.BROKEN.value]
        scores = [task.score_verdict(head["verdict"]) for task, head in whole]
        table[name] = {
            "needs": found[0][0].page.need,
            "timed": bool(found[0][0].page.timed),
            "episodes": len(whole),
            "success": sum(score["success"] for score in scores),
            "exact": sum(score["exact"] for score in scores),
            "broken": len(found) - len(whole),
            "steps": _mean([head["steps"] for _, head in whole]),
            "seconds": _mean([head["meta"].get("seconds", 0.0) for _, head in whole]),
        }
    return table


def _rows(table: Mapping[str, Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    return [
        (name, row["needs"], row["episodes"], f"{row['success']:.0f}", f"{row['exact']:.0f}", row["broken"],
         "-" if row["steps"] is None else f"{row['steps']:.1f}",
         "-" if row["seconds"] is None else f"{row['seconds']:.2f}")
        for name, row in table.items()
    ]  # fmt: skip


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 3) if values else None


def _notes(pages: Sequence[Page], named: Sequence[str] | None) -> list[str]:
    """What a reader of the score must know about the choice of tasks."""
    from envs.miniwob.tasks import TIMED

    here = [page.name for page in pages if page.timed]
    left = [name for name in TIMED if name not in here]
    notes = [f"depend on the policy's speed: {', '.join(here)}"] if here else []
    if named is None and left:
        notes.append(f"left out, because they depend on the policy's speed, unless named: {', '.join(left)}")
    return notes


def _versions(browser: str) -> dict[str, str]:
    """Of the packages with the pages and the driver, and of the browser, as it says itself."""
    try:
        said = subprocess.run([browser, "--version"], capture_output=True, text=True, timeout=30, check=False).stdout  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        said = ""
    found = {"browser": said.strip()} if said.strip() else {}
    for name in ("miniwob", "playwright"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
