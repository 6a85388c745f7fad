"""Two policies that bound every score: one does nothing, one follows the task's own scripted solution."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Any

from agentkit.actions import Action, Finished
from agentkit.errors import PolicyError, boundary
from agentkit.types import Observation, Reply, Step, Task
from envs.phone.env import PhoneEnv
from envs.phone.tasks.base import PhoneTask


class NoOp:
    """Declares every task done at once. What it scores is what a suite gives away."""

    def __init__(self) -> None:
        self.meta: dict[str, Any] = {"policy": "noop"}

    def reply(self, goal: str, steps: Sequence[Step], observation: Observation) -> Reply:
        return Reply("", Finished())


class _WatchedEnv(PhoneEnv):
    """A phone whose task the oracle may read."""

    task: PhoneTask

    def reset(self, task: Task) -> Observation:
        observation = super().reset(task)
        assert isinstance(task, PhoneTask)
        self.task = task
        return observation


class Oracle:
    """Follows `PhoneTask.oracle`. It looks into the phone, so it needs environments of its own making: `env()`.

    A thread may hold one episode at a time; each thread has its own.
    """

    def __init__(self, **options: Any) -> None:
        """`options` go to `PhoneEnv`."""
        self.meta: dict[str, Any] = {"policy": "oracle"}
        self._options = options
        self._here = threading.local()

    def env(self) -> PhoneEnv:
        """The environment that the calling thread's episodes run in."""
        self._here.env = _WatchedEnv(**self._options)
        return self._here.env

    def reply(self, goal: str, steps: Sequence[Step], observation: Observation) -> Reply:
        """The next action of the solution, then the task's farewell. PolicyError when the script loses its way."""
        env: _WatchedEnv | None = getattr(self._here, "env", None)
        if env is None:
            raise PolicyError("the oracle needs an environment from its own env(), in the same thread")
        if not steps:
            self._here.moves = env.task.oracle(env.phone)
        moves: Iterator[Action] = self._here.moves
        with boundary(PolicyError, f"the oracle of {env.task.key} is lost"):
            return Reply("", next(moves, None) or env.task.farewell())
