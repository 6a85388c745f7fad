"""Numbers as tiles: the value, what it is, its interval and denominator; and how numbers are worded."""

from __future__ import annotations

import math

from agentkit.report.markup import Markup, tag
from agentkit.scoring import Estimate, Rate

UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


def tile(number: str, name: str, detail: str = "", main: bool = False) -> Markup:
    """`number` large (a unit after a space small), `name` under it, `detail` in small print."""
    value, _, unit = number.partition(" ")
    big = tag("b", value, tag("small", f" {unit}") if unit else None)
    return tag("div", big, tag("span", name), tag("em", detail), class_="tile main" if main else "tile")


def rate_tile(name: str, rate: Rate, main: bool = False) -> Markup:
    return tile(percent(rate.value), name, rate_words(rate), main)


def estimate_tile(name: str, estimate: Estimate, what: str = "groups") -> Markup:
    return tile(percent(estimate.value), name, f"{spread(estimate)} over {estimate.count} {what}")


def tiles(*parts: Markup) -> Markup:
    return tag("div", *parts, class_="tiles")


def heading(name: str) -> Markup:
    return tag("h3", name)


def rate_words(rate: Rate) -> str:
    """`291 of 400 · 95 % 68.2 – 76.9`."""
    if not rate.total:
        return "nothing to count"
    low, high = rate.interval
    return f"{of(rate)} · {_unbroken(f'95 % {100 * low:.1f} – {100 * high:.1f}')}"


def spread(estimate: Estimate) -> str:
    return _unbroken(f"95 % {100 * estimate.low:.1f} – {100 * estimate.high:.1f}")


def _unbroken(words: str) -> str:
    """`words` that stay on one line."""
    return words.replace(" ", "\N{NO-BREAK SPACE}")


def of(rate: Rate) -> str:
    return f"{rate.hits} of {rate.total}"


def percent(value: float) -> str:
    return f"{100 * value:.1f} %" if math.isfinite(value) else "–"


def seconds(value: float) -> str:
    """A duration with the unit that suits it."""
    if not math.isfinite(value):
        return "–"
    if value < 0.0995:
        return f"{1000 * value:.1f} ms"
    if value < 0.9995:
        return f"{1000 * value:.0f} ms"
    if value < 100:
        return f"{value:.2f} s"
    return f"{value / 60:.1f} min" if value < 6000 else f"{value / 3600:.1f} h"


def size(count: float) -> str:
    """Bytes with the unit that suits them."""
    power = 0
    while count >= 1024 and power < len(UNITS) - 1:
        count, power = count / 1024, power + 1
    return f"{count:.0f} {UNITS[power]}" if power < 2 or count >= 100 else f"{count:.1f} {UNITS[power]}"
