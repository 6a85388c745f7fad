"""GRPO on a UI model: training samples per second of `rft train` and of stock TRL, side by side.

The same random Qwen2.5-VL, adapters, screenshots, questions and step for both; only the trainer and its inputs' fast
paths differ. Replies are as long as allowed, because a random model never ends one. Each variant trains a few steps
after a warm-up; the median counts. Options: shape=3b|toy, tokens=N (reply length), prompts=N, steps=N.
"""

from __future__ import annotations

import gc
import statistics
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any
from unittest.mock import patch

SCREEN = (1280, 720)
GROUP = 8


def run(
    device: str, shape: str = "3b", tokens: str = "64", prompts: str = "8", steps: str = "3", only: str = ""
) -> dict[str, Any]:
    import torch

    assert shape in ("3b", "toy"), f"shape must be 3b or toy, got {shape!r}"
    size = {"tokens": int(tokens), "prompts": int(prompts), "steps": int(steps)}
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        data = _questions(Path(folder), size["prompts"] * (size["steps"] + 1))
        for name, variant in VARIANTS[device].items():
            if only and only not in name:
                continue
            gc.collect()
            if device == "cuda":
                torch.cuda.empty_cache()
                torch.cuda.reset_peak_memory_stats()
            try:
                rows.append({"variant": name, **_measure(device, shape, data, Path(folder) / "run", size, **variant)})
            except torch.cuda.OutOfMemoryError:
                rows.append({"variant": name, "error": "out of memory"})
            except Exception as error:
                traceback.print_exc()
                rows.append({"variant": name, "error": f"{type(error).__name__}: {error}"[:200]})
            print(rows[-1], flush=True)
    best = max((r["samples_per_s"] for r in rows if "stock" in r["variant"] and "samples_per_s" in r), default=None)
    for row in rows:
        if best and "samples_per_s" in row:
            row["vs_best_stock"] = row["samples_per_s"] / best
    return {"shape": shape, "screen": SCREEN, "group": GROUP, **size, "rows": rows}


VARIANTS: dict[str, dict[str, dict[str, Any]]] = {
    "cuda": {
        "rft train, batch 8": {"ours": True, "batch": 8, "checkpointing": False},
        "rft train, batch 16": {"ours": True, "batch": 16, "checkpointing": False},
        "stock, our tower, batch 8, checkpointing": {
            "ours": False, "fast_tower": True, "batch": 8, "checkpointing": True},
        "stock, our tower, batch 4": {"ours": False, "fast_tower": True, "batch": 4, "checkpointing": False},
        "stock, batch 8, checkpointing": {"ours": False, "batch": 8, "checkpointing": True},
    },
    "cpu": {
        "rft train": {"ours": True, "batch": 8, "checkpointing": False},
        "stock": {"ours": False, "batch": 8, "checkpointing": False},
    },
}  # fmt: skip
"""`our tower`: stock TRL with vision windows attended to in one call, which is what a FlashAttention build gives it."""


def _questions(folder: Path, count: int) -> Path:
    """`count` questions about as many screens of a phone lying on its side, as rows."""
    import itertools
    import json

    from envs.phone.metrics import ScreenSpec
    from envs.phone.screens import screens

    rows = folder / "rows.jsonl"
    with rows.open("w") as file:
        for number, (image, found) in enumerate(
            itertools.islice(screens(5, "train", screen=ScreenSpec(*SCREEN, 160)), count)
        ):
            image.save(folder / f"{number}.png")
            box = [found[0].box.x1, found[0].box.y1, found[0].box.x2, found[0].box.y2]
            row = {"id": str(number), "image": f"{number}.png", "instruction": found[0].instruction, "box": box}
            file.write(json.dumps(row) + "\n")
    return rows


def _model(shape: str, device: str) -> tuple[Any, Any]:
    """A random model of the shape on the device, and a processor with Qwen's factor and this screen's area."""
    import torch
    from transformers import GenerationConfig, Qwen2_5_VLForConditionalGeneration, Qwen2VLImageProcessorPil

    from agentkit.policies.qwen_processor import UiProcessor
    from rft.model import SHAPES, build_with, protocol_chunks, small_config

    tokenizer = build_with(protocol_chunks(("venus1_ground",)))
    config = small_config(SHAPES["nano" if shape == "toy" else "mini"], tokenizer)
    if shape == "3b":
        text, vision = config.text_config, config.vision_config
        text.hidden_size, text.intermediate_size, text.num_hidden_layers = 2048, 11008, 36
        text.num_attention_heads, text.num_key_value_heads, text.vocab_size = 16, 2, 151936
        text.layer_types = ["full_attention"] * 36
        text.rope_parameters = {"rope_type": "default", "rope_theta": 1e6, "mrope_section": [16, 24, 24]}
        vision.depth, vision.hidden_size, vision.intermediate_size, vision.num_heads = 32, 1280, 3420, 16
        vision.out_hidden_size, vision.fullatt_block_indexes = 2048, [7, 15, 23, 31]
    torch.manual_seed(0)
    dtype = torch.bfloat16 if device == "cuda" else torch.float32
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with torch.device(device):
            model = Qwen2_5_VLForConditionalGeneration(config)
    finally:
        torch.set_default_dtype(before)
    end = tokenizer.convert_tokens_to_ids("<|im_end|>")
    model.generation_config = GenerationConfig(eos_token_id=[end], pad_token_id=0)
    area = SCREEN[0] * SCREEN[1]
    images = Qwen2VLImageProcessorPil(size={"shortest_edge": area, "longest_edge": area + 28 * SCREEN[0]})
    return model, UiProcessor(images, tokenizer, chat_template=tokenizer.chat_template)


