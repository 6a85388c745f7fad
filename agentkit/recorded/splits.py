"""Splits of data sets: JSON files that list the episodes of each part."""

from __future__ import annotations

from pathlib import Path

from agentkit.errors import ConfigError, DataError
from agentkit.recorded.source import load_json


def read_splits(path: str | Path) -> dict[str, frozenset[str]]:
    """The episode ids of every list in a JSON file of splits; entries that are file names lose their suffix. DataError
    when it is no object of lists."""
    splits = load_json(Path(path))
    if not isinstance(splits, dict) or not all(isinstance(ids, list) for ids in splits.values()):
        raise DataError(f"{path}: expected an object whose values are lists of episode ids, got {str(splits)[:80]}")
    return {name: frozenset(str(entry).removesuffix(".json") for entry in ids) for name, ids in splits.items()}


def read_split(path: str | Path, split: str) -> frozenset[str]:
    """The episode ids of `split` in such a file. ConfigError when it has no such list."""
    splits = read_splits(path)
    if split not in splits:
        raise ConfigError(f"{path} has no list {split!r}; it has: {', '.join(splits)}")
    return splits[split]
