"""Bars and dots with intervals and stacked shares, as HTML that fits any width; colours are the page's variables."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agentkit.report.markup import Markup, join, tag
from agentkit.scoring import Rate

SERIES = ("var(--s1)", "var(--s2)", "var(--s3)", "var(--s4)", "var(--s5)", "var(--s6)")
MOST = 60
"""Rows that one chart draws, so that ten thousand groups do not make a page of megabytes."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A value in [0, 1] with its interval."""

    label: str
    value: float
    low: float
    high: float
    note: str
    """Printed after the value, e.g. the denominator."""
    color: str = SERIES[0]


def series_color(number: int) -> str:
    return SERIES[number % len(SERIES)]


def rate_bar(label: str, rate: Rate, color: str = SERIES[0]) -> Bar:
    low, high = rate.interval
    return Bar(label, rate.value, low, high, f"{rate.hits}/{rate.total}", color)


def bars(rows: Sequence[Bar]) -> Markup:
    """Horizontal bars on a 0..100 % axis with interval whiskers."""
    return _chart(rows, "bars", _filled)


def dots(rows: Sequence[Bar]) -> Markup:
    """Intervals with a dot at the value, for comparing runs on one axis; a row without a label continues its group."""
    return _chart(rows, "bars dots", _dotted)


def stacked(shares: Sequence[tuple[str, float, str]], words: Callable[[float], str] = "{:,.0f}".format) -> Markup:
    """One bar of (name, amount, colour) parts with a legend under it that says each amount and its share."""
    total = sum(amount for _, amount, _ in shares) or 1.0
    parts, captions = [], []
    for name, amount, color in shares:
        share = f"{100 * amount / total:.1f} %"
        style = f"flex-grow:{amount / total:.5f};background:{color}"
        parts.append(tag("i", style=style, title=f"{name}: {words(amount)}, {share}"))
        key = tag("i", style=f"background:{color}")
        captions.append(tag("span", key, name, " ", tag("b", words(amount)), f" {share}"))
    return join(tag("div", *parts, class_="stack"), tag("div", *captions, class_="legend"))


def legend(names: Sequence[str]) -> Markup:
    """The colours of series, in order."""
    keys = (tag("span", tag("i", style=f"background:{series_color(i)}"), name) for i, name in enumerate(names))
    return tag("div", *keys, class_="legend")


def _chart(rows: Sequence[Bar], look: str, draw: Callable[[Bar], list[Markup]]) -> Markup:
    shown = list(rows[:MOST])
    parts = [_row(row, draw) for row in shown]
    marks = (tag("em", f"{p} %" if p == 100 else p, style=f"left:{p}%") for p in (0, 25, 50, 75, 100))
    parts.append(tag("div", tag("span", *marks, class_="ticks"), class_="bar axis"))
    if len(rows) > MOST:
        parts.append(tag("p", f"{MOST} of {len(rows)} rows are shown.", class_="muted"))
    return tag("div", *parts, class_=look)


def _row(row: Bar, draw: Callable[[Bar], list[Markup]]) -> Markup:
    known = math.isfinite(row.value)
    tip = f"{row.label}: {100 * row.value:.1f} %, 95 % {100 * row.low:.1f} to {100 * row.high:.1f}, {row.note}"
    return tag(
        "div",
        tag("span", row.label, class_="label", title=row.label),
        tag("span", *(draw(row) if known else ()), class_="track", title=tip if known else None),
        tag("span", tag("b", f"{100 * row.value:.1f}" if known else "–"), " ", row.note, class_="value"),
        class_="bar" if row.label else "bar on",
    )


def _filled(row: Bar) -> list[Markup]:
    fill = tag("i", class_="fill", style=f"width:{100 * row.value:.2f}%;background:{row.color}")
    return [fill, tag("i", class_="whisker", style=_span(row))]


def _dotted(row: Bar) -> list[Markup]:
    reach = tag("i", class_="reach", style=f"{_span(row)};background:{row.color}")
    return [reach, tag("i", class_="dot", style=f"left:{100 * row.value:.2f}%;background:{row.color}")]


def _span(row: Bar) -> str:
    return f"left:{100 * row.low:.2f}%;width:{100 * (row.high - row.low):.2f}%"
