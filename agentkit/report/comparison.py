"""Runs side by side: each run's score, and what changed against the first, item by item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agentkit.errors import ConfigError
from agentkit.report.bars import bars, dots, legend, rate_bar, series_color
from agentkit.report.markup import Markup, join, tag
from agentkit.report.tables import plain_table
from agentkit.report.tiles import heading, of, percent, rate_tile, tile, tiles
from agentkit.scoring import Difference, EpisodeCard, GroundingCard, Rate, ScoreCard
from agentkit.scoring.paired import compare_seeds

Runs = Mapping[str, Sequence[ScoreCard]]
"""Cards by name; several of one name are the seeds of one run."""
GROUP_NAMES = {"ui_type": "Element type", "platform": "Platform", "group": "Group", "application": "Application"}


@dataclass(frozen=True, slots=True)
class Flip:
    """An item that is right in one run and wrong in the other."""

    id: str
    gained: bool
    """Wrong before, right after."""


def headline(card: ScoreCard) -> Rate:
    """The rate that runs are compared by."""
    return card.accuracy if isinstance(card, GroundingCard) else card.solved


def rights(card: ScoreCard) -> dict[str, bool]:
    """Right or wrong by id. Episodes that broke are left out: they say nothing of the agent."""
    if isinstance(card, GroundingCard):
        return {key: outcome.right for key, outcome in card.by_id.items()}
    return card.by_id


def items(card: ScoreCard) -> set[str]:
    """The ids that the run was asked, answered or not."""
    if isinstance(card, GroundingCard):
        return set(card.by_id)
    return {result.key for result in card.results} | set(card.missing)


def require_same_items(runs: Runs) -> None:
    """ConfigError when the runs were not asked the same; it says how much they share."""
    asked = {name: set.union(*(items(card) for card in cards)) for name, cards in runs.items()}
    common = set.intersection(*(items(card) for cards in runs.values() for card in cards))
    if all(items(card) == common for cards in runs.values() for card in cards):
        return
    more = ", ".join(f"{len(ids - common)} more in {name}" for name, ids in asked.items() if ids - common)
    raise ConfigError(
        f"the runs were not asked the same: {len(common)} samples are in all of them, {more}; "
        "--shared compares the part that they share"
    )


def change(before: Sequence[ScoreCard], after: Sequence[ScoreCard]) -> Difference | None:
    """What changed over the items that all these runs scored; None when there is none.

    Episodes are resampled by template: several instances of one are not independent evidence.
    """
    scored = [rights(card) for card in (*before, *after)]
    shared = set.intersection(*(set(one) for one in scored))
    order = [key for key in scored[0] if key in shared]
    if not order:
        return None
    held = [{key: one[key] for key in order} for one in scored]
    card = before[0]
    groups = None if isinstance(card, GroundingCard) else _templates(card, order)
    return compare_seeds(held[: len(before)], held[len(before) :], groups, card.seed)


def flips(before: ScoreCard, after: ScoreCard) -> list[Flip]:
    """The items whose outcome changed, lost ones first, in the order of `before`."""
    old, new = rights(before), rights(after)
    changed = [Flip(key, new[key]) for key in old if key in new and old[key] != new[key]]
    return sorted(changed, key=lambda flip: flip.gained)


def comparison(runs: Runs) -> Markup:
    """The first run is what the others are measured against. ValueError for fewer than two."""
    if len(runs) < 2:
        raise ValueError(f"a comparison needs at least two runs, got {len(runs)}")
    names = list(runs)
    base = runs[names[0]]
    changes = {name: change(base, runs[name]) for name in names[1:]}
    parts: list[Markup] = []
    if len(names) == 2 and (only := changes[names[1]]) is not None:
        parts.append(_change_tiles(names[0], names[1], only))
    rows = []
    for i, (name, cards) in enumerate(runs.items()):
        for number, card in enumerate(cards):
            label = name if len(cards) == 1 else f"{name}, seed {number + 1} of {len(cards)}"
            rows.append(rate_bar(label, headline(card), series_color(i)))
    parts.append(bars(rows))
    parts += [_change_table(names[0], runs, changes), *_group_dots(runs)]
    return join(*parts)


def _change_tiles(before: str, after: str, found: Difference) -> Markup:
    look = "good" if found.low > 0 else "bad" if found.high < 0 else ""
    points = tag("span", f"{100 * found.value:+.1f}", class_=look, style="display:inline;font-size:inherit")
    return tiles(
        rate_tile(before, found.before),
        rate_tile(after, found.after, main=True),
        tag(
            "div",
            tag("b", points, tag("small", " points")),
            tag("span", "paired difference"),
            tag("em", f"95 % {100 * found.low:+.1f} to {100 * found.high:+.1f}"),
            class_="tile",
        ),
        tile(f"{found.gained} / {found.lost}", "gained / lost items", f"p {p_words(found.p_value)}"),
    )


def _change_table(base: str, runs: Runs, changes: Mapping[str, Difference | None]) -> Markup:
    first = runs[base]
    rows: list[tuple[object, ...]] = [(base, *_scores(first), *["·"] * 5)]
    for name, found in changes.items():
        if found is None:
            rows.append((name, *_scores(runs[name]), tag("span", "no shared items", class_="muted"), *["·"] * 4))
            continue
        look = "good-text" if found.low > 0 else "bad-text" if found.high < 0 else None
        rows.append(
            (
                name,
                *_scores(runs[name]),
                tag("b", f"{100 * found.value:+.1f}", class_=look),
                f"{100 * found.low:+.1f} to {100 * found.high:+.1f}",
                found.gained,
                found.lost,
                p_words(found.p_value).removeprefix("= "),
            )
        )
    columns = ("Run", "score, %", "of", f"points against {base}", "95 %", "gained", "lost", "p")
    return plain_table(columns, rows)


def _scores(cards: Sequence[ScoreCard]) -> tuple[str, str]:
    """The score (mean and range over seeds) and its denominator."""
    values = [headline(card).value for card in cards]
    mean = percent(sum(values) / len(values)).removesuffix(" %")
    if len(cards) == 1:
        return mean, of(headline(cards[0]))
    low, high = (percent(value).removesuffix(" %") for value in (min(values), max(values)))
    return f"{mean} ({low} to {high})", f"{len(cards)} seeds of {headline(cards[0]).total}"


def _group_dots(runs: Runs) -> list[Markup]:
    """Every group of every grouping, one dot per run; several seeds are pooled."""
    parts: list[Markup] = []
    groupings = [[_groupings(card) for card in cards] for cards in runs.values()]
    for name in groupings[0][0]:
        groups = list(dict.fromkeys(g for seeds in groupings for one in seeds for g in one.get(name, {})))
        if not 1 < len(groups) <= 40:
            continue
        rows = []
        for group in groups:
            first = True
            for i, seeds in enumerate(groupings):
                rate = _pooled([one[name][group] for one in seeds if group in one.get(name, {})])
                if rate.total:
                    rows.append(rate_bar(group if first else "", rate, series_color(i)))
                    first = False
        parts += [heading(GROUP_NAMES.get(name, name)), legend(list(runs)), dots(rows)]
    return parts


def _groupings(card: ScoreCard) -> Mapping[str, Mapping[str, Rate]]:
    return card.groups if isinstance(card, GroundingCard) else {"Task template": card.templates}


def _pooled(rates: Sequence[Rate]) -> Rate:
    return Rate(sum(rate.hits for rate in rates), sum(rate.total for rate in rates))


def _templates(card: EpisodeCard, keys: Sequence[str]) -> dict[str, str]:
    known = {result.key: result.template for result in card.results}
    return {key: known.get(key, key) for key in keys}


def p_words(value: float) -> str:
    return f"= {value:.2g}" if value >= 0.001 else "< 0.001"
