"""A world for training tests: a screen of one colour, and four things that a policy can say to it.

Red is answered by a click on the left, blue by one on the right; either click ends the episode. Waiting costs a step.
The fourth reply cannot be read.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
from PIL import Image

from agentkit.actions import Click, Point, Wait
from agentkit.errors import DeviceLost
from agentkit.protocols import get_protocol
from agentkit.types import Observation, Trajectory

SIDE = 56
NAVI = get_protocol("venus1_navi")
ACTIONS = (Click(Point(0.25, 0.5)), Click(Point(0.75, 0.5)), Wait())
LEFT, RIGHT, WAIT = (NAVI.render(action, model_size=(SIDE, SIDE)) for action in ACTIONS)
GARBAGE = "<action>Fly(to='the moon')</action>"
REPLIES = (LEFT, RIGHT, WAIT, GARBAGE)


def picture(red: bool, seed: int) -> Image.Image:
    noise = np.random.RandomState(seed).randint(0, 40, (SIDE, SIDE, 3))
    return Image.fromarray((noise + np.array([215, 0, 0] if red else [0, 0, 215])).astype("uint8"))


@dataclass(frozen=True)
class Pick:
    """`breaks` plants a device that is lost before ("reset") or after ("step") the first action."""

    number: int
    breaks: str = ""
    template: str = "Pick"
    max_steps: int = 4
    goal: str = "pick the side of the colour"

    @property
    def key(self) -> str:
        return f"{self.template}_{self.number}"

    @property
    def red(self) -> bool:
        return self.number % 2 == 0

    def score(self, trajectory: Trajectory) -> dict[str, float]:
        return {"success": float(trajectory.verdict["picked"] == ("left" if self.red else "right"))}


class Screen:
    """The environment. Counts how many are open."""

    opened = 0
    lock = threading.Lock()

    def __init__(self) -> None:
        with self.lock:
            Screen.opened += 1

    def reset(self, task: Pick) -> Observation:
        if task.breaks == "reset":
            raise DeviceLost("the cable was pulled")
        self.task, self.picked, self.steps = task, "", 0
        return Observation(picture(task.red, task.number))

    def step(self, action) -> Observation:
        self.steps += 1
        if self.task.breaks == "step":
            raise DeviceLost("the cable was pulled")
        if isinstance(action, Click):
            self.picked = "left" if action.at.x < 0.5 else "right"
        return Observation(picture(self.task.red, self.task.number + 100 * self.steps), ended=bool(self.picked))

    def verdict(self) -> dict[str, str]:
        return {"picked": self.picked}

    def close(self) -> None:
        with self.lock:
            Screen.opened -= 1


@dataclass
class Toy:
    """The world: `training` tasks, and eight others to validate on."""

    training: tuple[Pick, ...] = tuple(Pick(number) for number in range(8))

    def tasks(self):
        return self.training

    def validation(self):
        return [Pick(number) for number in range(1000, 1008)]

    def env(self) -> Screen:
        return Screen()

    def shortest(self, task) -> int:
        return 1
