"""A sample of AndroidWorld's tasks on the simulated phone over stock adb, replayed where AndroidWorld is not there.

The transcripts beside this file hold what AndroidWorld's unmodified set-ups and checkers asked of the phone, and what
it answered when they said 1.0. The same command with `--record` makes them anew: `agentkit eval androidworld --policy
oracle --record tests/envs/androidworld/transcripts`.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from agentkit.episode import run_episode
from agentkit.types import Ending
from envs.androidworld.phone import AndroidWorldPhone, replayed
from envs.androidworld.transcript import SUFFIX
from envs.phone.baselines import NoOp, Oracle

FOLDER = Path(__file__).with_name("transcripts")
KEYS = sorted(path.name.removesuffix(SUFFIX) for path in FOLDER.glob(f"*{SUFFIX}"))

pytestmark = pytest.mark.skipif(shutil.which("adb") is None, reason="needs the stock adb client")


@pytest.fixture(scope="module")
def oracle():
    return Oracle(lambda: AndroidWorldPhone(replayed(FOLDER)))


@pytest.fixture(scope="module")
def phone(oracle):
    env = oracle.env()
    yield env
    env.close()


def test_there_is_a_sample():
    assert len(KEYS) >= 12


@pytest.mark.parametrize("key", KEYS)
def test_the_solution_leaves_what_the_checker_accepted_and_doing_nothing_does_not(key, phone, oracle):
    task = next(task for task in phone.tasks if task.key == key)
    solved = run_episode(oracle, phone, task)
    assert (solved.ending, solved.fault) == (Ending.FINISHED, "")
    assert solved.verdict["success"] == 1.0, phone.worker.differences
    assert len(solved.steps) <= task.max_steps
    idle = run_episode(NoOp(), phone, task)
    assert idle.ending is Ending.FINISHED
    assert idle.verdict["success"] == 0.0
