"""How an episode ends, and what it leaves behind."""

from __future__ import annotations

import time

import pytest
from PIL import Image

from agentkit.actions import CallUser, Click, Drag, Finished, Point, Press, Refusal, Scroll, Type, Wait
from agentkit.episode import Limits, run_episode
from agentkit.errors import DeviceLost
from agentkit.policies.scripted import ScriptedPolicy
from agentkit.tasks import FreeGoal
from agentkit.types import Ending, Observation


class Counter:
    """A device whose screen counts the actions; it ends the episode after `ends_after`, fails at `fails_at`."""

    def __init__(self, ends_after: int = 99, fails_at: str = "") -> None:
        self.actions: list = []
        self.ends_after, self.fails_at = ends_after, fails_at

    def _see(self) -> Observation:
        n = len(self.actions)
        return Observation(Image.new("RGB", (40, 60), (n, 0, 0)), ended=n >= self.ends_after, info={"n": n})

    def _maybe_fail(self, where: str) -> None:
        if self.fails_at == where:
            raise DeviceLost(f"cable pulled at {where}")

    def reset(self, task) -> Observation:
        self._maybe_fail("reset")
        self.actions.clear()
        return self._see()

    def step(self, action) -> Observation:
        self.actions.append(action)
        self._maybe_fail(f"step {len(self.actions)}")
        return self._see()

    def verdict(self) -> dict:
        self._maybe_fail("verdict")
        return {"n": len(self.actions)}

    def close(self) -> None: ...


def play(script, env=None, max_steps: int = 20, **limits):
    env = env or Counter()
    return run_episode(ScriptedPolicy(script), env, FreeGoal("g", max_steps), limits=Limits(**limits)), env


def test_finished_ends_it_and_is_not_carried_out() -> None:
    trajectory, env = play([Press("home"), Finished("done")])
    assert trajectory.ending is Ending.FINISHED and trajectory.fault == ""
    assert env.actions == [Press("home")] and trajectory.verdict == {"n": 1}
    assert [step.observation.info["n"] for step in trajectory.steps] == [0, 1]
    assert trajectory.final is trajectory.steps[-1].observation
    assert FreeGoal("g").score(trajectory) == {"success": 1.0}


def test_infeasible_is_no_success_of_a_free_goal() -> None:
    assert FreeGoal("g").score(play([Finished("infeasible")])[0]) == {"success": 0.0}


def test_a_refusal_ends_it() -> None:
    def refuse(goal, steps, observation):
        return "[-1,-1]"

    trajectory = run_episode(ScriptedPolicy(refuse, "venus15_ground"), Counter(), FreeGoal("g"))
    assert trajectory.ending is Ending.FINISHED and trajectory.steps[0].reply.action == Refusal()
    assert FreeGoal("g").score(trajectory) == {"success": 0.0}


def test_call_user_goes_to_the_device_and_the_episode_goes_on() -> None:
    trajectory, env = play([CallUser("42"), Finished()])
    assert env.actions == [CallUser("42")] and trajectory.ending is Ending.FINISHED and len(trajectory.steps) == 2


def test_the_environment_ends_it() -> None:
    trajectory, _ = play([Press("back")] * 9, Counter(ends_after=2))
    assert trajectory.ending is Ending.ENDED and len(trajectory.steps) == 2 and trajectory.final.ended
    assert trajectory.verdict == {"n": 2}


def test_an_environment_that_ends_on_the_last_budgeted_step_is_ended_not_cut() -> None:
    assert play([Press("back")] * 9, Counter(ends_after=2), max_steps=2)[0].ending is Ending.ENDED


def test_an_environment_that_is_over_at_reset() -> None:
    trajectory, _ = play([], Counter(ends_after=0))
    assert trajectory.ending is Ending.ENDED and trajectory.steps == ()


@pytest.mark.parametrize("limits", [{"max_steps": 3}, {}])
def test_the_step_budget(limits: dict) -> None:
    script = [Click(Point(0.1 * i, 0.5)) for i in range(9)]
    env = Counter()
    budget = FreeGoal("g", 3 if not limits else 20)
    trajectory = run_episode(ScriptedPolicy(script), env, budget, limits=Limits(**limits))
    assert trajectory.ending is Ending.CUT and trajectory.fault == "step budget of 3 spent"
    assert len(env.actions) == len(trajectory.steps) == 3 and trajectory.verdict == {"n": 3}


