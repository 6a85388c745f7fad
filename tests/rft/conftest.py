"""A tiny random Qwen2.5-VL on disk and small row files for the training tests."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """About 0.3 M parameters, 112x112 pixels, prompts of a few tokens beside the image."""
    import torch
    from transformers import GenerationConfig, Qwen2_5_VLForConditionalGeneration, Qwen2VLImageProcessorPil

    from agentkit.policies.qwen_processor import UiProcessor, save_processor
    from rft.model import SHAPES, protocol_chunks, small_config
    from rft.tokenizer import build_tokenizer

    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("tiny")
    tokenizer = build_tokenizer(protocol_chunks(["venus1_ground", "venus1_navi"]))
    torch.manual_seed(0)
    model = Qwen2_5_VLForConditionalGeneration(small_config(SHAPES["nano"], tokenizer))
    ends = [tokenizer.convert_tokens_to_ids(word) for word in ("<|im_end|>", "<|endoftext|>")]
    model.generation_config = GenerationConfig(eos_token_id=ends, pad_token_id=ends[1], do_sample=False)
    model.save_pretrained(folder)
    images = Qwen2VLImageProcessorPil(size={"shortest_edge": 28 * 28, "longest_edge": 112 * 112})
    save_processor(UiProcessor(images, tokenizer, chat_template=tokenizer.chat_template), folder)
    return folder


@pytest.fixture
def ground_rows(tmp_path: Path) -> Path:
    """Eight grounding rows over four noisy screenshots of different shapes, one of them a refusal."""
    random = np.random.RandomState(0)
    for index in range(4):
        pixels = (random.rand(84 + 28 * (index % 2), 112, 3) * 255).astype("uint8")
        Image.fromarray(pixels).save(tmp_path / f"{index}.png")
    rows = [
        {"image": f"{index % 4}.png", "instruction": f"press {index}", "box": [0.1, 0.1, 0.5, 0.4]} for index in range(8)
    ]
    rows[5] = {"image": "1.png", "instruction": "fly", "refusal": True}
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path
