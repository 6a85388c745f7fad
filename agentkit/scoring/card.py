"""A score card as JSON for machines, there and back, and as plain text for terminals. HTML is `agentkit.report`'s."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, TypeAlias

from agentkit.errors import DataError, boundary
from agentkit.scoring.clusters import ClusterRate
from agentkit.scoring.cost import STAGES, Cost, count_words
from agentkit.scoring.episodes import EpisodeCard, EpisodeResult
from agentkit.scoring.grounding import GroundingCard, Outcome
from agentkit.scoring.intervals import Estimate, Rate
from agentkit.types import Ending

ScoreCard: TypeAlias = GroundingCard | EpisodeCard


def card_json(card: ScoreCard) -> dict[str, Any]:
    """The card as JSON-safe data; rates carry value and interval, and an undefined number is null."""
    return plain_json(card)


def card_of_json(data: Mapping[str, Any]) -> ScoreCard:
    """The card that `card_json` wrote. DataError when `data` is not one."""
    with boundary(DataError, "not a score card"):
        return _grounding_of(data) if "accuracy" in data else _episodes_of(data)


def card_text(card: ScoreCard) -> str:
    """The card as lines for a terminal."""
    lines = _grounding_lines(card) if isinstance(card, GroundingCard) else _episode_lines(card)
    return "\n".join(lines)


def _grounding_lines(card: GroundingCard) -> Iterable[str]:
    without = card.accuracy.total - card.with_target.total
    yield f"accuracy (micro)    {card.accuracy}"
    if without:
        yield f"  with a target     {card.with_target}"
    for name, estimate in card.macro.items():
        if estimate.count > 1:
            yield f"{f'macro over {name}':<19} {estimate}"
    targets = f"{card.with_target.total} with a target, {without} without"
    missing = f"{len(card.missing)} without a prediction (counted wrong)"
    yield f"denominator         {card.accuracy.total} samples ({targets}), {missing}"
    yield f"malformed           {card.malformed}"
    yield f"refused             {card.refused}"
    if card.refusal_recall.total:
        yield f"refusal precision   {card.refusal_precision}"
        yield f"refusal recall      {card.refusal_recall}"
    misses = _percent(card.miss_distance)
    yield f"distance to target  median {_percent(card.distance)} of the screen, {misses} over misses"
    yield "outcomes            " + ", ".join(f"{name} {count}" for name, count in card.outcomes.items())
    if card.cost.measured:
        counts = "".join(f", {count_words(kind, count)}" for kind, count in card.cost.tokens.items())
        yield f"cost per sample     {card.cost.seconds:.3g} s (median of {card.cost.measured}){counts}"
    if card.cost.stages:
        yield f"of these            {_stages(card.cost.stages)} (mean of {card.cost.split})"
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
        counts = "".join(f", {count_words(kind, count)}" for kind, count in card.tokens_step.items())
        yield f"cost per step       {card.seconds_step:.3g} s{counts}"
    if card.stages_step:
        yield f"of these            {_stages(card.stages_step)}"
    if math.isfinite(card.device_step):
        yield f"device per step     {card.device_step:.3g} s"
    yield ""
    width = max((len(name) for name in card.templates), default=0)
    for name, rate in card.templates.items():
        yield f"{name:<{width}}  {rate.hits}/{rate.total}"


def _stages(stages: Mapping[str, float]) -> str:
    return ", ".join(f"{STAGES.get(name, name)} {seconds:.3g} s" for name, seconds in stages.items())


def _cell(rate: Rate | None) -> str:
    return "-" if rate is None or not rate.total else f"{100 * rate.value:.1f} ({rate.hits}/{rate.total})"


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %" if math.isfinite(value) else "unknown"


def _grounding_of(data: Mapping[str, Any]) -> GroundingCard:
    rates = {name: _rate(data[name]) for name in ("accuracy", "malformed", "refused")}
    refusals = {name: _rate(data[name]) for name in ("refusal_precision", "refusal_recall")}
    hits, without = data["outcomes"].get(Outcome.HIT.value, 0), refusals["refusal_recall"].total
    return GroundingCard(
        with_target=Rate(hits, rates["accuracy"].total - without),
        macro={name: _estimate(value) for name, value in data["macro"].items()},
        groups=_tables(data["groups"]),
        cross=_tables(data["cross"]),
        outcomes=dict(data["outcomes"]),
        distance=_number(data["distance"]),
        miss_distance=_number(data["miss_distance"]),
        missing=tuple(data["missing"]),
        by_id={key: Outcome(value) for key, value in data["by_id"].items()},
        cost=Cost(**{**data["cost"], "seconds": _number(data["cost"]["seconds"])}),
        seed=data["seed"],
        **rates,
        **refusals,
    )


def _episodes_of(data: Mapping[str, Any]) -> EpisodeCard:
    results = tuple(_result(value) for value in data["results"])
    return EpisodeCard(
        solved=_rate(data["solved"]),
        success=_estimate(data["success"]),
        templates={name: _rate(value) for name, value in data["templates"].items()},
        endings=dict(data["endings"]),
        broken=tuple(result for result in results if result.ending is Ending.BROKEN),
        missing=tuple(data["missing"]),
        steps=_number(data["steps"]),
        steps_solved=_number(data["steps_solved"]),
        malformed=_rate(data["malformed"]),
        seconds_step=_number(data["seconds_step"]),
        tokens_step=dict(data["tokens_step"]),
        results=results,
        baselines={name: _rate(value) for name, value in data["baselines"].items()},
        seed=data["seed"],
        stages_step=dict(data.get("stages_step", {})),
        device_step=_number(data.get("device_step")),
    )


def _result(data: Mapping[str, Any]) -> EpisodeResult:
    return EpisodeResult(**{**data, "success": _number(data["success"]), "ending": Ending(data["ending"])})


def _tables(data: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Rate]]:
    return {name: {group: _rate(value) for group, value in row.items()} for name, row in data.items()}


def _rate(data: Mapping[str, Any]) -> Rate:
    return Rate(data["hits"], data["total"])


def _estimate(data: Mapping[str, Any]) -> Estimate:
    return Estimate(_number(data["value"]), _number(data["low"]), _number(data["high"]), data["count"])


def _number(value: float | None) -> float:
    """JSON has no nan; null stands for it."""
    return math.nan if value is None else float(value)


def plain_json(value: Any) -> Any:
    """JSON-safe data of a card or a part of it: dataclasses as objects, rates with value and interval, nan as null."""
    if isinstance(value, Rate):
        low, high = value.interval
        return {"hits": value.hits, "total": value.total, "value": plain_json(value.value), "low": low, "high": high}
    if isinstance(value, ClusterRate):
        low, high = plain_json(value.low), plain_json(value.high)
        share = {"value": plain_json(value.value), "low": low, "high": high, "clusters": value.clusters}
        return {"hits": value.hits, "total": value.total, **share}
    if is_dataclass(value):
        return {f.name: plain_json(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(k): plain_json(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_json(v) for v in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value
