"""The loop that joins a policy to an environment, and the one place that decides how an episode ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from agentkit.actions import Box, Drag, Finished, Malformed, Parsed, Point, Refusal, Scroll
from agentkit.errors import GlintError
from agentkit.types import Ending, Env, Observation, Policy, Step, Task, Trajectory


@dataclass(frozen=True, slots=True)
class Limits:
    """When we cut an episode. None lifts a limit."""

    max_steps: int | None = None
    """Replies per episode; None takes the task's own budget."""
    time_s: float | None = None
    """Checked before each reply, on a monotonic clock."""
    unreadable: int | None = 3
    """Malformed replies in a row."""
    repeats: int | None = 5
    """Equal actions in a row; places compare on a grid of `GRID` of the screen, and swipes are exempt."""


GRID = 0.05
DEFAULT_LIMITS = Limits()


def run_episode(
    policy: Policy,
    env: Env,
    task: Task,
    *,
    limits: Limits = DEFAULT_LIMITS,
    on_step: Callable[[Step], None] | None = None,
    meta: Mapping[str, Any] | None = None,
) -> Trajectory:
    """One episode, whatever happens: a GlintError of policy or environment ends it as BROKEN and does not escape.

    A malformed reply costs a step and changes nothing on the device. `CallUser` goes to the environment, and the
    episode goes on. `Finished` and a refusal end it. `on_step` sees each step before its action is carried out.
    """
    started = time.monotonic()
    budget = task.max_steps if limits.max_steps is None else limits.max_steps
    steps: list[Step] = []
    final: Observation | None = None
    verdict: dict[str, Any] = {}
    ending, fault = Ending.CUT, f"step budget of {budget} spent"
    device = 0.0
    try:
        observation = final = env.reset(task)
        device += time.monotonic() - started
        while not observation.ended and len(steps) < budget:
            if limits.time_s is not None and time.monotonic() - started >= limits.time_s:
                fault = f"time budget of {limits.time_s:g} s spent after {len(steps)} steps"
                break
            step = Step(observation, policy.reply(task.goal, tuple(steps), observation))
            steps.append(step)
            if on_step is not None:
                on_step(step)
            action = step.reply.action
            if isinstance(action, (Finished, Refusal)):
                ending, fault = Ending.FINISHED, ""
                break
            if not isinstance(action, Malformed):
                final, before = None, time.monotonic()
                observation = final = env.step(action)
                device += time.monotonic() - before
            if reason := _stuck(steps, limits):
                fault = reason
                break
        if observation.ended and ending is Ending.CUT:
            ending, fault = Ending.ENDED, ""
        verdict = env.verdict()
    except GlintError as error:
        ending, fault = Ending.BROKEN, f"{type(error).__name__}: {error}"
    spent = {"seconds": round(time.monotonic() - started, 3), "device_seconds": round(device, 3)}
    facts = {**getattr(policy, "meta", {}), **(meta or {}), **spent}
    return Trajectory(task.key, task.goal, tuple(steps), ending, final, verdict, fault, facts)


def _stuck(steps: Sequence[Step], limits: Limits) -> str:
    """Why the episode leads nowhere, or an empty string."""
    if (n := limits.unreadable) and len(steps) >= n:
        last = [step.reply.action for step in steps[-n:]]
        if all(isinstance(action, Malformed) for action in last):
            return f"{n} unreadable replies in a row, the last: {last[-1].fault}"  # type: ignore[union-attr]
    if (n := limits.repeats) and len(steps) >= n:
        last = [step.reply.action for step in steps[-n:]]
        if not isinstance(last[0], (Scroll, Drag, Malformed)) and len({_coarse(action) for action in last}) == 1:
            return f"{n} equal actions in a row: {last[-1]}"
    return ""


def _coarse(action: Parsed) -> tuple[Any, ...]:
    """The action with its places snapped to the grid, to compare."""
    values = [getattr(action, item.name) for item in fields(action)]
    return type(action), *(
        (int(value.x / GRID), int(value.y / GRID)) if isinstance(value, Point) else value
        for value in values
        if not isinstance(value, Box)
    )
