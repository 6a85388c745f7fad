"""InfiGUI-G1: several answers in one reply, read from text that may be anything."""

from __future__ import annotations

import math

import pytest

from agentkit.actions import Click, Malformed
from agentkit.errors import ConfigError
from rft.rewards import Gold, get_reward
from scored import BOX, ON_BOX, score


def points(*pairs):
    return "[" + ", ".join(f'{{"point_2d": [{x}, {y}]}}' for x, y in pairs) + "]"


HIT, MISS, OTHER = (500, 375), (0, 0), (100, 900)


@pytest.mark.parametrize(
    ("text", "accuracy", "correct"),
    [
        (points(HIT), 1.0, 1),
        (points(HIT, MISS), 1 / math.sqrt(2), 1),
        (points(MISS, HIT), 0.5, 0),
        (points(MISS, OTHER, HIT), 1 / 3, 0),
        (points(MISS), -1.0, 0),
        (points(MISS, OTHER), -0.5, 0),
        (points((250, 250)), 1.0, 1),  # the border counts
        (points((249.99, 250)), -1.0, 0),
        (points((100, 100), (200, 200), (300, 300)), -1.0, 0),  # three on one line, the third inside
        (points(HIT, HIT), 1 / math.sqrt(2), 1),  # two equal ones are no line
        (points(HIT, HIT, MISS), -1.0, 0),
        ("<think>[1, 2]</think>\n```json\n" + points(HIT) + "\n```", 1.0, 1),
        ('[{"point_2d": [500, 375], "label": "OK"}]', 1.0, 1),
    ],
)
def test_infigui_g1_pays_for_early_hits(text, accuracy, correct):
    found = score("infigui_g1", Malformed("no single answer"), ON_BOX, text)
    assert found["accuracy"] == pytest.approx(accuracy) and found["correct"] == correct
    lined = "100, 100" in text or text == points(HIT, HIT, MISS)
    assert found["format"] == float(not lined)


@pytest.mark.parametrize(
    "text",
    [
        "", "[", "[[[", "[" * 100_000, "[" * 4000 + "]" * 4000, "]", '[{"point_2d": [1]}]', '[{"point_2d": [1, "2"]}]',
        '[{"point_2d": [true, 2]}]', '[{"point_2d": [NaN, 2]}]', '[{"point_2d": [1e999, 2]}]', "[1, 2]", "[null]",
        '[{"point_2d": [1' + "0" * 500 + ", 2]}]", '[{"point_2d": [1, 2]}', points(*[(i, i * i) for i in range(33)]),
        "[__import__('os').system('true')]",
    ],
)  # fmt: skip
def test_infigui_g1_calls_everything_else_malformed(text):
    found = score("infigui_g1", Malformed("?"), ON_BOX, text)
    assert (found["total"], found["format"], found["correct"]) == (-1.0, 0.0, 0.0)


def test_infigui_g1_frames_thoughts_and_an_empty_list():
    assert score("infigui_g1", Malformed("?"), ON_BOX, "[]")["total"] == -1.0
    assert score("infigui_g1", Malformed("?"), ON_BOX, "[]", faithful=True)["total"] == 0.0
    seen = Gold(box=BOX, model_size=(280, 560))
    assert score("infigui_g1", Malformed("?"), seen, points((140, 210)), frame="model_px")["correct"] == 1.0
    assert score("infigui_g1", Malformed("?"), seen, points((140, 210)))["correct"] == 0.0
    with pytest.raises(ValueError, match="size at which the model saw"):
        score("infigui_g1", Malformed("?"), ON_BOX, frame="model_px")
    assert score("infigui_g1", Click(BOX.centre), ON_BOX, "", thought="", need_thought=True)["total"] == -1.0
    with pytest.raises(ConfigError, match="frame must be one of n1000, model_px"):
        get_reward("infigui_g1", frame="pixels")
