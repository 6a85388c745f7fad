"""Navigation cards as JSON, there and back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from agentkit.errors import DataError, boundary
from agentkit.scoring.card import plain_json
from agentkit.scoring.clusters import ClusterRate
from agentkit.scoring.cost import Cost
from agentkit.scoring.intervals import Estimate, Rate
from agentkit.scoring.navigation.card import ActionRow, NavigationCard, RuleCard


def navigation_json(card: NavigationCard) -> dict[str, Any]:
    """The card as JSON-safe data; an undefined number is null."""
    return plain_json(card)


def navigation_of_json(data: Mapping[str, Any]) -> NavigationCard:
    """The card that `navigation_json` wrote. DataError when `data` is not one."""
    with boundary(DataError, "not a navigation card"):
        return _card(data)


def _card(data: Mapping[str, Any]) -> NavigationCard:
    return NavigationCard(
        rules={name: _rule(value) for name, value in data["rules"].items()},
        steps=data["steps"],
        traces=data["traces"],
        malformed=_rate(data["malformed"]),
        refused=_rate(data["refused"]),
        missing=tuple(data["missing"]),
        excluded=dict(data["excluded"]),
        cost=Cost(**{**data["cost"], "seconds": _number(data["cost"]["seconds"])}),
        seed=data["seed"],
        notes=tuple(data["notes"]),
    )


def _rule(data: Mapping[str, Any]) -> RuleCard:
    macro = data["macro"]
    return RuleCard(
        title=data["title"],
        step=_cluster(data["step"]),
        type=_cluster(data["type"]),
        grounding=_cluster(data["grounding"]),
        grounding_typed=_rate(data["grounding_typed"]),
        traces=_rate(data["traces"]),
        macro=Estimate(_number(macro["value"]), _number(macro["low"]), _number(macro["high"]), macro["count"]),
        actions={
            name: ActionRow(_cluster(row["type"]), _cluster(row["exact"])) for name, row in data["actions"].items()
        },
        dropped=dict(data["dropped"]),
        dropped_traces=data["dropped_traces"],
        by_id=dict(data["by_id"]),
    )


def _cluster(data: Mapping[str, Any]) -> ClusterRate:
    return ClusterRate(data["hits"], data["total"], _number(data["low"]), _number(data["high"]), data["clusters"])


def _rate(data: Mapping[str, Any]) -> Rate:
    return Rate(data["hits"], data["total"])


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)
