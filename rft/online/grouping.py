"""From the rewards of episodes to the advantages of their steps.

An episode that broke has no reward (None): its group is smaller by one, and nothing is learned from it. All steps of
an episode share its advantage (UI-Venus 1.5, arXiv 2602.09082). No row is divided by the length of its own episode,
which would make long failures cheap.
"""

from __future__ import annotations

from collections.abc import Sequence

from rft.advantage import group_advantages, leave_one_out_advantages


def episode_advantages(
    rewards: Sequence[float | None], scale: bool = True, leave_one_out: bool = False
) -> list[float | None]:
    """Advantage of each episode of one group among those that have a reward; None for the others."""
    known = [reward for reward in rewards if reward is not None]
    found = iter(leave_one_out_advantages(known) if leave_one_out else group_advantages(known, scale))
    return [None if reward is None else next(found) for reward in rewards]


def is_dead(advantages: Sequence[float | None]) -> bool:
    """Whether a group teaches nothing: all its rewards are equal, or fewer than two are known."""
    return not any(advantages)


def groups_of(rows: Sequence[int], group: int) -> list[int]:
    """The distinct draws of a batch in which each is repeated `group` times. ValueError when they are not."""
    heads = list(rows[::group])
    if [head for head in heads for _ in range(group)] != list(rows):
        raise ValueError(f"expected each row {group} times in succession, got {list(rows)}")
    return heads
