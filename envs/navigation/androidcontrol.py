"""AndroidControl, high and low, as published: shards of one episode per record, and the ids of each split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agentkit.closest import unknown
from agentkit.errors import ConfigError, DataError
from agentkit.recorded.androidcontrol import AndroidControl
from agentkit.recorded.splits import read_splits
from envs.navigation.suite import Chosen

PUBLISHED = {"train": 13603, "validation": 137, "test": 1543}
"""Episodes of each split."""


@dataclass(frozen=True)
class AndroidControlReader:
    low: bool
    source: AndroidControl = field(default_factory=AndroidControl)
    appends: bool = True

    def choose(self, root: Path, splits: Sequence[str]) -> Chosen:
        if list(splits) == ["all"]:
            return Chosen(root, None)
        path = root / "splits.json"
        if not path.is_file():
            raise DataError(f"{root} has no splits.json, which lists the episodes of each split; --split all reads all")
        known = read_splits(path)
        if (more := root / "test_subsplits.json").is_file():
            known |= read_splits(more)
        ids: set[str] = set()
        notes = []
        for split in splits:
            if split not in known:
                raise ConfigError(unknown("split", split, [*known, "all"]))
            ids |= known[split]
            published = PUBLISHED.get(split)
            if published and len(known[split]) != published:
                notes.append(f"split {split} has {len(known[split])} traces, the published one {published}")
        return Chosen(root, frozenset(ids), tuple(notes))


READER_HIGH = AndroidControlReader(low=False)
READER_LOW = AndroidControlReader(low=True)
