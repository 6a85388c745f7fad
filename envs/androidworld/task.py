"""One AndroidWorld task as an `agentkit` task. Its parameters and its checker live in the worker's process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from agentkit.actions import Action, CallUser, Finished
from agentkit.errors import EnvError
from agentkit.types import Ending, Trajectory

if TYPE_CHECKING:
    from envs.phone.device import Phone


@dataclass
class AndroidWorldTask:
    """An instance as `worker.describe` tells of it.

    Mutable for one reason: AndroidWorld words some goals only as it sets the task up ("tomorrow" for a date), so
    `goal` is what was announced until the environment has been reset, and what the agent is told from then on.
    """

    key: str
    """Class and number of the instance, "ContactsAddContact_0"."""
    name: str
    goal: str
    template: str
    max_steps: int
    """AndroidWorld's own budget: ten times the task's complexity."""
    apps: tuple[str, ...]
    seed: int | None
    params: Mapping[str, Any] = field(hash=False)

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> AndroidWorldTask:
        return cls(**{**facts, "apps": tuple(facts["apps"])})

    def score(self, trajectory: Trajectory) -> dict[str, float]:
        """`state`: what AndroidWorld's checker says of the device. `success`: that, if the agent declared the end
        within the budget, which is AndroidWorld's rule."""
        state = float(trajectory.verdict.get("success", 0.0))
        return {"success": state if trajectory.ending is Ending.FINISHED else 0.0, "state": state}

    def oracle(self, phone: Phone) -> Iterator[Action]:
        """A solution through the screen of the simulated phone. EnvError when nobody has written one."""
        from envs.androidworld.solutions import SOLUTIONS

        if self.name not in SOLUTIONS:
            raise EnvError(f"{self.name} has no scripted solution; there are {', '.join(sorted(SOLUTIONS))}")
        return SOLUTIONS[self.name](phone, self)

    def farewell(self) -> Action:
        return Finished()


def answers(action: Action) -> str | None:
    """What the action tells the user, as AndroidWorld's `answer` does; None for any other action."""
    return action.content if isinstance(action, CallUser) else None
