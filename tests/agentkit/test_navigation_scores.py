"""Cards of navigation runs: denominators by hand, intervals over traces, and answers that are none."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from agentkit.actions import Action, Click, Finished, Launch, LongPress, Malformed, Point, Press, Refusal, Type
from agentkit.codec import encode_action
from agentkit.errors import DataError
from agentkit.recorded.elements import RecordedStep
from agentkit.scoring import Prediction, mean_interval
from agentkit.scoring.clusters import ClusterRate, TraceBootstrap
from agentkit.scoring.intervals import wilson
from agentkit.scoring.navigation import (
    RULES,
    NavigationCard,
    answered_by,
    navigation_json,
    navigation_of_json,
    navigation_text,
    score_navigation,
)

HERE, NEAR, FAR = Click(Point(0.5, 0.5)), Click(Point(0.5, 0.6)), Click(Point(0.5, 0.9))
TRACES: dict[str, list[tuple[Action, Action | Malformed | Refusal | None]]] = {
    # Recorded, answered. Under UI-TARS:             step  type
    "a": [
        (Launch("Clock"), Launch("Clock")),  #         1     1
        (HERE, NEAR),  #                               1     1
        (Finished(), Finished()),  #                   dropped
    ],
    "b": [
        (HERE, FAR),  #                                0     1
        (HERE, Press("back")),  #                      0     0
        (LongPress(Point(0.5, 0.5)), Malformed("?")),  # 0   0
        (Press("back"), Press("back")),  #             1     1
        (Finished(), Press("home")),  #                dropped
    ],
    "c": [
        (Type("hi"), Refusal()),  #                    0     0
        (HERE, None),  #                               0     0
    ],
}


def step(trace: str, number: int, action: Action) -> RecordedStep:
    return RecordedStep(f"{trace}/{number}", trace, "goal", action, appended=isinstance(action, Finished))


def answered() -> list[tuple[RecordedStep, Prediction | None]]:
    return [
        (step(trace, i, gold), None if answer is None else Prediction(f"{trace}/{i}", answer, seconds=1.0 + i))
        for trace, pairs in TRACES.items()
        for i, (gold, answer) in enumerate(pairs)
    ]


@pytest.fixture(scope="module")
def card() -> NavigationCard:
    return score_navigation(answered(), RULES["androidcontrol-high"], {"action fly": 2}, ["split test"], seed=3)


def counts(rate: object) -> tuple[int, int]:
    return rate.hits, rate.total  # type: ignore[attr-defined]


def test_every_number_keeps_its_denominator(card: NavigationCard) -> None:
    rule = card.rules["ui-tars"]
    assert counts(rule.step) == (3, 8) and rule.step.clusters == 3
    assert counts(rule.type) == (4, 8)
    assert counts(rule.grounding) == (1, 5)  # four clicks and a long press, whatever was answered
    assert counts(rule.grounding_typed) == (1, 2)
    assert counts(rule.traces) == (1, 3)
    assert {name: counts(row.exact) for name, row in rule.actions.items()} == {
        "Click": (1, 4), "Launch": (1, 1), "LongPress": (0, 1), "PressBack": (1, 1), "Type": (0, 1),
    }  # fmt: skip
    assert counts(rule.actions["Click"].type) == (2, 4) and next(iter(rule.actions)) == "Click"
    assert rule.macro.value == pytest.approx((0.25 + 1 + 0 + 1 + 0) / 5) and rule.macro.count == 5
    assert rule.dropped == {"finish step is not of the data set": 2} and rule.dropped_traces == 0
    assert (card.steps, card.traces, card.missing) == (10, 3, ("c/1",))
    assert counts(card.malformed) == (1, 9) and counts(card.refused) == (1, 9)
    assert card.excluded == {"action fly": 2} and card.cost.measured == 9


def test_each_rule_has_its_own_steps(card: NavigationCard) -> None:
    agentcpm, paper = card.rules["agentcpm"], card.rules["androidcontrol"]
    assert agentcpm.dropped == {"opens an app": 1} and counts(agentcpm.step) == (2, 9)
    assert counts(agentcpm.actions["Finished"].exact) == (1, 2)
    assert agentcpm.by_id == {
        "a/1": False, "a/2": True, "b/0": False, "b/1": False, "b/2": False, "b/3": True, "b/4": False,
        "c/0": False, "c/1": False,
    }  # fmt: skip
    no_element = "no element at the recorded point"
    assert paper.dropped == {no_element: 5, "finish step is not of the data set": 2}
    assert counts(paper.step) == (2, 3) and counts(paper.traces) == (2, 3) and counts(paper.grounding) == (0, 0)
    assert card.main is agentcpm


def test_a_trace_that_a_rule_drops_whole_is_in_no_number_of_it() -> None:
    steps = [(step("a", 0, Launch("x")), Prediction("a/0", Launch("x"))), (step("b", 0, HERE), Prediction("b/0", HERE))]
    rule = score_navigation(steps, RULES["androidcontrol-high"]).rules["agentcpm"]
    assert counts(rule.traces) == (1, 1) and rule.dropped_traces == 1 and rule.step.clusters == 1


def test_nothing_to_score_is_no_zero() -> None:
    card = score_navigation([], RULES["aitz"])
    assert math.isnan(card.main.step.value) and card.main.macro.count == 0 and counts(card.main.traces) == (0, 0)
    assert "none of 0" in navigation_text(card)
    assert navigation_of_json(json.loads(json.dumps(navigation_json(card)))).steps == 0


def test_json_there_and_back(card: NavigationCard) -> None:
    data = json.loads(json.dumps(navigation_json(card), allow_nan=False))
    assert navigation_of_json(data) == card
    step = data["rules"]["ui-tars"]["step"]
    assert (step["hits"], step["total"], step["value"], step["clusters"]) == (3, 8, 0.375, 3)
    with pytest.raises(DataError, match="not a navigation card"):
        navigation_of_json({"rules": {"x": {}}})


def test_the_text_prints_every_denominator(card: NavigationCard) -> None:
    text = navigation_text(card)
    assert "10 recorded steps of 3 traces, under 4 published rules" in text
    line = next(line for line in text.splitlines() if line.startswith("step success"))
    assert [part.strip() for part in (line[22:44], line[44:66], line[66:88], line[88:])] == [
        "22.2 (2/9)", "37.5 (3/8)", "25.0 (2/8)", "66.7 (2/3)",
    ]  # fmt: skip
    assert "Type" in text and "0.0 (0/1)" in text  # rare actions are shown
    assert "5 x no element at the recorded point" in text and "2 (in no denominator)\n  2 x action fly" in text
    assert "malformed             11.1 % (1/9" in text and "without an answer     1 (counted wrong)" in text


# Intervals.


def test_the_bootstrap_draws_traces() -> None:
    """Ten traces of ten steps, all right or all wrong: as sure as ten coins, not as a hundred."""
    hits = np.array([[10.0 * (i % 2)] for i in range(10)])
    rate = TraceBootstrap(hits, np.full((10, 1), 10.0), seed=1).rate(0)
    assert (rate.hits, rate.total, rate.clusters) == (50, 100, 10)
    assert rate.low == pytest.approx(0.2, abs=0.01) and rate.high == pytest.approx(0.8, abs=0.01)
    values = [float(i % 2) for i in range(10) for _ in range(10)]
    slow = mean_interval(values, [str(i) for i in range(10) for _ in range(10)], seed=2)
    assert (rate.low, rate.high) == pytest.approx((slow.low, slow.high), abs=0.02)


def test_all_right_is_no_certainty() -> None:
    """Ten steps of two traces are two traces' worth of evidence, as many successes in a row as two coins."""
    five = np.full((2, 1), 5.0)
    assert TraceBootstrap(five, five).rate(0) == ClusterRate(10, 10, *wilson(2, 2), 2)
    assert TraceBootstrap(0 * five, five).rate(0) == ClusterRate(0, 10, *wilson(0, 2), 2)


