"""What a rollout gives the trainer: one row per step of an episode, cut into passes of bounded size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from agentkit.pool import Request
from agentkit.types import Trajectory


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of one episode: the prompt that was asked, the tokens that were answered, how good that was."""

    request: Request
    token_ids: tuple[int, ...]
    """The reply as it was sampled."""
    advantage: float
    place: tuple[int, int, int]
    """Group, episode in the group, step in the episode."""

    @property
    def asked(self) -> tuple[object, ...]:
        """Equal for rows of a group that probably read the same prompt: equal replies led there."""
        return self.place[0], tuple(step.reply.text for step in self.request[1])


class Means:
    """Named means that can be joined: over episodes, over groups, over processes."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[float, int]] = {}

    def add(self, name: str, value: float, count: int = 1) -> None:
        """Count `value` `count` times."""
        total, n = self._held.get(name, (0.0, 0))
        self._held[name] = total + value * count, n + count

    def join(self, other: Means) -> None:
        for name, (total, n) in other._held.items():
            have, count = self._held.get(name, (0.0, 0))
            self._held[name] = have + total, count + n

    def read(self) -> dict[str, float]:
        return {name: total / n for name, (total, n) in self._held.items() if n}


@dataclass
class Batch:
    """Everything that one step learns from, on one process."""

    rows: list[StepRow] = field(default_factory=list)
    means: Means = field(default_factory=Means)
    kept: list[Trajectory] = field(default_factory=list)
    """Episodes worth showing, the most telling first."""


def passes(rows: Sequence[StepRow], size: int) -> list[list[StepRow]]:
    """All `rows` in passes of at most `size`, in an order that depends on them alone.

    Rows with one prompt stand together, so that a pass reads it once. A pass is as wide as the prompt that most of its
    rows share (`rft.shared_prompt.pack`), so prompts of 8 rows and prompts of one are never in the same pass.
    """
    copies = Counter(row.asked for row in rows)
    first: dict[tuple[object, ...], int] = {}
    ordered = sorted(rows, key=lambda row: row.place)
    for number, row in enumerate(ordered):
        first.setdefault(row.asked, number)

    def width(row: StepRow) -> int:
        return copies[row.asked].bit_length()

    ordered.sort(key=lambda row: (-width(row), len(row.request[1]), first[row.asked], row.place))
    alike = [list(some) for _, some in groupby(ordered, width)]
    return [some[start : start + size] for some in alike for start in range(0, len(some), size)]
