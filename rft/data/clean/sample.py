"""What travels through the cleaning stages: a line of the data set, and what a stage says about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias

from agentkit.actions import Box
from agentkit.recorded.traces import Trace, trace_from_json, trace_to_json
from rft.data.clean.index import Index
from rft.data.rows import GroundingRow, NavigationRow, row_from_json

Kind: TypeAlias = Literal["grounding", "navigation", "trace"]
ANYWHERE = Path("/")
"""Folder that relative images are taken from: none are left once a sample is in the pipeline."""
NOWHERE = Path("/dev/null/nowhere")
"""A folder that holds no image, so that every path is written whole."""

DAMAGED = "screenshot missing or damaged"
"""Reason of every stage that cannot read one."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One line of the input as JSON, its image paths absolute. Only after the `format` stage is it well-formed."""

    number: int
    """Line number in the input, from 1."""
    raw: dict[str, Any]

    @property
    def kind(self) -> Kind:
        if "steps" in self.raw:
            return "trace"
        return "grounding" if "instruction" in self.raw else "navigation"

    def row(self, index: Index) -> GroundingRow | NavigationRow:
        """The row, its image size from `index`. DataError when the line is not a row."""
        return row_from_json(self.raw, ANYWHERE, self.number, index.size)

    def trace(self) -> Trace:
        """The trace, screenshots not opened. DataError when the line is not a trace."""
        return trace_from_json(self.raw, ANYWHERE, self.number)

    def with_trace(self, trace: Trace) -> Sample:
        """This sample with another trace, whose image paths must be absolute."""
        return Sample(self.number, trace_to_json(trace, NOWHERE))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a stage decided about one sample."""

    sample: Sample
    """As it goes on to the next stage, or as it was dropped."""
    reason: str = ""
    """Why it is dropped, a phrase that can be counted; empty when it stays."""
    change: str = ""
    """What was changed in it, a phrase that can be counted; empty when nothing was."""
    detail: str = ""
    """The particulars, for people."""
    step: int | None = None
    """The step of a trace that the verdict is about."""
    other: Box | None = None
    """Another box on the same screenshot that the verdict is about."""


Source: TypeAlias = Callable[[], Iterator[Sample]]
"""Starts a new pass over the samples, in order."""


class Stage(Protocol):
    """One idea about what makes a sample bad. `run` gives one verdict for every sample, in order.

    A stage may pass over `samples` as often as it likes, but holds none of them: what it must remember between samples
    goes into `index`, which is on disk.
    """

    @property
    def name(self) -> str: ...
    @property
    def kinds(self) -> frozenset[Kind]:
        """Only samples of these kinds are shown to the stage; others stay as they are."""
        ...

    def run(self, samples: Source, index: Index) -> Iterator[Verdict]: ...


GROUNDING: frozenset[Kind] = frozenset({"grounding"})
TRACES: frozenset[Kind] = frozenset({"trace"})
ALL: frozenset[Kind] = frozenset({"grounding", "navigation", "trace"})
