"""Where online episodes happen, as the trainer sees it: tasks, environments, and what is known about the tasks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from agentkit.types import Env, Task


class World(Protocol):
    """One kind of environment with its tasks. The commands make one; this package never imports an environment."""

    def tasks(self) -> Sequence[Task]:
        """The tasks to train on, the same at every call."""
        ...

    def validation(self) -> Sequence[Task]:
        """Tasks that are never trained on, to measure by."""
        ...

    def env(self) -> Env:
        """A fresh environment; called from the thread that will use it. Raises EnvError."""
        ...

    def shortest(self, task: Task) -> int:
        """The least number of steps known to solve `task`, its closing declaration included; 1 where none is known."""
        ...
