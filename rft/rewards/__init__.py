"""Published rewards, one file each. `REWARDS` is the catalogue; a test holds it against the folder."""

from __future__ import annotations

import dataclasses
from typing import Any

from agentkit.errors import ConfigError
from rft.closest import unknown
from rft.rewards.base import Gold, ParsedReply, Reward
from rft.rewards.venus_ground import VenusGround
from rft.rewards.venus_navi import VenusNavi

REWARDS: tuple[type[Reward], ...] = (VenusGround, VenusNavi)

__all__ = ["REWARDS", "Gold", "ParsedReply", "Reward", "VenusGround", "VenusNavi", "get_reward"]


def get_reward(name: str, **fields: Any) -> Reward:
    """The reward called `name` with its constants set. Raises ConfigError for an unknown name or constant."""
    by_name = {reward.name: reward for reward in REWARDS}
    if name not in by_name:
        raise ConfigError(unknown("reward", name, by_name))
    reward = by_name[name]
    known = [field.name for field in dataclasses.fields(reward)]  # type: ignore[arg-type]
    for field in fields:
        if field not in known:
            raise ConfigError(unknown(f"constant of reward {name}", field, known))
    return reward(**fields)
