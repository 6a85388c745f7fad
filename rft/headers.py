"""Names, shapes and precision of the tensors in a model folder, read from the headers of its files alone."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

from agentkit.errors import PolicyError, boundary


@dataclass(frozen=True, slots=True)
class Stored:
    """One tensor on disk."""

    shape: tuple[int, ...]
    dtype: str
    """As safetensors writes it: F32, BF16, F16, ..."""

    @property
    def numel(self) -> int:
        return math.prod(self.shape)


def read_headers(folder: Path, name: str = "model") -> dict[str, Stored]:
    """Tensor name -> what is stored in `name`.safetensors or its shards. Raises PolicyError."""
    from safetensors import safe_open

    index = folder / f"{name}.safetensors.index.json"
    with boundary(PolicyError, f"cannot read the weights in {folder}"):
        files = [f"{name}.safetensors"]
        if index.is_file():
            files = sorted(set(json.loads(index.read_text("utf-8"))["weight_map"].values()))
        found = {}
        for shard in files:
            with safe_open(folder / shard, "np") as file:
                for key in file.keys():  # noqa: SIM118 - not a mapping
                    part = file.get_slice(key)
                    found[key] = Stored(tuple(part.get_shape()), part.get_dtype())
        return found
