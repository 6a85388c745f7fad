"""Rows as chats and golds, and rewards as the trainer calls them."""

from __future__ import annotations

import json
import logging

import numpy as np
import pytest
import torch
from PIL import Image

from agentkit.errors import ConfigError, DataError
from agentkit.frames import PixelBudget
from agentkit.policies.qwen_processor import load_processor
from agentkit.protocols import get_protocol
from rft.configs import TrainConfig
from rft.data.rows import read_rows
from rft.examples import Examples
from rft.loading import load_parts
from rft.rewards import get_reward
from rft.scoring import Scorer, check_gold

STEP = {"thought": "look", "action": {"type": "Click", "at": [0.5, 0.25]}}
NAVI = {
    "image": "a.png",
    "goal": "go <|image_pad|> back",
    "history": [STEP],
    "action": {"type": "Press", "key": "back"},
}
RESIZE = PixelBudget(28 * 28, 112 * 112).resize


@pytest.fixture
def make(tmp_path):
    Image.fromarray((np.random.RandomState(0).rand(160, 80, 3) * 255).astype("uint8")).save(tmp_path / "a.png")

    def go(rows, protocol, **options):
        (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        return Examples(read_rows(tmp_path / "rows.jsonl").rows, get_protocol(protocol), RESIZE, **options)

    return go


def text_of(messages):
    return "".join(part.get("text", "<image>") for message in messages for part in message["content"])


def test_a_navigation_row_tells_its_history_in_model_pixels(make):
    examples = make([NAVI], "venus1_navi")
    messages, images = examples.chat(examples.rows[0])
    assert RESIZE((80, 160)) == (56, 140) == examples.model_size(examples.rows[0])
    assert "Step 0: <think>look</think><action>Click(box=(28, 35))</action>" in text_of(messages)
    assert [message["role"] for message in messages] == ["system", "user"]
    assert len(images) == 1 and images[0].size == (80, 160)


def test_text_that_spells_a_special_token_stays_text(make, tiny_model):
    examples = make([NAVI], "venus1_navi")
    messages, images = examples.chat(examples.rows[0])
    processor = load_processor(tiny_model)
    text = processor.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    inputs = processor(text=[text], images=[images], return_tensors="pt")
    pads = int((inputs["input_ids"] == processor.image_token_id).sum())
    assert pads == int(inputs["image_grid_thw"].prod()) // 4


def test_prompts_are_built_batch_by_batch_and_share_pictures(make):
    rows = [NAVI, {**NAVI, "image": None}, {**NAVI, "goal": "other"}]
    batch = make(rows, "venus1_navi").prompts()[:3]
    assert [len(images) for images in batch["images"]] == [1, 0, 1]
    assert batch["images"][0][0] is batch["images"][2][0]
    assert "<image>" not in text_of(batch["prompt"][1])


def test_a_picture_that_rots_during_the_run_is_named(make, tmp_path):
    examples = make([NAVI], "venus1_navi")
    (tmp_path / "a.png").write_bytes(b"gone")
    with pytest.raises(DataError, match=r"row 1: image cannot be decoded: .*a\.png"):
        examples.chat(examples.rows[0])


def test_pictures_resized_for_another_sampler_give_the_same_pixels(make, tiny_model):
    processor = load_processor(tiny_model)
    pixels = []
    for resize in (False, True):
        examples = make([NAVI], "venus1_navi", resize=resize)
        _, images = examples.chat(examples.rows[0])
        pixels.append(processor.image_processor(images=images, return_tensors="pt")["pixel_values"])
    assert images[0].size == (56, 140) and torch.equal(*pixels)


def test_gold_replies_earn_full_reward(make):
    rows = [NAVI, {**NAVI, "action": STEP["action"], "thought": "t"}]
    examples = make(rows, "venus1_navi")
    replies = [[{"role": "assistant", "content": examples.gold_reply(row)}] for row in examples.rows]
    logged = {}
    score = Scorer(get_reward("venus_navi"), examples)
    totals = score(completions=replies, row=[0, 1], log_metric=logged.__setitem__, prompts=None)
    assert totals == pytest.approx([1.0, 1.9])
    assert logged["accuracy"] == 1.0 and logged["terms/coord"] == 0.5 and logged["reward_faults"] == 0


def test_rows_are_tried_on_the_reward_before_training(make, caplog):
    ground = {"image": "a.png", "instruction": "x", "box": [0, 0, 1, 1]}
    speck = {**ground, "box": [0.5001, 0.5001, 0.5002, 0.5002]}
    check_gold(get_reward("venus_ground"), make([ground], "venus1_ground"))
    assert not caplog.records
    check_gold(get_reward("venus_ground"), make([ground, speck, ground], "venus1_ground"))
    assert "1 of 3 rows cannot be answered right under venus1_ground, the first is row 2" in caplog.text
    with pytest.raises(ConfigError, match=r"reward venus_navi cannot score row 1: .* needs gold with an action"):
        check_gold(get_reward("venus_navi"), make([ground], "venus1_ground"))


def test_a_protocol_without_words_for_a_refusal_says_so(make):
    with pytest.raises(DataError, match=r"row 1: protocol venus1_navi cannot say it"):
        make([{"image": "a.png", "instruction": "fly", "refusal": True}], "venus1_navi").conversations()


def test_a_reward_that_fails_costs_its_rows_only(make, caplog):
    ground = {"image": "a.png", "instruction": "x", "box": [0, 0, 1, 1]}
    examples = make([ground, NAVI], "venus1_ground")
    score = Scorer(get_reward("venus_ground"), examples)
    logged = {}
    with caplog.at_level(logging.ERROR):
        totals = score(completions=[[{"content": "[0,0,9,9]"}]] * 3, row=[0, 1, 1], log_metric=logged.__setitem__)
    assert totals == [pytest.approx(1.0), None, None]
    assert logged["reward_faults"] == 2 and logged["terms/box"] == 1.0
    assert len(caplog.records) == 1 and "failed on row 2" in caplog.text


def test_skip_bad_covers_what_only_the_protocol_can_tell(make, tiny_model, tmp_path, caplog):
    rows = [NAVI, {**NAVI, "action": {"type": "Hover", "at": [0.5, 0.5]}}, {**NAVI, "image": "thin.png"}]
    Image.new("RGB", (4, 900)).save(tmp_path / "thin.png")
    make(rows, "venus1_navi")
    settings = {
        "model": str(tiny_model),
        "data": str(tmp_path / "rows.jsonl"),
        "protocol": "venus1_navi",
        "device": "cpu",
    }
    with pytest.raises(DataError, match=r"row 2: protocol venus1_navi cannot say it: .*Hover"):
        load_parts(TrainConfig(**settings))
    parts = load_parts(TrainConfig(**settings, skip_bad=True))
    assert [row.number for row in parts.examples.rows] == [1]
    assert "2 bad rows left out, 1 rows remain" in caplog.text and "aspect ratio" in caplog.text
