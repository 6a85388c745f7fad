"""An alignment as a page: which replies were right, how much of the histories is the model's own, and examples."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from agentkit.report import Report


def write_page(path: Path, report: dict[str, Any]) -> None:
    """Write the page of what `align` found out."""
    steps, replies = report["steps_by_action"], report["replies_by_action"]
    whole: Counter[str] = Counter()
    for tally in steps.values():
        whole.update(tally)
    settings = report["settings"]
    page = Report(
        "History alignment",
        f"the thoughts of {whole['aligned']} of {whole['steps']} steps are now the model's own; no action has changed",
        {
            "input": report["input"],
            "replies": settings["replies"] or f"{settings['policy']}, {settings['samples']} to each step",
            "right when": settings["match"],
            "target length": f"{report['target_length']} characters",
            "epoch": settings["epoch"],
        },
    )
    total = max(sum(report["replies"].values()), 1)
    page.add_table(
        "Replies", ("Reply", "count", "share"), [(k, n, f"{n / total:.1%}") for k, n in report["replies"].items()]
    )
    columns = ("Action", "steps", "replies", "right", "aligned", "share", "characters before", "after")
    rows = [
        _line(name, steps[name], replies.get(name, {}))
        for name in sorted(steps, key=lambda name: (-steps[name]["steps"], name))
    ]
    said: Counter[str] = Counter()
    for tally in replies.values():
        said.update(tally)
    page.add_table("By recorded action", columns, [*rows, _line("all", whole, said)], "Characters are means per step.")
    if report["examples"]:
        shown = [(f"{e['trace']}/{e['step']}", e["before"][:200], e["after"][:200]) for e in report["examples"]]
        page.add_table("Thoughts before and after", ("Step", "before", "after"), shown, "The first that changed.")
    page.write(path)


def _line(name: str, steps: dict[str, int], replies: dict[str, int]) -> tuple[object, ...]:
    count, asked = steps["steps"], replies.get("replies", 0)
    right = f"{replies.get('right', 0) / asked:.1%}" if asked else "–"
    means = (f"{steps[f'characters_{when}'] / count:.1f}" for when in ("before", "after"))
    return name, count, asked, right, steps["aligned"], f"{steps['aligned'] / count:.1%}", *means
