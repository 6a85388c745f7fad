"""The grounding score: every outcome, every denominator, and the rules that published scorers get wrong."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from agentkit.actions import Box, Click, LongPress, Malformed, Parsed, Point, Refusal
from agentkit.errors import DataError
from agentkit.scoring import (
    GroundingSample,
    NoTarget,
    Outcome,
    Polygon,
    Prediction,
    append_row,
    card_json,
    card_of_json,
    card_text,
    prediction_of,
    prediction_row,
    read_rows,
    score_grounding,
)

BOX = Box(0.25, 0.25, 0.5, 0.5)


def sample(key: str, target: Box | Polygon | NoTarget = BOX, **groups: str) -> GroundingSample:
    return GroundingSample(key, "screen.png", "Wi-Fi", target, groups)


def outcome(target: Box | Polygon | NoTarget, answer: Parsed) -> Outcome:
    return score_grounding([sample("a", target)], [Prediction("a", answer)]).by_id["a"]


@pytest.mark.parametrize("x", [0.25, 0.375, 0.5])
@pytest.mark.parametrize("y", [0.25, 0.5])
def test_the_border_counts(x: float, y: float) -> None:
    assert outcome(BOX, Click(Point(x, y))) is Outcome.HIT


@pytest.mark.parametrize(
    ("target", "answer", "expected"),
    [
        (BOX, Click(Point(0.2499999, 0.3)), Outcome.MISS),
        (BOX, Click(Point(0.3, 0.5000001)), Outcome.MISS),
        (BOX, Refusal(), Outcome.REFUSED),
        (BOX, Malformed("no brackets"), Outcome.MALFORMED),
        (BOX, LongPress(Point(0.3, 0.3)), Outcome.OTHER_ACTION),
        (NoTarget(), Refusal(), Outcome.RIGHT_REFUSAL),
        (NoTarget(), Click(Point(0.3, 0.3)), Outcome.POINTED),
        (NoTarget(), Malformed("no brackets"), Outcome.MALFORMED),
    ],
)
def test_outcomes(target: Box | NoTarget, answer: Parsed, expected: Outcome) -> None:
    assert outcome(target, answer) is expected


def test_polygon_even_odd_with_border() -> None:
    """A C-shape open to the right: the bay is outside, though inside of the bounding box."""
    corners = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.3), (0.3, 0.3), (0.3, 0.7), (0.9, 0.7), (0.9, 0.9), (0.1, 0.9))
    shape = Polygon(tuple(Point(*corner) for corner in corners))
    inside = [(0.2, 0.5), (0.8, 0.2), (0.8, 0.8), (0.1, 0.5), (0.9, 0.1), (0.6, 0.3)]
    outside = [(0.6, 0.5), (0.05, 0.5), (0.95, 0.2), (0.31, 0.5), (0.5, 0.0999)]
    assert all(shape.contains(Point(*p)) for p in inside)
    assert not any(shape.contains(Point(*p)) for p in outside)
    assert outcome(shape, Click(Point(0.6, 0.5))) is Outcome.MISS
    with pytest.raises(ValueError, match="at least 3"):
        Polygon((Point(0, 0), Point(1, 1)))


def test_missing_predictions_are_wrong_and_shown() -> None:
    samples = [sample("a"), sample("b"), sample("c"), sample("d")]
    card = score_grounding(samples, [Prediction("b", Click(Point(0.3, 0.3)))])
    assert (card.accuracy.hits, card.accuracy.total) == (1, 4)
    assert card.missing == ("a", "c", "d")
    assert card.outcomes == {"hit": 1, "missing": 3}
    assert "4 samples (4 with a target, 0 without), 3 without a prediction" in card_text(card)


def test_duplicates_and_strangers_are_errors() -> None:
    right = Prediction("a", Click(Point(0.3, 0.3)))
    with pytest.raises(DataError, match="two samples share the id 'a'"):
        score_grounding([sample("a"), sample("a")], [])
    with pytest.raises(DataError, match="two predictions share the id 'a'"):
        score_grounding([sample("a")], [right, right])
    with pytest.raises(DataError, match="name no sample"):
        score_grounding([sample("b")], [right])


def test_micro_macro_groups_and_cross_table() -> None:
    """Nine mobile texts right, one web icon wrong: micro 90 %, macro over platforms 50 %."""
    samples = [sample(f"m{i}", platform="mobile", ui_type="text") for i in range(9)]
    samples.append(sample("w", platform="web", ui_type="icon"))
    answers = [Prediction(s.id, Click(Point(0.3, 0.3))) for s in samples[:9]] + [Prediction("w", Click(Point(0, 0)))]
    card = score_grounding(samples, answers)
    assert card.accuracy.value == pytest.approx(0.9)
    assert card.macro["platform"].value == pytest.approx(0.5)
    assert {name: (r.hits, r.total) for name, r in card.groups["ui_type"].items()} == {"icon": (0, 1), "text": (9, 9)}
    assert {row: sorted(cells) for row, cells in card.cross.items()} == {"mobile": ["text"], "web": ["icon"]}


def test_the_pro_table_has_groups_as_rows() -> None:
    card = score_grounding([sample("a", group="CAD", platform="windows", ui_type="icon")], [])
    assert list(card.cross) == ["CAD"]


def test_refusal_precision_and_recall() -> None:
    samples = [sample(f"n{i}", NoTarget()) for i in range(4)] + [sample(f"t{i}") for i in range(6)]
    answers = [Prediction(f"n{i}", Refusal()) for i in range(3)] + [Prediction("n3", Malformed("?"))]
    answers += [Prediction("t0", Refusal())] + [Prediction(f"t{i}", Click(Point(0.3, 0.3))) for i in range(1, 6)]
    card = score_grounding(samples, answers)
    assert (card.refusal_precision.hits, card.refusal_precision.total) == (3, 4)
    assert (card.refusal_recall.hits, card.refusal_recall.total) == (3, 4)
    assert (card.refused.hits, card.refused.total) == (4, 10)
    assert (card.malformed.hits, card.malformed.total) == (1, 10)
    assert card.accuracy.hits == 8


def test_distances_are_fractions_of_the_screen() -> None:
    samples = [sample("hit"), sample("right"), sample("corner")]
    answers = [
        Prediction("hit", Click(Point(0.3, 0.3))),
        Prediction("right", Click(Point(0.6, 0.3))),
        Prediction("corner", Click(Point(0.8, 0.9))),
    ]
    card = score_grounding(samples, answers)
    assert card.distance == pytest.approx(0.1)
    assert card.miss_distance == pytest.approx((0.1 + 0.5) / 2)
    assert math.isnan(score_grounding(samples, []).distance)


def test_card_json_is_json() -> None:
    answer = Prediction("a", Refusal(), seconds=0.5, usage={"prompt": 7})
    card = score_grounding([sample("a", platform="web")], [answer])
    data = json.loads(json.dumps(card_json(card), allow_nan=False))
    assert data["accuracy"] == {"hits": 0, "total": 1, "value": 0.0, "low": 0.0, "high": pytest.approx(0.793, abs=1e-3)}
    assert data["distance"] is None
    assert data["cost"]["tokens"] == {"prompt": 7.0}
    again = card_of_json(data)
    assert repr(again) == repr(card)
    with pytest.raises(DataError, match="not a score card"):
        card_of_json({"accuracy": {"hits": 1}})


@pytest.mark.parametrize(
    "answer",
    [
        Click(Point(0.1, 1 / 3)),
        Click(BOX.centre, BOX),
        LongPress(Point(0, 1)),
        Refusal(),
        Malformed('expected "[", got \u2028 \ud800 \n'),
    ],
)
def test_predictions_survive_the_disk(answer: Parsed, tmp_path: Path) -> None:
    path = tmp_path / "predictions.jsonl"
    text = "[1,2]\u2028\n\ud800</script>"
    for key in ("a", "b"):
        append_row(path, prediction_row(Prediction(key, answer, text, 1.25, {"completion": 9})))
    rows = [prediction_of(row) for row in read_rows(path)]
    assert [row.id for row in rows] == ["a", "b"]
    assert all(row.answer == answer and row.text == text and row.usage == {"completion": 9} for row in rows)


def test_a_torn_last_line_is_mended(tmp_path: Path) -> None:
    path = tmp_path / "predictions.jsonl"
    append_row(path, {"id": "a", "point": [0, 0]})
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"id": "b", "poi')
    with pytest.raises(DataError, match=r"predictions.jsonl:2: not JSON"):
        list(read_rows(path))
    assert [row["id"] for row in read_rows(path, mend=True)] == ["a"]
    assert path.read_bytes() == whole


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({}, "non-empty string `id`"),
        ({"id": "a"}, "neither `action` nor `point`"),
        ({"id": "a", "text": "[1,2]"}, "neither `action` nor `point`"),
        ({"id": "a", "text": 3, "point": [0, 0]}, "`text` must be a string"),
        ({"id": "a", "point": [5, 0]}, "fraction in"),
        ({"id": "a", "point": [0.5]}, "as fractions"),
        ({"id": "a", "action": {"type": "Tap"}}, "needs a type among"),
        ({"id": "a", "point": [0, 0], "seconds": -1}, "`seconds`"),
        ({"id": "a", "point": [0, 0], "usage": {"prompt": "7"}}, "`usage`"),
    ],
)
def test_unreadable_predictions(row: dict, message: str) -> None:
    with pytest.raises(DataError, match=message):
        prediction_of(row)


def test_text_only_rows_are_parsed_by_the_protocol() -> None:
    found = prediction_of({"id": "a", "text": "-"}, parse=lambda key, text: Malformed(f"{key}{text}"))
    assert found.answer == Malformed("a-")
