"""Published rewards, one file each. `REWARDS` is the catalogue; a test holds it against the folder."""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar

from agentkit.closest import unknown
from agentkit.errors import ConfigError
from rft.rewards.agentcpm import AgentCpm
from rft.rewards.base import Gold, ParsedReply, Reward, TrajectoryReward
from rft.rewards.gta1 import Gta1
from rft.rewards.gui_g2 import GuiG2
from rft.rewards.gui_r1 import GuiR1
from rft.rewards.infigui_g1 import InfiGuiG1
from rft.rewards.se_gui import SeGui
from rft.rewards.ui_r1 import UiR1
from rft.rewards.ui_s1 import UiS1
from rft.rewards.venus15_navi import Venus15Navi
from rft.rewards.venus15_online import Venus15Online
from rft.rewards.venus_ground import VenusGround
from rft.rewards.venus_navi import VenusNavi

REWARDS: tuple[type[Reward], ...] = (
    VenusGround, VenusNavi, Venus15Navi, GuiR1, UiR1, SeGui, Gta1, InfiGuiG1, GuiG2, AgentCpm, UiS1,
)  # fmt: skip
"""Rewards of one reply."""
TRAJECTORY_REWARDS: tuple[type[TrajectoryReward], ...] = (Venus15Online,)
"""Rewards of a whole episode."""

__all__ = [
    "REWARDS", "TRAJECTORY_REWARDS", "Gold", "ParsedReply", "Reward", "TrajectoryReward", "VenusGround", "VenusNavi",
    "get_reward", "get_trajectory_reward",
]  # fmt: skip

R = TypeVar("R")


def get_reward(name: str, **fields: Any) -> Reward:
    """The reward called `name` with its constants set. Raises ConfigError for an unknown name or constant."""
    by_name = {reward.name: reward for reward in REWARDS}
    if name in {reward.name for reward in TRAJECTORY_REWARDS}:
        raise ConfigError(f"reward {name} scores whole episodes; those of a single reply are {', '.join(by_name)}")
    return _make(by_name, name, fields)


def get_trajectory_reward(name: str, **fields: Any) -> TrajectoryReward:
    """As `get_reward`, for rewards of a whole episode."""
    return _make({reward.name: reward for reward in TRAJECTORY_REWARDS}, name, fields)


def _make(by_name: dict[str, type[R]], name: str, fields: dict[str, Any]) -> R:
    if name not in by_name:
        raise ConfigError(unknown("reward", name, by_name))
    known = [field.name for field in dataclasses.fields(by_name[name])]  # type: ignore[arg-type]
    for field in fields:
        if field not in known:
            raise ConfigError(unknown(f"constant of reward {name}", field, known))
    return by_name[name](**fields)
