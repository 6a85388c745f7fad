"""Splits of data sets: JSON files that list the episodes of each part."""

from __future__ import annotations

from pathlib import Path

from agentkit.errors import ConfigError
from agentkit.recorded.source import load_json


def read_split(path: str | Path, split: str) -> frozenset[str]:
    """The episode ids of `split` in a JSON file of splits; entries that are file names lose their suffix."""
    splits = load_json(Path(path))
    if not isinstance(splits, dict) or not isinstance(splits.get(split), list):
        known = ", ".join(splits) if isinstance(splits, dict) else type(splits).__name__
        raise ConfigError(f"{path} has no list {split!r}; it has: {known}")
    return frozenset(str(entry).removesuffix(".json") for entry in splits[split])
