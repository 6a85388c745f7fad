"""Ids of rows that come of traces: `<trace>/<step>`, and `<trace>/<step>+<n>` for the n-th row with another history."""

from __future__ import annotations

import re

_ID = re.compile(r"(.+)/(\d+)(?:\+\d+)?", re.DOTALL | re.ASCII)


def step_of_row(row: str) -> tuple[str, int] | None:
    """Trace id and step from 0; None when the row is none of a trace."""
    found = _ID.fullmatch(row)
    return (found[1], int(found[2])) if found else None
