"""How sure a score is: Wilson intervals for proportions, seeded bootstraps for everything else, and paired tests.

All intervals are two-sided at 95 %. Wilson (1927) is used for a plain proportion because it stays inside [0, 1] and
keeps its coverage at 0 of n and n of n, where the usual normal interval collapses to a point.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

Z = 1.959963984540054
"""The 97.5 % point of the standard normal distribution."""
ROUNDS = 10_000
"""Bootstrap rounds: enough for the third decimal of an interval's end, and milliseconds of work."""


@dataclass(frozen=True, slots=True)
class Rate:
    """`hits` of `total`. The denominator travels with the number, so no table can lose it."""

    hits: int
    total: int

    def __post_init__(self) -> None:
        if not 0 <= self.hits <= self.total:
            raise ValueError(f"Rate needs 0 <= hits <= total, got hits={self.hits}, total={self.total}")

    @property
    def value(self) -> float:
        """The proportion; nan when there was nothing to count."""
        return self.hits / self.total if self.total else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval; (0, 1) when there was nothing to count."""
        return wilson(self.hits, self.total)

    def __str__(self) -> str:
        if not self.total:
            return "none of 0"
        low, high = self.interval
        return f"{100 * self.value:.1f} % ({self.hits}/{self.total}, 95 % {100 * low:.1f}..{100 * high:.1f})"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean that is not a plain proportion, with a bootstrap interval."""

    value: float
    low: float
    high: float
    count: int
    """How many items were averaged: groups of a macro average, tasks of a suite."""

    def __str__(self) -> str:
        if not self.count:
            return "none of 0"
        spread = f"95 % {100 * self.low:.1f}..{100 * self.high:.1f}"
        return f"{100 * self.value:.1f} % (mean of {self.count}, {spread})"


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed between two runs over the same items."""

    before: Rate
    after: Rate
    low: float
    high: float
    """Paired bootstrap interval of `after - before`."""
    gained: int
    lost: int
    """Items that turned right, and that turned wrong."""
    p_value: float
    """Exact two-sided McNemar test on gained against lost."""

    @property
    def value(self) -> float:
        return self.after.value - self.before.value

    def __str__(self) -> str:
        spread = f"95 % {100 * self.low:+.1f}..{100 * self.high:+.1f}, p = {self.p_value:.2g}"
        return f"{100 * self.value:+.1f} points ({spread}; {self.gained} gained, {self.lost} lost)"


def wilson(hits: int, total: int) -> tuple[float, float]:
    """Both ends of Wilson's 95 % score interval for `hits` of `total`."""
    if total == 0:
        return 0.0, 1.0
    rate, z2 = hits / total, Z * Z
    centre = (rate + z2 / (2 * total)) / (1 + z2 / total)
    half = Z / (1 + z2 / total) * math.sqrt(rate * (1 - rate) / total + z2 / (4 * total * total))
    return max(0.0, centre - half), min(1.0, centre + half)


def macro_average(groups: Mapping[str, Rate], seed: int = 0, rounds: int = ROUNDS) -> Estimate:
    """Mean of the group rates, each group weighing the same; the interval resamples inside every group.

    Resampling n items with replacement from a group with `hits` right ones draws a binomial count, so the bootstrap
    is drawn directly instead of item by item. Empty groups are left out.
    """
    rates = [rate for rate in groups.values() if rate.total]
    if not rates:
        return Estimate(math.nan, math.nan, math.nan, 0)
    totals = np.array([rate.total for rate in rates])
    values = np.array([rate.value for rate in rates])
    draws = np.random.default_rng(seed).binomial(totals, values, size=(rounds, len(rates))) / totals
    low, high = np.quantile(draws.mean(axis=1), (0.025, 0.975))
    return Estimate(float(values.mean()), float(low), float(high), len(rates))


def mean_interval(
    values: Sequence[float], clusters: Sequence[str] | None = None, seed: int = 0, rounds: int = ROUNDS
) -> Estimate:
    """Mean of `values` with a bootstrap interval.

    With `clusters` (one name per value) whole clusters are resampled: several seeds of one task are not independent
    evidence about other tasks, and treating them so makes intervals too narrow.
    """
    if not values:
        return Estimate(math.nan, math.nan, math.nan, 0)
    if clusters is not None and len(clusters) != len(values):
        raise ValueError(f"one cluster name per value expected: {len(values)} values, {len(clusters)} names")
    names = list(clusters) if clusters is not None else [str(i) for i in range(len(values))]
    index = {name: i for i, name in enumerate(dict.fromkeys(names))}
    sums, sizes = np.zeros(len(index)), np.zeros(len(index))
    for name, value in zip(names, values, strict=True):
        sums[index[name]] += value
        sizes[index[name]] += 1
    picks = np.random.default_rng(seed).integers(0, len(index), size=(rounds, len(index)))
    draws = sums[picks].sum(axis=1) / sizes[picks].sum(axis=1)
    low, high = np.quantile(draws, (0.025, 0.975))
    return Estimate(float(np.mean(values)), float(low), float(high), len(index))


def paired_difference(
    before: Mapping[str, bool], after: Mapping[str, bool], seed: int = 0, rounds: int = ROUNDS
) -> Difference:
    """Compare two runs over the same ids. ValueError when the ids differ: then nothing can be paired."""
    if before.keys() != after.keys():
        only = sorted(before.keys() ^ after.keys())
        raise ValueError(f"paired runs must hold the same ids; {len(only)} are in one only, e.g. {only[:3]}")
    total = len(before)
    gained = sum(after[key] and not before[key] for key in before)
    lost = sum(before[key] and not after[key] for key in before)
    low = high = 0.0
    if total:
        shares = np.array([gained, lost, total - gained - lost]) / total
        counts = np.random.default_rng(seed).multinomial(total, shares, size=rounds)
        low, high = (float(q) for q in np.quantile((counts[:, 0] - counts[:, 1]) / total, (0.025, 0.975)))
    return Difference(
        before=Rate(sum(before.values()), total),
        after=Rate(sum(after.values()), total),
        low=low,
        high=high,
        gained=gained,
        lost=lost,
        p_value=_mcnemar(gained, lost),
    )


def _mcnemar(gained: int, lost: int) -> float:
    """Exact two-sided binomial test that gains and losses are equally likely."""
    changed = gained + lost
    if not changed:
        return 1.0
    tail = sum(math.comb(changed, k) for k in range(min(gained, lost) + 1))
    return min(1.0, 2 * tail / 2**changed)
