"""In what order rows are trained on: an endless shuffled stream that can rest rows and that a checkpoint can keep.

A pass visits every row once. Rows come in units (see `rft.trace_units`), and a unit stays whole when it fits what is
left of a step. Every process holds an equal stream and is told equal outcomes, so their orders never part.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, TypeAlias

import torch

from agentkit.errors import ConfigError

Unit: TypeAlias = tuple[int, ...]
"""Indices of rows that are judged together."""


class PromptStream:
    """Rows by index, in units. With `skip_dead` = N, a unit that taught nothing is passed over the next N times.

    The first pass of single rows is in the order of TRL's own sampler with the same seed.
    """

    def __init__(self, units: Sequence[Unit], seed: int, shuffle: bool = True, skip_dead: int = 0) -> None:
        self._units, self._seed, self._shuffle, self._skip_dead = list(units), seed, shuffle, skip_dead
        self._rows = sum(map(len, self._units))
        self._passes = 0
        self._waiting: list[Unit] = []
        self._rest: dict[int, int] = {}
        self._success: dict[int, float] = {}
        self.skipped = 0
        """Rows passed over so far because they rest."""

    def __len__(self) -> int:
        """Number of rows."""
        return self._rows

    @property
    def resting(self) -> int:
        """Rows that will be passed over when their turn comes."""
        return len(self._rest)

    def take(self, count: int, taken: Collection[int] = ()) -> list[Unit]:
        """The next units, `count` rows in all; the last may be the first part of one. Rows in `taken` come last."""
        out: list[Unit] = []
        while count:
            unit = self._next(count, {*taken, *(row for some in out for row in some)})
            out.append(unit)
            count -= len(unit)
        return out

    def tell(self, unit: Unit, live: bool, success: Sequence[float]) -> None:
        """Report a visit: whether the unit taught anything, and for each of its rows the share of right replies."""
        self._success.update(zip(unit, success, strict=True))
        for row in unit:
            if live or not self._skip_dead:
                self._rest.pop(row, None)
            else:
                self._rest[row] = self._skip_dead

    def state(self) -> dict[str, Any]:
        """What JSON needs to hold for another stream to go on from here."""
        return {
            "rows": self._rows,
            "passes": self._passes,
            "waiting": [list(unit) for unit in self._waiting],
            "rest": sorted(self._rest.items()),
            "success": sorted(self._success.items()),
            "skipped": self.skipped,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from `state`. Raises ConfigError when it is that of other data."""
        if state["rows"] != self._rows:
            raise ConfigError(f"the checkpoint was made with {state['rows']} rows, the data now has {self._rows}")
        self._passes, self.skipped = state["passes"], state["skipped"]
        self._waiting = [tuple(unit) for unit in state["waiting"]]
        self._rest, self._success = dict(state["rest"]), dict(state["success"])

    def _next(self, room: int, taken: set[int]) -> Unit:
        while True:
            index = 0
            while index < len(self._waiting):
                unit = self._waiting[index]
                if self._rest and self._pass_over(unit):
                    del self._waiting[index]
                elif len(unit) <= room:
                    return self._waiting.pop(index)
                else:
                    index += 1
            if self._waiting:
                unit = self._waiting[0]
                self._waiting[0] = unit[room:]
                return unit[:room]
            self._begin_pass(taken)

    def _pass_over(self, unit: Unit) -> bool:
        """Whether the whole unit rests; if so, that was one of its times."""
        if not all(row in self._rest for row in unit):
            return False
        for row in unit:
            self._rest[row] -= 1
            if not self._rest[row]:
                del self._rest[row]
        self.skipped += len(unit)
        return True

    def _begin_pass(self, taken: set[int]) -> None:
        order = list(range(len(self._units)))
        if self._shuffle:
            generator = torch.Generator().manual_seed(self._seed + 1_000_003 * self._passes)
            order = torch.randperm(len(order), generator=generator).tolist()
        units = [self._units[index] for index in order]
        # A row that this step has already must not come again before all others have.
        self._waiting = sorted(units, key=lambda unit: not taken.isdisjoint(unit))
        self._passes += 1
