"""Rows that ask for a refusal, among others, under UI-Venus-1.5's protocol and reward."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from agentkit.frames import Size
from agentkit.protocols import get_protocol
from conftest import write_tiny
from rft.configs import TrainConfig
from rft.data.rows import read_rows
from rft.examples import Examples
from rft.rewards import get_reward
from rft.run_log import read_metrics
from rft.scoring import Scorer, check_gold
from rft.train import train

ANSWERS = ("[250,500]", "[750,500]", "[-1,-1]")
COLOURS = ((215, 0, 0), (0, 0, 215), (0, 215, 0))


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """Red asks for the left half, blue for the right one; what is asked for is not on a green screen."""
    folder = tmp_path_factory.mktemp("mixed")
    tokenizer = write_tiny(folder / "model", ["venus15_ground"], list(ANSWERS))
    rows = []
    for index in range(12):
        noise = np.random.RandomState(index).randint(0, 40, (56, 56, 3))
        Image.fromarray((noise + np.array(COLOURS[index % 3])).astype("uint8")).save(folder / f"{index}.png")
        gold = [{"box": [0.0, 0.0, 0.5, 1.0]}, {"box": [0.5, 0.0, 1.0, 1.0]}, {"refusal": True}][index % 3]
        rows.append({"image": f"{index}.png", "instruction": "Tap the sign.", **gold})
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    vocabulary = json.loads((folder / "model" / "config.json").read_text())["text_config"]["vocab_size"]
    answers = [tokenizer.convert_tokens_to_ids(text) for text in ANSWERS]
    return {
        "model": str(folder / "model"), "data": str(folder / "rows.jsonl"), "protocol": "venus15_ground",
        "reward": "venus_ground", "device": "cpu", "lora_r": 0, "lr": 3e-3, "group": 8, "prompts": 6,
        "max_new_tokens": 1, "save_every": 0,
        "generation_args": {"suppress_tokens": [i for i in range(vocabulary) if i not in answers]},
    }  # fmt: skip


@pytest.fixture
def examples(mixed):
    return Examples(read_rows(mixed["data"]).rows, get_protocol("venus15_ground"), lambda size: Size(56, 56))


@pytest.mark.parametrize(
    ("reply", "totals"),
    [
        ("[250,500]", (1.0, 0.1, 0.1)),
        ("[750,500]", (0.1, 1.0, 0.1)),
        ("[-1,-1]", (0.1, 0.1, 1.0)),
        ("[500,500]", (1.0, 1.0, 0.1)),  # the common border
        ("[-1,500]", (0.0, 0.0, 0.0)),
        ("I cannot find it", (0.0, 0.0, 0.0)),
    ],
)
def test_what_a_reply_earns_on_each_kind_of_row(examples, reply, totals):
    scorer = Scorer(get_reward("venus_ground"), examples)
    scores = scorer.score([0, 1, 2], [reply] * 3)
    assert tuple(round(score["total"], 9) for score in scores) == totals
    assert [score["correct"] for score in scores] == [float(total == 1.0) for total in totals]


def test_the_prompt_offers_the_refusal_and_the_gold_reply_uses_it(examples, caplog):
    check_gold(get_reward("venus_ground"), examples)
    assert not caplog.records
    assert [examples.gold_reply(row) for row in examples.rows[:3]] == list(ANSWERS)
    text = examples.chat(examples.rows[2])[0][0]["content"][1]["text"]
    assert "[-1,-1]" in text and "Tap the sign" in text


def test_when_to_refuse_is_learned(mixed, tmp_path):
    train(TrainConfig(**mixed, out=str(tmp_path), steps=40, val_data=mixed["data"], val_every=40))
    lines = read_metrics(tmp_path / "metrics.jsonl")
    held_out = [line["val/accuracy"] for line in lines if "val/accuracy" in line]
    assert held_out[0] <= 0.5 and held_out[-1] > 0.9
    rewards = [line["reward"] for line in lines if "reward" in line]
    assert rewards[0] < 0.6 and sum(rewards[-5:]) / 5 > 0.9
    assert {line["terms/format"] for line in lines if "reward" in line} == {1.0}
