"""A typed goal on the simulated phone, in process, for `agentkit run`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agentkit.tasks import FreeGoal
from agentkit.types import Env, Task, Trajectory
from envs.phone.device import Phone
from envs.phone.env import PhoneEnv
from envs.phone.tasks.base import PhoneTask


@dataclass(frozen=True)
class FreePhoneGoal(PhoneTask):
    """A goal on a phone that stands as its seed left it. Nothing checks it."""

    template = "{goal}"
    app = ""

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        return 0.0

    def score(self, trajectory: Trajectory) -> dict[str, float]:
        return FreeGoal(self.goal).score(trajectory)


def open_phone(seed: int, goal: str) -> tuple[Env, Task]:
    """A phone and its task, ready for `run_episode`."""
    return PhoneEnv(), FreePhoneGoal(seed, {"goal": goal})
