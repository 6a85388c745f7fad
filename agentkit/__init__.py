"""Glint's base: the nouns every other package speaks, and the loop that joins a policy to an environment."""

from agentkit.actions import Action, Box, Point
from agentkit.errors import GlintError
from agentkit.types import Ending, Env, Observation, Policy, Reply, Step, Task, Trajectory

__all__ = [
    "Action", "Box", "Ending", "Env", "GlintError", "Observation", "Point", "Policy", "Reply", "Step", "Task",
    "Trajectory",
]
__version__ = "0.1.0"
