"""A training run as one page, at any moment of it: where it stands, every curve, and the settings it has.

Reads config.yaml, run.json and metrics.jsonl; each may be missing or half written.
"""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from agentkit.errors import DataError
from agentkit.report import Report
from agentkit.report.charts import Mark, Series, lines
from agentkit.report.curves import read_metrics, series_of
from agentkit.report.markup import Markup, tag
from agentkit.report.tiles import percent, seconds, tile, tiles
from rft.panels import PANELS, Panel, keys_of

METRICS, CONFIG, FACTS, FINAL = "metrics.jsonl", "config.yaml", "run.json", "final"
MEASURES = ("val/trace_success", "val/success", "val/accuracy")
"""What chooses the best weights: the first of these that a run has."""
SPAN = 10
"""Steps that the first and the last value of a measure are a mean of."""
KEPT = ("model", "data", "reward", "algorithm", "protocol", "lr", "prompts", "group", "steps", "seed")
"""Settings that stand under the title."""
WIDTH, HEIGHT = 480.0, 240.0


def is_run(folder: Path) -> bool:
    """Whether `folder` is one of `rft train` or `rft sft`, begun or finished."""
    return (folder / METRICS).is_file() or ((folder / CONFIG).is_file() and (folder / FACTS).is_file())


def run_page(folder: Path) -> Report:
    """The page of the run in `folder`. DataError when there is none."""
    if not is_run(folder):
        raise DataError(f"{folder} is no training run: it has no {METRICS}")
    rows = read_metrics(folder / METRICS) if (folder / METRICS).is_file() else []
    rows = with_throughput([row for row in rows if _finite(row.get("step"))])
    config, facts = _mapping(folder / CONFIG), _mapping(folder / FACTS)
    shown = {key: config[key] for key in KEPT if config.get(key) not in (None, "", 0, [])}
    report = Report(f"{folder.resolve().name}: {_standing(folder, rows, config)}", _when(folder), shown)
    best = best_of(rows)
    report.add_parts("Where it stands", tiles(*_tiles(rows, config, best)), *_alarms(facts))
    if not rows:
        return report.add_text("Curves", "No step has been logged yet.")
    charts = [_panel(rows, panel, keys, best) for panel in PANELS if (keys := keys_of(rows, panel))]
    lead = f"Faint: each value; strong: their running mean. {len(rows)} lines of {METRICS}."
    report.add_parts("Curves", tag("div", *charts, class_="panels"), lead=lead)
    machine = _machine(facts)
    if machine:
        report.add_table("Machine", ("", "value"), machine)
    if config:
        report.add_table("Settings", ("setting", "value"), [(key, _plain(value)) for key, value in config.items()])
    return report


def best_of(rows: Sequence[Mapping[str, Any]]) -> tuple[str, Mark] | None:
    """The measure that chooses the best weights and where it was highest, the first time of equal ones."""
    for measure in MEASURES:
        found = [(row["step"], row[measure]) for row in rows if _finite(row.get(measure))]
        if found:
            step, value = max(found, key=lambda pair: (pair[1], -pair[0]))
            return measure, Mark(step, value, f"best {value:.3g} at step {step:g}")
    return None


