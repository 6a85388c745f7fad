"""The reference of the KL penalty: the weights that training began with, or weights that follow it (UI-Venus 1.5).

Only what trains is kept, on its own device, and it changes places with the model's weights while the reference is
asked, so full weights cost one copy of the trained part and adapters next to nothing. With adapters the mixture is one
of the two factors A and B, not of their product: exact for a mix of 0 or 1, close to it for adapters close together.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from agentkit.errors import DataError

FILE = "reference.safetensors"


class Reference:
    """A frozen copy of a model's trainable parameters."""

    def __init__(self, model: nn.Module) -> None:
        self._model = model
        self.tensors: dict[str, Tensor] = {name: p.detach().clone() for name, p in self._trained()}

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """While entered, the model computes with the reference's weights. Not for training."""
        self._swap()
        try:
            yield
        finally:
            self._swap()

    @torch.no_grad()
    def follow(self, mix: float) -> None:
        """Move to (1 - mix) of the reference's weights and mix of the model's."""
        for name, parameter in self._trained():
            self.tensors[name].lerp_(parameter.detach().to(self.tensors[name].dtype), mix)

    def save(self, folder: Path) -> None:
        from safetensors.torch import save_file

        save_file({name: tensor.contiguous() for name, tensor in self.tensors.items()}, folder / FILE)

    def load(self, folder: Path) -> None:
        """Go on from what `save` wrote. DataError when it is missing or of another model."""
        from safetensors.torch import load_file

        path = folder / FILE
        if not path.is_file():
            raise DataError(f"{folder} holds no {FILE}, which a run with beta > 0 goes on from")
        found = load_file(path)
        if found.keys() != self.tensors.keys():
            odd = sorted(found.keys() ^ self.tensors.keys())[0]
            raise DataError(f"{path} is of another model: {odd} is in one of them only")
        for name, tensor in self.tensors.items():
            tensor.copy_(found[name])

    def _swap(self) -> None:
        for name, parameter in self._trained():
            self.tensors[name], parameter.data = parameter.data, self.tensors[name]

    def _trained(self) -> Iterator[tuple[str, nn.Parameter]]:
        return ((name, p) for name, p in self._model.named_parameters() if p.requires_grad)


@dataclass
class Improvement:
    """Says when validation has gained `delta` since the last time it said so. `delta` 0 never says so."""

    delta: float
    best: float | None = None
    """Validation at the last gain; at first, that of the model training began with."""
    times: int = 0

    def seen(self, value: float) -> bool:
        if self.best is None:
            self.best = value
            return False
        # Shares of whole episodes are compared: a gain of exactly delta must count however it rounds.
        if not self.delta or value < self.best + self.delta - 1e-9:
            return False
        self.best = value
        self.times += 1
        return True
