"""Rank correlation with ties, in numpy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
TIE = 1e-9
"""Scores nearer than this are equal: the same reply can differ by a rounding error under two paths of one reward."""


def ranks(values: Floats) -> Floats:
    """Ranks from 0, ties at the mean of their places, over the length: in [0, 1)."""
    rounded = np.round(values / TIE) * TIE
    _, place, count = np.unique(rounded, return_inverse=True, return_counts=True)
    first = np.concatenate(([0], np.cumsum(count)[:-1]))
    return (first + (count - 1) / 2)[place] / len(values)


def spearman(a: Floats, b: Floats) -> float:
    """Spearman's rank correlation, ties at their mean rank. nan when either list is all ties or shorter than two."""
    if len(a) < 2:
        return float("nan")
    x, y = ranks(a), ranks(b)
    if np.ptp(x) == 0 or np.ptp(y) == 0:  # asked of the ranks: their distances from a rounded mean need not be zero
        return float("nan")
    x, y = x - x.mean(), y - y.mean()
    return float(x @ y) / float(np.sqrt((x @ x) * (y @ y)))


def kendall(a: Floats, b: Floats) -> float:
    """Kendall's tau-b: agreeing pairs less disagreeing ones, over the geometric mean of each list's untied pairs.

    nan when either list is all ties or shorter than two. Takes quadratic time.
    """
    x, y = ranks(a), ranks(b)
    agree, untied_x, untied_y = 0.0, 0.0, 0.0
    for i in range(len(x) - 1):
        dx, dy = np.sign(x[i + 1 :] - x[i]), np.sign(y[i + 1 :] - y[i])
        agree += float(dx @ dy)
        untied_x += float(dx @ dx)
        untied_y += float(dy @ dy)
    spread = (untied_x * untied_y) ** 0.5
    return agree / spread if spread > 0 else float("nan")
