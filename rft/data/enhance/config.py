"""What `rft data enhance` can be told. No torch, no matplotlib: `--help` is instant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from agentkit.actions import ACTION_TYPES, Key, Press
from agentkit.closest import unknown
from agentkit.errors import ConfigError

ACTION_NAMES = (
    *(cls.__name__ for cls in ACTION_TYPES if cls is not Press),
    *(f"Press{key.capitalize()}" for key in get_args(Key)),
)
"""As `agentkit.actions.action_name` says them."""


@dataclass(frozen=True, kw_only=True)
class EnhanceConfig:
    pools: str = ""
    """pools.jsonl of `rft data align`, from which other thoughts come."""
    rare: tuple[str, ...] = ()
    """Actions to enhance, such as LongPress CallUser PressRecent (default: those under `below`)."""
    below: float = 0.01
    """Without a list: actions that are a smaller share of all steps than this."""
    per_step: int = 4
    """New rows for each rare step (M); fewer where there are fewer other histories."""
    window: int = 0
    """Past steps that the prompt shows; older ones keep their thoughts, since no reader would see them. 0: all."""
    epochs: int = 0
    """Draw from the newest so many epochs of each pool. 0: all."""
    seed: int = 0
    """Seed of the drawing."""
    history_images: int = 0
    """Past screenshots to keep per row."""

    def __post_init__(self) -> None:
        if not self.pools:
            raise ConfigError("--pools is required: the pools.jsonl that rft data align wrote")
        for name in self.rare:
            if name not in ACTION_NAMES:
                raise ConfigError(unknown("action", name, ACTION_NAMES))
        if not 0 < self.below <= 1:
            raise ConfigError(f"below must be a share in (0, 1], got {self.below}")
        for name, low in (("per_step", 1), ("window", 0), ("epochs", 0), ("history_images", 0)):
            if getattr(self, name) < low:
                raise ConfigError(f"{name} must be at least {low}, got {getattr(self, name)}")
