"""A goal typed by a person: nothing checks it, so the score is what the policy claims."""

from __future__ import annotations

from dataclasses import dataclass

from agentkit.actions import Finished
from agentkit.types import Ending, Trajectory


@dataclass(frozen=True, slots=True)
class FreeGoal:
    """A `Task` without a rule."""

    goal: str
    max_steps: int = 30
    key: str = "free"

    def score(self, trajectory: Trajectory) -> dict[str, float]:
        """`success` is 1 when the policy declared the goal reached: a claim, not a check."""
        last = trajectory.steps[-1].reply.action if trajectory.steps else None
        claimed = trajectory.ending is Ending.FINISHED and isinstance(last, Finished) and last.content != "infeasible"
        return {"success": float(claimed)}
