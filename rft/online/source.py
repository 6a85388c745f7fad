"""Where training rows come from, as the trainer sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from rft.online.policy import LearnerPolicy
from rft.online.rows import Batch, Means


class Source(Protocol):
    """Tasks or traces, numbered from 0, and how groups of episodes over them are rolled out and rewarded."""

    def __len__(self) -> int: ...

    def collect(self, chosen: Sequence[int], group: int, policy: LearnerPolicy, seed: int) -> Batch:
        """`group` episodes of each chosen item, as training rows. The same arguments and weights give the same."""
        ...


@runtime_checkable
class ValidatedSource(Source, Protocol):
    """A source that can also measure the policy on items which are never trained on."""

    def validate(self, policy: LearnerPolicy, seed: int, part: slice = ...) -> Means:
        """Means of what greedy episodes earn on the `part` of the held-out items; `val/success` among them."""
        ...
