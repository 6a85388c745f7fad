"""Small Qwen2.5-VL models with random weights: the starting point of `rft sft --init`.

The architecture is transformers' own `Qwen2_5_VLForConditionalGeneration`, only narrower, so everything that loads a
Qwen2.5-VL loads these. Two settings differ from the large models because the sequences are short: the rotary base of
the language model, and the split of its head dimensions, which gives image height and width more than time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from agentkit.errors import ConfigError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast, Qwen2_5_VLConfig


@dataclass(frozen=True)
class SmallShape:
    """Widths and depths. Head dimension is 64 in both towers."""

    vision_hidden: int = 192
    vision_depth: int = 6
    vision_mlp: int = 384
    vision_full: tuple[int, ...] = (2, 5)
    """Layers that attend across windows."""
    hidden: int = 192
    layers: int = 5
    mlp: int = 512
    kv_heads: int = 3
    image_height: int = 448
    image_width: int = 224
    """The pixel budget is this area; a 1:2 phone screen comes out at exactly this size."""


SHAPES: dict[str, SmallShape] = {
    "nano": SmallShape(
        vision_hidden=64, vision_depth=2, vision_mlp=128, vision_full=(1,), hidden=64, layers=2, mlp=128, kv_heads=1
    ),
    "mini": SmallShape(),
}


def small_config(shape: SmallShape, tokenizer: PreTrainedTokenizerFast) -> Qwen2_5_VLConfig:
    from transformers import Qwen2_5_VLConfig

    def token(text: str) -> int:
        return int(tokenizer.convert_tokens_to_ids(text))  # type: ignore[arg-type]

    return Qwen2_5_VLConfig(
        text_config={
            "vocab_size": (len(tokenizer) + 63) // 64 * 64,
            "hidden_size": shape.hidden,
            "intermediate_size": shape.mlp,
            "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.hidden // 64,
            "num_key_value_heads": shape.kv_heads,
            "max_position_embeddings": 8192,
            "rope_parameters": {"rope_type": "default", "rope_theta": 1000.0, "mrope_section": [8, 12, 12]},
            "bos_token_id": token("<|endoftext|>"),
            "eos_token_id": token("<|im_end|>"),
            "pad_token_id": token("<|endoftext|>"),
        },
        vision_config={
            "depth": shape.vision_depth,
            "hidden_size": shape.vision_hidden,
            "intermediate_size": shape.vision_mlp,
            "num_heads": shape.vision_hidden // 64,
            "patch_size": 14,
            "spatial_merge_size": 2,
            "temporal_patch_size": 2,
            "window_size": 112,
            "out_hidden_size": shape.hidden,
            "fullatt_block_indexes": list(shape.vision_full),
        },
        image_token_id=token("<|image_pad|>"),
        video_token_id=token("<|video_pad|>"),
        vision_start_token_id=token("<|vision_start|>"),
        vision_end_token_id=token("<|vision_end|>"),
        tie_word_embeddings=True,
    )


def protocol_chunks(protocols: Iterable[str]) -> tuple[str, ...]:
    """The fixed prompt chunks of the named protocols, without repeats."""
    from agentkit.protocols import get_protocol

    return tuple(dict.fromkeys(part for name in protocols for part in get_protocol(name).fixed_parts()))


def create(shape_name: str, chunks: Iterable[str], out: str | Path, seed: int = 0) -> None:
    """Write a randomly initialised model, its tokenizer and its processor to the folder `out`.

    Raises ConfigError when `shape_name` is not in `SHAPES`.
    """
    import torch
    from transformers import GenerationConfig, Qwen2_5_VLForConditionalGeneration, Qwen2VLImageProcessorPil

    from agentkit.policies.qwen_processor import UiProcessor, save_processor

    if shape_name not in SHAPES:
        raise ConfigError(f"unknown model shape: expected one of {', '.join(SHAPES)}, got {shape_name!r}")
    shape = SHAPES[shape_name]
    tokenizer = build_with(chunks)
    torch.manual_seed(seed)
    model = Qwen2_5_VLForConditionalGeneration(small_config(shape, tokenizer))
    model.generation_config = GenerationConfig(
        eos_token_id=[tokenizer.convert_tokens_to_ids("<|im_end|>"), tokenizer.convert_tokens_to_ids("<|endoftext|>")],
        pad_token_id=tokenizer.convert_tokens_to_ids("<|endoftext|>"),
        do_sample=False,
    )
    area = shape.image_height * shape.image_width
    images = Qwen2VLImageProcessorPil(size={"shortest_edge": area, "longest_edge": area})
    Path(out).mkdir(parents=True, exist_ok=True)
    model.save_pretrained(out)
    save_processor(UiProcessor(images, tokenizer, chat_template=tokenizer.chat_template), out)


def build_with(chunks: Iterable[str]) -> PreTrainedTokenizerFast:
    from rft.tokenizer import build_tokenizer

    return build_tokenizer(chunks)
