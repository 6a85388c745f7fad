"""AndroidWorld's suite on a device that is there already: an emulator, or a phone behind an adb server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from agentkit.actions import Action
from agentkit.types import Observation, Task
from envs.android import AndroidEnv
from envs.android.served import parse_served
from envs.androidworld.env import AndroidWorldEnv, begin
from envs.androidworld.process import WorkerProcess


class AndroidWorldDevice:
    """One device and its worker behind `agentkit.types.Env`; a worker that died is started again at the next reset.

    AndroidWorld's own set-up of the emulator (its apps and their snapshots) must have been run once, by its
    `run.py --perform_emulator_setup`: a task whose app is missing ends as broken.
    """

    def __init__(
        self,
        address: str,
        python: str | Path,
        *,
        seed: int = 30,
        instances: int = 1,
        settle_s: float = 5.0,
        **options: Any,
    ) -> None:
        """`address` is "adb:SERIAL" or "adb:SERIAL@HOST:PORT". `options` go to WorkerProcess."""
        serial, _, port = parse_served(address)
        self._start = lambda: WorkerProcess(python, serial, server_port=port, **options)
        self._drawn = seed, instances
        self._device = AndroidEnv(address, settle_s=settle_s)
        self._begin()

    def reset(self, task: Task) -> Observation:
        if not self._env.worker.alive:
            self._env.worker.close()
            self._begin()
        return self._env.reset(task)

    def step(self, action: Action) -> Observation:
        return self._env.step(action)

    def verdict(self) -> dict[str, Any]:
        return self._env.verdict()

    def close(self) -> None:
        self._device.close()
        self._env.worker.close()

    def _begin(self) -> None:
        worker, self.tasks = begin(self._start, *self._drawn)
        self._env = AndroidWorldEnv(self._device, worker)
