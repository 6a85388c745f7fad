"""The policy that reads the page and acts with the pointer and the keyboard like any other."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Any

from agentkit.actions import Action, Finished
from agentkit.errors import PolicyError, boundary
from agentkit.types import Observation, Reply, Step
from envs.miniwob.dom import Dom
from envs.miniwob.env import MiniWobEnv
from envs.miniwob.oracle import buttons, choices, drags, feeds, panels, shapes, texts
from envs.miniwob.oracle.moves import Rule

RULES: dict[str, Rule] = {}
for _family in (buttons, choices, panels, shapes, feeds, texts, drags):
    RULES |= _family.RULES


class Oracle:
    """Follows the rule of each task. It looks into the page, so it needs environments of its own making: `env()`.

    It sees elements, their texts, states and places, and the goal; never the page's rewards or solutions. It touches
    the page only through actions, at places that it finds uncovered. A thread may hold one episode at a time.
    """

    def __init__(self, **options: Any) -> None:
        """`options` go to MiniWobEnv."""
        self.meta: dict[str, Any] = {"policy": "oracle"}
        self._options = options
        self._here = threading.local()

    def env(self) -> MiniWobEnv:
        """The environment that the calling thread's episodes run in."""
        self._here.env = MiniWobEnv(**self._options)
        return self._here.env

    def reply(self, goal: str, steps: Sequence[Step], observation: Observation) -> Reply:
        """The next action of the rule, then `Finished`. PolicyError when there is no rule or it loses its way."""
        env: MiniWobEnv | None = getattr(self._here, "env", None)
        if env is None:
            raise PolicyError("the oracle needs an environment from its own env(), in the same thread")
        name = env.task.page.name
        if not steps:
            if name not in RULES:
                raise PolicyError(f"the oracle has no rule for {name}; it has rules for {', '.join(sorted(RULES))}")
            self._here.moves = RULES[name](Dom(env))
        moves: Iterator[Action] = self._here.moves
        with boundary(PolicyError, f"the oracle of {env.task.key} is lost"):
            return Reply("", next(moves, None) or Finished())
