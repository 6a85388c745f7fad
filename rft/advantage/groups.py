"""Advantages within a group (GRPO, arXiv 2402.03300): how much better than the others to the same prompt.

UI-Venus-1.5 uses the same rule for whole episodes and gives the advantage of an episode to all of its steps.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence

EPSILON = 1e-6


def group_advantages(rewards: Sequence[float], scale: bool = True, epsilon: float = EPSILON) -> list[float]:
    """Rewards of one group less their mean, with `scale` over their sample standard deviation plus `epsilon`.

    A group of one, and one whose rewards are all equal, has advantages of exactly zero.
    """
    if len(rewards) < 2 or min(rewards) == max(rewards):
        return [0.0] * len(rewards)
    mean = statistics.fmean(rewards)
    spread = statistics.stdev(rewards) + epsilon if scale else 1.0
    return [(reward - mean) / spread for reward in rewards]
