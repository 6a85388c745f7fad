"""Environments in other processes: they behave as here, one that dies breaks its own episodes only, all of them end."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial

import pytest
from PIL import Image

from agentkit.actions import CallUser, Click, Finished, Launch, Point, Press, Scroll, Type, Wait
from agentkit.episode import Limits, run_episode
from agentkit.errors import ConfigError, DeviceLost, EnvError
from agentkit.policies.scripted import ScriptedPolicy
from agentkit.pool import run_episodes
from agentkit.pool_processes import EnvProcesses
from agentkit.tasks import FreeGoal
from agentkit.types import Ending, Env, Observation, Task
from envs.phone.env import PhoneEnv
from envs.phone.tasks import TASKS

PHONE = partial(PhoneEnv, screen="small")
CREATE_NOTE = next(kind for kind in TASKS if kind.__name__ == "CreateNote").generate(4)


class Odd:
    """Does what the goal says: fails in some way at the first step, or tells where it runs."""

    def __init__(self, refuse: bool = False) -> None:
        if refuse:
            raise ConfigError("there is no such device")
        self.goal = ""

    def reset(self, task: Task) -> Observation:
        self.goal = task.goal
        return self._look()

    def step(self, action) -> Observation:
        match self.goal:
            case "die":
                os.kill(os.getpid(), signal.SIGKILL)
            case "lost":
                raise _Special("the cable is out")
            case "bug":
                raise ZeroDivisionError("a bug")
            case "sleep":
                time.sleep(30)
        return self._look()

    def verdict(self) -> dict:
        return {"process": os.getpid()}

    def close(self) -> None:
        pass

    def _look(self) -> Observation:
        return Observation(Image.new("RGB", (3, 2)), info={"process": os.getpid()})


class Changing(Odd):
    """Pictures of other sizes and modes at every step."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def _look(self) -> Observation:
        return Observation(picture(self.count))

    def step(self, action) -> Observation:
        self.count += 1
        return self._look()


SIZES = ((5, 7), (5, 7), (1, 1), (90, 41), (41, 90), (3, 3), (200, 300))


def picture(number: int) -> Image.Image:
    width, height = SIZES[number]
    image = Image.frombytes("RGB", (width, height), random.Random(number).randbytes(3 * width * height))
    return image.convert("L") if number == 4 else image


class _Special(DeviceLost):
    """A class that the parent process has no name for."""


@pytest.fixture(scope="module")
def odd() -> Iterator[EnvProcesses]:
    with EnvProcesses(Odd, 2, timeout_s=20) as processes:
        yield processes


BACK = ScriptedPolicy(lambda goal, steps, observation: Press("back"))


def run(env: Env, goal: str, steps: int = 3):
    return run_episode(BACK, env, FreeGoal(goal), limits=Limits(max_steps=steps, repeats=None))


def test_a_phone_there_is_as_a_phone_here():
    """Pixels, facts, verdict and the errors of every kind of action; an unchanged screen is the same object."""
    script = [
        *(Launch("Markor"), Click(Point(0.87, 0.77)), Type('it\'s "so" ü'), Press("back"), Scroll(direction="up")),
        *(Launch("no such app"), Wait(), CallUser("42\n"), Finished()),
    ]
    here = PHONE()
    with EnvProcesses(PHONE, 1) as processes:
        there = processes.env()
        assert isinstance(there, Env)
        one, other = here.reset(CREATE_NOTE), there.reset(CREATE_NOTE)
        for action in [None, *script]:
            if action is not None:
                seen = other.image
                one, other = here.step(action), there.step(action)
                assert (other.image is seen) == (other.image.tobytes() == seen.tobytes())
            assert other.image.tobytes() == one.image.tobytes() and other.image.mode == "RGB"
            assert (dict(other.info), other.ended) == (dict(one.info), one.ended)
        assert there.verdict() == here.verdict()
        with pytest.raises(EnvError, match="PhoneEnv runs PhoneTask instances") as caught:
            there.reset(FreeGoal("x"))
        assert type(caught.value) is EnvError
        there.close()
        there.close()
        with pytest.raises(DeviceLost, match="was closed"):
            there.verdict()


