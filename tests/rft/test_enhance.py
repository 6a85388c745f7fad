"""Enhancement of rare actions: drawing from products of any size, and rows that differ in their thoughts only."""

from __future__ import annotations

import itertools
import json
import math
import random
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from agentkit.actions import ACTION_TYPES, Click, Finished, LongPress, Point, Press, action_name
from agentkit.errors import ConfigError, DataError
from agentkit.recorded.traces import Trace, TraceStep, write_traces
from rft.cli import main
from rft.data.align.pools import Pools
from rft.data.enhance.config import ACTION_NAMES, EnhanceConfig
from rft.data.enhance.enhance import enhance, enhanced_rows, rare_actions
from rft.data.enhance.product import digits_of, draw_below, draw_tuples, number_of
from rft.data.rows import NavigationRow, read_rows
from rft.data.trace_rows import rows_of

SIZES = st.lists(st.integers(1, 4), max_size=5)


@given(SIZES)
def test_numbers_and_tuples_are_the_product_in_its_order(sizes):
    product = list(itertools.product(*map(range, sizes)))
    assert [digits_of(number, sizes) for number in range(math.prod(sizes))] == product
    assert [number_of(digits, sizes) for digits in product] == list(range(len(product)))


@given(SIZES, st.integers(0, 40), st.integers(0, 99), st.data())
def test_drawn_tuples_are_distinct_and_as_many_as_there_are(sizes, count, seed, data):
    without = data.draw(st.none() | st.tuples(*(st.integers(0, size - 1) for size in sizes)))
    drawn = draw_tuples(sizes, count, random.Random(seed), without)
    every = set(itertools.product(*map(range, sizes))) - {without}
    assert len(set(drawn)) == len(drawn) == min(count, len(every))
    assert set(drawn) <= every
    assert drawn == draw_tuples(sizes, count, random.Random(seed), without)


def test_every_set_is_equally_likely():
    rng = random.Random(0)
    counts = Counter(tuple(draw_below(5, 2, rng)) for _ in range(10_000))
    assert set(counts) == set(itertools.combinations(range(5), 2))
    assert all(850 < count < 1150 for count in counts.values()), counts  # 1000 each; five standard deviations


def test_a_product_that_no_machine_could_write_down():
    sizes = [8 + i % 3 for i in range(400)]
    assert math.prod(sizes) > 10**380
    begun = time.monotonic()
    drawn = draw_tuples(sizes, 50, random.Random(1), tuple(0 for _ in sizes))
    assert time.monotonic() - begun < 1.0
    assert len(set(drawn)) == 50 and all(0 <= d < s for digits in drawn for d, s in zip(digits, sizes, strict=True))
    # Exact to the last digit: the largest number is reached and comes back.
    last = tuple(size - 1 for size in sizes)
    assert number_of(last, sizes) == math.prod(sizes) - 1 and digits_of(math.prod(sizes) - 1, sizes) == last
    # Both ends of every digit are drawn from: nothing was rounded away.
    low = {digits[-1] for digits in drawn}
    assert len(low) == sizes[-1]


def test_the_hole_is_never_drawn_from_a_large_product_either():
    sizes = [2] * 3
    for hole in itertools.product(range(2), repeat=3):
        assert hole not in draw_tuples(sizes, 99, random.Random(0), hole)


HOLD = LongPress(Point(0.5, 0.5))


def trace(length: int, rare=HOLD, name: str = "t") -> Trace:
    """Clicks, then the rare action."""
    clicks = [TraceStep(None, Click(Point(0.1, i / length)), f"own {i}") for i in range(length - 1)]
    return Trace(name, "goal", (*clicks, TraceStep(None, rare, "hold", conclusion="c")))


def pools_of(name: str, sizes: list[int], own: bool = True) -> Pools:
    pools = Pools()
    for step, size in enumerate(sizes):
        for i in range(size):
            pools.add((name, step), f"own {step}" if own and i == 0 else f"said {step}.{i}", 0)
    return pools


