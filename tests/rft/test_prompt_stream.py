"""The order of rows: every row once per pass, units whole, dead ones rested, and the same order after a restart."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentkit.errors import ConfigError
from rft.prompt_stream import PromptStream


def singles(count):
    return [(row,) for row in range(count)]


def rows(units):
    return [row for unit in units for row in unit]


def test_the_first_pass_is_in_the_order_of_trls_sampler():
    from trl.trainer.utils import RepeatSampler

    stream = PromptStream(singles(12), seed=3)
    assert rows(stream.take(4) + stream.take(8)) == list(RepeatSampler(range(12), 1, batch_size=4, seed=3))


def test_later_passes_are_shuffled_anew_unless_told_not_to():
    stream = PromptStream(singles(16), seed=0)
    first, second = rows(stream.take(16)), rows(stream.take(16))
    assert first != second and sorted(first) == sorted(second) == list(range(16))
    assert rows(PromptStream(singles(4), 0, shuffle=False).take(4)) == [0, 1, 2, 3]


LENGTHS = st.lists(st.integers(1, 6), min_size=1, max_size=12)


@given(LENGTHS, st.integers(1, 9), st.integers(0, 5))
def test_a_step_gets_its_number_of_rows_and_a_pass_every_row_once(lengths, step, seed):
    starts = [sum(lengths[:i]) for i in range(len(lengths))]
    units = [tuple(range(start, start + n)) for start, n in zip(starts, lengths, strict=True)]
    total = sum(lengths)
    stream, seen = PromptStream(units, seed), Counter()
    for _ in range(2 * total):
        taken = stream.take(step)
        assert len(rows(taken)) == step
        for unit in taken:
            assert unit in units or any(set(unit) <= set(whole) and unit == tuple(sorted(unit)) for whole in units)
        seen.update(rows(taken))
        assert max(seen.values()) - min((seen[row] for row in range(total)), default=0) <= 1


def test_a_unit_is_cut_only_when_none_fits():
    stream = PromptStream([(0, 1, 2), (3, 4, 5), (6,), (7, 8)], 0, shuffle=False)
    assert stream.take(4) == [(0, 1, 2), (6,)]
    assert stream.take(4) == [(3, 4, 5), (7,)]
    assert stream.take(1) == [(8,)]


def test_a_row_is_not_taken_twice_in_a_step_before_all_others():
    stream = PromptStream(singles(6), 1)
    first = rows(stream.take(4))
    again = rows(stream.take(2, first))
    assert sorted(first + again) == list(range(6))
    assert not set(rows(stream.take(5, [0]))) & {0}


def test_dead_rows_rest_for_so_many_turns():
    stream = PromptStream(singles(4), 0, shuffle=False, skip_dead=2)
    for unit in stream.take(4):
        stream.tell(unit, live=unit != (1,), success=[1.0])
    assert stream.resting == 1
    assert rows(stream.take(6)) == [0, 2, 3, 0, 2, 3]
    assert rows(stream.take(4)) == [0, 1, 2, 3] and stream.skipped == 2


def test_a_live_visit_ends_the_rest_and_without_skipping_none_begins():
    stream = PromptStream(singles(2), 0, shuffle=False, skip_dead=5)
    stream.tell((0,), live=False, success=[0.0])
    stream.tell((0,), live=True, success=[0.5])
    assert stream.resting == 0
    plain = PromptStream(singles(2), 0)
    plain.tell((0,), live=False, success=[0.0])
    assert plain.resting == 0


def test_rows_come_even_when_all_rest():
    stream = PromptStream(singles(3), 0, skip_dead=4)
    for unit in stream.take(3):
        stream.tell(unit, live=False, success=[0.0])
    assert sorted(rows(stream.take(3))) == [0, 1, 2] and stream.skipped == 12


@given(LENGTHS, st.integers(1, 7), st.integers(0, 20))
def test_a_restored_stream_goes_on_in_the_same_order(lengths, step, before):
    starts = [sum(lengths[:i]) for i in range(len(lengths))]
    units = [tuple(range(start, start + n)) for start, n in zip(starts, lengths, strict=True)]

    def advance(stream, times):
        out = []
        for _ in range(times):
            taken = stream.take(step)
            for unit in taken:
                stream.tell(unit, live=sum(unit) % 3 > 0, success=[0.25] * len(unit))
            out.append(taken)
        return out

    whole, first = PromptStream(units, 5, skip_dead=2), PromptStream(units, 5, skip_dead=2)
    expected = advance(whole, before + 8)[before:]
    advance(first, before)
    second = PromptStream(units, 5, skip_dead=2)
    second.restore(json.loads(json.dumps(first.state())))
    assert advance(second, 8) == expected and second.state() == whole.state()


def test_other_data_are_refused():
    with pytest.raises(ConfigError, match="made with 3 rows, the data now has 4"):
        PromptStream(singles(4), 0).restore(PromptStream(singles(3), 0).state())
