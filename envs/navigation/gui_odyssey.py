"""GUI-Odyssey as published: one JSON file per episode, and four splits of which the test part is scored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agentkit.errors import ConfigError, DataError
from agentkit.recorded.odyssey import GuiOdyssey
from agentkit.recorded.splits import read_split
from envs.navigation.suite import Chosen

SPLITS = ("random", "app", "task", "device")


@dataclass(frozen=True)
class GuiOdysseyReader:
    source: GuiOdyssey = field(default_factory=GuiOdyssey)
    low: bool = False
    appends: bool = False

    def choose(self, root: Path, splits: Sequence[str]) -> Chosen:
        home = next((place for place in (root, root / "data") if (place / "annotations").is_dir()), None)
        if home is None:
            raise DataError(f"{root} is no GUI-Odyssey: expected a folder annotations/ in it or in its data/")
        if list(splits) == ["all"]:
            return Chosen(home, frozenset(path.stem for path in (home / "annotations").rglob("*.json")))
        ids: set[str] = set()
        for split in splits:
            if split not in SPLITS:
                raise ConfigError(f"unknown split {split!r}, expected {', '.join(SPLITS)} or all")
            ids |= read_split(home / "splits" / f"{split}_split.json", "test")
        return Chosen(home, frozenset(ids))


READER = GuiOdysseyReader()
