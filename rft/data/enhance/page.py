"""Shares of the actions before and after the enhancement: a table and a plot on a logarithmic axis."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from agentkit.report import Report
from agentkit.report.markup import tag

BEFORE, AFTER = "#9aa5b1", "#2f6f8f"


def write_page(folder: Path, report: dict[str, Any]) -> None:
    """Write report.html, shares.png and shares.svg to `folder`."""
    picture = plot(folder / "shares", report["actions"])
    settings, before, after = report["settings"], report["rows_before"], report["rows_after"]
    page = Report(
        "Sparse action enhancement",
        f"{after - before} rows added to {before}: the same steps told with other thoughts",
        {
            "input": report["input"],
            "pools": settings["pools"],
            "rare": ", ".join(report["rare"]) or "none",
            "new rows per rare step": f"at most {settings['per_step']}",
            "seed": settings["seed"],
        },
    )
    columns = ("Action", "rows before", "share", "rows after", "share", "factor", "steps with fewer", "with none")
    rows = [
        (
            f"{name} (rare)" if action["rare"] else name,
            action["before"],
            f"{action['share_before']:.2%}",
            action["after"],
            f"{action['share_after']:.2%}",
            f"{action['after'] / action['before']:.2f}",
            action["short"] if action["rare"] else "",
            action["alone"] if action["rare"] else "",
        )
        for name, action in report["actions"].items()
    ]
    lead = "The last two columns count rare steps that have fewer other histories than were asked for, or none."
    page.add_table("Shares of the actions", columns, rows, lead)
    data = base64.b64encode(picture.read_bytes()).decode("ascii")
    page.add_parts("Before and after", tag("img", src=f"data:image/png;base64,{data}", alt="shares of the actions"))
    page.write(folder / "report.html")


def plot(out: Path, actions: dict[str, dict[str, Any]]) -> Path:
    """Draw the shares as `out`.png and .svg; returns the PNG."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure
    from matplotlib.ticker import PercentFormatter

    figure = Figure(figsize=(7.2, 0.9 + 0.42 * len(actions)), layout="constrained")
    axis = figure.subplots()
    names = list(reversed(actions))
    for shift, key, colour in ((0.19, "before", BEFORE), (-0.19, "after", AFTER)):
        places = [i + shift for i in range(len(names))]
        bars = axis.barh(places, [actions[name][f"share_{key}"] for name in names], 0.36, color=colour, label=key)
        axis.bar_label(bars, [f"{actions[name][f'share_{key}']:.2%}" for name in names], padding=3, fontsize=7)
    axis.set_yticks(range(len(names)), [f"{n} *" if actions[n]["rare"] else n for n in names], fontsize=8)
    axis.set_xscale("log")
    axis.margins(x=0.15)
    axis.xaxis.set_major_formatter(PercentFormatter(1.0))
    axis.tick_params(axis="x", labelsize=8)
    axis.set_xlabel("share of the rows (* rare)", fontsize=8)
    axis.grid(axis="x", alpha=0.25)
    axis.legend(fontsize=8, frameon=False, loc="lower right")
    picture = out.with_suffix(".png")
    # Without dates and random ids the same shares give the same bytes.
    figure.savefig(picture, dpi=110)
    with rc_context({"svg.hashsalt": "glint"}):
        figure.savefig(out.with_suffix(".svg"), metadata={"Date": None})
    return picture
