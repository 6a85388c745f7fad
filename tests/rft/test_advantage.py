"""Advantages against numbers worked out by hand and against the definitions written out slowly."""

from __future__ import annotations

import itertools
import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentkit.errors import ConfigError
from rft.advantage import (
    discounted_returns,
    get_rule,
    group_advantages,
    leave_one_out_advantages,
    ui_s1_advantages,
    worth_training,
)

REWARD = st.floats(-10, 10)


def test_group_advantages_by_hand():
    assert group_advantages([1.0, 0.0, 0.0, 1.0], scale=False) == [0.5, -0.5, -0.5, 0.5]
    assert group_advantages([0.0, 2.0], epsilon=0.0) == pytest.approx([-1 / math.sqrt(2), 1 / math.sqrt(2)])
    assert group_advantages([3.0]) == [0.0] and group_advantages([]) == []


@given(st.lists(REWARD, min_size=2, max_size=9))
def test_group_advantages_sum_to_zero_and_keep_the_order(rewards):
    found = group_advantages(rewards)
    assert sum(found) == pytest.approx(0, abs=1e-6)
    for (a, x), (b, y) in itertools.pairwise(zip(rewards, found, strict=True)):
        assert (a <= b and x <= y) or (a >= b and x >= y)


def test_an_equal_group_says_nothing():
    assert group_advantages([0.7] * 8) == [0.0] * 8


@pytest.mark.parametrize(
    ("matches", "returns"),
    [
        ([True, True, True], [1.0 + 0.5 * (0.4 + 0.5 * 0.2), 0.4 + 0.5 * 0.2, 0.2]),
        ([True, False, True], [1.0, 0.4, 0.2]),  # the wrong step passes on neither its own reward nor later ones
        ([False, True, True], [1.0, 0.4 + 0.5 * 0.2, 0.2]),
        ([False, False, False], [1.0, 0.4, 0.2]),
    ],
)
def test_discounted_returns_stop_at_a_wrong_step(matches, returns):
    assert discounted_returns([1.0, 0.4, 0.2], matches) == pytest.approx(returns)


def test_discounted_returns_refuse_what_cannot_be():
    with pytest.raises(ValueError, match="one match per reward"):
        discounted_returns([1.0], [])
    with pytest.raises(ValueError, match="gamma"):
        discounted_returns([1.0], [True], gamma=1.5)


GROUPS = st.lists(st.lists(st.tuples(REWARD, st.booleans()), min_size=1, max_size=5), min_size=1, max_size=5)


def slow(values, epsilon=1e-6):
    """One value against its group, written as the formula."""
    if len(values) == 1:
        return [0.0]
    return [(v - statistics.fmean(values)) / (statistics.stdev(values) + epsilon) for v in values]


@given(GROUPS)
def test_advantages_are_episode_part_plus_step_part(group):
    rewards = [[r for r, _ in some] for some in group]
    matches = [[m for _, m in some] for some in group]
    whole = slow([sum(some) for some in rewards])
    returns = [discounted_returns(r, m) for r, m in zip(rewards, matches, strict=True)]
    for i, some in enumerate(ui_s1_advantages(rewards, matches)):
        for t, value in enumerate(some):
            there = [j for j in range(len(returns)) if len(returns[j]) > t]
            part = slow([returns[j][t] for j in there])[there.index(i)]
            assert value == pytest.approx(whole[i] + part, abs=1e-4)


def test_faithful_compares_single_steps():
    rewards, matches = [[1.0, 0.0], [1.0, 1.0]], [[True, False], [True, True]]
    ours = ui_s1_advantages(rewards, matches, step_weight=0.0)
    theirs = ui_s1_advantages(rewards, matches, step_weight=0.0, faithful=True)
    assert ours[0][0] == ours[0][1] < ours[1][0]
    assert theirs[0][0] == theirs[1][0] > theirs[0][1]


def test_weights_and_lengths():
    rewards, matches = [[1.0], [0.0, 1.0]], [[True], [False, True]]
    only_steps = ui_s1_advantages(rewards, matches, episode_weight=0.0, scale=False)
    assert only_steps == [[0.5], [-0.5, 0.0]]
    assert ui_s1_advantages([], []) == []
    with pytest.raises(ValueError, match="as many rollouts"):
        ui_s1_advantages([[1.0]], [])


def test_worth_training_needs_a_spread_above_the_threshold():
    assert not worth_training([0.0, 1.0, 0.0, 1.0], threshold=0.5)  # exactly the threshold
    assert worth_training([0.0, 1.0, 0.0, 1.0], threshold=0.49)
    assert worth_training([0.5]) and not worth_training([])


@given(st.lists(REWARD, min_size=2, max_size=9))
def test_leave_one_out_is_the_distance_to_the_mean_of_the_others(rewards):
    found = leave_one_out_advantages(rewards)
    for index, value in enumerate(found):
        others = rewards[:index] + rewards[index + 1 :]
        assert value == pytest.approx(rewards[index] - statistics.fmean(others), abs=1e-9)
    assert leave_one_out_advantages([0.3] * 4) == [0.0] * 4 and leave_one_out_advantages([1.0]) == [0.0]


def test_rules_by_name():
    rewards, matches = [[1.0, 0.0, None, 1.0]], [[True, False, False, True]]
    group = get_rule("group", False, {}).advantages(rewards, matches)
    assert group == [pytest.approx([1 / 3, -2 / 3, 0, 1 / 3])]
    scaled = get_rule("group", True, {}).advantages(rewards, matches)[0]
    assert scaled[0] == pytest.approx(group[0][0] / statistics.stdev([1, 0, 2 / 3, 1]), abs=1e-5)
    loo = get_rule("leave_one_out", True, {}).advantages([[1.0, 0.0]], [[True, False]])
    assert loo == [[1.0, -1.0]]


def test_a_trace_under_ui_s1_by_hand():
    """Two steps, two rollouts: rollout 0 right then wrong, rollout 1 right then right."""
    rewards, matches = [[1.0, 1.0], [0.0, 1.0]], [[True, True], [False, True]]
    rule = get_rule("ui_s1", False, {"scale": False, "gamma": 0.5})
    # Returns 1.0, 1.5 at step 0 and 0.0, 1.0 at step 1; episode sums 1.0 and 2.0.
    assert rule.advantages(rewards, matches) == [[-0.25 - 0.5, 0.25 + 0.5], [-0.5 - 0.5, 0.5 + 0.5]]
    # First returns 1.0 and 1.5 deviate by 0.25.
    assert not rule.live(rewards, matches)
    assert get_rule("ui_s1", True, {"spread": 0.2}).live(rewards, matches) and rule.whole_traces


def test_dead_and_live_groups():
    rule = get_rule("group", True, {})
    assert not rule.live([[0.5, 0.5, None]], [[False] * 3]) and rule.live([[0.5, 0.6, None]], [[False] * 3])
    assert not rule.live([[None, None]], [[False] * 2])


def test_constants_that_do_not_exist():
    with pytest.raises(ConfigError, match="unknown constant of advantage ui_s1 'gama'; did you mean 'gamma'"):
        get_rule("ui_s1", True, {"gama": 1})
    for fields, message in (({"gamma": 1.1}, "gamma must be at most 1"), ({"spread": "x"}, "finite number"),
                            ({"scale": 1}, "true or false")):  # fmt: skip
        with pytest.raises(ConfigError, match=message):
            get_rule("ui_s1", True, fields)
    with pytest.raises(ConfigError, match="leave_one_out has no constants"):
        get_rule("leave_one_out", True, {"gamma": 1})
