"""Load a navigation suite by name: its episodes as a stream, and notes on what was chosen and how."""

from __future__ import annotations

import importlib
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from agentkit.closest import unknown
from agentkit.errors import ConfigError, DataError
from agentkit.recorded.elements import Element
from agentkit.recorded.source import HeldImages, Source, Unmappable, of_its_format
from agentkit.recorded.traces import Trace
from agentkit.scoring.navigation import RULES, Rule
from envs.navigation.catalog import CATALOG
from envs.navigation.episode import Episode, episode_of


class OutlinedSource(Source[Trace], Protocol):
    """A data set of episodes that can tell the outlines on their screens."""

    def elements(self, raw: Any) -> list[tuple[Element, ...]]:
        """All outlines of each step's screen, in the order of the steps."""
        ...


@dataclass(frozen=True, slots=True)
class Chosen:
    """Where a split's episodes are, and which they are."""

    place: Path
    """The folder that is read."""
    ids: frozenset[str] | None
    """The episodes of the split; None takes all that are there."""
    notes: tuple[str, ...] = ()


class Reader(Protocol):
    """One suite's files: which reader knows them, and how its splits are told."""

    source: OutlinedSource
    low: bool
    """Ask with each step's instruction."""
    appends: bool
    """The source puts a finish step at the end that the data set does not have."""

    def choose(self, root: Path, splits: Sequence[str]) -> Chosen:
        """The episodes of `splits` under `root`. ConfigError for an unknown split, DataError for missing files."""
        ...


@dataclass(frozen=True)
class NavigationSuite:
    """A suite that is ready to be streamed."""

    name: str
    reader: Reader
    splits: tuple[str, ...]
    chosen: Chosen
    limit: int
    """Of traces, where the split does not tell its ids; 0 for none."""
    notes: tuple[str, ...]
    excluded: Counter[str] = field(default_factory=Counter)
    """Traces that could not be read, by reason; filled while episodes are read."""
    examples: dict[str, str] = field(default_factory=dict)
    """One trace for each of those reasons."""

    @property
    def rules(self) -> tuple[Rule, ...]:
        return RULES[self.name]

    @property
    def count(self) -> int | None:
        """How many traces the split has, where that is known before they are read."""
        return None if self.chosen.ids is None else len(self.chosen.ids)

    def episodes(self) -> Iterator[Episode]:
        """The episodes in the order of the files, one in memory at a time.

        Those that cannot be told in Glint's actions are counted in `excluded`, as are those that the split names and
        the data lacks. DataError where a file is damaged or of another format, or an id comes twice.
        """
        self.excluded.clear()
        seen: set[str] = set()
        ids = self.chosen.ids
        for key, raw in self.reader.source.items(self.chosen.place):
            if ids is not None and key not in ids:
                continue
            if self.limit and len(seen) == self.limit:
                return
            if key in seen:
                raise DataError(f"{self.chosen.place}: two episodes have the id {key!r}")
            seen.add(key)
            try:
                yield self._episode(key, raw)
            except Unmappable as error:
                self._leave_out(error.reason, f"{key}: {error.detail}")
            if ids is not None and len(seen) == len(ids):
                return
        for key in sorted((ids or frozenset()) - seen):
            self._leave_out("named by the split, not in the data", key)

    def _episode(self, key: str, raw: Any) -> Episode:
        images = HeldImages()
        reader = self.reader
        with of_its_format():
            trace = reader.source.convert(key, raw, images)
            elements = reader.source.elements(raw)
        try:
            return episode_of(trace, elements, images.open, reader.low, reader.appends)
        except DataError as error:
            raise Unmappable("screenshot missing or damaged", str(error)) from error

    def _leave_out(self, reason: str, example: str) -> None:
        self.excluded[reason] += 1
        self.examples.setdefault(reason, example)


def load_navigation(
    name: str, data: str | Path, splits: Sequence[str] = (), limit: int = 0, seed: int = 0
) -> NavigationSuite:
    """The suite called `name` under `data`; `splits` defaults to what its scores are published for.

    `limit` draws that many traces at random with `seed`; where the split does not tell its ids, it takes the first.
    ConfigError for an unknown suite or split, DataError where the files are not those of the suite.
    """
    if name not in CATALOG:
        raise ConfigError(unknown("navigation suite", name, CATALOG))
    if limit < 0:
        raise ConfigError(f"limit must be >= 0, got {limit}")
    root = Path(data)
    if not root.exists():
        raise DataError(f"no data at {root}")
    entry = CATALOG[name]
    reader: Reader = getattr(importlib.import_module(entry.module), entry.reader)
    splits = tuple(splits) or entry.split
    chosen = reader.choose(root, splits)
    notes = [f"split {' + '.join(splits)}", *chosen.notes]
    if limit and chosen.ids is not None and limit < len(chosen.ids):
        notes.append(f"{limit} of its {len(chosen.ids)} traces, seed {seed}: not comparable with published scores")
        chosen = replace(chosen, ids=frozenset(random.Random(seed).sample(sorted(chosen.ids), limit)))
    elif limit and chosen.ids is None:
        notes.append(f"its first {limit} traces: not comparable with published scores")
    return NavigationSuite(name, reader, splits, chosen, limit if chosen.ids is None else 0, tuple(notes))
