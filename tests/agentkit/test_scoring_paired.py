"""Comparisons over the same items: against a plain bootstrap, by hand, and what seeds and groups do to the interval."""

from __future__ import annotations

import itertools
import operator
import random

import numpy as np
import pytest

from agentkit.scoring import compare_seeds, paired_difference


def rights(count: int, share: float, seed: int) -> dict[str, bool]:
    draw = random.Random(seed)
    return {f"i{number}": draw.random() < share for number in range(count)}


def slow_interval(before, after, groups, rounds: int = 3000) -> tuple[float, float]:
    """Item by item and round by round: draw groups, draw seeds, take the mean."""
    draw = random.Random(1)
    names = sorted(set(groups.values()))
    held = {name: [key for key in groups if groups[key] == name] for name in names}
    found = []
    for _ in range(rounds):
        keys = [key for name in draw.choices(names, k=len(names)) for key in held[name]]
        means = []
        for runs in (before, after):
            some = draw.choices(runs, k=len(runs))
            means.append(sum(run[key] for run in some for key in keys) / (len(keys) * len(some)))
        found.append(means[1] - means[0])
    low, high = np.quantile(found, (0.025, 0.975))
    return float(low), float(high)


def test_single_runs_are_the_plain_comparison() -> None:
    before, after = rights(200, 0.5, 1), rights(200, 0.6, 2)
    assert compare_seeds([before], [after]) == paired_difference(before, after)


@pytest.mark.parametrize("seeds", [(1, 1), (2, 3)])
def test_the_interval_is_that_of_a_plain_bootstrap(seeds: tuple[int, int]) -> None:
    """120 items in 30 groups of unequal size, drawn kind by kind and item by item."""
    before = [rights(120, 0.45, seed) for seed in range(seeds[0])]
    after = [rights(120, 0.6, 10 + seed) for seed in range(seeds[1])]
    groups = {key: f"g{(number * number) % 31}" for number, key in enumerate(before[0])}
    found = compare_seeds(before, after, groups)
    low, high = slow_interval(before, after, groups)
    assert (found.low, found.high) == (pytest.approx(low, abs=0.012), pytest.approx(high, abs=0.012))
    assert found.low < found.value < found.high
    assert found.value == pytest.approx(
        np.mean([list(run.values()) for run in after]) - np.mean([list(run.values()) for run in before])
    )


def test_seeds_that_disagree_widen_the_interval() -> None:
    """Both sides have the same means; on one of them a seed fails everything."""
    steady = [rights(400, 0.5, 1), rights(400, 0.5, 1)]
    torn = [dict.fromkeys(steady[0], False), dict.fromkeys(steady[0], True)]
    base = [dict.fromkeys(steady[0], False)] * 2
    calm, wild = compare_seeds(base, steady), compare_seeds(base, torn)
    assert calm.high - calm.low < 0.12 and wild.high - wild.low == pytest.approx(1.0)


def test_copies_of_a_group_are_no_more_evidence() -> None:
    before, after = rights(40, 0.4, 3), rights(40, 0.6, 4)
    once = compare_seeds([before], [after], {key: key for key in before})
    many_before, many_after = ({f"{key}/{i}": run[key] for key in run for i in range(9)} for run in (before, after))
    grouped = compare_seeds([many_before], [many_after], {key: key.partition("/")[0] for key in many_before})
    alone = compare_seeds([many_before], [many_after])
    assert grouped.high - grouped.low == pytest.approx(once.high - once.low, rel=0.1)
    assert alone.high - alone.low < 0.5 * (grouped.high - grouped.low)
    assert grouped.p_value == pytest.approx(once.p_value, abs=0.02) and alone.p_value < 0.2 * grouped.p_value


def test_p_is_the_share_of_sign_patterns() -> None:
    """Five groups, all 32 patterns of signs counted by hand."""
    changes = [3, 2, 2, 1, -1]
    before, after, groups = {}, {}, {}
    for group, change in enumerate(changes):
        for item in range(abs(change)):
            key = f"{group}/{item}"
            before[key], after[key], groups[key] = change < 0, change > 0, str(group)
    seen = abs(sum(changes))
    totals = [sum(map(operator.mul, signs, changes)) for signs in itertools.product((1, -1), repeat=5)]
    exact = sum(abs(total) >= seen for total in totals) / 32
    found = compare_seeds([before], [after], groups)
    assert found.p_value == pytest.approx(exact, abs=0.015)
    assert (found.gained, found.lost) == (8, 1)


def test_nothing_changed_and_nothing_there() -> None:
    same = rights(20, 0.5, 5)
    found = compare_seeds([same, same], [same])
    assert (found.value, found.gained, found.lost, found.p_value) == (0.0, 0, 0, 1.0)
    empty = compare_seeds([{}], [{}], {})
    assert (empty.low, empty.high, empty.p_value, empty.before.total) == (0.0, 0.0, 1.0, 0)


def test_other_items_are_refused() -> None:
    with pytest.raises(ValueError, match=r"paired runs must hold the same ids; 2 are in one only, e.g. \['a', 'b'\]"):
        compare_seeds([{"a": True}], [{"b": True}], {})
    with pytest.raises(ValueError, match="at least one run on each side"):
        compare_seeds([], [{"a": True}])
