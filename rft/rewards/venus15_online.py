"""UI-Venus-1.5 online reward of a whole episode (arXiv 2602.09082).

`R(tau) = [success] * completion * eta ** (T - T_min) - penalty * (unreadable steps)`. The paper gives the shape and
discloses none of the three constants; the defaults are ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from agentkit.actions import Malformed
from agentkit.errors import ConfigError
from agentkit.types import Ending, Trajectory
from rft.rewards.checks import non_negative


@dataclass(frozen=True, slots=True)
class Venus15Online:
    """Was the task solved, in how few steps, and how many replies could not be read?"""

    name: ClassVar[str] = "venus15_online"
    source: ClassVar[str] = "UI-Venus 1.5 (online stage), arXiv 2602.09082; no code released"
    terms: ClassVar[tuple[str, ...]] = ("success", "brevity", "unreadable")

    completion: float = 1.0
    """Reward of a solved task without detours (R_comp). Not disclosed by the paper."""
    eta: float = 0.95
    """Factor for every step beyond the shortest known solution, in (0, 1]. Not disclosed by the paper."""
    penalty: float = 0.1
    """Deducted for every reply that could not be read (lambda). Not disclosed by the paper."""

    def __post_init__(self) -> None:
        non_negative(self, "completion", "eta", "penalty")
        if not 0 < self.eta <= 1:
            raise ConfigError(f"reward {self.name}: eta must be in (0, 1], got {self.eta!r}")

    def bounds(self, steps: int) -> tuple[float, float]:
        """Between what numbers the total of an episode of `steps` steps lies."""
        return -self.penalty * steps, self.completion

    def __call__(self, trajectory: Trajectory, success: bool, shortest: int) -> dict[str, float]:
        """Terms `success` (0 or 1), `brevity` (eta to the power of the extra steps) and `unreadable` (a count).

        An episode shorter than `shortest` has no extra steps. ValueError for a broken episode: it says nothing of
        the policy and is left out of training, not scored zero.
        """
        if trajectory.ending is Ending.BROKEN:
            raise ValueError(f"{self.name} cannot score a broken episode ({trajectory.fault or 'no fault given'})")
        if shortest < 1:
            raise ValueError(f"{self.name}: shortest must be at least 1 step, got {shortest!r}")
        steps = len(trajectory.steps)
        brevity = self.eta ** max(0, steps - shortest)
        unreadable = sum(isinstance(step.reply.action, Malformed) for step in trajectory.steps)
        return {
            "success": float(success),
            "brevity": brevity,
            "unreadable": float(unreadable),
            "total": success * self.completion * brevity - self.penalty * unreadable,
            "correct": float(success),
        }
