"""What changed between two runs over the same items, each run once or with several seeds.

The interval resamples items (whole groups of them, where items of a group are no independent evidence) and, where a
side has several seeds, the seeds of that side. The p value is McNemar's exact test for one seed a side and single
items; otherwise that of a test that swaps the sides of items, or of groups, at random.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from agentkit.scoring.intervals import ROUNDS, Difference, Rate, paired_difference

Rights = Mapping[str, bool]
"""Right or wrong by id."""


def compare_seeds(
    before: Sequence[Rights], after: Sequence[Rights], groups: Mapping[str, str] | None = None, seed: int = 0
) -> Difference:
    """`after` against `before`, each a list of runs that differ in their seed only; rates are pooled over seeds.

    `gained` and `lost` count the items that are right more often, and less often, after. ValueError when the runs do
    not hold the same ids, or a side is empty.
    """
    if not before or not after:
        raise ValueError("a comparison needs at least one run on each side")
    ids = list(before[0])
    for run in (*before, *after):
        if run.keys() != before[0].keys():
            only = sorted(run.keys() ^ before[0].keys())
            raise ValueError(f"paired runs must hold the same ids; {len(only)} are in one only, e.g. {only[:3]}")
    if len(before) == len(after) == 1 and groups is None:
        return paired_difference(before[0], after[0], seed)
    old = np.array([[run[key] for key in ids] for run in before], dtype=np.float64)  # [seeds, items]
    new = np.array([[run[key] for key in ids] for run in after], dtype=np.float64)
    change = new.mean(axis=0) - old.mean(axis=0)
    names = [groups[key] for key in ids] if groups is not None else ids
    index = {name: i for i, name in enumerate(dict.fromkeys(names))}
    member = np.array([index[name] for name in names], dtype=np.int64)
    random = np.random.default_rng(seed)
    low, high = _interval(old, new, member, len(index), random)
    return Difference(
        before=Rate(int(old.sum()), old.size),
        after=Rate(int(new.sum()), new.size),
        low=low,
        high=high,
        gained=int((change > 1e-12).sum()),
        lost=int((change < -1e-12).sum()),
        p_value=_swap_test(np.bincount(member, change, len(index)).astype(np.float64), random),
    )


def _interval(
    old: NDArray[np.float64],
    new: NDArray[np.float64],
    member: NDArray[np.int64],
    groups: int,
    random: np.random.Generator,
) -> tuple[float, float]:
    """Both ends of the 95 % interval of the mean change."""
    if not groups:
        return 0.0, 0.0
    sizes = np.bincount(member, minlength=groups).astype(np.float64)
    old_sums = np.stack([np.bincount(member, row, groups) for row in old])  # [seeds, groups]
    new_sums = np.stack([np.bincount(member, row, groups) for row in new])
    # Groups whose columns are equal weigh alike in every round, so they are drawn together: one count per kind.
    columns = np.concatenate([old_sums, new_sums, sizes[None]])
    kinds, counts = np.unique(columns, axis=1, return_counts=True)
    many = len(old)
    draws = random.multinomial(groups, counts / groups, size=ROUNDS).astype(np.float64)  # [rounds, kinds]
    weights_old = random.multinomial(many, np.full(many, 1 / many), size=ROUNDS) / many
    weights_new = random.multinomial(len(new), np.full(len(new), 1 / len(new)), size=ROUNDS) / len(new)
    totals = draws @ kinds[-1]
    mean_old = ((draws @ kinds[:many].T) * weights_old).sum(axis=1) / totals
    mean_new = ((draws @ kinds[many:-1].T) * weights_new).sum(axis=1) / totals
    low, high = np.quantile(mean_new - mean_old, (0.025, 0.975))
    return float(low), float(high)


def _swap_test(change: NDArray[np.float64], random: np.random.Generator) -> float:
    """Two-sided: how often random signs make the sum of changes at least as large as it is."""
    moved = change[np.abs(change) > 1e-12]
    if not len(moved):
        return 1.0
    seen = abs(moved.sum())
    reached, step = 0, max(1, 4_000_000 // len(moved))
    for start in range(0, ROUNDS, step):
        signs = random.integers(0, 2, size=(min(step, ROUNDS - start), len(moved))) * 2 - 1
        reached += int((np.abs(signs @ moved) >= seen - 1e-9).sum())
    return (reached + 1) / (ROUNDS + 1)
