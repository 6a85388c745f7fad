"""Held-out rows or traces, and what greedy replies to them are worth.

Histories are the recorded ones (teacher forcing), so a trace counts as a success when every one of its steps is right.
Step accuracy can keep rising while trace success falls (UI-Venus-1.5, arXiv 2602.09082), so with traces it is the
latter that chooses a model.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from agentkit.errors import DataError
from agentkit.jsonl import read_lines
from agentkit.recorded.traces import read_traces
from rft.data.rows import Row, read_rows
from rft.data.trace_rows import rows_of
from rft.examples import Examples
from rft.trace_units import trace_place, trace_units

log = logging.getLogger(__name__)

ACCURACY, STEPS, TRACES = "val/accuracy", "val/step_accuracy", "val/trace_success"


@dataclass(frozen=True)
class Validation:
    """Held-out examples, and which of them are the steps of one trace."""

    examples: Examples
    traces: tuple[tuple[int, ...], ...]
    """Rows of each trace, from its first step on; none for rows that stand alone."""

    @property
    def main(self) -> str:
        """The measure that chooses a model."""
        return TRACES if self.traces else ACCURACY

    def measures(self, correct: Sequence[bool]) -> dict[str, float]:
        """What to report when `correct[i]` says whether the reply to row i was right."""
        share = sum(correct) / len(correct)
        if not self.traces:
            return {ACCURACY: share}
        whole = sum(all(correct[row] for row in trace) for trace in self.traces)
        return {STEPS: share, TRACES: whole / len(self.traces)}


def read_validation(path: str | Path, skip_bad: bool = False, decode_images: bool = True) -> tuple[Row, ...]:
    """The rows of a file of rows or of traces. Raises DataError as `read_rows` and `read_traces` do."""
    path = Path(path)
    if not _holds_traces(path):
        return read_rows(path, skip_bad, decode_images).rows
    faults: list[str] = []
    rows = [row for trace in read_traces(path, faults if skip_bad else None) for row in rows_of(trace)]
    for fault in faults[:20]:
        log.warning("left out: %s", fault)
    if not rows:
        raise DataError(f"{path}: expected at least one trace")
    return tuple(rows)


def validation_of(examples: Examples) -> Validation:
    """`examples` with their traces. Raises DataError when some of the rows belong to whole traces and some do not."""
    units = [unit for unit in trace_units(examples.rows) if trace_place(examples.rows[unit[0]]) is not None]
    if not units:
        return Validation(examples, ())
    late = [unit for unit in units if trace_place(examples.rows[unit[0]])[1] > 0]  # type: ignore[index]
    if late or sum(map(len, units)) < len(examples.rows):
        raise DataError(
            f"validation needs either whole traces or rows that stand alone: of {len(examples.rows)} rows "
            f"{sum(map(len, units))} belong to traces, and {len(late)} traces lack steps"
        )
    return Validation(examples, tuple(units))


def _holds_traces(path: Path) -> bool:
    for _, line in read_lines(path, "rows or traces"):
        try:
            return "steps" in json.loads(line)
        except (ValueError, TypeError):
            return False
    return False
