"""Does the model see its picture, and does the loss see the sampler's probabilities?"""

from __future__ import annotations

import torch
from torch import Tensor

from rft.doctor.case import Case
from rft.doctor.finding import Finding, fail, ok, skipped, warn
from rft.doctor.prompts import encode
from rft.doctor.sampling import Sampled, sample
from rft.shared_prompt import group_rows, pack, pick_images, prompt_positions, rows_of_images

BLIND = 1e-3
"""A change of log-probability below this means that the picture is not seen."""
TOLERANCE = {"float32": 1e-3, "bfloat16": 0.15}
"""Largest difference of a token's log-probability between two computations of the same number."""


@torch.inference_mode()
def pixel_counterfactual(case: Case) -> Finding:
    """Whether a blank picture changes what the model thinks of the right answer."""
    rows = [row for row in case.some_rows if row.image is not None][:2]
    if not rows:
        return skipped("no row has a picture")
    model, processor = case.model, case.ready_processor
    changes = []
    for row in rows:
        batch = encode(case, [row], [case.examples.gold_reply(row) + processor.tokenizer.eos_token]).to(model.device)
        prompt = encode(case, [row])["input_ids"].shape[1]
        seen = _log_probs(model(**batch).logits, batch["input_ids"])[:, prompt - 1 :]
        blank = {**batch, "pixel_values": torch.zeros_like(batch["pixel_values"])}
        unseen = _log_probs(model(**blank).logits, batch["input_ids"])[:, prompt - 1 :]
        changes.append(float((seen - unseen).abs().max()))
    shown = f"a blank picture changes a token's log-probability by up to {max(changes):.3g}"
    if max(changes) < BLIND:
        return fail(
            shown, f"at least {BLIND}: the model does not see its picture",
            "check that the folder's vision tower and merger are trained ones, and that pixels reach the model",
        )  # fmt: skip
    return ok(shown)


@torch.inference_mode()
def log_prob_parity(case: Case) -> Finding:
    """Whether the loss gives each sampled token the probability with which it was sampled."""
    rows = list(case.some_rows[:3])
    sampled = sample(case, [row for row in rows for _ in range(2)])
    dtype = str(next(case.model.parameters()).dtype).removeprefix("torch.")
    limit = TOLERANCE.get(dtype, TOLERANCE["bfloat16"])
    plain = _gap(_replayed(case, sampled), sampled.raw, sampled.mask)
    ways = {"token by token and at once": plain}
    if case.config.share_prompt:
        ways["token by token and with shared prompts"] = _gap(_shared(case, sampled), sampled.raw, sampled.mask)
    name, worst = max(ways.items(), key=lambda item: item[1])
    if worst > limit:
        return fail(
            f"log-probabilities {name} differ by up to {worst:.3g}", f"at most {limit} in {dtype}",
            "check mm_token_type_ids and attention settings; --no-share-prompt tells which path is at fault",
        )  # fmt: skip
    filters = _gap(sampled.filtered, sampled.raw, sampled.mask)
    if filters > max(limit, 0.05):
        return warn(
            f"top_p, top_k or generation_args change log-probabilities by up to {filters:.3g}, which the loss ignores",
            "a sampler without filters", "remove them, or know that the gradient is biased",
        )  # fmt: skip
    return ok(f"sampler and loss agree within {worst:.1g} ({dtype})")


def _replayed(case: Case, sampled: Sampled) -> Tensor:
    """Log-probabilities [B, T] of the replies in one forward pass."""
    ids = torch.cat([sampled.prompt["input_ids"], sampled.tokens], 1)
    mask = torch.cat([sampled.prompt["attention_mask"], sampled.mask], 1)
    batch = {**sampled.prompt, "input_ids": ids, "attention_mask": mask}
    if "mm_token_type_ids" in sampled.prompt:
        types = sampled.prompt["mm_token_type_ids"]
        batch["mm_token_type_ids"] = torch.cat([types, torch.zeros_like(sampled.tokens)], 1)
    logits = case.model(**batch).logits / case.config.temperature
    return _log_probs(logits, ids)[:, -sampled.tokens.shape[1] :]


def _shared(case: Case, sampled: Sampled) -> Tensor:
    """Log-probabilities [B, T] of the replies with each prompt read once, as the loss does it."""
    prompt, model = sampled.prompt, case.model
    ids, mask, types = prompt["input_ids"], prompt["attention_mask"], prompt.get("mm_token_type_ids")
    grid, pixels = prompt.get("image_grid_thw"), prompt.get("pixel_values")
    groups = group_rows(ids, mask, rows_of_images(sampled.pictures, grid, pixels))
    leaders = groups.leaders
    images = {} if grid is None else pick_images(leaders, sampled.pictures, grid, pixels)
    positions = prompt_positions(model, ids[leaders], mask[leaders], images, None if types is None else types[leaders])
    packed = pack(groups, ids, mask, positions, sampled.tokens, sampled.mask)
    out = model(
        input_ids=packed.input_ids, attention_mask=packed.attention_mask, position_ids=packed.position_ids, **images
    )
    log_probs = (out.logits.float() / case.config.temperature).log_softmax(-1)
    labels = packed.labels.clamp(min=0)
    return packed.gather(log_probs.gather(2, labels[..., None])[..., 0])


def _log_probs(logits: Tensor, ids: Tensor) -> Tensor:
    """[B, L, V], [B, L] -> [B, L - 1]: the log-probability of each token but the first."""
    return logits[:, :-1].float().log_softmax(-1).gather(2, ids[:, 1:, None])[..., 0]


def _gap(ours: Tensor, theirs: Tensor, mask: Tensor) -> float:
    return float(((ours - theirs).abs() * mask).max())
