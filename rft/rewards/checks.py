"""Checks shared by the rewards' constants."""

from __future__ import annotations

import math
from typing import Any

from agentkit.errors import ConfigError


def non_negative(reward: Any, *names: str) -> None:
    """Raise ConfigError unless each named field of `reward` is a finite number >= 0."""
    for name in names:
        value = getattr(reward, name)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value) or value < 0:
            raise ConfigError(f"reward {reward.name}: {name} must be a finite number >= 0, got {value!r}")


def switches(reward: Any, *names: str) -> None:
    """Raise ConfigError unless each named field of `reward` is true or false."""
    for name in names:
        if not isinstance(getattr(reward, name), bool):
            raise ConfigError(f"reward {reward.name}: {name} must be true or false, got {getattr(reward, name)!r}")
