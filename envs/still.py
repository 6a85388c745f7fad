"""A still picture as an environment: one look, one click, over. What makes a grounding sample an episode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from agentkit.actions import Action, Click
from agentkit.errors import EnvError
from agentkit.scoring import GroundingSample, Prediction, judge
from agentkit.types import Observation, Task, Trajectory
from envs.grounding.pictures import load_image


@dataclass(frozen=True, slots=True)
class GroundingTask:
    """A grounding sample as a task of one step."""

    sample: GroundingSample
    max_steps: int = 1

    @property
    def key(self) -> str:
        return self.sample.id

    @property
    def goal(self) -> str:
        return self.sample.instruction

    def score(self, trajectory: Trajectory) -> dict[str, float]:
        """`success` by the point-in-box rule on the last reply; without any reply it is 0."""
        if not trajectory.steps:
            return {"success": 0.0}
        reply = trajectory.steps[-1].reply
        return {"success": float(judge(self.sample, Prediction(self.key, reply.action, reply.text)).right)}


class StillImage:
    """Shows the picture of a `GroundingTask`; the first action ends the episode."""

    def __init__(self) -> None:
        self._shown: Observation | None = None
        self._click: Click | None = None

    def reset(self, task: Task) -> Observation:
        """The picture. DataError when it cannot be read, EnvError when `task` has none."""
        if not isinstance(task, GroundingTask):
            raise EnvError(f"a still image needs a GroundingTask, got {type(task).__name__}")
        self._click = None
        self._shown = Observation(load_image(task.sample.image))
        return self._shown

    def step(self, action: Action) -> Observation:
        if self._shown is None:
            raise EnvError("step before reset")
        self._click = action if isinstance(action, Click) else None
        return Observation(self._shown.image, ended=True)

    def verdict(self) -> dict[str, Any]:
        """`{"click": [x, y]}` as fractions, or null when the action was no click."""
        return {"click": [self._click.at.x, self._click.at.y] if self._click else None}

    def close(self) -> None:
        self._shown = None
