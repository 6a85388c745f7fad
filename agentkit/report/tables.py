"""Tables: rates whose shade follows their value, and plain columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from agentkit.report.markup import Markup, join, tag
from agentkit.scoring import Rate

MOST = 2000
"""Rows that one table shows."""


def plain_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Markup:
    """Columns of text and numbers, the first a name and the others to the right; a `Markup` cell is put in as it is."""
    head = tag("tr", *(tag("th", column, class_="num" if i else None) for i, column in enumerate(columns)))
    body, count = [], 0
    for row in rows:
        count += 1
        if count <= MOST:
            first, *others = (cell if isinstance(cell, Markup) else str(cell) for cell in row)
            body.append(tag("tr", tag("th", first), *(tag("td", cell, class_="num") for cell in others)))
    whole = tag("div", tag("table", tag("thead", head), tag("tbody", *body)), class_="scroll")
    return whole if count <= MOST else join(whole, tag("p", f"{MOST} of {count} rows are shown.", class_="muted"))


def rate_table(columns: Sequence[str], rows: Mapping[str, Mapping[str, Rate]], corner: str = "") -> Markup:
    """Rates as a table; the shade of a cell follows its value."""
    head = tag("tr", tag("th", corner), *(tag("th", name, class_="num") for name in columns))
    body = []
    for name, row in rows.items():
        cells = []
        for column in columns:
            rate = row.get(column)
            if rate is None or not rate.total:
                cells.append(tag("td", "·", class_="num muted"))
                continue
            count = tag("small", f"{rate.hits}/{rate.total}")
            shade = f"--heat:{rate.value:.3f}"
            cells.append(tag("td", f"{100 * rate.value:.1f} ", count, class_="num heat", style=shade))
        body.append(tag("tr", tag("th", name), *cells))
    return tag("div", tag("table", tag("thead", head), tag("tbody", *body)), class_="scroll")