def test_pictures_of_any_size_arrive_and_stay_as_they_were():
    with EnvProcesses(Changing, 1) as processes:
        one, other = processes.env(), processes.env()
        seen = [one.reset(FreeGoal("x")).image]
        other.reset(FreeGoal("x"))
        for _ in SIZES[1:]:
            seen.append(one.step(Press("back")).image)
            other.step(Press("back"))
    for number, image in enumerate(seen):
        wanted = picture(number).convert("RGB")
        assert (image.size, image.tobytes()) == (wanted.size, wanted.tobytes()), number


def test_environments_are_spread_and_each_keeps_to_itself(odd):
    envs = [odd.env() for _ in range(6)]
    at = [env.reset(FreeGoal("x")).info["process"] for env in envs]
    assert sorted(at.count(process) for process in set(at)) == [3, 3] and os.getpid() not in at
    for env in envs:
        env.close()


def test_errors_keep_their_class_and_words(odd):
    env = odd.env()
    lost = run(env, "lost")
    assert (lost.ending, lost.fault) == (Ending.BROKEN, "DeviceLost: the cable is out")
    with pytest.raises(RuntimeError, match=r"(?s)failed in process.*ZeroDivisionError: a bug"):
        run(env, "bug")
    env.close()


def test_a_process_that_dies_breaks_its_own_episodes_only(odd):
    goals = ["x", "die", "x", "x", "die", "x", "x", "x"]
    done = run_episodes(BACK, odd.env, [FreeGoal(g, key=str(i)) for i, g in enumerate(goals)], 1, limits=Limits(3))
    assert [t.ending for t in done] == [Ending.BROKEN if goal == "die" else Ending.CUT for goal in goals]
    assert "ended with exit code -9" in done[1].fault and done[1].fault.startswith("DeviceLost")


def test_one_that_hangs_is_lost_and_the_others_go_on():
    before = set(multiprocessing.active_children())
    with EnvProcesses(Odd, 1, timeout_s=1.5) as processes:
        stuck, well = processes.env(), processes.env()
        well.reset(FreeGoal("x"))
        trajectory = run(stuck, "sleep")
        assert (trajectory.ending, trajectory.steps[0].observation.ended) == (Ending.BROKEN, False)
        assert "no answer to `step`" in trajectory.fault
        assert run(well, "x").ending is Ending.CUT
    assert set(multiprocessing.active_children()) <= before


def test_what_cannot_be_made_is_said():
    with pytest.raises(EnvError, match="can be pickled"):
        EnvProcesses(lambda: Odd(), 1)
    with pytest.raises(ValueError, match="at least 1, got -1"):
        EnvProcesses(Odd, -1)
    with EnvProcesses(partial(Odd, refuse=True), 1) as processes, pytest.raises(ConfigError, match="no such device"):
        processes.env().reset(FreeGoal("x"))
    with pytest.raises(EnvError, match="were closed"):
        processes.env()


def test_nothing_stays_behind_when_the_parent_is_killed():
    code = (
        "from agentkit.pool_processes import EnvProcesses; from envs.phone.env import PhoneEnv\n"
        "if __name__ == '__main__':\n"
        "    hosts = EnvProcesses(PhoneEnv, 2); envs = [hosts.env() for _ in range(2)]\n"
        "    print(*(host.process.pid for host in hosts._hosts), flush=True); input()\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ
    )
    children = [int(word) for word in parent.stdout.readline().split()]
    assert len(children) == 2
    parent.kill()
    parent.communicate()
    deadline = time.monotonic() + 10
    while any(_alive(child) for child in children):
        assert time.monotonic() < deadline, "processes outlived their parent"
        time.sleep(0.05)


def _alive(process: int) -> bool:
    try:
        with open(f"/proc/{process}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
