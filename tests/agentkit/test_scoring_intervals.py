"""Intervals against values computed by hand or by slow, obvious loops."""

from __future__ import annotations

import math
import random

import pytest

from agentkit.scoring import Rate, macro_average, mean_interval, paired_difference


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [
        # Closed forms: at 0 of n the upper end is z^2 / (n + z^2); 1 of 1 mirrors 0 of 1.
        (0, 10, 0.0, 3.8414588 / 13.8414588),
        (1, 1, 1 / 4.8414588, 1.0),
        (5, 10, 0.5 - 0.2634070, 0.5 + 0.2634070),
    ],
)
def test_wilson(hits: int, total: int, low: float, high: float) -> None:
    assert Rate(hits, total).interval == pytest.approx((low, high), abs=1e-6)


def test_wilson_solves_its_own_equation() -> None:
    """Both ends are the rates p at which |p_hat - p| = z * sqrt(p (1 - p) / n)."""
    for hits, total in ((3, 17), (51, 63), (1, 1272)):
        for end in Rate(hits, total).interval:
            assert abs(hits / total - end) == pytest.approx(1.959964 * math.sqrt(end * (1 - end) / total), rel=1e-5)


def test_rate_of_nothing() -> None:
    assert math.isnan(Rate(0, 0).value)
    assert Rate(0, 0).interval == (0.0, 1.0)
    assert str(Rate(0, 0)) == "none of 0"
    with pytest.raises(ValueError, match="hits=3, total=2"):
        Rate(3, 2)


def test_macro_weighs_groups_alike_and_matches_an_itemwise_bootstrap() -> None:
    groups = {"big": Rate(90, 100), "small": Rate(1, 4), "empty": Rate(0, 0)}
    estimate = macro_average(groups, seed=3)
    assert estimate.value == pytest.approx((0.9 + 0.25) / 2)
    assert estimate.count == 2
    rng = random.Random(0)
    items = [[True] * 90 + [False] * 10, [True] + [False] * 3]
    draws = sorted(
        sum(sum(rng.choices(group, k=len(group))) / len(group) for group in items) / 2 for _ in range(4000)
    )
    assert estimate.low == pytest.approx(draws[100], abs=0.02)
    assert estimate.high == pytest.approx(draws[3900], abs=0.02)
    assert macro_average(groups, seed=3) == estimate


def test_clusters_widen_the_interval() -> None:
    """Ten copies of each of six values are six pieces of evidence, not sixty."""
    values = [v for v in (0.0, 1.0, 1.0, 0.0, 1.0, 1.0) for _ in range(10)]
    names = [str(i // 10) for i in range(60)]
    free, clustered = mean_interval(values), mean_interval(values, names)
    assert free.value == clustered.value == pytest.approx(4 / 6)
    assert clustered.high - clustered.low > 2 * (free.high - free.low)
    assert clustered.count == 6
    with pytest.raises(ValueError, match="one cluster name per value"):
        mean_interval(values, names[:-1])


def test_paired_difference() -> None:
    before = {str(i): i < 50 for i in range(100)}
    after = {str(i): i < 60 for i in range(100)}
    change = paired_difference(before, after)
    assert (change.gained, change.lost) == (10, 0)
    assert change.value == pytest.approx(0.1)
    assert change.p_value == pytest.approx(2 / 2**10)
    assert 0 < change.low < 0.1 < change.high < 0.2
    swapped = {str(i): i < 40 or i >= 90 for i in range(100)}
    even = paired_difference(before, swapped)
    assert (even.value, even.p_value) == (0.0, 1.0)
    assert even.low < 0 < even.high
    with pytest.raises(ValueError, match="same ids"):
        paired_difference(before, {"0": True})
