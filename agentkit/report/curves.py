"""Training curves from a metrics file: one JSON object per line, a step and named numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from agentkit.errors import DataError
from agentkit.report.charts import Series
from agentkit.scoring import read_rows


def read_metrics(source: str | Path | Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The rows of a metrics.jsonl, or the rows given. A last line that is still being written is left out."""
    if not isinstance(source, (str, Path)):
        return list(source)
    path = Path(source)
    rows: list[Mapping[str, Any]] = []
    try:
        for row in read_rows(path):
            rows.append(row)
    except DataError:
        if not rows or path.read_bytes().endswith(b"\n"):
            raise
    return rows


def series_of(rows: Sequence[Mapping[str, Any]], keys: Sequence[str], x: str = "step") -> list[Series]:
    """One line per key over the rows that hold both it and `x`, in file order. DataError when a key never occurs."""
    found = []
    for key in keys:
        points = [(float(row[x]), float(row[key])) for row in rows if _number(row.get(x)) and _number(row.get(key))]
        if not points:
            known = ", ".join(sorted({name for row in rows for name, value in row.items() if _number(value)}))
            raise DataError(f"no row has numbers for {x!r} and {key!r}; the numbers there are {known or 'none'}")
        found.append(Series(key, points))
    return found


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
