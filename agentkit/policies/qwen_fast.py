"""Make a Qwen2.5-VL vision tower run as a few large operations instead of thousands of small ones. Same results.

Without FlashAttention, transformers attends to every 112-pixel window of every image in a Python loop, and embeds
patches with a `Conv3d` whose kernel equals its stride. `accelerate` groups the windows by length, so each layer makes
one attention call per distinct length (usually one), embeds patches with the equivalent matrix product, and computes
the window layout of each picture size once instead of once per picture and pass.
Parameters are neither copied nor renamed, so checkpoints, LoRA and gradients are untouched.
"""

from __future__ import annotations

import itertools
import types
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class Chunks:
    """How a packed row of patches splits into pieces that attend only to themselves."""

    uniform: int
    """The common length when all are equal, else 0."""
    groups: tuple[tuple[int, Tensor], ...]
    """(length, patch indices [pieces * length]) for each distinct length; empty when uniform."""


def split_chunks(cu_seqlens: Tensor) -> Chunks:
    """Group the pieces delimited by `cu_seqlens` [pieces + 1] by length. One device-to-host copy."""
    edges = cu_seqlens.tolist()
    lengths = [b - a for a, b in itertools.pairwise(edges)]
    distinct = sorted(set(lengths))
    if len(distinct) == 1:
        return Chunks(distinct[0], ())
    groups = []
    for length in distinct:
        starts = torch.tensor([a for a, n in zip(edges, lengths, strict=False) if n == length])
        index = (starts[:, None] + torch.arange(length)).reshape(-1)
        groups.append((length, index.to(cu_seqlens.device)))
    return Chunks(0, tuple(groups))


class _ChunkMemo:
    """`split_chunks` once per tensor: every layer of a forward pass receives the same two `cu_seqlens` objects."""

    def __init__(self) -> None:
        self._known: list[tuple[weakref.ref[Tensor], Chunks]] = []

    def __call__(self, cu_seqlens: Tensor) -> Chunks:
        for ref, chunks in self._known:
            if ref() is cu_seqlens:
                return chunks
        chunks = split_chunks(cu_seqlens)
        self._known = [(ref, c) for ref, c in self._known if ref() is not None][-7:]
        self._known.append((weakref.ref(cu_seqlens), chunks))
        return chunks


def _rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    first, second = x.float().chunk(2, dim=-1)
    return (x.float() * cos + torch.cat((-second, first), dim=-1) * sin).to(x.dtype)


