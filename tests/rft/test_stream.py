"""Packed many-question rows against the same questions asked one by one through the stock processor and model."""

import numpy as np
import pytest
import torch
from PIL import Image

from agentkit.errors import ConfigError, DataError
from rft.model import SHAPES, small_config
from rft.stream import IGNORE, Packer, Question, Scene, attention_bias, collate, packed_loss, patchify
from rft.tokenizer import build_tokenizer

MEAN, STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)


@pytest.fixture(scope="module")
def tokenizer():
    return build_tokenizer(["Outline: "])


@pytest.fixture(scope="module")
def model(tokenizer):
    from transformers import Qwen2_5_VLForConditionalGeneration

    torch.manual_seed(0)
    net = Qwen2_5_VLForConditionalGeneration(small_config(SHAPES["nano"], tokenizer)).eval()
    with torch.no_grad():
        for p in net.parameters():
            if p.dim() > 1:
                p.mul_(4.0)
    return net


def picture(seed: int, height: int = 112, width: int = 224) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def scenes() -> list[Scene]:
    long = [Question(f"Outline: thing {i}", f"[{i},{i + 3},{2 * i},90]") for i in range(5)]
    return [
        Scene(picture(1), long),
        Scene(picture(2), [Question("Outline: a", "[1,2,3,4]"), Question("", "nothing é 12:30")]),
        Scene(picture(3), [Question(" now?", "<think>x</think><action>Wait()</action>")], lead="Goal: go on.\n"),
    ]


def stock_losses(model, tokenizer, scene: Scene) -> list[torch.Tensor]:
    """Token losses of each question, asked alone through the chat template and the stock image processor."""
    from transformers import Qwen2VLImageProcessorPil

    area = scene.image.shape[0] * scene.image.shape[1]
    images = Qwen2VLImageProcessorPil(size={"shortest_edge": area, "longest_edge": area})
    seen = images([Image.fromarray(scene.image)], return_tensors="pt")
    pads = int(seen["image_grid_thw"].prod()) // 4
    out = []
    for question in scene.questions:
        content = [{"type": "text", "text": scene.lead}] if scene.lead else []
        content += [{"type": "image"}, {"type": "text", "text": question.prompt}]
        text = tokenizer.apply_chat_template(
            [{"role": "user", "content": content}], tokenize=False, add_generation_prompt=True
        ).replace("<|image_pad|>", "<|image_pad|>" * pads)
        prompt = tokenizer(text)["input_ids"]
        reply = tokenizer(question.reply + "<|im_end|>")["input_ids"]
        ids = torch.tensor([prompt + reply])
        logits = model(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            mm_token_type_ids=(ids == model.config.image_token_id).long(),
            **seen,
        ).logits[0, len(prompt) - 1 : -1]
        out.append(torch.nn.functional.cross_entropy(logits, torch.tensor(reply), reduction="none"))
    return out


def test_packed_rows_equal_questions_asked_alone(model, tokenizer):
    packer = Packer(tokenizer, 256)
    batch = collate([(s, packer.row(s)) for s in scenes()])
    loss, _ = packed_loss(model, batch, MEAN, STD)
    alone = torch.cat([losses for s in scenes() for losses in stock_losses(model, tokenizer, s)])
    assert torch.allclose(loss, alone.mean(), atol=2e-4), (loss, alone.mean())

    stray = collate([(s, packer.row(s)) for s in scenes()])
    stray["segments"].clamp_(max=0)  # the fault this test is for: questions that see each other
    assert abs(packed_loss(model, stray, MEAN, STD)[0] - alone.mean()) > 1e-2


def test_patches_equal_the_stock_image_processor():
    from transformers import Qwen2VLImageProcessorPil

    image = picture(5, 84, 140)
    area = 84 * 140
    stock = Qwen2VLImageProcessorPil(size={"shortest_edge": area, "longest_edge": area})
    want = stock([Image.fromarray(image)], return_tensors="pt")
    got, grid = patchify(torch.from_numpy(image)[None], MEAN, STD)
    assert torch.equal(grid, want["image_grid_thw"])
    assert torch.allclose(got, want["pixel_values"], atol=1e-5)


def test_bias_is_causal_and_keeps_questions_apart():
    segments = torch.tensor([[0, 0, 1, 1, 2, -1]])
    seen = attention_bias(segments, torch.float32)[0, 0] == 0
    drawing = ["".join(".x"[int(cell)] for cell in row) for row in seen]
    assert drawing == ["x.....", "xx....", "xxx...", "xxxx..", "xx..x.", "xx...x"]


def test_a_question_that_does_not_fit_is_dropped_and_an_empty_row_is_none(tokenizer):
    scene = Scene(picture(0), [Question("x" * 300, "a"), Question("q", "r")])
    row = Packer(tokenizer, 128).row(scene)
    assert row is not None and row.segments.max() == 1
    assert tokenizer.decode(row.labels[row.labels != IGNORE]) == "r<|im_end|>"
    assert Packer(tokenizer, 128).row(Scene(picture(0), [Question("x" * 300, "a")])) is None


def test_bad_sizes_are_named(tokenizer):
    with pytest.raises(ConfigError, match="multiple of 8"):
        Packer(tokenizer, 100)
    with pytest.raises(DataError, match="multiples of 28"):
        Packer(tokenizer, 128).row(Scene(picture(0, 100, 100), [Question("q", "r")]))