def test_a_rate_is_of_steps_where_traces_differ_in_length() -> None:
    hits, totals = np.array([[1.0], [0.0]]), np.array([[1.0], [9.0]])
    rate = TraceBootstrap(hits, totals).rate(0)
    assert rate.value == 0.1 and (rate.low, rate.high) == (0.0, 1.0)  # a draw may hold one trace twice


def test_the_mean_over_columns_takes_those_that_a_draw_has() -> None:
    hits, totals = np.array([[2.0, 0.0, 0.0], [2.0, 1.0, 0.0]]), np.array([[2.0, 0.0, 0.0], [2.0, 1.0, 0.0]])
    sample = TraceBootstrap(hits, totals)
    assert sample.mean([0, 1, 2]).count == 2
    assert (sample.mean([0, 1]).low, sample.mean([0, 1]).high) == (1.0, 1.0)  # a draw without column 1 is no zero
    assert sample.rate(2) == ClusterRate(
        0, 0, pytest.approx(math.nan, nan_ok=True), pytest.approx(math.nan, nan_ok=True), 0
    )  # type: ignore[arg-type]
    assert math.isnan(sample.mean([2]).value)


def test_equal_seeds_give_equal_intervals() -> None:
    one, two = (score_navigation(answered(), RULES["gui-odyssey"], seed=7) for _ in range(2))
    other = score_navigation(answered(), RULES["gui-odyssey"], seed=8)
    assert one == two and one.main.step.value == other.main.step.value
    with pytest.raises(ValueError, match=r"must both be \[traces, columns\]"):
        TraceBootstrap(np.zeros((2, 1)), np.zeros((1, 2)))


