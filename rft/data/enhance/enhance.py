"""Rows of traces with further rows for rare actions.

The result is a folder that appears whole or not at all: `rows.jsonl` (every step, rare ones followed by their new
rows), `report.json`, `report.html`, `shares.png` and `shares.svg`.
"""

from __future__ import annotations

import dataclasses
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from agentkit.actions import action_name
from agentkit.errors import DataError
from agentkit.jsonl import JsonlWriter
from agentkit.recorded.traces import Trace, read_traces
from rft.data.align.pools import Pools
from rft.data.enhance.config import EnhanceConfig
from rft.data.enhance.product import draw_tuples
from rft.data.row_ids import RowId
from rft.data.rows import NavigationRow, Past, to_json
from rft.data.trace_rows import rows_of
from rft.data.work_folder import new_folder

ROWS, REPORT, PAGE, PLOT = "rows.jsonl", "report.json", "report.html", "shares"


@dataclass
class _Tally:
    """Of one action."""

    rows: int = 0
    added: int = 0
    alone: int = 0
    """Rare steps without any other history."""
    short: int = 0
    """Rare steps with fewer other histories than were asked for."""


def enhance(source: str | Path, out: str | Path, config: EnhanceConfig) -> dict[str, Any]:
    """Write the rows of the traces in `source` and their enhancement to the new folder `out`; returns the report as
    written to report.json. Raises ConfigError and DataError."""
    source, out = Path(source), Path(out)
    counts = Counter(action_name(step.action) for trace in read_traces(source) for step in trace.steps)
    if not counts:
        raise DataError(f"{source}: expected at least one trace; the file is empty")
    rare = frozenset(config.rare) or rare_actions(counts, config.below)
    pools = Pools.read(config.pools)
    tallies = {name: _Tally() for name in counts}
    with new_folder(out) as work:
        with JsonlWriter(work / ROWS) as rows:
            for trace in read_traces(source):
                for row, others in enhanced_rows(trace, pools, rare, config):
                    tally = tallies[action_name(row.action)]
                    tally.rows += 1
                    tally.added += len(others)
                    if action_name(row.action) in rare:
                        tally.alone += not others
                        tally.short += 0 < len(others) < config.per_step
                    for made in (row, *others):
                        rows.write(to_json(made, work))
        report = _report(source, config, rare, tallies)
        from rft.data.enhance.page import write_page

        write_page(work, report)
        (work / REPORT).write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return report


def rare_actions(counts: Counter[str], below: float) -> frozenset[str]:
    """The actions whose share of all steps is smaller than `below`."""
    total = counts.total()
    return frozenset(name for name, count in counts.items() if count < below * total)


def enhanced_rows(
    trace: Trace, pools: Pools, rare: frozenset[str], config: EnhanceConfig
) -> Iterator[tuple[NavigationRow, list[NavigationRow]]]:
    """Each row of the trace with its new rows: none unless its action is in `rare`.

    New rows differ from the row and from each other in the thoughts of their history, and in nothing else but their
    ids, `<id>+1`, `<id>+2` and so on. They hang on the seed, the row and its pools alone.
    """
    for row in rows_of(trace, config.history_images):
        if action_name(row.action) not in rare:
            yield row, []
            continue
        rng = random.Random(f"enhance/{config.seed}/{row.id}")
        histories = other_histories(trace.id, row.history, pools, config, rng)
        step = len(row.history)
        ids = (str(RowId(trace.id, step, variant)) for variant in range(1, len(histories) + 1))
        yield row, [replace(row, history=other, id=name) for name, other in zip(ids, histories, strict=True)]


def other_histories(
    trace: str, history: tuple[Past, ...], pools: Pools, config: EnhanceConfig, rng: random.Random
) -> list[tuple[Past, ...]]:
    """Up to `config.per_step` histories with the same actions and other thoughts, all different, none the given one."""
    first = max(0, len(history) - config.window) if config.window else 0
    choices: list[tuple[str, ...]] = []
    own: list[int] = []
    for index, past in enumerate(history):
        pool = pools.at((trace, index), config.epochs) if index >= first else ()
        choices.append(pool or (past.thought,))
        if not pool:
            own.append(0)
        elif past.thought.strip() in pool:
            own.append(pool.index(past.thought.strip()))
    # With a thought that its pool does not hold the given history is not in the product: nothing to leave out.
    without = own if len(own) == len(history) else None
    drawn = draw_tuples([len(pool) for pool in choices], config.per_step, rng, without)
    return [
        tuple(replace(past, thought=pool[digit]) for past, pool, digit in zip(history, choices, digits, strict=True))
        for digits in drawn
    ]


def _report(source: Path, config: EnhanceConfig, rare: frozenset[str], tallies: dict[str, _Tally]) -> dict[str, Any]:
    before = sum(tally.rows for tally in tallies.values())
    after = before + sum(tally.added for tally in tallies.values())
    actions = {
        name: {
            "rare": name in rare,
            "before": tally.rows,
            "share_before": tally.rows / before,
            "after": tally.rows + tally.added,
            "share_after": (tally.rows + tally.added) / after,
            "alone": tally.alone,
            "short": tally.short,
        }
        for name, tally in sorted(tallies.items(), key=lambda item: (-item[1].rows, item[0]))
    }
    return {
        "format": 1,
        "input": str(source.resolve()),
        "settings": dataclasses.asdict(config),
        "rare": sorted(rare),
        "rows_before": before,
        "rows_after": after,
        "actions": actions,
    }
