"""`agentkit score androidcontrol-high` and its like: answers in a file, under every published rule, without a model."""

from __future__ import annotations

import argparse
from itertools import chain
from pathlib import Path
from typing import Any

from agentkit.cli.eval_navigation import parser, told_missing
from agentkit.cli.eval_run import REPORT, RESULTS, versions, write_json
from agentkit.cli.navigation_report import navigation_report
from agentkit.errors import ConfigError, boundary
from agentkit.protocols import get_protocol
from agentkit.scoring import read_rows
from agentkit.scoring.navigation import answered_by, navigation_json, navigation_text, score_navigation
from envs.navigation.suite import load_navigation


def score_navigation_files(args: argparse.Namespace) -> int:
    """Exit code 0; 1 when traces of the split could not be read. ConfigError without --data."""
    if args.data is None:
        raise ConfigError(f"--data is needed: predictions of {args.suite} hold no recorded actions to compare with")
    if args.box_format is not None:
        raise ConfigError(f"--box-format is for grounding suites, not for {args.suite}")
    _new(args.out)
    suite = load_navigation(args.suite, args.data, args.split or ())
    print("; ".join(suite.notes))
    parse = None if args.protocol is None else parser(get_protocol(args.protocol))
    steps = (step for episode in suite.episodes() for step in episode.steps)
    rows = chain.from_iterable(map(read_rows, args.predictions))
    card = score_navigation(answered_by(steps, rows, parse), suite.rules, suite.excluded, suite.notes, args.seed)
    settings: dict[str, Any] = {
        "suite": suite.name,
        "data": str(args.data),
        "split": list(suite.splits),
        "policy": f"predictions:{', '.join(map(str, args.predictions))}",
        "protocol": args.protocol,
        "limit": 0,
        "seed": args.seed,
    }
    facts = {"versions": versions(), "examples": suite.examples, "notes": suite.notes}
    results = settings | facts | {"card": navigation_json(card)}
    print(navigation_text(card))
    if args.json is not None:
        write_json(args.json, results)
        print(f"\nresults {args.json}")
    if args.out is not None:
        with boundary(ConfigError, f"cannot create {args.out}"):
            args.out.mkdir(parents=True, exist_ok=True)
        write_json(args.out / RESULTS, results)
        report = navigation_report(suite.name, card, settings).write(args.out / REPORT)
        print(f"\nresults {args.out / RESULTS}\nreport  {report}")
    return 1 if told_missing(card, suite) else 0


def _new(out: Path | None) -> None:
    if out is not None and out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ConfigError(f"--out {out} exists; choose a new folder")
