"""A Glint policy as an agent of AndroidWorld's own runner.

    from android_world.env import env_launcher
    from agentkit.policies import make_policy
    from agentkit.protocols import get_protocol
    from envs.androidworld.agent import PolicyAgent

    policy = make_policy("served:http://127.0.0.1:8000/v1#UI-Venus-1.5-8B", get_protocol("venus15_navi"))
    agent = PolicyAgent(env_launcher.load_and_setup_env(console_port=5554), policy)

Works in AndroidWorld's environment as it is: the core of this package needs neither torch nor transformers.
"""

from __future__ import annotations

import time
from typing import Any

from android_world.agents import base_agent
from android_world.env import adb_utils, interface, json_action
from PIL import Image

from agentkit.actions import Finished, Malformed, Refusal
from agentkit.describe import describe_action
from agentkit.errors import EnvError
from agentkit.types import Observation, Policy, Reply, Step
from envs.androidworld.moves import Adb, Json, Text, move_of


class PolicyAgent(base_agent.EnvironmentInteractingAgent):
    """Sees pixels only and acts as the policy replies; a malformed reply costs a step and does nothing."""

    def __init__(
        self,
        env: interface.AsyncEnv,
        policy: Policy,
        name: str = "Glint",
        transition_pause: float | None = 1.0,
    ) -> None:
        super().__init__(env, name, transition_pause)
        self.policy = policy
        self.steps: list[Step] = []

    def reset(self, go_home: bool = False) -> None:
        super().reset(go_home)
        self.steps = []

    def step(self, goal: str) -> base_agent.AgentInteractionResult:
        """One reply carried out. Raises PolicyError: AndroidWorld then records the episode as failed to run."""
        image = Image.fromarray(self.get_post_transition_state().pixels)
        observation = Observation(image)
        started = time.monotonic()
        reply = self.policy.reply(goal, tuple(self.steps), observation)
        self.steps.append(Step(observation, reply))
        fault = self._carry_out(reply, image.size)
        done = isinstance(reply.action, (Finished, Refusal))
        return base_agent.AgentInteractionResult(done, _record(reply, fault, time.monotonic() - started))

    def _carry_out(self, reply: Reply, size: tuple[int, int]) -> str:
        """Why nothing was done, or an empty string."""
        if isinstance(reply.action, Malformed):
            return reply.action.fault
        try:
            move = move_of(reply.action, size)
        except EnvError as error:
            return str(error)
        match move:
            case Json(fields):
                self.env.execute_action(json_action.JSONAction(**fields))
            case Adb(words):
                adb_utils.check_ok(adb_utils.issue_generic_request(list(words), self.env.controller))
            case Text(text):
                adb_utils.type_text(text, self.env.controller, timeout_sec=10)
        return ""


def _record(reply: Reply, fault: str, seconds: float) -> dict[str, Any]:
    """The same keys at every step: AndroidWorld's runner turns the list of steps into lists by key."""
    return {
        "reply": reply.text,
        "thought": reply.thought,
        "action": describe_action(reply.action),
        "fault": fault,
        "usage": dict(reply.usage),
        "seconds": seconds,
    }
