"""`agentkit eval compare`: one page that sets finished runs beside each other."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from agentkit.cli.eval_run import RESULTS, versions
from agentkit.errors import ConfigError, DataError, boundary
from agentkit.report import Report
from agentkit.report.cards import headline, paired, rights
from agentkit.scoring import ScoreCard, card_of_json

SAME = ("suite", "data", "box_format", "limit", "split", "screen")
"""Settings that, where they differ, make a comparison one of apples and oranges."""


def run_compare(args: argparse.Namespace) -> int:
    """Exit code 0. ConfigError for fewer than two runs, one name twice, or runs of different suites."""
    runs: dict[str, dict[str, Any]] = {}
    for spec in args.runs:
        name, _, folder = spec.rpartition("=")
        name = name or Path(folder).name
        if name in runs:
            raise ConfigError(f"two runs are called {name!r}; name them: NAME=DIR")
        runs[name] = _read(Path(folder))
    if len(runs) < 2:
        raise ConfigError("a comparison needs at least two runs")
    if len({run["suite"] for run in runs.values()}) > 1:
        suites = ", ".join(f"{name}: {run['suite']}" for name, run in runs.items())
        raise ConfigError(f"the runs are of different suites ({suites})")
    cards: dict[str, ScoreCard] = {name: card_of_json(run["card"]) for name, run in runs.items()}
    first, *others = cards
    for name in others:
        change = paired(rights(cards[first]), rights(cards[name]))
        print(f"{first} -> {name}: {change if change is not None else 'other items, not paired'}")
    notes = [
        f"{key} differs: " + ", ".join(f"{name} {run.get(key)}" for name, run in runs.items())
        for key in SAME
        if len({str(run.get(key)) for run in runs.values()}) > 1
    ]
    report = Report(f"{runs[first]['suite']}: {' and '.join(cards)}", "", versions())
    report.add_comparison("Comparison", cards)
    if notes:
        report.add_text("Differences in the settings", *notes)
    for name, card in cards.items():
        report.add_card(name, card, notes=runs[name].get("notes", ()), lead=str(headline(card)))
    print(f"report  {report.write(args.out)}")
    return 0


def _read(folder: Path) -> dict[str, Any]:
    path = folder / RESULTS
    if not path.is_file():
        raise DataError(f"{folder} is not a finished run: it has no {RESULTS}")
    with boundary(DataError, f"cannot read {path}"):
        found = json.loads(path.read_text("utf-8"))
    if not isinstance(found, dict) or "card" not in found or "suite" not in found:
        raise DataError(f"{path} does not come from `agentkit eval`")
    return found
