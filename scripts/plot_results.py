"""Draw the pictures of docs/results.md from docs/results/*.json.

    python scripts/plot_results.py

Writes docs/images/rewards.png and docs/images/online.png.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
INK, BLUE, PALE = "#222222", "#2f5ea1", "#b9cbe6"


def result(name: str) -> Any:
    return json.loads((ROOT / "docs" / "results" / f"{name}.json").read_text("utf-8"))


def rewards() -> Figure:
    """How alike two rewards rank the replies to one question, and how often a reward tells replies apart at all."""
    found = result("reward_compare")
    names, tau = found["names"], found["kendall_within_rows"]
    figure = Figure(figsize=(9.6, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(1.15, 1))
    picture = left.imshow(tau, cmap="Blues", vmin=0.5, vmax=1.0)
    for y, row in enumerate(tau):
        for x, value in enumerate(row):
            left.text(x, y, f"{value:.2f}", ha="center", va="center", fontsize=7, color="w" if value > 0.8 else INK)
    left.set_xticks(range(len(names)), names, rotation=45, ha="right", fontsize=8)
    left.set_yticks(range(len(names)), names, fontsize=8)
    left.set_title("Kendall's tau within questions", fontsize=10)
    figure.colorbar(picture, ax=left, shrink=0.8).ax.tick_params(labelsize=7)
    shares = [found["rewards"][name]["share_of_rows_with_signal"] for name in names]
    right.barh(range(len(names)), shares, color=BLUE)
    for y, share in enumerate(shares):
        right.text(share + 0.01, y, f"{share:.0%}", va="center", fontsize=8)
    right.set_yticks(range(len(names)), names, fontsize=8)
    right.invert_yaxis()
    right.set_xlim(0, 0.8)
    right.set_title("questions whose eight replies differ in reward", fontsize=10)
    right.spines[["top", "right"]].set_visible(False)
    return figure


def online() -> Figure:
    """Success of whole episodes before and after online training, sampled and greedy, one dot per seed."""
    found = result("online_phone")
    figure = Figure(figsize=(6.4, 3.2), layout="constrained")
    axis = figure.subplots()
    for place, kind in enumerate(("sampled", "greedy")):
        for run in found["runs"]:
            before, after = (run[when][kind]["value"] for when in ("before", "after"))
            axis.plot([2 * place, 2 * place + 1], [before, after], "o-", color=BLUE, alpha=0.6, markersize=5)
    axis.set_xticks([0, 1, 2, 3], ["sampled\nbefore", "sampled\nafter", "greedy\nbefore", "greedy\nafter"], fontsize=8)
    axis.set_ylim(0.5, 1.0)
    axis.set_ylabel("episodes solved, held-out instances", fontsize=8)
    axis.tick_params(labelsize=8)
    axis.grid(axis="y", alpha=0.25)
    axis.spines[["top", "right"]].set_visible(False)
    return figure


def main() -> int:
    for make in (rewards, online):
        path = IMAGES / f"{make.__name__}.png"
        make().savefig(path, dpi=130)
        print(f"{path.relative_to(ROOT)} {path.stat().st_size // 1024} KB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
