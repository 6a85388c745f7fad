"""The fast paths change how much work a step is, never what it computes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from agentkit.policies.qwen_load import load_model
from agentkit.policies.qwen_processor import load_processor
from rft.distinct import fingerprints, first_same
from rft.image_cache import CachedImageProcessor, cache_images
from rft.shared_prompt import IGNORED, generate_shared, group_rows, pack, pick_images, prompt_positions, rows_of_images
from rft.vision_once import encode_once, freeze, vision_tower


def picture(seed, width=84, height=112):
    return Image.fromarray((np.random.RandomState(seed).rand(height, width, 3) * 255).astype("uint8"))


@pytest.fixture
def model(tiny_model):
    return load_model(tiny_model, "cpu", "float32")[0]


@pytest.fixture
def batch(tiny_model):
    """Six rows, three distinct prompts: A A B A C B; A and C share their text, B has no picture."""
    processor = load_processor(tiny_model)
    a, c = picture(0), picture(1)
    kinds = [
        ("press", a),
        ("press", a),
        ("open the other one", None),
        ("press", a),
        ("press", c),
        ("open the other one", None),
    ]
    chats = [
        [{"role": "user", "content": [*([{"type": "image"}] if image else []), {"type": "text", "text": text}]}]
        for text, image in kinds
    ]
    texts = [processor.apply_chat_template(chat, tokenize=False, add_generation_prompt=True) for chat in chats]
    inputs = processor(text=texts, images=[[i] if i else [] for _, i in kinds], padding=True, return_tensors="pt")
    counts = [1, 1, 0, 1, 1, 0]
    return dict(inputs), counts


def patches(model, images):
    processor = CachedImageProcessor(size={"shortest_edge": 784, "longest_edge": 12544})
    out = processor(images=images, return_tensors="pt")
    return out["pixel_values"], out["image_grid_thw"]


def test_first_same_needs_every_element():
    a, b = torch.arange(48.0).reshape(8, 6), torch.arange(48.0).reshape(8, 6) + 1
    almost = a.clone()
    almost[1, 1] += 1e-6
    swapped = a[:, [2, 3, 0, 1, 4, 5]]  # the same sums of pairs, so only comparison tells it apart
    swapped[[0, 2, 3, 4, 5, 7]] = a[[0, 2, 3, 4, 5, 7]]
    assert fingerprints([swapped]) == fingerprints([a])
    assert first_same([a, b, a.clone(), almost, b.clone(), swapped]) == [0, 1, 0, 3, 1, 5]
    assert first_same([]) == []


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_fingerprints_tell_pictures_apart_and_hang_on_nothing_else(dtype):
    parts = list(torch.rand(64, 36, 147, generator=torch.Generator().manual_seed(0)).to(dtype))
    prints = fingerprints(parts)
    assert len(set(prints)) == 64
    for start in range(9):
        room = torch.empty(parts[0].numel() + start, dtype=dtype)
        room[start:] = parts[0].reshape(-1)
        assert fingerprints([room[start:].view(36, 147)]) == prints[:1]


def test_vision_once_is_bit_equal_and_encodes_each_picture_once(model):
    pixels, grid = patches(model, [picture(0), picture(1, 112, 56), picture(0), picture(0), picture(1, 112, 56)])
    tower = vision_tower(model)
    freeze(tower)
    with torch.no_grad():
        stock = tower(pixels, grid_thw=grid).pooler_output
    counts = encode_once(tower, memory=0)
    once = tower(pixels, grid_thw=grid).pooler_output
    assert torch.equal(once, stock) and not once.requires_grad
    assert (counts.asked, counts.encoded) == (5, 2)


def test_vision_memory_survives_calls_but_not_new_weights(model):
    pixels, grid = patches(model, [picture(0), picture(1)])
    tower = vision_tower(model)
    freeze(tower)
    counts = encode_once(tower, memory=4)
    first = tower(pixels, grid_thw=grid).pooler_output
    again = tower(pixels[: int(grid[0].prod())], grid_thw=grid[:1]).pooler_output
    assert torch.equal(again, first[: len(again)]) and counts.encoded == 2
    with torch.no_grad():
        tower.blocks[0].mlp.down_proj.weight.add_(0.5)
    assert not torch.equal(tower(pixels, grid_thw=grid).pooler_output, first)
    assert counts.encoded == 4


def test_vision_once_steps_aside_while_the_tower_trains(model):
    pixels, grid = patches(model, [picture(0), picture(0)])
    tower = vision_tower(model)
    counts = encode_once(tower, memory=4)
    out = tower(pixels, grid_thw=grid).pooler_output
    assert out.requires_grad and counts.asked == 0


def test_image_cache_is_bit_equal_and_bounded(tiny_model):
    stock, cached = load_processor(tiny_model), load_processor(tiny_model)
    cache_images(cached, 2)
    images = [picture(0), picture(1, 200, 90), picture(0), picture(2), picture(0)]
    for _ in range(2):
        want = stock.image_processor(images=images, return_tensors="pt")
        got = cached.image_processor(images=images, return_tensors="pt")
        assert torch.equal(want["pixel_values"], got["pixel_values"])
        assert torch.equal(want["image_grid_thw"], got["image_grid_thw"])
    assert len(cached.image_processor._ready) == 2


def test_image_cache_follows_the_budget_and_saves_as_stock(tiny_model, tmp_path):
    processor = load_processor(tiny_model)
    cache_images(processor)
    before = processor.image_processor(images=[picture(0)], return_tensors="pt")["image_grid_thw"].tolist()
    processor.image_processor.size = {"shortest_edge": 784, "longest_edge": 56 * 56}
    after = processor.image_processor(images=[picture(0)], return_tensors="pt")["image_grid_thw"].tolist()
    assert before != after
    processor.save_pretrained(tmp_path)
    text = (tmp_path / "processor_config.json").read_text()
    assert "Qwen2VLImageProcessorPil" in text and "Cached" not in text and "_ready" not in text


def test_rows_are_grouped_by_text_and_picture(batch):
    inputs, counts = batch
    pictures = rows_of_images(counts, inputs["image_grid_thw"], inputs["pixel_values"])
    assert pictures == [[0], [0], [], [0], [3], []]
    groups = group_rows(inputs["input_ids"], inputs["attention_mask"], pictures)
    assert groups.leaders == [0, 2, 4] and groups.group_of == [0, 0, 1, 0, 2, 1]
    assert groups.slot_of == [0, 1, 0, 2, 0, 1] and groups.widest == 3


def log_probs(logits, labels):
    return logits.float().log_softmax(-1).gather(-1, labels.clamp(min=0)[..., None])[..., 0]


def separate_rows(model, inputs, replies, mask):
    """The plain way: every row whole. Log-probabilities [B, T] of the replies."""
    types = torch.cat([inputs["mm_token_type_ids"], torch.zeros_like(replies)], 1)
    out = model(
        input_ids=torch.cat([inputs["input_ids"], replies], 1),
        attention_mask=torch.cat([inputs["attention_mask"], mask], 1),
        mm_token_type_ids=types,
        pixel_values=inputs["pixel_values"],
        image_grid_thw=inputs["image_grid_thw"],
    ).logits
    start = inputs["input_ids"].shape[1] - 1
    return log_probs(out[:, start:-1], replies) * mask


def shared_rows(model, inputs, counts, replies, mask):
    pictures = rows_of_images(counts, inputs["image_grid_thw"], inputs["pixel_values"])
    ids, prompt_mask = inputs["input_ids"], inputs["attention_mask"]
    groups = group_rows(ids, prompt_mask, pictures)
    images = pick_images(groups.leaders, counts, inputs["image_grid_thw"], inputs["pixel_values"])
    lead = groups.leaders
    positions = prompt_positions(model, ids[lead], prompt_mask[lead], images, inputs["mm_token_type_ids"][lead])
    packed = pack(groups, ids, prompt_mask, positions, replies, mask)
    assert packed.input_ids.shape[0] == 3
    out = model(
        input_ids=packed.input_ids, attention_mask=packed.attention_mask, position_ids=packed.position_ids, **images
    ).logits
    assert ((packed.gather(packed.labels) != IGNORED) == mask.bool()).all()
    return packed.gather(log_probs(out, packed.labels)) * mask


def test_shared_prompts_give_the_log_probs_and_gradients_of_separate_rows(model, batch):
    inputs, counts = batch
    torch.manual_seed(1)
    replies = torch.randint(8, 1000, (6, 5))
    mask = (torch.arange(5) < torch.tensor([5, 3, 4, 1, 5, 2])[:, None]).long()
    weight = torch.randn(6, 5)
    gradients = []
    for run in (
        lambda: separate_rows(model, inputs, replies, mask),
        lambda: shared_rows(model, inputs, counts, replies, mask),
    ):
        model.zero_grad()
        values = run()
        (values * weight).sum().backward()
        gradients.append(
            (values.detach(), {n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None})
        )
    (plain, g_plain), (shared, g_shared) = gradients
    assert (plain - shared).abs().max() < 1e-5
    assert g_plain.keys() == g_shared.keys()
    for name, gradient in g_plain.items():
        scale = gradient.abs().max().clamp(min=1e-3)
        assert ((gradient - g_shared[name]).abs().max() / scale) < 1e-4, name


def test_the_shared_sampler_draws_what_generate_draws(model, batch):
    inputs, _ = batch
    kwargs = {"do_sample": True, "max_new_tokens": 6, "pad_token_id": 0, "output_logits": True,
              "return_dict_in_generate": True, "eos_token_id": None}  # fmt: skip
    torch.manual_seed(3)
    plain = model.generate(**inputs, **kwargs)
    torch.manual_seed(3)
    calls = []
    hook = model.model.language_model.register_forward_pre_hook(
        lambda m, a, k: calls.append(tuple(k["inputs_embeds"].shape[:2])), with_kwargs=True
    )
    shared = generate_shared(model, model.generate, **inputs, **kwargs)
    hook.remove()
    assert torch.equal(plain.sequences, shared.sequences)
    gap = max((a - b).abs().max() for a, b in zip(plain.logits, shared.logits, strict=True))
    assert gap < 1e-5
    assert calls[0] == (3, inputs["input_ids"].shape[1] - 1) and calls[1] == (6, 1)


def test_the_shared_sampler_leaves_distinct_prompts_to_generate(model, batch):
    inputs, _ = batch
    mine = dict(inputs)
    for key in ("input_ids", "attention_mask", "mm_token_type_ids"):
        mine[key] = inputs[key][2:5:2]  # B and C
    last = int(inputs["image_grid_thw"][3].prod())
    mine["pixel_values"], mine["image_grid_thw"] = inputs["pixel_values"][-last:], inputs["image_grid_thw"][3:]
    seen = {}
    generate_shared(model, lambda **kwargs: seen.update(kwargs), **mine)
    assert "past_key_values" not in seen and seen["pixel_values"] is mine["pixel_values"]
