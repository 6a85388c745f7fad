"""A tiny random Qwen2.5-VL on disk and small row files for the training tests."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

os.environ.setdefault("OMP_NUM_THREADS", "1")


def write_tiny(folder: Path, protocols: list[str], words: list[str]) -> PreTrainedTokenizerFast:
    """Write a random Qwen2.5-VL of about 0.4 M parameters to `folder`; `words` become single tokens."""
    import torch
    from transformers import GenerationConfig, Qwen2_5_VLForConditionalGeneration, Qwen2VLImageProcessorPil

    from agentkit.policies.qwen_processor import UiProcessor, save_processor
    from rft.model import SHAPES, protocol_chunks, small_config
    from rft.tokenizer import build_tokenizer

    torch.set_num_threads(1)
    tokenizer = build_tokenizer([*protocol_chunks(protocols), *words])
    torch.manual_seed(0)
    model = Qwen2_5_VLForConditionalGeneration(small_config(SHAPES["nano"], tokenizer))
    ends = [tokenizer.convert_tokens_to_ids(word) for word in ("<|im_end|>", "<|endoftext|>")]
    model.generation_config = GenerationConfig(eos_token_id=ends, pad_token_id=ends[1], do_sample=False)
    model.save_pretrained(folder)
    images = Qwen2VLImageProcessorPil(size={"shortest_edge": 28 * 28, "longest_edge": 112 * 112})
    save_processor(UiProcessor(images, tokenizer, chat_template=tokenizer.chat_template), folder)
    return tokenizer


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model's folder, with the prompts of venus1_ground and venus1_navi as single tokens."""
    folder = tmp_path_factory.mktemp("tiny")
    write_tiny(folder, ["venus1_ground", "venus1_navi"], [])
    return folder


@pytest.fixture
def ground_rows(tmp_path: Path) -> Path:
    """Eight grounding rows over four noisy screenshots of different shapes, one of them a refusal."""
    random = np.random.RandomState(0)
    for index in range(4):
        pixels = (random.rand(84 + 28 * (index % 2), 112, 3) * 255).astype("uint8")
        Image.fromarray(pixels).save(tmp_path / f"{index}.png")
    rows = [
        {"image": f"{index % 4}.png", "instruction": f"press {index}", "box": [0.1, 0.1, 0.5, 0.4]}
        for index in range(8)
    ]
    rows[5] = {"image": "1.png", "instruction": "fly", "refusal": True}
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


LEFT, RIGHT = "[0,0,28,56]", "[28,0,56,56]"


@pytest.fixture(scope="session")
def two_answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """A task that only the picture decides: the same words, red means left and blue means right.

    Both answers are single tokens and nothing else may be sampled, so chance earns 0.55. Settings for `TrainConfig`.
    """
    folder = tmp_path_factory.mktemp("two")
    tokenizer = write_tiny(folder / "model", ["venus1_ground"], [LEFT, RIGHT])
    rows = []
    for index in range(16):
        red = index % 2 == 0
        noise = np.random.RandomState(index).randint(0, 40, (56, 56, 3))
        colour = np.array([215, 0, 0] if red else [0, 0, 215])
        Image.fromarray((noise + colour).astype("uint8")).save(folder / f"{index}.png")
        box = [0.0, 0.0, 0.5, 1.0] if red else [0.5, 0.0, 1.0, 1.0]
        rows.append({"image": f"{index}.png", "instruction": "pick", "box": box})
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    vocabulary = json.loads((folder / "model" / "config.json").read_text())["text_config"]["vocab_size"]
    answers = [tokenizer.convert_tokens_to_ids(text) for text in (LEFT, RIGHT)]
    return {
        "model": str(folder / "model"),
        "data": str(folder / "rows.jsonl"),
        "device": "cpu",
        "lora_r": 0,
        "lr": 3e-3,
        "group": 8,
        "prompts": 4,
        "max_new_tokens": 1,
        "generation_args": {"suppress_tokens": [i for i in range(vocabulary) if i not in answers]},
    }


@pytest.fixture(scope="session")
def two_answer_traces(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """`two_answers` as navigation: traces of two or three steps, red means a click on the left, blue on the right.

    Settings for `TrainConfig`; `data` holds the rows of `traces.jsonl` beside it, `held_out.jsonl` other traces.
    """
    from agentkit.actions import Click, Point
    from agentkit.protocols import get_protocol
    from agentkit.recorded.traces import Trace, TraceStep, write_traces
    from rft.data.rows import write_rows
    from rft.data.trace_rows import rows_of

    folder = tmp_path_factory.mktemp("traces")
    clicks = [Click(Point(x, 0.5)) for x in (0.25, 0.75)]
    words = [get_protocol("venus1_navi").render(click, "look", "done", (56, 56)) for click in clicks]
    tokenizer = write_tiny(folder / "model", ["venus1_navi"], words)

    def trace(name: str, seed: int, length: int) -> Trace:
        random, steps = np.random.RandomState(seed), []
        for step in range(length):
            side = random.randint(2)
            colour = np.array([[215, 0, 0], [0, 0, 215]][side])
            path = folder / f"{name}-{step}.png"
            Image.fromarray((random.randint(0, 40, (56, 56, 3)) + colour).astype("uint8")).save(path)
            steps.append(TraceStep(path, clicks[side], "look", "done"))
        return Trace(name, "follow the colours", tuple(steps))

    traces = [trace(f"t{index}", index, 2 + index % 2) for index in range(8)]
    write_traces(folder / "traces.jsonl", traces)
    write_traces(folder / "held_out.jsonl", [trace(f"h{index}", 100 + index, 3) for index in range(6)])
    write_rows(folder / "rows.jsonl", [row for one in traces for row in rows_of(one)])
    vocabulary = json.loads((folder / "model" / "config.json").read_text())["text_config"]["vocab_size"]
    answers = [tokenizer.convert_tokens_to_ids(word) for word in words]
    return {
        "model": str(folder / "model"),
        "data": str(folder / "rows.jsonl"),
        "protocol": "venus1_navi",
        "reward": "ui_s1",
        "device": "cpu",
        "lora_r": 0,
        "lr": 3e-3,
        "group": 8,
        "prompts": 5,
        "max_new_tokens": 1,
        "generation_args": {"suppress_tokens": [i for i in range(vocabulary) if i not in answers]},
    }
