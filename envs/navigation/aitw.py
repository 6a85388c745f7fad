"""Android in the Wild as published: shards of steps in five folders, and splits that list episode ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agentkit.closest import unknown
from agentkit.errors import ConfigError, DataError
from agentkit.recorded.aitw import AndroidInTheWild
from agentkit.recorded.splits import read_split
from envs.navigation.suite import Chosen


@dataclass(frozen=True)
class AndroidInTheWildReader:
    source: AndroidInTheWild = field(default_factory=AndroidInTheWild)
    low: bool = False
    appends: bool = False

    def choose(self, root: Path, splits: Sequence[str]) -> Chosen:
        if list(splits) == ["all"]:
            return Chosen(root, None)
        folder = next((place for place in (root / "splits", root.parent / "splits") if place.is_dir()), None)
        if folder is None:
            raise DataError(f"{root} has no folder splits/, in it or beside it; --split all reads all")
        known = {path.stem: path for path in sorted(folder.glob("*.json"))}
        ids: set[str] = set()
        for split in splits:
            if split not in known:
                raise ConfigError(unknown("split", split, [*known, "all"]))
            ids |= read_split(known[split], "test")
        return Chosen(root, frozenset(ids))


READER = AndroidInTheWildReader()
