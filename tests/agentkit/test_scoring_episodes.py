"""Episodes: broken ones leave the denominator, cut and missing ones stay in it."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass

import pytest
from PIL import Image

from agentkit.actions import Finished, Malformed
from agentkit.errors import DataError
from agentkit.scoring import Rate, card_json, card_of_json, card_text, score_episodes, template_of
from agentkit.types import Ending, Observation, Reply, Step, Trajectory


@dataclass(frozen=True)
class Goal:
    """A task whose rule reads the verdict, as real ones do."""

    key: str
    goal: str = "Turn on Wi-Fi"
    max_steps: int = 5

    def score(self, trajectory: Trajectory) -> dict[str, float]:
        return {"success": float(trajectory.verdict.get("score", 0.0))}


def episode(key: str, score: float, ending: Ending = Ending.FINISHED, steps: int = 2, malformed: int = 0) -> Trajectory:
    seen = Observation(Image.new("RGB", (4, 8)))
    replies = [Reply("?", Malformed("no call"), seconds=0.5, usage={"prompt": 100})] * malformed
    replies += [Reply("Finished()", Finished(), seconds=0.5, usage={"prompt": 100})] * (steps - malformed)
    fault = "device lost" if ending is Ending.BROKEN else ""
    return Trajectory(key, "", tuple(Step(seen, r) for r in replies), ending, verdict={"score": score}, fault=fault)


def test_denominators() -> None:
    tasks = [Goal(f"{template}/{i}") for template in ("wifi", "alarm") for i in range(3)]
    runs = [
        episode("wifi/0", 1.0, steps=3),
        episode("wifi/1", 0.0, Ending.CUT, steps=5, malformed=2),
        episode("wifi/2", 1.0, Ending.BROKEN),
        episode("alarm/0", 0.5),
        episode("alarm/1", 1.0, Ending.ENDED, steps=1),
    ]
    card = score_episodes(tasks, runs, baselines={"no-op": Rate(0, 6)})
    assert (card.solved.hits, card.solved.total) == (2, 5)
    assert [result.key for result in card.broken] == ["wifi/2"]
    assert card.missing == ("alarm/2",)
    assert {name: (r.hits, r.total) for name, r in card.templates.items()} == {"alarm": (1, 3), "wifi": (1, 2)}
    assert card.success.value == pytest.approx((1 + 0 + 0.5 + 1 + 0) / 5)
    assert card.endings == {"finished": 2, "cut": 1, "broken": 1, "ended": 1}
    assert (card.malformed.hits, card.malformed.total) == (2, 13)
    assert card.steps == pytest.approx((3 + 5 + 2 + 1) / 4)
    assert card.steps_solved == pytest.approx(2.0)
    assert card.seconds_step == pytest.approx(0.5)
    assert card.tokens_step == {"prompt": 100.0}
    assert card.by_id == {"wifi/0": True, "wifi/1": False, "alarm/0": False, "alarm/1": True, "alarm/2": False}
    text = card_text(card)
    assert "wifi/2: device lost" in text
    assert "baseline no-op" in text
    data = json.loads(json.dumps(card_json(card), allow_nan=False))
    assert data["broken"][0]["success"] is None
    assert repr(card_of_json(data)) == repr(card)


def test_everything_broken_is_no_score() -> None:
    card = score_episodes([Goal("a")], [episode("a", 1.0, Ending.BROKEN)])
    assert math.isnan(card.solved.value)
    assert "none of 0" in card_text(card)


def test_seeds_of_one_template_are_one_piece_of_evidence() -> None:
    tasks = [Goal(f"{template}/{i}") for template in "abcdef" for i in range(20)]
    runs = [episode(task.key, float(task.key[0] in "abcd")) for task in tasks]
    card = score_episodes(tasks, runs)
    low, high = card.solved.interval
    assert card.success.count == 6
    assert card.success.high - card.success.low > 2 * (high - low)


def test_mismatches_are_errors() -> None:
    with pytest.raises(DataError, match="not in this suite"):
        score_episodes([Goal("a")], [episode("b", 1.0)])
    with pytest.raises(DataError, match="one episode per task"):
        score_episodes([Goal("a")], [episode("a", 1.0), episode("a", 1.0)])
    with pytest.raises(DataError, match="keys must be unique"):
        score_episodes([Goal("a"), Goal("a")], [])


KEYS = [("Wifi_3", "Wifi"), ("wifi/73", "wifi"), ("wifi", "wifi"), ("a_b", "a_b"), ("a_1_2", "a_1")]


@pytest.mark.parametrize(("key", "template"), KEYS)
def test_template_of(key: str, template: str) -> None:
    assert template_of(Goal(key)) == template