def _pay(self: Any, reply: Any, text: str, gold: Any) -> dict[str, float]:
    """Instead of the reward, which is the same for all that a random model says: gradients would be zero."""
    value = sum(map(ord, text)) % 97 / 97
    return {"format": value, "box": 0.0, "total": value, "correct": 0.0}


def _measure(
    device: str, shape: str, data: Path, out: Path, size: dict[str, int], ours: bool, batch: int, checkpointing: bool,
    fast_tower: bool = False,
) -> dict[str, float]:  # fmt: skip
    import torch
    from transformers import PrinterCallback, TrainerCallback

    from agentkit.policies.qwen_fast import accelerate
    from agentkit.protocols import get_protocol
    from rft.arguments import grpo_arguments
    from rft.configs import TrainConfig
    from rft.data.rows import read_rows
    from rft.examples import Examples
    from rft.image_cache import cache_images
    from rft.loading import Parts
    from rft.rewards import VenusGround
    from rft.scoring import Scorer
    from rft.trl_bridge import GRPOConfig, GRPOTrainer, adapter, grpo_trainer
    from rft.vision_once import encode_once, freeze, vision_tower

    if device == "cuda":
        torch.backends.cuda.enable_cudnn_sdp(False)
    model, processor = _model(shape, device)
    freeze(vision_tower(model))
    if ours or fast_tower:
        accelerate(model)
    counts = None
    if ours:
        cache_images(processor)
        counts = encode_once(vision_tower(model), 64)
    examples = Examples(read_rows(str(data)).rows, get_protocol("venus1_ground"), processor.budget.resize)
    settings = TrainConfig(
        model="-", data=str(data), out=str(out), steps=size["steps"] + 1, prompts=size["prompts"], group=GROUP,
        max_new_tokens=size["tokens"], batch_size=batch, save_every=0, lora_r=16, lr=1e-5, beta=0.0,
        device="auto" if device == "cuda" else "cpu", gradient_checkpointing="on" if checkpointing else "off",
        generation_args={"suppress_tokens": [model.config.image_token_id, *model.generation_config.eos_token_id]},
    )  # fmt: skip
    parameters = sum(p.numel() for p in model.parameters())

    class Times(TrainerCallback):
        def __init__(self) -> None:
            self.at: list[float] = []

        def on_step_end(self, *_: Any, **__: Any) -> None:
            if device == "cuda":
                torch.cuda.synchronize()
            self.at.append(time.perf_counter())

    times = Times()
    if ours:
        parts = Parts(model, processor, examples, parameters, device == "cuda", counts)
        trainer: Any = grpo_trainer(settings, parts, [times])
    else:
        trainer = GRPOTrainer(
            model=model, args=GRPOConfig(**grpo_arguments(settings, parameters, device == "cuda")),
            reward_funcs=[Scorer(VenusGround(), examples)], train_dataset=examples.prompts(), callbacks=[times],
            processing_class=processor, peft_config=adapter(settings),
        )  # fmt: skip
    trainer.remove_callback(PrinterCallback)
    with patch.object(VenusGround, "__call__", _pay):
        trainer.train()
    seconds = statistics.median(b - a for a, b in zip(times.at, times.at[1:], strict=False))
    logs = [line for line in trainer.state.log_history if "grad_norm" in line]
    found: dict[str, float] = {
        "samples_per_s": size["prompts"] * GROUP / seconds,
        "s_per_step": seconds,
        "peak_GiB": torch.cuda.max_memory_allocated() / 2**30 if device == "cuda" else float("nan"),
        "grad_norm": logs[0]["grad_norm"],
        "reply_tokens": logs[-1]["completions/mean_length"],
    }
    if ours:
        found |= {name[5:]: logs[-1][name] for name in ("time/generate", "time/prepare", "time/loss")}
    del trainer, model
    return found
