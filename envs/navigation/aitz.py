"""Android in the Zoo as published: a folder for each split, in it one JSON file per episode beside its pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agentkit.errors import ConfigError, DataError
from agentkit.recorded.aitz import AndroidInTheZoo
from envs.navigation.suite import Chosen

PUBLISHED = {"train": 1998, "test": 506}
"""Episodes of each split."""


@dataclass(frozen=True)
class AndroidInTheZooReader:
    source: AndroidInTheZoo = field(default_factory=AndroidInTheZoo)
    low: bool = False
    appends: bool = False

    def choose(self, root: Path, splits: Sequence[str]) -> Chosen:
        if len(splits) != 1 or splits[0] not in PUBLISHED:
            raise ConfigError(f"expected one split, {' or '.join(PUBLISHED)}, got {' '.join(splits)}")
        place = root / splits[0]
        ids = frozenset(path.stem for path in place.rglob("*.json"))
        if not ids:
            raise DataError(f"{root} is no Android in the Zoo: expected episodes as JSON files under {place}")
        published = PUBLISHED[splits[0]]
        short = len(ids) != published
        notes = (f"split {splits[0]} has {len(ids)} traces, the published one {published}",) if short else ()
        return Chosen(place, ids, notes)


READER = AndroidInTheZooReader()
