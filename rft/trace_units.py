"""Which rows are steps of one trace: navigation rows with ids `<trace id>/<step from 0>`, as `rft data rows` writes."""

from __future__ import annotations

from collections.abc import Sequence

from agentkit.errors import DataError
from rft.data.row_ids import parse_row_id
from rft.data.rows import NavigationRow, Row


def trace_place(row: Row) -> tuple[str, int] | None:
    """The row's trace and its step in it; None for a row of no trace, and for one with another history than its own."""
    place = parse_row_id(row.id) if isinstance(row, NavigationRow) else None
    return None if place is None or place.variant else (place.trace, place.step)


def trace_units(rows: Sequence[Row]) -> list[tuple[int, ...]]:
    """Indices of `rows` in units: the consecutive steps of one trace in order, every other row alone.

    A trace with a gap makes one unit on either side of it. Units are in the order of their first row in `rows`.
    Raises DataError when two rows claim the same step.
    """
    places: dict[tuple[str, int], int] = {}
    for index, row in enumerate(rows):
        place = trace_place(row)
        if place is None:
            continue
        if place in places:
            other = rows[places[place]].number
            raise DataError(f"rows {other} and {row.number} are both step {place[1]} of trace {place[0]}")
        places[place] = index
    units: list[tuple[int, ...]] = []
    for index, row in enumerate(rows):
        place = trace_place(row)
        if place is None:
            units.append((index,))
            continue
        trace, step = place
        if (trace, step - 1) in places:
            continue
        unit = [index]
        while (trace, step := step + 1) in places:
            unit.append(places[trace, step])
        units.append(tuple(unit))
    return sorted(units, key=min)
