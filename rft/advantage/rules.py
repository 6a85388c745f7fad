"""The rules by name, as the trainer applies them: to a unit, which is one row or the rows of one trace in order.

`rewards[t][i]` is the reward of reply i to row t of the unit, None where scoring failed, and `matches[t][i]` whether
that reply was exactly right. A reply without a reward counts as the mean of its group and learns nothing.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from agentkit.closest import unknown
from agentkit.errors import ConfigError
from rft.advantage.groups import group_advantages
from rft.advantage.leave_one_out import leave_one_out_advantages
from rft.advantage.ui_s1 import discounted_returns, ui_s1_advantages, worth_training

Rewards: TypeAlias = Sequence[Sequence[float | None]]
Matches: TypeAlias = Sequence[Sequence[bool]]


class Rule(Protocol):
    """How the replies of a unit are compared."""

    @property
    def whole_traces(self) -> bool:
        """Whether the rows of a trace must be judged together."""
        ...

    def advantages(self, rewards: Rewards, matches: Matches) -> list[list[float]]:
        """One number per reply, arranged as `rewards`."""
        ...

    def live(self, rewards: Rewards, matches: Matches) -> bool:
        """Whether the unit teaches anything."""
        ...


@dataclass(frozen=True)
class GroupRule:
    """Each group for itself: less its mean, with `scale` over its deviation (GRPO)."""

    scale: bool = True
    whole_traces = False

    def advantages(self, rewards: Rewards, matches: Matches) -> list[list[float]]:
        return [_masked(group, group_advantages(_filled(group), self.scale)) for group in rewards]

    def live(self, rewards: Rewards, matches: Matches) -> bool:
        return any(len({reward for reward in group if reward is not None}) > 1 for group in rewards)


@dataclass(frozen=True)
class LeaveOneOutRule(GroupRule):
    """Each group for itself: less the mean of the others (RLOO)."""

    scale: bool = False

    def advantages(self, rewards: Rewards, matches: Matches) -> list[list[float]]:
        return [_masked(group, leave_one_out_advantages(_filled(group))) for group in rewards]


@dataclass(frozen=True)
class UiS1Rule:
    """Reply i to every row of a trace is rollout i of that trace (UI-S1); see `rft.advantage.ui_s1`.

    The replies to a row do not depend on those to the rows before it: histories are recorded ones.
    """

    gamma: float = 0.5
    episode_weight: float = 1.0
    step_weight: float = 1.0
    scale: bool = True
    faithful: bool = False
    spread: float = 0.3
    """Least deviation of the first returns for a trace to be worth training on."""
    whole_traces = True

    def __post_init__(self) -> None:
        for name in ("gamma", "episode_weight", "step_weight", "spread"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < math.inf:
                raise ConfigError(f"advantage ui_s1: {name} must be a finite number >= 0, got {value!r}")
        if self.gamma > 1:
            raise ConfigError(f"advantage ui_s1: gamma must be at most 1, got {self.gamma!r}")
        for name in ("scale", "faithful"):
            if not isinstance(getattr(self, name), bool):
                raise ConfigError(f"advantage ui_s1: {name} must be true or false, got {getattr(self, name)!r}")

    def advantages(self, rewards: Rewards, matches: Matches) -> list[list[float]]:
        by_rollout, right = _rollouts(rewards, matches)
        found = ui_s1_advantages(
            by_rollout, right, self.gamma, self.episode_weight, self.step_weight, self.scale, faithful=self.faithful
        )
        return [_masked(group, [some[step] for some in found]) for step, group in enumerate(rewards)]

    def live(self, rewards: Rewards, matches: Matches) -> bool:
        by_rollout, right = _rollouts(rewards, matches)
        pairs = zip(by_rollout, right, strict=True)
        return worth_training([discounted_returns(some, good, self.gamma)[0] for some, good in pairs], self.spread)


def get_rule(name: str, scale: bool, fields: dict[str, Any]) -> Rule:
    """The rule called `name` with its constants set. Raises ConfigError for an unknown name or constant.

    `scale` is what a group is divided by; UI-S1 has a constant of its own for that.
    """
    if name == "ui_s1":
        known = [field.name for field in dataclasses.fields(UiS1Rule)]
        for field in fields:
            if field not in known:
                raise ConfigError(unknown("constant of advantage ui_s1", field, known))
        return UiS1Rule(**fields)
    if fields:
        raise ConfigError(f"advantage_args are for advantage=ui_s1; {name} has no constants, got {fields}")
    return LeaveOneOutRule() if name == "leave_one_out" else GroupRule(scale)


def _rollouts(rewards: Rewards, matches: Matches) -> tuple[list[list[float]], list[list[bool]]]:
    """[step][reply] -> [reply][step], failed scores filled in."""
    by_step = [_filled(group) for group in rewards]
    return [list(some) for some in zip(*by_step, strict=True)], [list(some) for some in zip(*matches, strict=True)]


def _filled(group: Sequence[float | None]) -> list[float]:
    scored = [reward for reward in group if reward is not None]
    mean = sum(scored) / len(scored) if scored else 0.0
    return [mean if reward is None else reward for reward in group]


def _masked(group: Sequence[float | None], advantages: Sequence[float]) -> list[float]:
    return [0.0 if reward is None else value for reward, value in zip(group, advantages, strict=True)]