CONFIG = EnhanceConfig(pools="x", per_step=6)
RARE = frozenset({"LongPress"})


def added(made: Trace, pools: Pools, config: EnhanceConfig = CONFIG) -> list[NavigationRow]:
    return [row for _, others in enhanced_rows(made, pools, RARE, config) for row in others]


@settings(max_examples=60)
@given(st.lists(st.integers(0, 3), max_size=5), st.booleans(), st.integers(1, 30), st.integers(0, 9))
def test_new_rows(sizes, own, per_step, seed):
    made, pools = trace(len(sizes) + 1), pools_of("t", sizes, own)
    config = replace(CONFIG, per_step=per_step, seed=seed)
    original = list(rows_of(made))
    rows = list(enhanced_rows(made, pools, RARE, config))
    assert [row for row, _ in rows] == original
    assert all(not others for _, others in rows[:-1])
    (row, others) = rows[-1]

    told = [tuple(past.thought for past in other.history) for other in others]
    before = tuple(past.thought for past in row.history)
    product = math.prod(size or 1 for size in sizes)
    has_own = all(size == 0 or own for size in sizes)
    assert len(others) == min(per_step, product - has_own)
    assert len(set(told)) == len(told) and before not in told
    assert len({other.id for other in others}) == len(others) and row.id not in {other.id for other in others}
    for other in others:
        # Gold untouched: all but the thoughts of the history and the id is that of the row.
        silent = tuple(replace(past, thought=was.thought) for past, was in zip(other.history, row.history, strict=True))
        assert replace(other, history=silent, id=row.id) == row
        for step, past in enumerate(other.history):
            pool = pools.at(("t", step))
            assert past.thought in pool if pool else past.thought == f"own {step}"
    assert list(enhanced_rows(made, pools, RARE, config)) == rows


def test_another_seed_draws_others_and_other_traces_change_nothing():
    made, pools = trace(6), pools_of("t", [5] * 5)
    first = added(made, pools)
    assert added(made, pools, replace(CONFIG, seed=1)) != first
    pools.add(("u", 0), "x", 0)
    assert added(made, pools) == first


def test_an_own_thought_that_differs_in_spaces_only_is_no_alternative():
    made = trace(2)
    spaced = replace(made, steps=(replace(made.steps[0], thought=" own 0\n"), made.steps[1]))
    assert [row.history[0].thought for row in added(spaced, pools_of("t", [2]))] == ["said 0.1"]


def test_only_thoughts_that_the_prompt_shows_are_varied():
    rows = added(trace(6), pools_of("t", [3] * 5), replace(CONFIG, window=2, per_step=100))
    assert len(rows) == 3 * 3 - 1
    assert {past.thought for row in rows for past in row.history[:3]} == {"own 0", "own 1", "own 2"}


def test_only_the_newest_epochs_are_drawn_from():
    pools = pools_of("t", [3])
    pools.add(("t", 0), "new", 4)
    assert [row.history[0].thought for row in added(trace(2), pools, replace(CONFIG, epochs=1))] == ["new"]


def test_a_long_trace_with_large_pools_is_cheap():
    made, pools = trace(300), pools_of("t", [20] * 299)
    begun = time.monotonic()
    assert len(added(made, pools, replace(CONFIG, per_step=16))) == 16
    assert time.monotonic() - begun < 5


def test_rare_is_what_is_below_a_share():
    counts = Counter({"Click": 985, "LongPress": 9, "Type": 6})
    assert rare_actions(counts, 0.01) == {"LongPress", "Type"}
    assert rare_actions(counts, 0.009) == {"Type"}
    assert rare_actions(Counter({"Click": 99, "Type": 1}), 0.01) == frozenset()  # not smaller


