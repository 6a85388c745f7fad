"""What the rounds of a loop came to: one line each, and a page with their curves end to end."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import fmean
from typing import Any

from agentkit.report import Report
from agentkit.report.curves import read_metrics
from rft.evolve.plan import round_folder

CURVES = ("reward", "accuracy")


def summary(out: Path, rounds: int) -> list[dict[str, Any]]:
    """Means over each round's training, and what happened to the data before it."""
    found = []
    for number in range(1, rounds + 1):
        folder = round_folder(out, number)
        lines = read_metrics(folder / "train" / "metrics.jsonl")
        line: dict[str, Any] = {"round": number, "steps": lines[-1]["step"] if lines else 0}
        for name in CURVES:
            values = [one[name] for one in lines if one.get(name) is not None]
            line[name] = fmean(values) if values else None
        if (aligned := _report(folder / "aligned")) is not None:
            tallies = aligned["steps_by_action"].values()
            steps = sum(tally["steps"] for tally in tallies)
            line["aligned"] = sum(tally["aligned"] for tally in tallies) / steps
            for when in ("before", "after"):
                line[f"characters_{when}"] = sum(tally[f"characters_{when}"] for tally in tallies) / steps
        if (enhanced := _report(folder / "enhanced")) is not None:
            line["rows_added"] = enhanced["rows_after"] - enhanced["rows_before"]
        found.append(line)
    return found


def write_page(out: Path, traces: Path, lines: list[dict[str, Any]]) -> Path:
    """Write OUT/report.html."""
    page = Report("Self-evolving histories", f"{len(lines)} rounds", {"traces": traces})
    columns = (
        "Round",
        "steps",
        "mean reward",
        "mean accuracy",
        "steps aligned",
        "characters before",
        "after",
        "rows added",
    )
    rows = [
        (
            line["round"],
            line["steps"],
            *(_number(line[name], ".3f") for name in CURVES),
            _number(line.get("aligned"), ".1%"),
            *(_number(line.get(f"characters_{when}"), ".1f") for when in ("before", "after")),
            line.get("rows_added", "–"),
        )
        for line in lines
    ]
    page.add_table(
        "Rounds",
        columns,
        rows,
        "Reward and accuracy are means; the other columns say what happened before the round's training.",
    )
    curve, first = [], 0
    for line in lines:
        metrics = read_metrics(round_folder(out, line["round"]) / "train" / "metrics.jsonl")
        curve += [{**one, "step": first + one["step"]} for one in metrics]
        first += line["steps"]
    keys = {name: (name,) for name in CURVES if any(name in one for one in curve)}
    if keys:
        page.add_curve("Training", curve, keys, smooth=0.8)
    return page.write(out / "report.html")


def _report(folder: Path) -> dict[str, Any] | None:
    file = folder / "report.json"
    return json.loads(file.read_text("utf-8")) if file.is_file() else None


def _number(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)
