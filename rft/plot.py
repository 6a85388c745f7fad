"""The training curve of a run, drawn from its metrics.jsonl as PNG and SVG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agentkit.errors import DataError
from rft.panels import PANELS, keys_of
from rft.run_log import read_metrics


def draw(metrics: Path, out: Path, title: str = "") -> list[Path]:
    """Draw `metrics` (metrics.jsonl) to `out` with the endings .png and .svg. Returns the two paths."""
    from matplotlib.figure import Figure

    lines = read_metrics(metrics)
    if not lines:
        raise DataError(f"expected at least one line of metrics in {metrics}, found none")
    chosen = [(panel.title, keys) for panel in PANELS if (keys := keys_of(lines, panel))]
    columns = 3
    rows = -(-len(chosen) // columns)
    # Figure alone, without pyplot: no global state, no display, and a plain layout draws four times as fast.
    figure = Figure(figsize=(4.4 * columns, 2.9 * rows))
    axes = figure.subplots(rows, columns, squeeze=False)
    figure.subplots_adjust(left=0.05, right=0.99, top=1 - 0.75 / (2.9 * rows), bottom=0.5 / (2.9 * rows), hspace=0.5)
    for axis, (name, keys) in zip(axes.flat, chosen, strict=False):
        for key in keys:
            points = [(line["step"], line[key]) for line in lines if isinstance(line.get(key), (int, float))]
            _curve(axis, points, key.rpartition("/")[2])
        axis.set_title(name, fontsize=10)
        axis.set_xlabel("step", fontsize=8)
        axis.grid(alpha=0.25)
        axis.tick_params(labelsize=8)
        if len(keys) > 1:
            axis.legend(fontsize=7, frameon=False)
    for axis in axes.flat[len(chosen) :]:
        axis.set_visible(False)
    if title:
        figure.suptitle(title, fontsize=11)
    paths = [out.with_suffix(ending) for ending in (".png", ".svg")]
    for path in paths:
        figure.savefig(path, dpi=110)
    return paths


def smooth(values: Sequence[float], weight: float) -> list[float]:
    """Exponential moving average that starts at the first value instead of at zero."""
    out: list[float] = []
    for value in values:
        out.append(value if not out else weight * out[-1] + (1 - weight) * value)
    return out


def _curve(axis: Any, points: Sequence[tuple[int, float]], label: str) -> None:
    """Every point faint, their moving average on top once there are enough to hide a trend."""
    steps, values = [p[0] for p in points], [p[1] for p in points]
    if len(points) < 20:
        axis.plot(steps, values, label=label, linewidth=1.4, marker="." if len(points) < 3 else "")
        return
    (line,) = axis.plot(steps, smooth(values, 0.85), label=label, linewidth=1.6)
    axis.plot(steps, values, color=line.get_color(), alpha=0.25, linewidth=0.8)