def with_throughput(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The rows, each with `tokens_per_s` where it and the row before it tell tokens, steps and time."""
    out: list[Mapping[str, Any]] = []
    last: Mapping[str, Any] | None = None
    for row in rows:
        if _finite(row.get("num_tokens")) and _finite(row.get("time/step")):
            steps = row["step"] - (last["step"] if last else 0)
            tokens = row["num_tokens"] - (last["num_tokens"] if last else 0)
            last, spent = row, steps * row["time/step"]
            if spent > 0 and tokens >= 0:
                row = {**row, "tokens_per_s": tokens / spent}
        out.append(row)
    return out


def _tiles(rows: Sequence[Mapping[str, Any]], config: Mapping[str, Any], best: tuple[str, Mark] | None) -> list[Markup]:
    step, total = _last(rows, "step"), config.get("steps")
    of = f"of {total}" if isinstance(total, int) and total else "done"
    found = [tile(f"{step:g}" if step is not None else "0", "optimizer steps", of, main=True)]
    if best is not None:
        measure, mark = best
        found.append(tile(percent(mark.y), f"best {_words(measure)}", f"at step {mark.x:g}"))
    for key in ("val/trace_success", "val/step_accuracy", "val/success", "val/accuracy"):
        values = _values(rows, key)
        if values:
            found.append(tile(percent(values[-1]), f"{_words(key)}, last", f"{percent(values[0])} at the start"))
    for key, name in (("reward", "reward"), ("loss", "loss")):
        values = _values(rows, key)
        if values:
            first, last = (statistics.fmean(part) for part in (values[:SPAN], values[-SPAN:]))
            name = f"{name}, last {min(SPAN, len(values))} steps"
            found.append(tile(f"{last:.3g}", name, f"{first:.3g} at the start"))
    if values := _values(rows, "time/step"):
        left = (total - step) * statistics.median(values[-50:]) if isinstance(total, int) and total and step else 0.0
        found.append(
            tile(seconds(statistics.median(values)), "per step (median)", f"{seconds(left)} left" if left > 0 else "")
        )
    if values := _values(rows, "tokens_per_s"):
        found.append(tile(f"{statistics.median(values):,.0f}", "tokens per second", "median over steps"))
    for key, name in (("memory/gpu", "peak GPU memory"), ("memory/rss", "peak memory (RSS)")):
        if values := _values(rows, key):
            found.append(tile(f"{max(values):.1f} GiB", name, "of the main process"))
    return found


def _panel(
    rows: Sequence[Mapping[str, Any]], panel: Panel, keys: Sequence[str], best: tuple[str, Mark] | None
) -> Markup:
    marks = [best[1]] if best is not None and best[0] in keys else []
    series = [Series(found.name.rpartition("/")[2], found.points) for found in series_of(rows, keys)]
    drawn = lines(series, smooth=0.0 if marks else 0.85, height=HEIGHT, width=WIDTH, marks=marks)
    about = tag("span", f" {panel.about}", class_="muted") if panel.about else None
    return tag("div", tag("h3", panel.title, about), drawn)


def _standing(folder: Path, rows: Sequence[Mapping[str, Any]], config: Mapping[str, Any]) -> str:
    step, total = _last(rows, "step"), config.get("steps")
    if (folder / FINAL).exists():
        return "finished" if step is None else f"finished after {step:g} steps"
    of = f" of {total}" if isinstance(total, int) and total else ""
    return f"step {step:g}{of}, not finished" if step is not None else "just begun"


def _when(folder: Path) -> str:
    path = folder / METRICS
    if not path.is_file():
        return ""
    return f"The last line of metrics is of {datetime.fromtimestamp(path.stat().st_mtime):%Y-%m-%d %H:%M:%S}."


def _alarms(facts: Mapping[str, Any]) -> list[Markup]:
    raised = facts.get("alarms")
    found = [str(alarm) for alarm in raised] if isinstance(raised, list) else []
    if facts.get("skipped_updates"):
        found.append(f"{facts['skipped_updates']} updates were skipped: their gradients were not finite")
    return [tag("ul", *(tag("li", line, class_="bad-text") for line in found), class_="notes")] if found else []


def _machine(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    known = ("device", "processes", "threads", "parameters", "rows")
    rows = [(key, _plain(facts[key])) for key in known if key in facts]
    versions = facts.get("versions")
    if isinstance(versions, Mapping):
        rows.append(("versions", ", ".join(f"{name} {version}" for name, version in versions.items())))
    return rows


def _values(rows: Sequence[Mapping[str, Any]], key: str) -> list[float]:
    return [float(row[key]) for row in rows if _finite(row.get(key))]


def _last(rows: Sequence[Mapping[str, Any]], key: str) -> float | None:
    values = _values(rows, key)
    return values[-1] if values else None


def _finite(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _words(key: str) -> str:
    return key.replace("val/", "held-out ").replace("_", " ")


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _mapping(path: Path) -> Mapping[str, Any]:
    """The mapping in a YAML or JSON file; empty when there is none that can be read: a page is not lost for it."""
    try:
        found = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return {}
    return found if isinstance(found, Mapping) else {}