# Predictions.


def rows() -> list[dict[str, object]]:
    return [{"id": s.id, "action": encode_action(p.answer)} for s, p in answered() if p is not None]


def test_rows_of_a_file_are_the_same_answers(card: NavigationCard) -> None:
    steps = [s for s, _ in answered()]
    again = score_navigation(answered_by(steps, rows()[::-1]), RULES["androidcontrol-high"], {"action fly": 2}, seed=3)
    assert again.rules == card.rules and again.missing == card.missing


def test_rows_that_hold_only_text_are_parsed_with_their_step() -> None:
    seen: list[tuple[str, str]] = []

    def parse(step: RecordedStep, text: str) -> Action:
        seen.append((step.id, text))
        return HERE

    pairs = list(answered_by([step("a", 0, HERE), step("a", 1, HERE)], [{"id": "a/1", "text": "click"}], parse))
    assert seen == [("a/1", "click")] and pairs[0][1] is None and pairs[1][1] == Prediction("a/1", HERE, "click")


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([{"id": "a/0", "action": {"type": "Wait"}}] * 2, "two predictions share the id 'a/0'"),
        ([{"action": {"type": "Wait"}}], "a prediction needs a string `id`, got None"),
        ([{"id": "x/9", "action": {"type": "Wait"}}], r"1 predictions name no step of this suite, e.g. \['x/9'\]"),
        ([{"id": "a/0", "action": {"type": "Fly"}}], "an action needs a type among"),
        ([{"id": "a/0", "text": "click"}], "nor a `text` and a protocol"),
    ],
)
def test_foreign_rows_are_refused(rows: list[dict[str, object]], fault: str) -> None:
    with pytest.raises(DataError, match=fault):
        list(answered_by([step("a", 0, HERE)], rows))


def test_steps_and_answers_must_belong_together() -> None:
    one = step("a", 0, HERE)
    with pytest.raises(DataError, match="two steps share the id 'a/0'"):
        score_navigation([(one, None), (replace(one), None)], RULES["aitw"])
    with pytest.raises(DataError, match="cannot be judged by the answer to 'a/1'"):
        score_navigation([(one, Prediction("a/1", HERE))], RULES["aitw"])
