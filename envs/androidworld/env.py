"""AndroidWorld's tasks behind `agentkit.types.Env`: its worker sets up and checks, our device adapter sees and acts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from agentkit.actions import Action
from agentkit.errors import EnvError
from agentkit.types import Env, Observation, Task
from envs.androidworld.process import WorkerProcess
from envs.androidworld.task import AndroidWorldTask, answers
from envs.androidworld.transcript import Call, Transcript


class Worker(Protocol):
    """What sets up and checks: `WorkerProcess`, or a `Replay` of what it did before."""

    @property
    def alive(self) -> bool: ...
    def suite(self, seed: int, instances: int = 1) -> list[AndroidWorldTask]: ...
    def initialize(self, key: str, params: Mapping[str, Any]) -> str: ...
    def answer(self, text: str) -> None: ...
    def score(self) -> float: ...
    def finish(self) -> None: ...
    def close(self) -> None: ...


def begin(start: Callable[[], Worker], seed: int, instances: int) -> tuple[Worker, list[AndroidWorldTask]]:
    """A worker and its suite; closed again when there is no making one."""
    worker = start()
    try:
        return worker, worker.suite(seed, instances)
    except BaseException:
        worker.close()
        raise


class AndroidWorldEnv:
    """One device and the tasks of its worker.

    Actions go straight to the device as our own adapter sends them, not through AndroidWorld's `JSONAction`: a swipe is
    the swipe that the policy asked for, and no Enter follows a text. What CallUser says is the task's answer.
    """

    def __init__(self, device: Env, worker: Worker, record: Path | None = None) -> None:
        """`record` is a folder for transcripts of the tasks that end solved; see `envs.androidworld.transcript`."""
        self.device, self.worker, self.record = device, worker, record
        self._setup: list[Call] = []
        self.answers: list[str] = []
        self._task: AndroidWorldTask | None = None

    def reset(self, task: Task) -> Observation:
        """The task's start state. Raises TaskFault when AndroidWorld's set-up fails, EnvError for a foreign task."""
        if not isinstance(task, AndroidWorldTask):
            raise EnvError(f"AndroidWorldEnv runs AndroidWorldTask instances, got {type(task).__name__} {task.key!r}")
        self._task, self.answers = task, []
        if self.record is not None:
            self._process.calls()
        task.goal = self.worker.initialize(task.key, task.params)
        if self.record is not None:
            self._setup = self._process.calls()
        return self.device.reset(task)

    def step(self, action: Action) -> Observation:
        text = answers(action)
        if text is not None:
            self.answers.append(text)
            self.worker.answer(text)
        return self.device.step(action)

    def verdict(self) -> dict[str, Any]:
        """`success` as AndroidWorld's checker sees the device now; afterwards the task has cleaned up."""
        success = self.worker.score()
        if self.record is not None and self._task is not None and success == 1.0:
            answers = tuple(self.answers)
            Transcript(self._task, tuple(self._setup), answers, tuple(self._process.calls()), success).save(self.record)
        self.worker.finish()
        return {"success": success, "answers": list(self.answers)}

    def close(self) -> None:
        self.device.close()

    @property
    def _process(self) -> WorkerProcess:
        if not isinstance(self.worker, WorkerProcess):
            raise EnvError(f"only AndroidWorld itself can be recorded, got {type(self.worker).__name__}")
        return self.worker
