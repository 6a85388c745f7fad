"""A frozen vision tower that encodes each distinct screenshot once, without autograd. Same features, less work.

GRPO hands the tower G copies of every screenshot, in the sampler and again in each pass of the loss; and gradient
checkpointing with adapters makes a frozen tower's output require gradients, so it is recomputed and back-propagated
through for nothing. Here the copies are found (`rft.distinct`), one is encoded under `no_grad`, and its features are
kept for the next passes of the step.

The tower is left alone, at every call anew, while any of its parameters can train. Kept features are dropped as soon
as the tower's weights change. Under FSDP leave the tower out of sharding: a batch without images skips it.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from rft.distinct import fingerprints, first_same, split_images


@dataclass
class Counts:
    """How many images the tower was asked for, and how many it encoded."""

    asked: int = 0
    encoded: int = 0


def vision_tower(model: nn.Module) -> nn.Module:
    """The vision tower of a Qwen2.5-VL model, adapters or not. Raises TypeError when there is none."""
    for name, module in model.named_modules():
        if name.rpartition(".")[2] == "visual":
            return module
    raise TypeError(f"expected a Qwen2.5-VL model with a 'visual' tower, got {type(model).__name__}")


def freeze(tower: nn.Module) -> None:
    """Stop every parameter of `tower` from training."""
    tower.requires_grad_(False)


def encode_once(tower: nn.Module, memory: int = 0) -> Counts:
    """Make `tower` encode each distinct image of a call once, and remember the last `memory` images across calls.

    Returns live counts. Memory costs one image's patches and features each, on the tower's device.
    """
    from transformers.modeling_outputs import BaseModelOutputWithPooling

    inner, merge = tower.forward, int(tower.spatial_merge_unit)  # type: ignore[arg-type]
    counts, kept = Counts(), _Kept(memory)

    def forward(hidden_states: Tensor, grid_thw: Tensor, **kwargs: Any) -> Any:
        if any(parameter.requires_grad for parameter in tower.parameters()):
            return inner(hidden_states, grid_thw=grid_thw, **kwargs)
        parts = split_images(hidden_states, grid_thw)
        grids = [tuple(grid) for grid in grid_thw.tolist()]
        source = _first_same(parts, grids)
        kept.check(tower)
        features = {index: kept.find(parts[index], grids[index]) for index in sorted(set(source))}
        missing = [index for index, found in features.items() if found is None]
        if missing:
            with torch.no_grad():
                out = inner(torch.cat([parts[i] for i in missing]), grid_thw=grid_thw[missing], **kwargs)
            lengths = [parts[i].shape[0] // merge for i in missing]
            for index, feature in zip(missing, out.pooler_output.split(lengths), strict=True):
                features[index] = feature
                kept.add(parts[index], grids[index], feature)
        counts.asked += len(parts)
        counts.encoded += len(missing)
        return BaseModelOutputWithPooling(
            last_hidden_state=None,  # type: ignore[arg-type]
            pooler_output=torch.cat([features[index] for index in source]),  # type: ignore[misc]
        )

    tower.forward = forward  # type: ignore[method-assign]
    return counts


def _first_same(parts: list[Tensor], grids: list[tuple[int, ...]]) -> list[int]:
    """`first_same`, apart for images of equal patches but another shape of grid."""
    source = first_same(parts)
    return [j if grids[i] == grids[j] else i for i, j in enumerate(source)]


class _Kept:
    """Features of recent images, found again by exact comparison of the patches."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._items: OrderedDict[tuple[Any, ...], tuple[Tensor, Tensor]] = OrderedDict()
        self._stamp: tuple[Any, ...] = ()

    def check(self, tower: nn.Module) -> None:
        """Forget everything when the tower's weights were written to, moved or cast since the last call."""
        parameters = list(tower.parameters())
        stamp = (sum(p._version for p in parameters), parameters[0].dtype, parameters[0].device, len(parameters))
        if stamp != self._stamp:
            self._items.clear()
            self._stamp = stamp

    def find(self, part: Tensor, grid: tuple[int, ...]) -> Tensor | None:
        if not self._size:
            return None
        key = self._key(part, grid)
        item = self._items.get(key)
        if item is None or not torch.equal(item[0], part):
            return None
        self._items.move_to_end(key)
        return item[1]

    def add(self, part: Tensor, grid: tuple[int, ...], feature: Tensor) -> None:
        if self._size:
            # Clones, because a view would keep the whole batch alive.
            self._items[self._key(part, grid)] = (part.clone(), feature.clone())
            while len(self._items) > self._size:
                self._items.popitem(last=False)

    @staticmethod
    def _key(part: Tensor, grid: tuple[int, ...]) -> tuple[Any, ...]:
        # Autocast changes the features' precision, so the sampler's and the loss's must not be mixed up.
        return (grid, torch.is_autocast_enabled(part.device.type), *fingerprints([part])[0])
