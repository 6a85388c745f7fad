"""Groups of replies, sampled and scored as the run would."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from agentkit.actions import Malformed
from rft.data.rows import Row
from rft.doctor.case import Case
from rft.doctor.prompts import encode, prompt_text


@dataclass(frozen=True)
class Group:
    """G replies to one row."""

    row: Row
    texts: list[str]
    totals: list[float]
    """What each reply earns."""
    correct: list[bool]
    malformed: list[bool]
    ended: list[bool]
    """Whether a reply ended by itself, not at max_new_tokens."""
    entropy: float
    """Mean over tokens, in nats, of the distribution at the run's temperature."""


def sampler_arguments(case: Case) -> dict[str, Any]:
    """What the trainer would hand to `generate`."""
    config, tokenizer = case.config, case.processor.tokenizer
    return {
        "max_new_tokens": config.max_new_tokens,
        "do_sample": True,
        "temperature": config.temperature,
        "top_p": config.top_p,
        "top_k": config.top_k,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
        # The trainer does so too: a sampled picture token would have no features.
        "suppress_tokens": [case.processor.image_token_id],
        **case.config.generation_args,
    }


@dataclass(frozen=True)
class Sampled:
    """A batch of replies and how likely the sampler said each token was."""

    prompt: Any
    """The batch of prompts."""
    pictures: list[int]
    """How many each prompt has."""
    tokens: Tensor
    """[B, T], padded on the right."""
    mask: Tensor
    """[B, T], 1 up to and including the end token."""
    raw: Tensor
    """[B, T], log-probabilities at the run's temperature, before filters."""
    filtered: Tensor
    """[B, T], log-probabilities that were sampled from."""
    entropy: Tensor
    """[B, T], in nats, at the run's temperature."""


@torch.inference_mode()
def sample(case: Case, rows: list[Row], seed: int = 0) -> Sampled:
    """One reply to each of `rows`, as one batch. The caller's random numbers are left as they were."""
    from transformers import GenerationConfig

    model, arguments = case.model, sampler_arguments(case)
    batch = encode(case, rows).to(model.device)
    kept = model.generation_config
    devices = [model.device] if model.device.type == "cuda" else []
    with torch.random.fork_rng(devices=devices):
        torch.manual_seed(case.config.seed + seed)
        try:
            # Sampling settings that come with a checkpoint are not the run's.
            model.generation_config = GenerationConfig(
                eos_token_id=arguments["eos_token_id"], pad_token_id=arguments["pad_token_id"]
            )
            out = model.generate(
                **batch,
                generation_config=GenerationConfig(
                    **arguments, return_dict_in_generate=True, output_logits=True, output_scores=True
                ),
            )
        finally:
            model.generation_config = kept
    tokens = out.sequences[:, batch["input_ids"].shape[1] :]
    ends = (tokens == arguments["eos_token_id"]).long()
    mask = (ends.cumsum(1) - ends == 0).long()
    temperature = case.config.temperature
    raw, filtered, entropy = [], [], []
    for step, (logits, scores) in enumerate(zip(out.logits, out.scores, strict=True)):
        spread = (logits.float() / temperature).log_softmax(-1)
        chosen = tokens[:, step, None]
        raw.append(spread.gather(1, chosen)[:, 0])
        filtered.append(scores.float().log_softmax(-1).gather(1, chosen)[:, 0])
        entropy.append(-(spread.exp() * spread).sum(-1))
    pictures = [len(prompt_text(case, row)[1]) for row in rows]
    return Sampled(batch, pictures, tokens, mask, *(torch.stack(part, 1) for part in (raw, filtered, entropy)))


def sample_groups(case: Case) -> list[Group]:
    """`config.group` replies to each of `case.some_rows`."""
    groups = []
    tokenizer = case.processor.tokenizer
    for index, row in enumerate(case.some_rows):
        sampled = sample(case, [row] * case.config.group, index)
        texts = [
            tokenizer.decode(ids[: int(mask.sum())], skip_special_tokens=True)
            for ids, mask in zip(sampled.tokens, sampled.mask, strict=True)
        ]
        scored = [case.score(row, text) for text in texts]
        last = sampled.tokens.gather(1, sampled.mask.sum(1, keepdim=True) - 1)[:, 0]
        groups.append(
            Group(
                row,
                texts,
                [terms["total"] for _, terms in scored],
                [bool(terms["correct"]) for _, terms in scored],
                [isinstance(reply.action, Malformed) for reply, _ in scored],
                (last == tokenizer.eos_token_id).tolist(),
                float((sampled.entropy * sampled.mask).sum() / sampled.mask.sum()),
            )
        )
    return groups
