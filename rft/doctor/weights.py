"""The model on disk: do its settings fit each other, are tied weights stored so, and what do the adapters sit on?

The module tree is built without weights, so a 72B model is examined as fast as a small one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from agentkit.errors import ConfigError
from rft.doctor.case import Case, Unavailable
from rft.doctor.finding import Finding, fail, ok, warn
from rft.headers import read_headers


def model_settings(case: Case) -> Finding:
    """Whether the model's settings fit each other and the tokenizer: most misfits fail late, and some never."""
    try:
        config = case.model_config
    except Unavailable as gone:
        return fail(str(gone.error), "a Qwen2.5-VL checkpoint", "check --model")
    if config.model_type != "qwen2_5_vl":
        return fail(f"model type {config.model_type}", "qwen2_5_vl", "check --model")
    text, vision = config.get_text_config(), config.vision_config
    tokenizer = case.processor.tokenizer
    faults = []
    if vision.out_hidden_size != text.hidden_size:
        faults.append(f"vision out_hidden_size {vision.out_hidden_size}, text hidden_size {text.hidden_size}")
    head = getattr(text, "head_dim", None) or text.hidden_size // text.num_attention_heads
    section = (text.rope_parameters or {}).get("mrope_section")
    if section is None or sum(section) * 2 != head:
        faults.append(f"mrope_section {section} must sum to half the head dimension, {head // 2}")
    if text.vocab_size < len(tokenizer):
        faults.append(f"vocab_size {text.vocab_size}, but the tokenizer has {len(tokenizer)} tokens")
    for name in ("image", "video"):
        want = tokenizer.convert_tokens_to_ids(f"<|{name}_pad|>")
        if getattr(config, f"{name}_token_id") != want:
            faults.append(f"{name}_token_id {getattr(config, f'{name}_token_id')}, the tokenizer's is {want}")
    images = case.processor.image_processor
    for name, there, want in (
        ("patch_size", images.patch_size, vision.patch_size),
        ("merge_size", images.merge_size, vision.spatial_merge_size),
        ("temporal_patch_size", images.temporal_patch_size, vision.temporal_patch_size),
    ):
        if there != want:
            faults.append(f"the processor's {name} {there}, the model's {want}")
    if faults:
        return fail("; ".join(faults), "settings that agree", "correct config.json or processor_config.json")
    return ok(f"Qwen2.5-VL, {text.num_hidden_layers} layers of {text.hidden_size}, vision {vision.depth} layers")


def tied_weights(case: Case) -> Finding:
    """Whether the output layer is stored as the settings say: a stored one is dropped when they say it is tied."""
    tied = bool(case.model_config.tie_word_embeddings)
    stored = read_headers(case.folder)
    has_head = any(name.endswith("lm_head.weight") for name in stored)
    if tied and has_head:
        return fail(
            "tie_word_embeddings is true, yet the folder holds lm_head.weight, which will be ignored",
            "one of the two", "set tie_word_embeddings to what the model was trained with",
        )  # fmt: skip
    if not tied and not has_head:
        return fail(
            "tie_word_embeddings is false, and the folder holds no lm_head.weight: it would start random",
            "a stored output layer", "set tie_word_embeddings to true, or export the model again",
        )  # fmt: skip
    if tied and case.config.lora_r and any("embed_tokens" in module.name for module in case.adapted):
        return fail(
            "an adapter on the embedding of a model whose output layer is tied to it",
            "adapters on linear layers only", "leave embed_tokens out of lora_targets: merging would change both",
        )  # fmt: skip
    return ok("the output layer is the embedding" if tied else "the output layer is stored")


@dataclass(frozen=True, slots=True)
class Adapted:
    """A module that gets an adapter."""

    name: str
    kind: str
    """Class name; adapters need Linear."""
    shape: tuple[int, ...]
    """Of its weight; empty when it has none."""


def matched_modules(model_config: Any, pattern: str) -> list[Adapted]:
    """The modules that `lora_targets` would match, by PEFT's own rule. ConfigError when it is no expression."""
    import torch
    from peft.utils.other import match_target_against_key
    from transformers import Qwen2_5_VLForConditionalGeneration

    try:
        re.compile(pattern)
    except re.error as error:
        raise ConfigError(f"lora_targets {pattern!r} is not a regular expression: {error}") from error
    with torch.device("meta"):
        skeleton = Qwen2_5_VLForConditionalGeneration(model_config)
    found = []
    for name, module in skeleton.named_modules():
        if match_target_against_key(pattern, name):
            weight = getattr(module, "weight", None)
            found.append(Adapted(name, type(module).__name__, tuple(weight.shape) if weight is not None else ()))
    return found


def lora_targets(case: Case) -> Finding:
    """Whether the adapters sit on the language model's linear layers, and on nothing else unawares."""
    config = case.config
    if not config.lora_r:
        return ok("no adapters: full weights are trained")
    try:
        found = case.adapted
    except Unavailable as gone:
        return fail(str(gone.error), "a regular expression over module names", "leave lora_targets out")
    names = [module.name for module in found]
    if not found:
        return fail(
            f"lora_targets {config.lora_targets!r} matches no module",
            "an expression over whole names (bare names, or a list of them, match none), such as "
            "model.language_model.layers.0.mlp.up_proj",
            "leave lora_targets out: the default is every linear layer of the language model",
        )
    if bad := [module for module in found if module.kind != "Linear"]:
        return fail(
            f"lora_targets matches {bad[0].name}, a {bad[0].kind}", "linear layers only", "end the expression in _proj"
        )
    if any(name.endswith("lm_head") for name in names):
        return fail("lora_targets matches lm_head", "no adapter there: the trainer reads its weight", "leave it out")
    visual = [name for name in names if ".visual." in name]
    language = len(names) - len(visual)
    if visual and config.freeze_vision:
        return fail(
            f"lora_targets matches {len(visual)} modules of the vision tower ({visual[0]}, ...), with freeze_vision",
            "the language model only: bare names such as up_proj are in both",
            r"start the expression with .*language_model.*\. or set --no-freeze-vision",
        )
    if not language:
        return warn(
            f"{len(visual)} modules, all in the vision tower", "some of the language model", "check lora_targets"
        )
    alpha = config.lora_alpha / config.lora_r
    if not 0.25 <= alpha <= 16:
        return warn(f"lora_alpha / lora_r = {alpha:g}", "0.25 to 16", "the update is multiplied by it; 2 is usual")
    return ok(f"{language} modules of the language model, {len(visual)} of the vision tower")


def learning_rate(case: Case) -> Finding:
    """Whether anything is trained at a rate that suits it."""
    config = case.config
    if config.lora_r:
        return ok(f"adapters of rank {config.lora_r} at {config.lr:g}")
    count = sum(tensor.numel for tensor in read_headers(case.folder).values())
    if config.lr > 2e-5 and count > 1_000_000_000:
        return warn(
            f"full weights of {count / 1e9:.1f} B parameters at {config.lr:g}", "about 1e-6",
            "a tenth of a LoRA rate or less",
        )  # fmt: skip
    return ok(f"full weights of {count / 1e6:.1f} M parameters at {config.lr:g}")
