"""The simulated phone as a world to train in, for `rft train --online phone`."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import cached_property

from agentkit.episode import Limits, run_episode
from agentkit.errors import ConfigError
from agentkit.types import Ending, Env, Task
from envs.phone.baselines import Oracle
from envs.phone.env import PhoneEnv
from envs.phone.tasks.base import PhoneTask
from envs.phone.tasks.suite import Split, task_suite
from rft.online.config import EpisodeConfig

HELD_OUT = 1_000_003
"""Added to the seed of the training tasks for that of the validation tasks."""


class PhoneWorld:
    """Phones in this process, one for each episode. A `rft.online.world.World`."""

    def __init__(self, config: EpisodeConfig) -> None:
        """ConfigError when a pattern of `config.tasks` fits no template of the split."""
        self._config = config
        self._shortest: dict[str, int] = {}
        self._tasks = self._choose(config.task_seed, config.instances, config.split)

    def tasks(self) -> Sequence[Task]:
        return self._tasks

    def validation(self) -> Sequence[Task]:
        return self._validation

    def env(self) -> Env:
        return PhoneEnv(screen=self._config.screen)

    def shortest(self, task: Task) -> int:
        """The length of the task's own scripted solution."""
        if task.key not in self._shortest:
            oracle = Oracle(screen=self._config.screen)
            shown = run_episode(oracle, oracle.env(), task, limits=Limits(max_steps=100, repeats=None))
            self._shortest[task.key] = 1 if shown.ending is Ending.BROKEN else max(1, len(shown.steps))
        return self._shortest[task.key]

    @cached_property
    def _validation(self) -> list[PhoneTask]:
        config = self._config
        split: Split = config.split if config.split == "heldout_templates" else "heldout_seeds"
        return self._choose(config.task_seed + HELD_OUT, config.val_instances, split)

    def _choose(self, seed: int, count: int, split: Split) -> list[PhoneTask]:
        tasks = task_suite(seed, count, split)
        patterns = self._config.tasks or ("*",)
        names = list(dict.fromkeys(type(task).__name__ for task in tasks))
        for pattern in patterns:
            if not any(fnmatchcase(name, pattern) for name in names):
                raise ConfigError(f"--tasks {pattern!r} fits no template of {split}; there are {', '.join(names)}")
        return [task for task in tasks if any(fnmatchcase(type(task).__name__, pattern) for pattern in patterns)]