def test_the_time_budget() -> None:
    trajectory, _ = play([Press("back")], time_s=0.0)
    assert trajectory.ending is Ending.CUT and trajectory.fault == "time budget of 0 s spent after 0 steps"


def test_three_unreadable_replies_in_a_row() -> None:
    good = "<action>Wait()</action>"
    trajectory, env = play(["?", "?", good, "?", "?", "what"])
    assert trajectory.ending is Ending.CUT and trajectory.fault.startswith("3 unreadable replies in a row, the last: ")
    assert env.actions == [Wait()] and len(trajectory.steps) == 6
    assert trajectory.steps[4].observation is trajectory.steps[5].observation


def test_five_equal_actions_in_a_row() -> None:
    near = [Click(Point(0.51 + 0.008 * i, 0.52)) for i in range(5)]
    trajectory, env = play([Press("home"), *near, Press("home")])
    assert trajectory.ending is Ending.CUT and trajectory.fault.startswith("5 equal actions in a row: Click")
    assert len(env.actions) == 6


@pytest.mark.parametrize(
    "script",
    [
        [Click(Point(0.05 + 0.1 * (i % 2), 0.5)) for i in range(8)],
        [Scroll(Point(0.5, 0.8), Point(0.5, 0.2))] * 8,
        [Scroll(direction="up")] * 8,
        [Drag(Point(0.5, 0.8), Point(0.5, 0.2))] * 8,
        [Type(str(i)) for i in range(8)],
        [Press("back")] * 4 + [Press("home")] * 4,
    ],
)
def test_what_is_not_a_loop(script: list) -> None:
    trajectory, env = play([*script, Finished()])
    assert trajectory.ending is Ending.FINISHED and len(env.actions) == 8


@pytest.mark.parametrize(
    ("fails_at", "steps", "has_final"),
    [("reset", 0, False), ("step 1", 1, False), ("step 2", 2, False), ("verdict", 3, True)],
)
def test_a_device_that_fails_breaks_it(fails_at: str, steps: int, has_final: bool) -> None:
    trajectory, _ = play([Press("home"), Press("back"), Finished()], Counter(fails_at=fails_at))
    assert trajectory.ending is Ending.BROKEN and trajectory.fault == f"DeviceLost: cable pulled at {fails_at}"
    assert len(trajectory.steps) == steps and trajectory.verdict == {} and (trajectory.final is not None) is has_final


def test_a_policy_that_fails_breaks_it_and_the_screen_stays() -> None:
    trajectory, _ = play([Press("home")])
    assert trajectory.ending is Ending.BROKEN and trajectory.fault.startswith("PolicyError: the script has 1 lines")
    assert len(trajectory.steps) == 1 and trajectory.final.info == {"n": 1}


def test_a_bug_is_not_swallowed() -> None:
    class Buggy:
        def reply(self, goal, steps, observation):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_episode(Buggy(), Counter(), FreeGoal("g"))


def test_steps_are_reported_before_they_are_carried_out() -> None:
    env, seen = Counter(), []
    run_episode(
        ScriptedPolicy([Press("home"), Finished()]), env, FreeGoal("g"), on_step=lambda s: seen.append(len(env.actions))
    )
    assert seen == [0, 1]


def test_meta_names_the_policy_and_the_time() -> None:
    trajectory = run_episode(ScriptedPolicy([Finished()]), Counter(), FreeGoal("g"), meta={"device": "x"})
    assert trajectory.meta["policy"] == "scripted" and trajectory.meta["device"] == "x"
    assert trajectory.meta["protocol"] == "venus1_navi" and trajectory.meta["seconds"] >= 0


def test_the_time_of_the_device_is_told_apart() -> None:
    class Slow(Counter):
        def reset(self, task) -> Observation:
            time.sleep(0.06)
            return super().reset(task)

        def step(self, action) -> Observation:
            time.sleep(0.03)
            return super().step(action)

    def slow_policy(goal, steps, observation):
        time.sleep(0.05)
        return Press("home") if len(steps) < 3 else Finished("done")

    trajectory, _ = play(slow_policy, Slow())
    device, whole = trajectory.meta["device_seconds"], trajectory.meta["seconds"]
    assert device >= 0.06 + 3 * 0.03 and whole - device >= 4 * 0.05