def _attend_uniform(q: Tensor, k: Tensor, v: Tensor, length: int, scale: float) -> Tensor:
    """Attention inside consecutive pieces of `length`. q, k, v: [N, H, D] -> [N, H, D]."""
    n, h, d = q.shape
    q, k, v = (t.reshape(n // length, length, h, d).transpose(1, 2) for t in (q, k, v))
    return F.scaled_dot_product_attention(q, k, v, scale=scale).transpose(1, 2).reshape(n, h, d)


def _attention(attn: Any, hidden_states: Tensor, chunks: Chunks, cos: Tensor, sin: Tensor) -> Tensor:
    n = hidden_states.shape[0]
    q, k, v = attn.qkv(hidden_states).reshape(n, 3, attn.num_heads, attn.head_dim).unbind(1)
    cos, sin = cos.unsqueeze(-2).float(), sin.unsqueeze(-2).float()
    q, k = _rotate(q, cos, sin), _rotate(k, cos, sin)
    if chunks.uniform:
        out = _attend_uniform(q, k, v, chunks.uniform, attn.scaling)
    else:
        out = torch.empty_like(q)
        for length, index in chunks.groups:
            out = out.index_copy(0, index, _attend_uniform(q[index], k[index], v[index], length, attn.scaling))
    return attn.proj(out.reshape(n, -1))


def _run_block(block: Any, hidden_states: Tensor, chunks: Chunks, cos: Tensor, sin: Tensor) -> Tensor:
    hidden_states = hidden_states + _attention(block.attn, block.norm1(hidden_states), chunks, cos, sin)
    return hidden_states + block.mlp(block.norm2(hidden_states))


def _block(
    self: Any, hidden_states: Tensor, cu_seqlens: Tensor, position_embeddings: tuple[Tensor, Tensor], **kwargs: Any
) -> Tensor:
    chunks = self.glint_chunks(cu_seqlens)
    run = self.glint_run if chunks.uniform else _run_block  # odd sizes are not worth a compilation each
    return run(self, hidden_states, chunks, *position_embeddings)


def _patch_embed(self: Any, hidden_states: Tensor) -> Tensor:
    weight = self.proj.weight
    return F.linear(hidden_states.to(weight.dtype), weight.flatten(1))


@lru_cache(maxsize=256)
@torch.inference_mode(False)  # kept tensors must serve training too, whoever asked first
def _layout_of_one(grid: tuple[int, int, int], merge: int, window: int, patch: int) -> tuple[Tensor, Tensor, Tensor]:
    """(position_ids [patches, 2], window_index [patches / merge^2], window lengths [windows]) of one picture."""
    from transformers.vision_utils import get_vision_position_ids, get_vision_window_index

    thw = torch.tensor([grid])
    index, edges = get_vision_window_index(thw, spatial_merge_size=merge, window_size=window, patch_size=patch)
    return get_vision_position_ids(thw, merge), index, edges.diff()


@lru_cache(maxsize=8)
@torch.inference_mode(False)
def _layout(
    grids: tuple[tuple[int, int, int], ...], merge: int, window: int, patch: int, device: torch.device
) -> dict[str, Tensor]:
    parts = [_layout_of_one(grid, merge, window, patch) for grid in grids]
    cells = torch.tensor([0, *(len(index) for _, index, _ in parts)]).cumsum(0).tolist()
    lengths = torch.cat([n for _, _, n in parts])
    return {
        "position_ids": torch.cat([positions for positions, _, _ in parts]).to(device),
        "window_index": torch.cat([i + start for (_, i, _), start in zip(parts, cells, strict=False)]).to(device),
        "cu_window_seqlens": torch.nn.functional.pad(lengths.cumsum(0), (1, 0)).to(device, torch.int32),
    }


def _with_layout(tower: Any, stock: Callable[..., Any]) -> Callable[..., Any]:
    def forward(hidden_states: Tensor, grid_thw: Tensor, **kwargs: Any) -> Any:
        grids = tuple((int(t), int(h), int(w)) for t, h, w in grid_thw.tolist())
        known = _layout(grids, tower.spatial_merge_size, tower.window_size, tower.patch_size, hidden_states.device)
        return stock(hidden_states, grid_thw=grid_thw, **{**known, **kwargs})

    return forward


def accelerate(model: nn.Module) -> nn.Module:
    """Speed up the vision tower of a Qwen2.5-VL `model` in place and return it. Idempotent.

    Raises TypeError when the model has no such tower. A tower that asks for FlashAttention is left alone: it already
    takes all windows in one call.
    """
    from transformers.models.qwen2_5_vl.modeling_qwen2_5_vl import Qwen2_5_VisionTransformerPretrainedModel as Tower

    towers = [m for m in model.modules() if isinstance(m, Tower)]
    if not towers:
        raise TypeError(f"expected a model with a Qwen2.5-VL vision tower, got {type(model).__name__}")
    for tower in towers:
        if "flash" in (tower.config._attn_implementation or "") or hasattr(tower.blocks[0], "glint_run"):
            continue
        if "forward" in vars(tower):
            raise RuntimeError("accelerate the model first: something else already wraps its vision tower")
        tower.forward = _with_layout(tower, tower.forward)  # type: ignore[method-assign, assignment]
        memo = _ChunkMemo()
        tower.patch_embed.forward = types.MethodType(_patch_embed, tower.patch_embed)  # type: ignore[method-assign]
        for block in tower.blocks:
            block.glint_chunks, block.glint_run = memo, _run_block  # type: ignore[assignment]
            block.forward = types.MethodType(_block, block)  # type: ignore[method-assign]
    return model


def compile_layers(model: nn.Module) -> nn.Module:
    """`torch.compile` each transformer layer of an accelerated `model` in place, one graph per tower."""
    run = torch.compile(_run_block, dynamic=False)
    for block in model.model.visual.blocks:  # type: ignore[union-attr]
        block.glint_run = run
    for layer in model.model.language_model.layers:  # type: ignore[union-attr]
        layer.compile(dynamic=False)
    return model
