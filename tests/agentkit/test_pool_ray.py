"""Environments on a local Ray cluster of two cores. Run with Ray installed: pip install 'glint-agents[ray]'."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import pytest

from agentkit.actions import Press, Wait
from agentkit.episode import Limits, run_episode
from agentkit.errors import ConfigError, DeviceLost, EnvError
from agentkit.policies.scripted import ScriptedPolicy
from agentkit.pool import run_episodes
from agentkit.pool_ray import RayEnvs
from agentkit.tasks import FreeGoal
from agentkit.types import Ending, Env
from envs.phone.env import PhoneEnv
from envs.phone.tasks import TASKS

PHONE = partial(PhoneEnv, screen="small")
CHOSEN = [kind.generate(4) for kind in TASKS[:6]]
BACK = ScriptedPolicy(lambda goal, steps, observation: Press("back"))
LIMITS = Limits(max_steps=3)


class Dying(PhoneEnv):
    """Kills its own process at every Wait."""

    def step(self, action):
        if isinstance(action, Wait):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().step(action)


def refuse() -> Env:
    raise EnvError("no emulator on this machine")


def test_without_ray_the_install_line_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ConfigError, match=r"pip install 'glint-agents\[ray\]'"):
        RayEnvs(PHONE)


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    if find_spec("ray") is None:
        pytest.skip("ray is not installed")
    import ray

    here = {"env_vars": {"PYTHONPATH": str(Path(__file__).parent)}}  # this file's classes, for the actors
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, runtime_env=here)
    yield
    ray.shutdown()


@pytest.mark.slow
def test_phones_on_ray_are_as_phones_here(cluster) -> None:
    here = run_episodes(BACK, PHONE, CHOSEN, 1, limits=LIMITS)
    with RayEnvs(PHONE, cpus=0.5) as phones:
        there = run_episodes(BACK, phones.env, CHOSEN, 4, limits=LIMITS)
    for one, other in zip(here, there, strict=True):
        assert other.ending is one.ending is Ending.CUT and other.verdict == one.verdict
        for step, again in zip(one.steps, other.steps, strict=True):
            assert again.observation.image.tobytes() == step.observation.image.tobytes()
            assert again.observation.info == step.observation.info


@pytest.mark.slow
def test_an_actor_that_dies_breaks_its_episode_only(cluster) -> None:
    policy = ScriptedPolicy(lambda goal, steps, observation: Wait() if goal == CHOSEN[1].goal else Press("back"))
    with RayEnvs(partial(Dying, screen="small"), cpus=0.5) as phones:
        done = run_episodes(policy, phones.env, CHOSEN[:4], 2, limits=LIMITS)
    assert [t.ending for t in done] == [Ending.CUT, Ending.BROKEN, Ending.CUT, Ending.CUT]
    assert done[1].fault.startswith("DeviceLost: the environment's actor is gone during `step`")


@pytest.mark.slow
def test_faults_keep_their_class(cluster) -> None:
    with RayEnvs(refuse, cpus=0.1) as envs, pytest.raises(EnvError, match=r"^no emulator on this machine$"):
        envs.env()
    with RayEnvs(PHONE, cpus=0.1) as phones:
        env = phones.env()
        assert run_episode(BACK, env, FreeGoal("x")).fault.startswith("EnvError: PhoneEnv runs PhoneTask instances")
        env.close()
        with pytest.raises(DeviceLost, match="was closed"):
            env.verdict()


@pytest.mark.slow
def test_no_room_in_the_cluster_is_a_lost_device(cluster) -> None:
    with RayEnvs(PHONE, cpus=64, timeout_s=2) as phones, pytest.raises(DeviceLost, match="no answer to `ready`"):
        phones.env()
