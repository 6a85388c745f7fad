"""How sure a rate over steps is when whole traces are what was sampled.

Steps of one trace share a goal, an app and a person's habits; treating them as independent makes intervals too narrow.
So the bootstrap draws traces with replacement, and each draw's rate is its hits over its own total.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from agentkit.scoring.intervals import ROUNDS, Estimate, wilson

_AT_ONCE = 1000
"""Draws in memory at a time."""


@dataclass(frozen=True, slots=True)
class ClusterRate:
    """`hits` of `total` over `clusters` traces, with a 95 % interval that treats traces as what was sampled."""

    hits: int
    total: int
    low: float
    high: float
    clusters: int

    @property
    def value(self) -> float:
        """The proportion; nan when there was nothing to count."""
        return self.hits / self.total if self.total else math.nan

    def __str__(self) -> str:
        if not self.total:
            return "none of 0"
        spread = f"95 % {100 * self.low:.1f}..{100 * self.high:.1f} over {self.clusters} traces"
        return f"{100 * self.value:.1f} % ({self.hits}/{self.total}, {spread})"


class TraceBootstrap:
    """Rates of several columns over the same resampled traces; `hits` and `totals` are [traces, columns]."""

    def __init__(self, hits: np.ndarray, totals: np.ndarray, seed: int = 0, rounds: int = ROUNDS) -> None:
        self._hits, self._totals = np.asarray(hits, float), np.asarray(totals, float)
        if self._hits.shape != self._totals.shape or self._hits.ndim != 2:
            shapes = f"{self._hits.shape} and {self._totals.shape}"
            raise ValueError(f"hits and totals must both be [traces, columns], got {shapes}")
        none = np.zeros((0, self._hits.shape[1]))
        self._draws = np.concatenate([none, *_draws(self._hits, self._totals, seed, rounds)])

    def rate(self, column: int) -> ClusterRate:
        """A draw that misses the column altogether says nothing about it and is left out.

        Where all or none are right every draw is alike; the interval is then Wilson's for as many traces.
        """
        hits, total = int(self._hits[:, column].sum()), int(self._totals[:, column].sum())
        traces = int((self._totals[:, column] > 0).sum())
        same = total > 0 and hits in (0, total)
        low, high = wilson(traces if hits else 0, traces) if same else _ends(self._draws[:, column])
        return ClusterRate(hits, total, low, high, traces)

    def mean(self, columns: Sequence[int]) -> Estimate:
        """The mean of the columns' rates, each weighing the same; empty columns are left out, in each draw too."""
        values = [rate.value for column in columns if (rate := self.rate(column)).total]
        if not values:
            return Estimate(math.nan, math.nan, math.nan, 0)
        draws = self._draws[:, list(columns)]
        known = ~np.isnan(draws)
        count = known.sum(axis=1)
        means = np.where(known, draws, 0.0).sum(axis=1)[count > 0] / count[count > 0]
        return Estimate(float(np.mean(values)), *_ends(means), len(values))


def _draws(hits: np.ndarray, totals: np.ndarray, seed: int, rounds: int) -> Iterator[np.ndarray]:
    """Rates of resampled traces, [draws, columns]; nan where a draw has none."""
    rng, traces = np.random.default_rng(seed), len(hits)
    for start in range(0, rounds if traces else 0, _AT_ONCE):
        size = min(_AT_ONCE, rounds - start)
        times = rng.multinomial(traces, np.full(traces, 1 / traces), size=size).astype(float)
        total = times @ totals
        yield np.divide(times @ hits, total, out=np.full_like(total, np.nan), where=total > 0)


def _ends(draws: np.ndarray) -> tuple[float, float]:
    known = draws[~np.isnan(draws)]
    if not len(known):
        return math.nan, math.nan
    low, high = np.quantile(known, (0.025, 0.975))
    return float(low), float(high)