def test_names_are_those_of_actions():
    made = {Press: [Press(key) for key in ("back", "home", "enter", "recent")]}
    said = [action_name(action) for action in made[Press]]
    said += [cls.__name__ for cls in ACTION_TYPES if cls is not Press]
    assert sorted(said) == sorted(ACTION_NAMES)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    Image.new("RGB", (20, 40)).save(tmp_path / "0.png")
    made = []
    for index in range(9):
        rare = LongPress(Point(0.5, 0.5)) if index == 3 else Press("back") if index == 4 else Finished()
        steps = tuple(replace(step, image=tmp_path / "0.png") for step in trace(4, rare).steps)
        made.append(Trace(f"t{index}", "goal", steps))
    write_traces(tmp_path / "traces.jsonl", made)
    pools = Pools()
    for index in range(9):
        pools.update(pools_of(f"t{index}", [3, 2, 1]))
    pools.write(tmp_path / "pools.jsonl", [(f"t{i}", j) for i in range(9) for j in range(4)])
    return tmp_path


def test_the_folder(data: Path, capsys: pytest.CaptureFixture) -> None:
    words = ["data", "enhance", str(data / "traces.jsonl"), "--pools", str(data / "pools.jsonl"), "--below", "0.05"]
    assert main([*words, "--out", str(data / "out")]) == 0
    rows = read_rows(data / "out" / "rows.jsonl").rows
    assert len(rows) == 36 + 2 * 4
    assert [row.id for row in rows[15:20]] == ["t3/3", "t3/3+1", "t3/3+2", "t3/3+3", "t3/3+4"]
    report = json.loads((data / "out" / "report.json").read_text())
    assert report["rare"] == ["LongPress", "PressBack"]
    assert report["actions"]["LongPress"] == {
        "rare": True, "before": 1, "share_before": 1 / 36, "after": 5, "share_after": 5 / 44, "alone": 0, "short": 0,
    }  # fmt: skip
    assert sum(action["share_after"] for action in report["actions"].values()) == pytest.approx(1)
    assert "LongPress: 1 -> 5 rows, 2.78% -> 11.36%" in capsys.readouterr().out
    page = (data / "out" / "report.html").read_text()
    assert "LongPress (rare)" in page and "11.36%" in page and "data:image/png;base64," in page
    with Image.open(data / "out" / "shares.png") as picture:
        assert picture.width > 400
    assert main([*words, "--out", str(data / "again")]) == 0
    for path in (data / "out").iterdir():
        assert path.read_bytes() == (data / "again" / path.name).read_bytes(), path.name


def test_a_cap_that_is_not_reached_is_told(data: Path) -> None:
    config = EnhanceConfig(pools=str(data / "pools.jsonl"), rare=("LongPress", "Type"), per_step=9)
    report = enhance(data / "traces.jsonl", data / "out", config)
    assert report["rows_after"] - report["rows_before"] == 3 * 2 - 1
    assert report["actions"]["LongPress"]["short"] == 1


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "--pools is required"),
        ({"pools": "x", "rare": ("LongPres",)}, "unknown action 'LongPres'; did you mean 'LongPress'"),
        ({"pools": "x", "rare": ("Press",)}, "unknown action 'Press'"),
        ({"pools": "x", "below": 0.0}, "below must be a share"),
        ({"pools": "x", "per_step": 0}, "per_step must be at least 1"),
    ],
)
def test_bad_settings(settings: dict, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        EnhanceConfig(**settings)


def test_bad_files_leave_no_folder(data: Path) -> None:
    (data / "empty.jsonl").write_text("")
    with pytest.raises(DataError, match="at least one trace"):
        enhance(data / "empty.jsonl", data / "out", EnhanceConfig(pools=str(data / "pools.jsonl")))
    with pytest.raises(DataError, match="cannot read pools"):
        enhance(data / "traces.jsonl", data / "out", EnhanceConfig(pools=str(data / "no.jsonl")))
    assert not (data / "out").exists()
