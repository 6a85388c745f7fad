"""Two policies that bound every score: one does nothing, one follows the task's own scripted solution."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

from agentkit.actions import Action, Finished
from agentkit.errors import PolicyError, boundary
from agentkit.types import Env, Observation, Reply, Step, Task
from envs.phone.device import Phone
from envs.phone.env import PhoneEnv
from envs.phone.tasks.base import PhoneTask


class NoOp:
    """Declares every task done at once. What it scores is what a suite gives away."""

    def __init__(self) -> None:
        self.meta: dict[str, Any] = {"policy": "noop"}

    def reply(self, goal: str, steps: Sequence[Step], observation: Observation) -> Reply:
        return Reply("", Finished())


class Solvable(Protocol):
    """A task that knows a way."""

    @property
    def key(self) -> str: ...
    def oracle(self, phone: Phone) -> Iterator[Action]: ...
    def farewell(self) -> Action: ...


class Watched(Env, Protocol):
    """An environment whose phone and task the oracle may read; the phone only under `lock`."""

    @property
    def phone(self) -> Phone: ...
    @property
    def task(self) -> Solvable: ...
    @property
    def lock(self) -> AbstractContextManager[Any]: ...


class WatchedPhone(PhoneEnv):
    """A phone in process, where nobody else is at it."""

    task: PhoneTask
    lock: AbstractContextManager[Any] = nullcontext()

    def reset(self, task: Task) -> Observation:
        observation = super().reset(task)
        assert isinstance(task, PhoneTask)
        self.task = task
        return observation


class Oracle:
    """Follows the task's `oracle`. It looks into the phone, so it needs environments of its own making: `env()`.

    A thread may hold one episode at a time; each thread has its own.
    """

    def __init__(self, make_env: Callable[..., Watched] = WatchedPhone, **options: Any) -> None:
        """`make_env` is a phone in process or `envs.phone.adb.env.PhoneOverAdb`; `options` go to it."""
        self.meta: dict[str, Any] = {"policy": "oracle"}
        self._make_env = make_env
        self._options = options
        self._here = threading.local()

    def env(self) -> Watched:
        """The environment that the calling thread's episodes run in."""
        self._here.env = self._make_env(**self._options)
        return self._here.env

    def reply(self, goal: str, steps: Sequence[Step], observation: Observation) -> Reply:
        """The next action of the solution, then the task's farewell. PolicyError when the script loses its way."""
        env: Watched | None = getattr(self._here, "env", None)
        if env is None:
            raise PolicyError("the oracle needs an environment from its own env(), in the same thread")
        if not steps:
            self._here.moves = env.task.oracle(env.phone)
        moves: Iterator[Action] = self._here.moves
        with boundary(PolicyError, f"the oracle of {env.task.key} is lost"), env.lock:
            return Reply("", next(moves, None) or env.task.farewell())
