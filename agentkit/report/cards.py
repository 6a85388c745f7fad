"""Score cards as page sections: the number, its interval, its denominator, and what it hides."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from agentkit.report.bars import bars, rate_bar, stacked
from agentkit.report.comparison import GROUP_NAMES
from agentkit.report.markup import Markup, join, tag
from agentkit.report.tables import plain_table, rate_table
from agentkit.report.tiles import estimate_tile, heading, percent, rate_tile, seconds, tile, tiles
from agentkit.scoring import EpisodeCard, GroundingCard, Outcome, ScoreCard
from agentkit.types import Ending

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
SHOWN = 50
"""Broken episodes that are named."""
ENDING_COLOR = {"finished": "var(--good)", "ended": "var(--s1)", "cut": "var(--warn)", "broken": "var(--bad)"}


def grounding_card(card: GroundingCard) -> Markup:
    """Tiles, outcomes, the cross table and bars per group."""
    shown = [rate_tile("point in box (micro)", card.accuracy, main=True)]
    if card.with_target.total != card.accuracy.total:
        shown.append(rate_tile("samples with a target", card.with_target))
    for name, estimate in card.macro.items():
        if estimate.count > 1 and name != "application":
            shown.append(estimate_tile(f"macro over {name.replace('_', ' ')}", estimate))
    shown.append(rate_tile("malformed answers", card.malformed))
    if card.refusal_recall.total:
        shown.append(rate_tile("refusal recall", card.refusal_recall))
        shown.append(rate_tile("refusal precision", card.refusal_precision))
    elif card.refused.hits:
        shown.append(rate_tile("refused", card.refused))
    missed = f"{100 * card.miss_distance:.1f} % over misses" if math.isfinite(card.miss_distance) else "no misses"
    shown.append(tile(percent(card.distance), "median distance to target", f"of the screen; {missed}"))
    shares = [(o.value, card.outcomes[o.value], OUTCOME_COLOR[o]) for o in Outcome if o.value in card.outcomes]
    parts = [tiles(*shown), heading(f"Outcomes of all {card.accuracy.total} samples"), stacked(shares)]
    if card.cross:
        columns = sorted({name for row in card.cross.values() for name in row})
        parts += [heading("By platform and element type, %"), rate_table(columns, card.cross)]
    for name, rates in card.groups.items():
        if len(rates) > 1:
            rows = [rate_bar(group, rate) for group, rate in rates.items()]
            parts += [heading(GROUP_NAMES.get(name, name.replace("_", " ").capitalize())), bars(rows)]
    if card.missing:
        some = ", ".join(card.missing[:8]) + (" …" if len(card.missing) > 8 else "")
        parts.append(tag("p", f"{len(card.missing)} samples have no prediction and count as wrong: {some}"))
    method = "Rates have Wilson's 95 % interval; macro averages a bootstrap's that resamples inside each group"
    return join(*parts, notes([f"{method} (10,000 rounds, seed {card.seed})."]))


def episode_card(card: EpisodeCard) -> Markup:
    """Tiles, endings, baselines, bars per template, and what broke."""
    shown = [
        rate_tile("tasks solved", card.solved, main=True),
        estimate_tile("mean task score", card.success, "templates"),
        tile(f"{card.steps:.1f}" if math.isfinite(card.steps) else "–", "steps per episode", _solved_steps(card)),
        rate_tile("malformed replies", card.malformed),
        tile(str(card.endings.get("cut", 0)), "episodes cut", "out of budget or stuck"),
        tile(str(len(card.broken)), "episodes broken", "excluded from the score"),
    ]
    shown += [rate_tile(f"{name} baseline", rate) for name, rate in card.baselines.items()]
    shares = [(name, card.endings[name], color) for name, color in ENDING_COLOR.items() if name in card.endings]
    parts = [tiles(*shown), heading("How the episodes ended"), stacked(shares)]
    if len(card.templates) > 1:
        rows = [rate_bar(name, rate) for name, rate in card.templates.items()]
        parts += [heading("By task template"), bars(rows)]
    if card.broken:
        items = [tag("li", tag("code", r.key), f": {r.fault or 'no reason recorded'}") for r in card.broken[:SHOWN]]
        more = len(card.broken) - SHOWN
        parts += [heading("Broken, excluded"), tag("ul", *items, class_="notes")]
        parts += [tag("p", f"and {more} more.", class_="muted")] if more > 0 else []
    if card.missing:
        parts.append(tag("p", f"{len(card.missing)} tasks have no episode and count as unsolved."))
    method = "Solved: Wilson's 95 % interval over episodes. Mean score: a bootstrap's that resamples whole templates"
    return join(*parts, notes([f"{method} (10,000 rounds, seed {card.seed}), so instances of one count once."]))


def episode_table(card: EpisodeCard, pages: Mapping[str, str]) -> Markup:
    """One line per episode, unsolved first; `pages` has the address of an episode's own page by its key."""
    rows: list[tuple[object, ...]] = []
    for result in sorted(card.results, key=lambda result: (result.solved, result.key)):
        look, word = ("good", "solved") if result.solved else ("bad", "not solved")
        if result.ending is Ending.BROKEN:
            look, word = "warn", "broken"
        name: str | Markup = result.key
        if result.key in pages:
            name = tag("a", result.key, href=pages[result.key])
        tokens = f"{sum(result.usage.get(kind, 0) for kind in ('prompt', 'completion')):,}" if result.usage else "–"
        rows.append(
            (
                name,
                tag("span", word, class_=f"chip {look}"),
                result.ending.value,
                result.steps,
                result.malformed,
                seconds(result.seconds) if result.seconds else "–",
                tokens,
            )
        )
    rows += [(key, tag("span", "missing", class_="chip warn"), *["–"] * 5) for key in card.missing]
    return plain_table(("Task", "", "ending", "steps", "malformed", "policy time", "tokens"), rows)


def card_section(card: ScoreCard) -> Markup:
    return grounding_card(card) if isinstance(card, GroundingCard) else episode_card(card)


def notes(lines: Sequence[str]) -> Markup | None:
    """Small print under a section: how the numbers came about."""
    return tag("ul", *(tag("li", line) for line in lines), class_="notes") if lines else None


def _solved_steps(card: EpisodeCard) -> str:
    return f"{card.steps_solved:.1f} when solved" if math.isfinite(card.steps_solved) else "none solved"
