"""The sampler that decodes whole groups: what transformers' `generate` gives, token for token."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import GenerationConfig

from agentkit.policies.qwen_load import load_model
from agentkit.policies.qwen_processor import load_processor
from rft import group_decode
from rft.group_decode import decodes
from rft.shared_prompt import generate_shared

DEVICES = ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)]


@pytest.fixture(params=DEVICES)
def device(request):
    if request.param == "cuda" and not torch.cuda.is_available():
        pytest.skip("needs a CUDA device")
    return request.param


@pytest.fixture
def model(tiny_model, device):
    return load_model(tiny_model, device, "float32")[0].eval()


@pytest.fixture
def batch(tiny_model, device):
    """Seven rows in ragged groups of unequal prompts, scattered: A B A C A B A; B has no picture."""
    processor = load_processor(tiny_model)
    pixels = np.random.RandomState(0).rand(2, 112, 84, 3) * 255
    a, c = (Image.fromarray(p.astype("uint8")) for p in pixels)
    kinds = {"A": ("press it", a), "B": ("open the other one", None), "C": ("press", c)}
    rows = [kinds[name] for name in "ABACABA"]
    chats = [
        [{"role": "user", "content": [*([{"type": "image"}] if image else []), {"type": "text", "text": text}]}]
        for text, image in rows
    ]
    texts = [processor.apply_chat_template(chat, tokenize=False, add_generation_prompt=True) for chat in chats]
    images = [[i] if i else [] for _, i in rows]
    return dict(processor(text=texts, images=images, padding=True, return_tensors="pt").to(device))


def settings(model, **changes):
    base = {"max_new_tokens": 12, "do_sample": False, "top_k": 0, "eos_token_id": [2], "pad_token_id": 0}
    return GenerationConfig(**{**base, **changes})


def replies(model, batch, config, seed=0):
    torch.manual_seed(seed)
    theirs = model.generate(**batch, generation_config=config)
    torch.manual_seed(seed)
    ours = generate_shared(model, lambda **_: pytest.fail("left to transformers"), **batch, generation_config=config)
    return theirs, ours


@torch.no_grad()
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"do_sample": True},
        {"do_sample": True, "temperature": 1.7, "top_k": 20},
        {"do_sample": True, "top_p": 0.8, "temperature": 0.9},
        {"do_sample": True, "min_p": 0.05, "suppress_tokens": [5, 6, 7]},
    ],
    ids=["greedy", "plain", "temperature-k", "p", "min-p"],
)
def test_the_tokens_are_those_of_generate(model, batch, changes):
    theirs, ours = replies(model, batch, settings(model, **changes))
    assert torch.equal(theirs, ours)
    assert len(set(map(tuple, ours[[0, 2, 4, 6]].tolist()))) > 1 or not changes.get("do_sample")


@torch.no_grad()
def test_the_logits_are_those_of_generate(model, batch, monkeypatch):
    """Tokens alone would not show positions that are off by one."""
    kept, run = [], group_decode._Step.__call__
    monkeypatch.setattr(group_decode._Step, "__call__", lambda *a: (kept.append(run(*a).clone()), kept[-1])[1])
    asked = {"return_dict_in_generate": True, "output_logits": True}
    theirs = model.generate(**batch, generation_config=settings(model), **asked).logits
    generate_shared(model, model.generate, **batch, generation_config=settings(model))
    # Groups A A A A, B B, C of the rows A B A C A B A.
    rows = [(0, 0), (1, 0), (0, 1), (2, 0), (0, 2), (1, 1), (0, 3)]
    for ours, stock in zip(kept, theirs, strict=True):
        for row, (group, slot) in enumerate(rows):
            assert (ours[group, slot] - stock[row]).abs().max() < 2e-5


@torch.no_grad()
def test_replies_end_one_by_one_and_are_padded(model, batch):
    likely = model.generate(**batch, generation_config=settings(model))[:, batch["input_ids"].shape[1] :]
    ends = [int(likely[0, 2]), int(likely[1, 4])]
    theirs, ours = replies(model, batch, settings(model, eos_token_id=ends, pad_token_id=1))
    assert torch.equal(theirs, ours)
    assert ours.shape[1] < batch["input_ids"].shape[1] + 12 or (ours[:, -1] == 1).any()


@torch.no_grad()
def test_one_token_is_the_shortest_reply(model, batch):
    theirs, ours = replies(model, batch, settings(model, max_new_tokens=1))
    assert torch.equal(theirs, ours) and ours.shape[1] == batch["input_ids"].shape[1] + 1


@pytest.mark.parametrize("name", ["repetition_penalty", "no_repeat_ngram_size", "num_beams", "typical_p", "min_length"])
def test_other_ways_of_sampling_are_left_to_transformers(name):
    assert decodes(GenerationConfig(do_sample=True, top_k=0)) and not decodes(GenerationConfig(do_sample=True))
    assert not decodes(GenerationConfig(do_sample=True, top_k=0, **{name: 2 if name != "typical_p" else 0.5}))


def test_every_setting_of_generate_is_known_here():
    """A setting that a newer transformers adds must be judged before it can be ignored."""
    decided = {"do_sample", "temperature", "top_k", "top_p", "min_p", "suppress_tokens", *group_decode.NEUTRAL}
    about = {
        "max_new_tokens", "max_length", "eos_token_id", "pad_token_id", "bos_token_id", "use_cache", "cache_config",
        "cache_implementation", "return_dict_in_generate", "output_scores", "output_logits", "output_attentions",
        "output_hidden_states", "compile_config", "disable_compile", "decoder_start_token_id", "transformers_version",
        "early_stopping", "length_penalty", "num_beam_groups", "diversity_penalty", "constraints", "low_memory",
        "force_words_ids", "renormalize_logits", "continuous_batching_config", "prefill_chunk_size",
        "is_assistant", "num_assistant_tokens", "num_assistant_tokens_schedule", "assistant_confidence_threshold",
        "max_matching_ngram_size", "assistant_early_exit", "assistant_lookbehind", "target_lookbehind",
        "assistant_temperature", "assistant_top_k", "assistant_top_p", "assistant_tokenizer", "use_mtp",
        "max_cache_len", "speculation_type", "assistant_ensemble_weight",
    }  # fmt: skip
    fields = {name for name in vars(GenerationConfig()) if not name.startswith("_")}
    assert fields - decided - about == set()


@torch.no_grad()
def test_on_a_gpu_the_step_is_captured(model, batch, device, monkeypatch):
    captured, capture = [], group_decode._Step.capture
    monkeypatch.setattr(group_decode._Step, "capture", lambda self: (capture(self), captured.append(self))[0])
    replies(model, batch, settings(model, do_sample=True, temperature=1.3))
    assert len(captured) == (device == "cuda")
