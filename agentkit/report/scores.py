"""Several scores of the same answers side by side: one number per protocol, each with its rule and denominator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from agentkit.report.bars import Bar, bars, rate_bar
from agentkit.report.markup import Markup, join, tag
from agentkit.report.tables import plain_table
from agentkit.report.tiles import percent, rate_words
from agentkit.scoring import Rate


class Interval(Protocol):
    """A value with both ends of its interval: `Estimate`, or a rate whose interval is not Wilson's."""

    @property
    def value(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...


@dataclass(frozen=True, slots=True)
class NamedScore:
    """One way of counting."""

    name: str
    value: Rate | Interval
    rule: str
    """In words: what counts as right, and what is left out."""
    count: int
    """The denominator: how many items it counts."""
    method: str = ""
    """Where the interval comes from, when it is not Wilson's: "bootstrap over 300 traces"."""


def named_scores(scores: Sequence[NamedScore]) -> Markup:
    """A bar for each score and a table that says what each one counts."""
    if not scores:
        return tag("p", "No score.", class_="muted")
    drawn, rows = [], []
    for score in scores:
        value = score.value
        if isinstance(value, Rate):
            drawn.append(rate_bar(score.name, value))
            interval = rate_words(value)
        else:
            drawn.append(Bar(score.name, value.value, value.low, value.high, f"of {score.count}"))
            interval = f"95 % {100 * value.low:.1f} – {100 * value.high:.1f}"
        rule = tag("span", score.rule, class_="rule")
        rows.append((score.name, percent(value.value), score.count, interval, score.method or "Wilson", rule))
    return join(bars(drawn), plain_table(("Score", "value", "n", "interval", "method", "rule"), rows))
