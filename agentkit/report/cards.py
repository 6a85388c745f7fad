"""Score cards and comparisons as page sections: the number, its interval, its denominator, and what it hides."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from agentkit.report import charts
from agentkit.report.markup import Markup, join, tag
from agentkit.scoring import (
    Difference,
    EpisodeCard,
    GroundingCard,
    Outcome,
    Rate,
    ScoreCard,
    paired_difference,
)

OUTCOME_COLOR = {
    Outcome.HIT: "var(--good)",
    Outcome.RIGHT_REFUSAL: "color-mix(in srgb, var(--good) 55%, var(--card))",
    Outcome.MISS: "var(--bad)",
    Outcome.POINTED: "color-mix(in srgb, var(--bad) 55%, var(--card))",
    Outcome.REFUSED: "var(--warn)",
    Outcome.MALFORMED: "var(--s4)",
    Outcome.OTHER_ACTION: "var(--s1)",
    Outcome.MISSING: "var(--s5)",
}
ENDING_COLOR = {"finished": "var(--good)", "ended": "var(--s1)", "cut": "var(--warn)", "broken": "var(--bad)"}
GROUP_NAMES = {"ui_type": "Element type", "platform": "Platform", "group": "Group", "application": "Application"}


def grounding_card(card: GroundingCard) -> Markup:
    """Tiles, outcomes, the cross table and bars per group."""
    tiles = [_rate_tile("point in box (micro)", card.accuracy, main=True)]
    for name, estimate in card.macro.items():
        if estimate.count > 1 and name != "application":
            spread = f"95 % {100 * estimate.low:.1f} – {100 * estimate.high:.1f}"
            tiles.append(_tile(_percent(estimate.value), f"macro over {name.replace('_', ' ')}", spread))
    tiles.append(_tile(_percent(card.malformed.value), "malformed answers", _of(card.malformed)))
    if card.with_target.total != card.accuracy.total:
        tiles.append(_rate_tile("samples with a target", card.with_target))
    if card.refusal_recall.total:
        tiles.append(_rate_tile("refusal recall", card.refusal_recall))
        tiles.append(_rate_tile("refusal precision", card.refusal_precision))
    elif card.refused.hits:
        tiles.append(_tile(_percent(card.refused.value), "refused", _of(card.refused)))
    missed = f"{100 * card.miss_distance:.1f} % over misses" if math.isfinite(card.miss_distance) else "no misses"
    tiles.append(_tile(_percent(card.distance), "median distance to target", missed))
    if card.cost.measured:
        tiles.append(_tile(_seconds(card.cost.seconds), "per sample (median)", f"{card.cost.measured} timed"))
    for kind, count in card.cost.tokens.items():
        tiles.append(_tile(f"{count:,.0f}", f"{kind.replace('_', ' ')} tokens per sample", "mean"))
    parts = [tag("div", *tiles, class_="tiles")]
    shares = [(o.value, card.outcomes[o.value], OUTCOME_COLOR[o]) for o in Outcome if o.value in card.outcomes]
    parts += [_h3(f"Outcomes of all {card.accuracy.total} samples"), charts.stacked(shares)]
    if card.cross:
        columns = sorted({name for row in card.cross.values() for name in row})
        parts += [_h3("By platform and element type, %"), charts.table(columns, card.cross)]
    for name, rates in card.groups.items():
        if len(rates) > 1:
            rows = [charts.rate_bar(group, rate) for group, rate in rates.items()]
            parts += [_h3(GROUP_NAMES.get(name, name.replace("_", " ").capitalize())), charts.bars(rows)]
    if card.missing:
        shown = ", ".join(card.missing[:8]) + (" …" if len(card.missing) > 8 else "")
        parts.append(tag("p", f"{len(card.missing)} samples have no prediction and count as wrong: {shown}"))
    return join(*parts)


def episode_card(card: EpisodeCard) -> Markup:
    """Tiles, endings, baselines, the table per template, and what broke."""
    spread = f"95 % {100 * card.success.low:.1f} – {100 * card.success.high:.1f} over {card.success.count} templates"
    tiles = [
        _rate_tile("tasks solved", card.solved, main=True),
        _tile(_percent(card.success.value), "mean task score", spread),
        _tile(f"{card.steps:.1f}" if math.isfinite(card.steps) else "–", "steps per episode", _solved_steps(card)),
        _tile(_percent(card.malformed.value), "malformed replies", _of(card.malformed)),
        _tile(str(card.endings.get("cut", 0)), "episodes cut", "out of budget or stuck"),
        _tile(str(len(card.broken)), "episodes broken", "excluded from the score"),
    ]
    tiles += [_rate_tile(f"{name} baseline", rate) for name, rate in card.baselines.items()]
    if math.isfinite(card.seconds_step):
        tiles.append(_tile(_seconds(card.seconds_step), "policy time per step", "mean"))
    for kind, count in card.tokens_step.items():
        tiles.append(_tile(f"{count:,.0f}", f"{kind.replace('_', ' ')} tokens per step", "mean"))
    shares = [(name, card.endings[name], color) for name, color in ENDING_COLOR.items() if name in card.endings]
    parts = [tag("div", *tiles, class_="tiles"), _h3("How the episodes ended"), charts.stacked(shares)]
    if len(card.templates) > 1:
        rows = [charts.rate_bar(name, rate) for name, rate in card.templates.items()]
        parts += [_h3("By task template"), charts.bars(rows)]
    if card.broken:
        items = [tag("li", tag("code", r.key), f": {r.fault or 'no reason recorded'}") for r in card.broken]
        parts += [_h3("Broken, excluded"), tag("ul", *items, class_="notes")]
    if card.missing:
        parts.append(tag("p", f"{len(card.missing)} tasks have no episode and count as unsolved."))
    return join(*parts)


def card_section(card: ScoreCard) -> Markup:
    return grounding_card(card) if isinstance(card, GroundingCard) else episode_card(card)


def headline(card: ScoreCard) -> Rate:
    """The rate that runs are compared by."""
    return card.accuracy if isinstance(card, GroundingCard) else card.solved


def rights(card: ScoreCard) -> dict[str, bool]:
    """Right or wrong by id."""
    if isinstance(card, GroundingCard):
        return {key: outcome.right for key, outcome in card.by_id.items()}
    return card.by_id


def comparison(runs: Mapping[str, ScoreCard]) -> Markup:
    """Two or more runs; the first is what the others are measured against, item by item where they share items."""
    if len(runs) < 2:
        raise ValueError(f"a comparison needs at least two runs, got {len(runs)}")
    names = list(runs)
    base = rights(runs[names[0]])
    rows = [
        charts.rate_bar(name, headline(card), charts.SERIES[i % len(charts.SERIES)])
        for i, (name, card) in enumerate(runs.items())
    ]
    changes = {name: paired(base, rights(runs[name])) for name in names[1:]}
    parts: list[Markup] = []
    if len(names) == 2 and (change := changes[names[1]]) is not None:
        parts.append(_change_tiles(names[0], names[1], change))
    parts.append(charts.bars(rows))
    if len(names) > 2 or None in changes.values():
        parts.append(_change_table(names[0], changes))
    parts += _group_dots(runs)
    return join(*parts)


def paired(before: Mapping[str, bool], after: Mapping[str, bool]) -> Difference | None:
    """The paired difference over the shared items; None when the runs share less than 95 % of them.

    Episodes that broke in one run only are left out, which is why a few may be missing.
    """
    shared = before.keys() & after.keys()
    if not shared or len(shared) < 0.95 * max(len(before), len(after)):
        return None
    order = [key for key in before if key in shared]
    return paired_difference({key: before[key] for key in order}, {key: after[key] for key in order})


def _change_tiles(before: str, after: str, change: Difference) -> Markup:
    look = "good" if change.low > 0 else "bad" if change.high < 0 else ""
    points = tag("span", f"{100 * change.value:+.1f}", class_=look, style="display:inline;font-size:inherit")
    return tag(
        "div",
        _rate_tile(before, change.before),
        _rate_tile(after, change.after, main=True),
        tag(
            "div",
            tag("b", points, tag("small", "points")),
            tag("span", "paired difference"),
            tag("em", f"95 % {100 * change.low:+.1f} to {100 * change.high:+.1f}"),
            class_="tile",
        ),
        _tile(f"{change.gained} / {change.lost}", "gained / lost items", f"McNemar p {_p(change.p_value)}"),
        class_="tiles",
    )


def _change_table(base: str, changes: Mapping[str, Difference | None]) -> Markup:
    heads = ("points", "95 %", "gained", "lost", "p")
    head = tag("tr", tag("th", f"Against {base}"), *(tag("th", name, class_="num") for name in heads))
    rows = []
    for name, change in changes.items():
        if change is None:
            rows.append(tag("tr", tag("th", name), tag("td", "other items: not paired", colspan=5, class_="muted")))
            continue
        look = "num good-text" if change.low > 0 else "num bad-text" if change.high < 0 else "num"
        cells = (
            tag("td", f"{100 * change.value:+.1f}", class_=look),
            tag("td", f"{100 * change.low:+.1f} to {100 * change.high:+.1f}", class_="num"),
            tag("td", change.gained, class_="num"),
            tag("td", change.lost, class_="num"),
            tag("td", _p(change.p_value).removeprefix("= "), class_="num"),
        )
        rows.append(tag("tr", tag("th", name), *cells))
    return tag("div", tag("table", tag("thead", head), tag("tbody", *rows)), class_="scroll")


def _group_dots(runs: Mapping[str, ScoreCard]) -> list[Markup]:
    """Every group of every grouping, one dot per run."""
    parts: list[Markup] = []
    groupings = [_groupings(card) for card in runs.values()]
    legend = [
        tag("span", tag("i", style=f"background:{charts.SERIES[i % len(charts.SERIES)]}"), name)
        for i, name in enumerate(runs)
    ]
    for name in groupings[0]:
        groups = list(dict.fromkeys(group for grouping in groupings for group in grouping.get(name, {})))
        if not 1 < len(groups) <= 40:
            continue
        rows = []
        for group in groups:
            first = True
            for i, grouping in enumerate(groupings):
                rate = grouping.get(name, {}).get(group)
                if rate is not None and rate.total:
                    rows.append(charts.rate_bar(group if first else "", rate, charts.SERIES[i % len(charts.SERIES)]))
                    first = False
        parts += [_h3(GROUP_NAMES.get(name, name)), tag("div", *legend, class_="legend"), charts.dots(rows)]
    return parts


def _groupings(card: ScoreCard) -> Mapping[str, Mapping[str, Rate]]:
    return card.groups if isinstance(card, GroundingCard) else {"Task template": card.templates}


def notes(lines: Sequence[str]) -> Markup | None:
    """Small print under a section: how the numbers came about."""
    return tag("ul", *(tag("li", line) for line in lines), class_="notes") if lines else None


def _rate_tile(name: str, rate: Rate, main: bool = False) -> Markup:
    low, high = rate.interval
    detail = f"{_of(rate)} · 95 % {100 * low:.1f} – {100 * high:.1f}" if rate.total else "nothing to count"
    return _tile(_percent(rate.value), name, detail, main)


def _tile(number: str, name: str, detail: str = "", main: bool = False) -> Markup:
    value, _, unit = number.partition(" ")
    big = tag("b", value, tag("small", f" {unit}") if unit else None)
    return tag("div", big, tag("span", name), tag("em", detail), class_="tile main" if main else "tile")


def _h3(name: str) -> Markup:
    return tag("h3", name)


def _of(rate: Rate) -> str:
    return f"{rate.hits} of {rate.total}"


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %" if math.isfinite(value) else "–"


def _seconds(value: float) -> str:
    return f"{1000 * value:.0f} ms" if value < 1 else f"{value:.2f} s"


def _solved_steps(card: EpisodeCard) -> str:
    return f"{card.steps_solved:.1f} when solved" if math.isfinite(card.steps_solved) else "none solved"


def _p(value: float) -> str:
    return f"= {value:.2g}" if value >= 0.001 else "< 0.001"
