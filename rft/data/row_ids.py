"""Ids of rows that come of traces: `<trace>/<step>`, and `<trace>/<step>+<n>` for the n-th row with another history."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ID = re.compile(r"(?P<trace>.+)/(?P<step>\d{1,9})(?:\+(?P<variant>\d{1,9}))?", re.DOTALL | re.ASCII)


@dataclass(frozen=True, slots=True)
class RowId:
    trace: str
    step: int
    """Of the trace, from 0."""
    variant: int = 0
    """0 for the row of the trace itself, from 1 for those with another history."""

    def __str__(self) -> str:
        return f"{self.trace}/{self.step}" + (f"+{self.variant}" if self.variant else "")


def parse_row_id(text: str) -> RowId | None:
    """The inverse of `str`; None when `text` is the id of no row of a trace."""
    found = _ID.fullmatch(text)
    return RowId(found["trace"], int(found["step"]), int(found["variant"] or 0)) if found else None
