"""UI-S1's returns and advantages over the steps of recorded episodes (arXiv 2509.11543).

A group is several rollouts of one recorded episode. `rewards[i][t]` is the step reward of rollout i at step t (the
total of the reward `ui_s1`), `matches[i][t]` whether that step was exactly right (its `correct`). After a wrong step
the recorded episode no longer follows from what the policy did, so no credit flows back across it.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from rft.advantage.groups import EPSILON, group_advantages


def discounted_returns(rewards: Sequence[float], matches: Sequence[bool], gamma: float = 0.5) -> list[float]:
    """Return of each step of one rollout: its reward, plus gamma times the next step's return if it was right."""
    if len(rewards) != len(matches):
        raise ValueError(f"one match per reward expected, got {len(rewards)} rewards and {len(matches)} matches")
    if not 0 <= gamma <= 1:
        raise ValueError(f"gamma must be in [0, 1], got {gamma!r}")
    returns = [0.0] * len(rewards)
    later = 0.0
    for step in reversed(range(len(rewards))):
        returns[step] = rewards[step] + (gamma * later if matches[step] else 0.0)
        # A wrong step passes nothing on to the step before it.
        later = returns[step] if matches[step] else 0.0
    return returns


def ui_s1_advantages(
    rewards: Sequence[Sequence[float]],
    matches: Sequence[Sequence[bool]],
    gamma: float = 0.5,
    episode_weight: float = 1.0,
    step_weight: float = 1.0,
    scale: bool = True,
    epsilon: float = EPSILON,
    faithful: bool = False,
) -> list[list[float]]:
    """Advantage of every step of a group: `episode_weight` * episode part + `step_weight` * step part.

    The step part compares the returns of the rollouts at one step. The episode part compares the rollouts by the sum
    of their step rewards, the same for all steps of a rollout. `faithful` does what the released code does there:
    each step's own reward is compared with those of all steps of all rollouts, so it differs within a rollout, and
    long rollouts weigh more. Rollouts may differ in length.
    """
    if len(rewards) != len(matches):
        raise ValueError(f"as many rollouts of matches as of rewards expected, got {len(matches)} and {len(rewards)}")
    returns = [discounted_returns(some, right, gamma) for some, right in zip(rewards, matches, strict=True)]
    if faithful:
        flat = iter(group_advantages([reward for some in rewards for reward in some], scale, epsilon))
        episode = [[next(flat) for _ in some] for some in rewards]
    else:
        whole = group_advantages([sum(some) for some in rewards], scale, epsilon)
        episode = [[value] * len(some) for value, some in zip(whole, rewards, strict=True)]
    out = [[episode_weight * value for value in some] for some in episode]
    for step in range(max(map(len, returns), default=0)):
        there = [i for i, some in enumerate(returns) if len(some) > step]
        for i, value in zip(there, group_advantages([returns[i][step] for i in there], scale, epsilon), strict=True):
            out[i][step] += step_weight * value
    return out


def worth_training(first_returns: Sequence[float], threshold: float = 0.3) -> bool:
    """Whether a group's rollouts differ enough: the spread of their returns at the first step exceeds `threshold`.

    The spread is the population standard deviation. A group of one is always kept, as in the released code.
    """
    return len(first_returns) == 1 or (len(first_returns) > 1 and statistics.pstdev(first_returns) > threshold)
