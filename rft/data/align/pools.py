"""Candidate pools: for each step of each trace the thoughts of right replies, with the epoch that they come from.

{"trace": "t17", "step": 3, "thoughts": [{"epoch": 1, "text": "Tap Wi-Fi"}, ...]}
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from agentkit.errors import DataError
from agentkit.jsonl import JsonlWriter, parse_object, read_lines

Key: TypeAlias = tuple[str, int]
"""Trace id and step from 0."""


@dataclass
class Pools:
    """Distinct thoughts per step. A thought that comes back in a later epoch moves there."""

    _epochs: dict[Key, dict[str, int]] = field(default_factory=dict)

    def add(self, key: Key, thought: str, epoch: int) -> None:
        known = self._epochs.setdefault(key, {})
        known[thought] = max(epoch, known.get(thought, epoch))

    def update(self, other: Pools) -> None:
        for key, known in other._epochs.items():
            for thought, epoch in known.items():
                self.add(key, thought, epoch)

    def at(self, key: Key, epochs: int = 0) -> tuple[str, ...]:
        """The thoughts of the newest `epochs` epochs that this step has any from (0: of all), in a fixed order that
        does not hang on when they were added."""
        known = self._epochs.get(key, {})
        kept = sorted(set(known.values()), reverse=True)[: epochs or None]
        return tuple(thought for epoch, thought in sorted((e, t) for t, e in known.items()) if epoch in kept)

    def __len__(self) -> int:
        """How many steps have a candidate."""
        return len(self._epochs)

    def lengths(self) -> Iterator[int]:
        """Of every thought, in characters."""
        return (len(thought) for known in self._epochs.values() for thought in known)

    def write(self, path: Path, keys: Iterable[Key]) -> None:
        """One line for each of `keys` that has candidates, in their order."""
        with JsonlWriter(path) as out:
            for key in keys:
                if known := self._epochs.get(key):
                    thoughts = [{"epoch": e, "text": t} for e, t in sorted((e, t) for t, e in known.items())]
                    out.write({"trace": key[0], "step": key[1], "thoughts": thoughts})

    @classmethod
    def read(cls, path: str | Path) -> Pools:
        """The pools that `write` wrote. DataError, naming file and line, when a line is none."""
        pools = cls()
        for number, line in read_lines(path, "pools"):
            try:
                raw = parse_object(line)
                trace, step, thoughts = raw.get("trace"), raw.get("step"), raw.get("thoughts")
                if not isinstance(trace, str) or type(step) is not int or step < 0 or not isinstance(thoughts, list):
                    raise DataError(f"a pool needs 'trace', 'step' from 0 and 'thoughts', got {line[:80]}")
                for thought in thoughts:
                    pools.add((trace, step), *_thought(thought))
            except DataError as error:
                raise DataError(f"{path} line {number}: {error}") from error
        return pools


def _thought(raw: object) -> tuple[str, int]:
    if isinstance(raw, Mapping):
        text, epoch = raw.get("text"), raw.get("epoch")
        if isinstance(text, str) and text.strip() and type(epoch) is int and epoch >= 0:
            return text, epoch
    raise DataError(f"a thought must be an object with 'text' and 'epoch' from 0, got {str(raw)[:80]}")


def median_length(pools: Pools) -> int:
    """Of all thoughts, in characters; 0 when there is none."""
    lengths = list(pools.lengths())
    return statistics.median_low(lengths) if lengths else 0


def select(pool: Iterable[str], target: int) -> str | None:
    """The thought whose length is closest to `target` characters; the shorter, then the first in code point order,
    of several. None when the pool is empty."""
    return min(pool, key=lambda thought: (abs(len(thought) - target), len(thought), thought), default=None)
