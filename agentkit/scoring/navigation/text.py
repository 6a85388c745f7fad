"""A navigation card as lines for a terminal: the rules side by side, the recorded actions, and what is left out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from agentkit.scoring.clusters import ClusterRate
from agentkit.scoring.intervals import Estimate, Rate
from agentkit.scoring.navigation.card import NavigationCard, RuleCard

WIDTH = 22
NUMBERS: tuple[tuple[str, Callable[[RuleCard], ClusterRate | Rate | Estimate]], ...] = (
    ("step success", lambda card: card.step),
    ("type", lambda card: card.type),
    ("grounding", lambda card: card.grounding),
    ("  given the type", lambda card: card.grounding_typed),
    ("trace success", lambda card: card.traces),
    ("macro over actions", lambda card: card.macro),
)
"""The rows of the table: name, and the number of a rule."""


def navigation_text(card: NavigationCard) -> str:
    """The card as lines."""
    return "\n".join(_lines(card))


def _lines(card: NavigationCard) -> Iterator[str]:
    yield f"{card.steps} recorded steps of {card.traces} traces, under {len(card.rules)} published rules"
    yield ""
    yield _row("", card.rules)
    for name, number in NUMBERS:
        yield _row(name, [share(number(rule)) for rule in card.rules.values()])
        yield _row("", [spread(number(rule)) for rule in card.rules.values()])
    yield ""
    yield _row("right, per action", card.rules)
    for action in _actions(card):
        rows = [rule.actions.get(action) for rule in card.rules.values()]
        yield _row(action, ["-" if row is None else share(row.exact) for row in rows])
    yield ""
    yield "steps that a rule does not count"
    for name, rule in card.rules.items():
        reasons = ", ".join(f"{count} x {reason}" for reason, count in rule.dropped.items()) or "none"
        gone = f"; {rule.dropped_traces} traces lose all their steps" if rule.dropped_traces else ""
        yield f"  {name:<{WIDTH - 2}}{reasons}{gone}"
    yield ""
    yield f"{'malformed':<{WIDTH}}{card.malformed}"
    yield f"{'refused':<{WIDTH}}{card.refused}"
    yield f"{'without an answer':<{WIDTH}}{len(card.missing)} (counted wrong)"
    reasons = "".join(f"\n  {count} x {reason}" for reason, count in card.excluded.items())
    yield f"{'traces not read':<{WIDTH}}{sum(card.excluded.values())} (in no denominator){reasons}"
    if card.cost.measured:
        yield f"{'cost per step':<{WIDTH}}{card.cost.seconds:.3g} s (median of {card.cost.measured})"
    yield ""
    for name, rule in card.rules.items():
        yield f"{name:<{WIDTH}}{rule.title}"


def _actions(card: NavigationCard) -> list[str]:
    """Recorded actions, the most frequent first; those that the first rule drops are at the end."""
    return list(dict.fromkeys(action for rule in card.rules.values() for action in rule.actions))


def _row(name: str, cells: object) -> str:
    return (f"{name:<{WIDTH}}" + "".join(f"{cell:>22}" for cell in cells)).rstrip()  # type: ignore[attr-defined]


def share(number: ClusterRate | Rate | Estimate) -> str:
    """Percent with its denominator."""
    if not math.isfinite(number.value):
        return "none of 0"
    count = f"of {number.count}" if isinstance(number, Estimate) else f"{number.hits}/{number.total}"
    return f"{100 * number.value:.1f} ({count})"


def spread(number: ClusterRate | Rate | Estimate) -> str:
    """The 95 % interval in percent; empty when there was nothing to count."""
    low, high = number.interval if isinstance(number, Rate) else (number.low, number.high)
    return f"{100 * low:.1f}..{100 * high:.1f}" if math.isfinite(number.value) else ""
