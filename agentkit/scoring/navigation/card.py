"""What a run over recorded traces is judged by: a column of numbers for each published rule, every denominator kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from agentkit.scoring.clusters import ClusterRate
from agentkit.scoring.cost import Cost
from agentkit.scoring.intervals import Estimate, Rate


@dataclass(frozen=True, slots=True)
class ActionRow:
    """The steps of one recorded action. Few of them make a wide interval, not a reason to hide the row."""

    type: ClusterRate
    exact: ClusterRate


@dataclass(frozen=True, slots=True)
class RuleCard:
    """The numbers of one rule."""

    title: str
    step: ClusterRate
    """Steps that are right as a whole ("SR", "exact match")."""
    type: ClusterRate
    """Steps with the right kind of action ("Type", "TM")."""
    grounding: ClusterRate
    """Recorded clicks and long presses that are right as a whole. An answer of another kind is a miss."""
    grounding_typed: Rate
    """The same over those whose answer is of the right kind, as some tables count it."""
    traces: Rate
    """Traces with every counted step right."""
    macro: Estimate
    """Mean over recorded actions of their share of right steps."""
    actions: Mapping[str, ActionRow]
    """By recorded action, the most frequent first."""
    dropped: Mapping[str, int]
    """Steps that the rule does not count, by reason."""
    dropped_traces: int
    """Traces of which the rule counts no step."""
    by_id: Mapping[str, bool]
    """Counted steps, right or wrong, for paired comparisons."""


@dataclass(frozen=True, slots=True)
class NavigationCard:
    """Everything a run over recorded traces is judged by. The first rule is the headline."""

    rules: Mapping[str, RuleCard]
    steps: int
    """Recorded steps, whether a rule counts them or not."""
    traces: int
    malformed: Rate
    """Of all answers."""
    refused: Rate
    missing: tuple[str, ...]
    """Steps without an answer. Counted as wrong."""
    excluded: Mapping[str, int]
    """Traces of the split that could not be read, by reason. Not in any denominator."""
    cost: Cost
    seed: int = 0
    """Of the bootstrap."""
    notes: tuple[str, ...] = field(default=())
    """How the data was read, for people."""

    @property
    def main(self) -> RuleCard:
        return next(iter(self.rules.values()))
