"""AndroidWorld's tasks behind `agentkit.types.Env`: its worker sets up and checks, our device adapter sees and acts."""

from __future__ import annotations

from typing import Any

from agentkit.actions import Action
from agentkit.errors import EnvError
from agentkit.types import Env, Observation, Task
from envs.androidworld.process import WorkerProcess
from envs.androidworld.task import AndroidWorldTask, answers


class AndroidWorldEnv:
    """One device and the tasks of its worker.

    Actions go straight to the device as our own adapter sends them, not through AndroidWorld's `JSONAction`: a swipe is
    the swipe that the policy asked for, and no Enter follows a text. What CallUser says is the task's answer.
    """

    def __init__(self, device: Env, worker: WorkerProcess) -> None:
        self.device, self.worker = device, worker
        self.answers: list[str] = []
        self._task: AndroidWorldTask | None = None

    def reset(self, task: Task) -> Observation:
        """The task's start state. Raises TaskFault when AndroidWorld's set-up fails, EnvError for a foreign task."""
        if not isinstance(task, AndroidWorldTask):
            raise EnvError(f"AndroidWorldEnv runs AndroidWorldTask instances, got {type(task).__name__} {task.key!r}")
        self._task, self.answers = task, []
        self.worker.initialize(task.key)
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
        self.worker.finish()
        return {"success": success, "answers": list(self.answers)}

    def close(self) -> None:
        self.device.close()
