"""Read each distinct prompt once per group: in the sampler and in the loss. Same numbers up to rounding.

A group is G replies to one prompt, and a screenshot makes the prompt nearly all of the tokens. In the loss the group
is packed into one row, each reply preceded by a copy of the prompt's last token, which predicts its first:

    prompt[:-1] | last r1[:-1] | last r2[:-1] | ...        a reply sees prompt[:-1] and itself

Every reply's positions continue the prompt's own, so keys, values and gradients are those of separate rows
(the idea of prefix sharing: Prefix Grouper, arXiv 2506.05433). The sampler reads prompt[:-1] once and goes on from its
cache: `rft.group_decode` for the usual ways of sampling, transformers' `generate` on a repeated cache for the others.
Both assume a decoder-only model without dropout.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from rft.distinct import first_same, split_images

IGNORED = -100
"""Label of positions that are not scored."""


@dataclass(frozen=True)
class Groups:
    """Rows of a batch sorted into groups with one prompt (tokens and pictures) each."""

    leaders: list[int]
    """The first row of each group."""
    group_of: list[int]
    """For each row, its group."""
    slot_of: list[int]
    """For each row, its place inside its group."""

    @property
    def widest(self) -> int:
        return max(self.slot_of) + 1


def group_rows(prompt_ids: Tensor, prompt_mask: Tensor, pictures: list[list[int]]) -> Groups:
    """Group the rows of `prompt_ids` [B, P]; `pictures[row]` are indices of the row's distinct pictures."""
    seen: dict[tuple[Any, ...], int] = {}
    leaders: list[int] = []
    group_of: list[int] = []
    slot_of: list[int] = []
    filled: list[int] = []
    rows = zip(prompt_ids.tolist(), prompt_mask.tolist(), pictures, strict=True)
    for index, (ids, mask, images) in enumerate(rows):
        key = (tuple(ids), tuple(mask), tuple(images))
        if key not in seen:
            seen[key] = len(leaders)
            leaders.append(index)
            filled.append(0)
        group = seen[key]
        group_of.append(group)
        slot_of.append(filled[group])
        filled[group] += 1
    return Groups(leaders, group_of, slot_of)


def rows_of_images(num_images: list[int], grid_thw: Tensor | None, pixel_values: Tensor | None) -> list[list[int]]:
    """For each row, the index of the first picture of the batch that equals each of its pictures."""
    if pixel_values is None or grid_thw is None:
        return [[] for _ in num_images]
    same = first_same(split_images(pixel_values, grid_thw))
    grids = grid_thw.tolist()
    same = [j if grids[i] == grids[j] else i for i, j in enumerate(same)]
    out, start = [], 0
    for count in num_images:
        out.append(same[start : start + count])
        start += count
    return out


def pick_images(rows: list[int], num_images: list[int], grid_thw: Tensor, pixel_values: Tensor) -> dict[str, Tensor]:
    """The pictures of `rows`, in that order, as forward arguments; empty when these rows have none."""
    parts = split_images(pixel_values, grid_thw)
    starts = [sum(num_images[:row]) for row in rows]
    images = [index for row, start in zip(rows, starts, strict=True) for index in range(start, start + num_images[row])]
    if not images:
        return {}
    return {"pixel_values": torch.cat([parts[i] for i in images]), "image_grid_thw": grid_thw[images]}


@dataclass(frozen=True)
class Packed:
    """One row per group, ready for the model; `gather` brings per-position results back to [B, T]."""

    input_ids: Tensor
    """[U, P - 1 + W * T]"""
    attention_mask: Tensor
    """[U, 1, L, L], True where a query (row) may look at a key (column)."""
    position_ids: Tensor
    """[3, U, L]"""
    labels: Tensor
    """[U, L]: the token each position predicts, or IGNORED."""
    group_of: Tensor
    columns: Tensor
    """[B, T]: where each reply's predictions lie in its group's row."""

    def gather(self, values: Tensor) -> Tensor:
        """[U, L] -> [B, T]."""
        return values[self.group_of[:, None], self.columns]


