"""A score card as JSON for machines and as plain text for terminals. HTML is `agentkit.report`'s."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, TypeAlias

from agentkit.scoring.episodes import EpisodeCard
from agentkit.scoring.grounding import GroundingCard
from agentkit.scoring.intervals import Rate

ScoreCard: TypeAlias = GroundingCard | EpisodeCard


def card_json(card: ScoreCard) -> dict[str, Any]:
    """The card as JSON-safe data; rates carry value and interval, and an undefined number is null."""
    return _plain(card)


def card_text(card: ScoreCard) -> str:
    """The card as lines for a terminal."""
    lines = _grounding_lines(card) if isinstance(card, GroundingCard) else _episode_lines(card)
    return "\n".join(lines)


def _grounding_lines(card: GroundingCard) -> Iterable[str]:
    yield f"accuracy (micro)    {card.accuracy}"
    for name, estimate in card.macro.items():
        if estimate.count > 1:
            yield f"macro over {name:<9}{estimate}"
    yield f"denominator         {card.accuracy.total} samples, {len(card.missing)} without a prediction (counted wrong)"
    yield f"malformed           {card.malformed}"
    yield f"refused             {card.refused}"
    if card.refusal_recall.total:
        yield f"refusal precision   {card.refusal_precision}"
        yield f"refusal recall      {card.refusal_recall}"
    misses = _percent(card.miss_distance)
    yield f"distance to target  median {_percent(card.distance)} of the screen, {misses} over misses"
    yield "outcomes            " + ", ".join(f"{name} {count}" for name, count in card.outcomes.items())
    if card.cost.measured:
        tokens = "".join(f", {count:.0f} {kind} tokens" for kind, count in card.cost.tokens.items())
        yield f"cost per sample     {card.cost.seconds:.3g} s (median of {card.cost.measured}){tokens}"
    if card.cross:
        columns = sorted({name for row in card.cross.values() for name in row})
        yield ""
        yield " " * 16 + "".join(f"{name:>18}" for name in columns)
        for name, row in card.cross.items():
            yield f"{name:<16}" + "".join(f"{_cell(row.get(column)):>18}" for column in columns)


def _episode_lines(card: EpisodeCard) -> Iterable[str]:
    yield f"solved              {card.solved}"
    yield f"mean score          {card.success}"
    for name, rate in card.baselines.items():
        yield f"baseline {name:<11}{rate}"
    yield f"broken              {len(card.broken)} (excluded)" + "".join(f"\n  {r.key}: {r.fault}" for r in card.broken)
    yield f"missing             {len(card.missing)} (counted unsolved)"
    yield "endings             " + ", ".join(f"{name} {count}" for name, count in sorted(card.endings.items()))
    yield f"steps               mean {card.steps:.1f}, {card.steps_solved:.1f} when solved"
    yield f"malformed replies   {card.malformed}"
    if math.isfinite(card.seconds_step):
        tokens = "".join(f", {count:.0f} {kind} tokens" for kind, count in card.tokens_step.items())
        yield f"cost per step       {card.seconds_step:.3g} s{tokens}"
    yield ""
    width = max((len(name) for name in card.templates), default=0)
    for name, rate in card.templates.items():
        yield f"{name:<{width}}  {rate.hits}/{rate.total}"


def _cell(rate: Rate | None) -> str:
    return "-" if rate is None or not rate.total else f"{100 * rate.value:.1f} ({rate.hits}/{rate.total})"


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %" if math.isfinite(value) else "unknown"


def _plain(value: Any) -> Any:
    if isinstance(value, Rate):
        low, high = value.interval
        return {"hits": value.hits, "total": value.total, "value": _plain(value.value), "low": low, "high": high}
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value
