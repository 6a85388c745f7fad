"""The nouns: Observation, Reply, Step, Trajectory, Task, Policy, Env (and Action, in `agentkit.actions`).

Frozen data travels; behaviour is behind three protocols. Nothing here loads torch, so parsing, scoring and reading
logs work on any machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from agentkit.actions import Action, Parsed

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True, slots=True)
class Observation:
    image: Image
    """The screenshot, RGB, in device pixels."""
    ended: bool = False
    """The environment says that the episode is over."""
    info: Mapping[str, Any] = field(default_factory=dict)
    """JSON-safe facts for logs (foreground app, url, ...). A policy that sees pixels only must not read them."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the policy said. Tokens are kept at birth and never re-tokenised for training."""

    text: str
    action: Parsed
    thought: str = ""
    conclusion: str = ""
    token_ids: tuple[int, ...] | None = None
    logprobs: tuple[float, ...] | None = None
    seconds: float = 0.0
    usage: Mapping[str, int] = field(default_factory=dict)
    """Token counts, e.g. `{"prompt": 812, "completion": 41}`, when the policy knows them."""
    timing: Mapping[str, float] = field(default_factory=dict)
    """Parts of `seconds` by name (`encode`, `vision`, `prefill`, `decode`; `request` to an endpoint), when measured."""


@dataclass(frozen=True, slots=True)
class Step:
    observation: Observation
    """What the policy saw before it replied."""
    reply: Reply


class Ending(Enum):
    FINISHED = "finished"
    """The policy declared the task done (or infeasible)."""
    ENDED = "ended"
    """The environment ended it."""
    CUT = "cut"
    """We stopped it: step budget, time budget, or too many unreadable replies. Not a failure of the device."""
    BROKEN = "broken"
    """Something failed. Excluded from training and from scores, never counted as zero."""


@dataclass(frozen=True, slots=True)
class Trajectory:
    """One episode: the only thing logged, scored and trained on."""

    task_key: str
    goal: str
    steps: tuple[Step, ...]
    ending: Ending
    final: Observation | None = None
    """The screen after the last action; None when the device was gone."""
    verdict: Mapping[str, Any] = field(default_factory=dict)
    """What only the environment can tell, recorded right after the last step."""
    fault: str = ""
    """Why it was cut or broke."""
    meta: Mapping[str, Any] = field(default_factory=dict)
    """JSON-safe: seed, policy, protocol, device, versions."""


@runtime_checkable
class Task(Protocol):
    """A goal and its rule. `key` is unique in a suite and stable across runs."""

    @property
    def key(self) -> str: ...
    @property
    def goal(self) -> str: ...
    @property
    def max_steps(self) -> int: ...

    def score(self, trajectory: Trajectory) -> dict[str, float]:
        """Named numbers in [0, 1], a pure function of the trajectory (verdict included); `success` is always there."""
        ...


@runtime_checkable
class Policy(Protocol):
    def reply(self, goal: str, steps: Sequence[Step], observation: Observation) -> Reply:
        """The next reply for `goal`, after `steps`, on seeing `observation`. Raises PolicyError."""
        ...


@runtime_checkable
class Env(Protocol):
    """One device, page or picture. Raises EnvError; after DeviceLost only `close` is legal."""

    def reset(self, task: Task) -> Observation: ...
    def step(self, action: Action) -> Observation: ...
    def verdict(self) -> dict[str, Any]: ...
    def close(self) -> None: ...