def pack(
    groups: Groups, prompt_ids: Tensor, prompt_mask: Tensor, positions: Tensor, replies: Tensor, mask: Tensor
) -> Packed:
    """Pack a batch. `prompt_ids`, `prompt_mask` [B, P]; `replies`, `mask` [B, T]; `positions` [3, U, P] of the leaders.

    Prompts are padded on the left and replies on the right, as TRL does.
    """
    device = prompt_ids.device
    length = replies.shape[1]
    head = prompt_ids.shape[1] - 1
    count, width = len(groups.leaders), groups.widest
    leaders = torch.tensor(groups.leaders, device=device)
    group_of = torch.tensor(groups.group_of, device=device)
    slot_of = torch.tensor(groups.slot_of, device=device)

    def per_slot(rows: Tensor, fill: int) -> Tensor:  # [B, T] -> [U, W * T]
        out = rows.new_full((count, width, length), fill)
        out[group_of, slot_of] = rows
        return out.reshape(count, -1)

    last = prompt_ids[:, -1:]
    inputs = torch.cat([last, replies[:, :-1]], dim=1)
    real = torch.cat([torch.ones_like(mask[:, :1]), mask[:, :-1]], dim=1)
    input_ids = torch.cat([prompt_ids[leaders, :-1], per_slot(inputs, 0)], dim=1)
    labels = F.pad(per_slot(replies.masked_fill(mask == 0, IGNORED), IGNORED), (head, 0), value=IGNORED)
    usable = torch.cat([prompt_mask[leaders, :-1], per_slot(real, 0)], dim=1).bool()

    steps = torch.arange(length, device=device).repeat(width)
    tail_positions = positions[:, :, -1:] + steps
    position_ids = torch.cat([positions[:, :, :-1], tail_positions], dim=2)

    total = input_ids.shape[1]
    place = torch.arange(total, device=device)
    segment = torch.where(place < head, -1, (place - head) // length)
    same = (segment[None, :] == -1) | (segment[None, :] == segment[:, None])
    allowed = (place[None, :] <= place[:, None]) & same & usable[:, None, :]
    # A padded query must still see something, or its softmax is 0 / 0.
    allowed |= torch.eye(total, dtype=torch.bool, device=device)

    columns = head + slot_of[:, None] * length + torch.arange(length, device=device)
    return Packed(input_ids, allowed[:, None], position_ids, labels, group_of, columns)


def prompt_positions(model: Any, ids: Tensor, mask: Tensor, images: dict[str, Tensor], types: Tensor | None) -> Tensor:
    """M-RoPE positions [3, U, P] of left-padded prompts, as the model itself would compute them."""
    if images and types is not None:
        positions, _ = model.model.get_rope_index(
            ids, image_grid_thw=images["image_grid_thw"], attention_mask=mask, mm_token_type_ids=types
        )
        return positions
    plain = (mask.long().cumsum(-1) - 1).clamp(min=0)
    return plain.expand(3, *plain.shape)


def generate_shared(
    model: Any,
    generate: Callable[..., Tensor],
    input_ids: Tensor,
    attention_mask: Tensor,
    pixel_values: Tensor | None = None,
    image_grid_thw: Tensor | None = None,
    mm_token_type_ids: Tensor | None = None,
    **kwargs: Any,
) -> Tensor:
    """`generate(...)`, with each distinct prompt of the batch [B, P] read once. `model` is the bare Qwen2.5-VL.

    The last prompt token must be text, which every chat template sees to.
    """
    from transformers import DynamicCache

    from rft.group_decode import decode_groups, decodes

    counts = _images_per_row(model, input_ids, image_grid_thw)
    groups = group_rows(input_ids, attention_mask, rows_of_images(counts, image_grid_thw, pixel_values))
    images: dict[str, Tensor] = {}
    if pixel_values is not None and image_grid_thw is not None:
        images = {"pixel_values": pixel_values, "image_grid_thw": image_grid_thw}
    if len(groups.leaders) == len(counts) or input_ids.shape[1] < 2:
        if mm_token_type_ids is not None:
            kwargs["mm_token_type_ids"] = mm_token_type_ids
        return generate(input_ids=input_ids, attention_mask=attention_mask, **images, **kwargs)

    leaders = torch.tensor(groups.leaders, device=input_ids.device)
    if images:
        images = pick_images(groups.leaders, counts, images["image_grid_thw"], images["pixel_values"])
    ids, mask = input_ids[leaders], attention_mask[leaders]
    types = None if mm_token_type_ids is None else mm_token_type_ids[leaders]
    positions = prompt_positions(model, ids, mask, images, types)
    cache = DynamicCache(config=model.config.get_text_config())
    model.model(
        input_ids=ids[:, :-1],
        attention_mask=mask[:, :-1],
        position_ids=positions[:, :, :-1],
        past_key_values=cache,
        use_cache=True,
        **images,
    )
    if kwargs.keys() == {"generation_config"} and decodes(kwargs["generation_config"]):
        return decode_groups(
            model, groups, cache, input_ids, attention_mask, positions[0, :, -1], kwargs["generation_config"]
        )
    group_of = torch.tensor(groups.group_of, device=input_ids.device)
    cache.batch_select_indices(group_of)
    # generate() continues from `rope_deltas`: next position = tokens so far + delta.
    deltas = positions.amax(dim=(0, 2)) + 1 - mask.sum(-1)
    model.model.rope_deltas = deltas[group_of, None]
    return generate(input_ids=input_ids, attention_mask=attention_mask, past_key_values=cache, **kwargs)


def _images_per_row(model: Any, input_ids: Tensor, grid_thw: Tensor | None) -> list[int]:
    """How many pictures each row holds, from its image tokens. [B, P] -> B numbers."""
    if grid_thw is None:
        return [0] * input_ids.shape[0]
    merge = model.config.vision_config.spatial_merge_size**2
    tokens = (input_ids == model.config.image_token_id).sum(-1).tolist()
    costs = (grid_thw.prod(-1) // merge).tolist()
    counts, at = [], 0
    for left in tokens:
        start = at
        while left > 0 and at < len(costs):
            left -= costs[at]
            at += 1
        counts.append(at - start)
    return counts
