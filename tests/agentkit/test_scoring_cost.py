"""What answers take: parts of time and counts reach the card, the terminal and the disk."""

from __future__ import annotations

import json
import math

import pytest
from PIL import Image

from agentkit.actions import Box, Click, Finished, Point
from agentkit.errors import DataError
from agentkit.scoring import (
    GroundingSample,
    Prediction,
    card_json,
    card_of_json,
    card_text,
    count_words,
    prediction_of,
    prediction_row,
    score_episodes,
    score_grounding,
    token_split,
)
from agentkit.tasks import FreeGoal
from agentkit.types import Ending, Observation, Reply, Step, Trajectory

SPLIT = {"decode": 0.3, "encode": 0.1, "vision": 0.2, "prefill": 0.05}


def answers() -> list[Prediction]:
    """Two that were split, one that was only timed, one of which nothing is known."""
    click = Click(Point(0.5, 0.5))
    counts = {"prompt": 100, "image": 80, "completion": 10, "screens": 1}
    return [
        Prediction("a", click, seconds=0.65, usage=counts, timing=SPLIT),
        Prediction("b", click, seconds=1.3, usage=counts, timing={name: 2 * s for name, s in SPLIT.items()}),
        Prediction("c", click, seconds=9.0, usage={"prompt": 400}),
        Prediction("d", click),
    ]


def test_means_are_over_what_was_measured() -> None:
    samples = [GroundingSample(key, "a.png", "x", Box(0, 0, 1, 1)) for key in "abcd"]
    card = score_grounding(samples, answers())
    cost = card.cost
    assert (cost.measured, cost.split) == (3, 2)
    assert list(cost.stages) == ["encode", "vision", "prefill", "decode"], "in the order in which they happen"
    assert cost.stages == pytest.approx({name: 1.5 * s for name, s in SPLIT.items()})
    assert cost.tokens == pytest.approx({"prompt": 200, "image": 80, "completion": 10, "screens": 1})
    assert repr(card_of_json(json.loads(json.dumps(card_json(card))))) == repr(card)
    text = card_text(card)
    assert "200 prompt tokens, 80 image tokens, 10 completion tokens, 1 screenshots" in text
    assert "vision tower 0.3 s" in text and "(mean of 2)" in text


def test_a_card_of_before_the_split_is_read() -> None:
    card = score_grounding([GroundingSample("a", "a.png", "x", Box(0, 0, 1, 1))], answers()[:1])
    data = card_json(card)
    del data["cost"]["stages"], data["cost"]["split"]
    assert card_of_json(data).cost.stages == {}


def episode(key: str, device: object, timing: dict[str, float]) -> Trajectory:
    seen = Observation(Image.new("RGB", (4, 8)))
    reply = Reply("?", Finished(), seconds=1.0, timing=timing)
    return Trajectory(key, "", (Step(seen, reply), Step(seen, reply)), Ending.CUT, meta={"device_seconds": device})


def test_episodes_are_split_per_step_and_so_is_the_device() -> None:
    goals = [FreeGoal("g", key=key) for key in ("a", "b", "c")]
    runs = [episode("a", 3.0, SPLIT), episode("b", 1.0, {}), episode("c", "soon", {})]
    card = score_episodes(goals, runs)
    assert card.stages_step == pytest.approx(SPLIT), "over the one episode that was split"
    assert card.device_step == pytest.approx((3.0 + 1.0) / 4), "over the two that know"
    assert card.seconds_step == pytest.approx(1.0)
    assert repr(card_of_json(json.loads(json.dumps(card_json(card))))) == repr(card)
    assert "device per step     1 s" in card_text(card)
    assert math.isnan(score_episodes(goals[2:], runs[2:]).device_step)


def test_timing_survives_the_disk_and_is_checked() -> None:
    (answer, *_) = answers()
    assert prediction_of(prediction_row(answer)) == answer
    assert "timing" not in prediction_row(answers()[3])
    for bad in ([1], {"vision": "1"}, {"vision": -1.0}, {"vision": True}):
        with pytest.raises(DataError, match="`timing`"):
            prediction_of({"id": "a", "point": [0, 0], "timing": bad})


def test_words() -> None:
    assert token_split({"prompt": 100, "image": 80, "completion": 9}) == {"image": 80, "text": 20, "generated": 9}
    assert token_split({"prompt": 100}) == {"prompt": 100} and token_split({}) == {}
    assert count_words("prompt", 1234.4) == "1,234 prompt tokens"
    assert count_words("passes", 1.5) == "1.5 model passes"
