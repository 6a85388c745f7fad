"""UI-Venus-1.5's reward of a whole episode."""

from __future__ import annotations

import pytest

from agentkit.actions import Malformed, Wait
from agentkit.errors import ConfigError
from agentkit.types import Ending, Observation, Reply, Step, Trajectory
from rft.rewards import get_trajectory_reward


def episode(*actions, ending=Ending.FINISHED):
    seen = Observation(None)  # type: ignore[arg-type]
    return Trajectory("t", "goal", tuple(Step(seen, Reply("", action)) for action in actions), ending)


def test_venus15_online_by_hand():
    reward = get_trajectory_reward("venus15_online", completion=2.0, eta=0.5, penalty=0.25)
    assert reward(episode(Wait(), Wait()), True, 2)["total"] == 2.0
    assert reward(episode(*[Wait()] * 4), True, 2)["total"] == 0.5
    assert reward(episode(Wait()), True, 2)["total"] == 2.0  # shorter than the shortest known
    mixed = reward(episode(Wait(), Malformed("?"), Malformed("?")), True, 2)
    assert mixed == {"success": 1.0, "brevity": 0.5, "unreadable": 2.0, "total": 0.5, "correct": 1.0}
    failed = reward(episode(Wait(), Malformed("?")), False, 2)
    assert failed["total"] == -0.25 and failed["correct"] == 0.0
    assert reward.bounds(2) == (-0.5, 2.0)


def test_venus15_online_refuses_broken_episodes():
    reward = get_trajectory_reward("venus15_online")
    with pytest.raises(ValueError, match="cannot score a broken episode"):
        reward(episode(Wait(), ending=Ending.BROKEN), True, 1)
    with pytest.raises(ValueError, match="shortest"):
        reward(episode(Wait()), True, 0)
    with pytest.raises(ConfigError, match="eta must be in"):
        get_trajectory_reward("venus15_online", eta=1.5)
