"""Advantages against the mean of the others (REINFORCE leave-one-out, arXiv 2402.14740)."""

from __future__ import annotations

import statistics
from collections.abc import Sequence


def leave_one_out_advantages(rewards: Sequence[float]) -> list[float]:
    """Each reward of a group less the mean of all others: G / (G - 1) times its distance from the group's mean.

    A group of one, and one whose rewards are all equal, has advantages of exactly zero.
    """
    if len(rewards) < 2 or min(rewards) == max(rewards):
        return [0.0] * len(rewards)
    mean, stretch = statistics.fmean(rewards), len(rewards) / (len(rewards) - 1)
    return [stretch * (reward - mean) for reward in rewards]
