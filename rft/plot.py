"""The training curve of a run, drawn from its metrics.jsonl as PNG and SVG."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from agentkit.errors import DataError
from rft.run_log import read_metrics

Panel = tuple[str, Callable[[str], bool]]

PANELS: tuple[Panel, ...] = (
    ("reward", lambda key: key == "reward"),
    ("terms of the reward", lambda key: key.startswith("terms/")),
    ("accuracy", lambda key: key in ("accuracy", "success", "mean_token_accuracy")),
    ("success by task", lambda key: key.startswith("success/")),
    ("held-out examples, greedy", lambda key: key.startswith("val/")),
    ("loss", lambda key: key == "loss"),
    ("entropy (nats per token)", lambda key: key == "entropy"),
    ("reply length (tokens)", lambda key: key == "completions/mean_length"),
    ("gradient norm", lambda key: key == "grad_norm"),
    ("share of groups without a signal", lambda key: key == "frac_reward_zero_std"),
    ("prompts drawn and live groups per step", lambda key: key in ("draws", "live_groups")),
    ("drawn prompts, before dead groups go", lambda key: key.startswith("drawn/")),
    ("seconds per step", lambda key: key.startswith("time/")),
)
"""Title and choice of metrics, in reading order; a panel without data is not drawn."""


def draw(metrics: Path, out: Path, title: str = "") -> list[Path]:
    """Draw `metrics` (metrics.jsonl) to `out` with the endings .png and .svg. Returns the two paths."""
    from matplotlib.figure import Figure

    lines = read_metrics(metrics)
    if not lines:
        raise DataError(f"expected at least one line of metrics in {metrics}, found none")
    chosen = [(name, keys) for name, wanted in PANELS if (keys := _keys(lines, wanted))]
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


def _keys(lines: Sequence[dict[str, Any]], wanted: Callable[[str], bool]) -> list[str]:
    found = {key for line in lines for key, value in line.items() if wanted(key) and isinstance(value, (int, float))}
    return sorted(found)
