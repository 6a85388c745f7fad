"""What `rft data align` can be told. No torch, no Pillow: `--help` is instant."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from agentkit.errors import ConfigError

SAMPLING = (
    "policy", "samples", "batch", "seed", "temperature", "max_new_tokens", "device", "protocol", "protocol_args",
)  # fmt: skip
"""Settings on which sampled replies depend."""


@dataclass(frozen=True, kw_only=True)
class AlignConfig:
    replies: str = ""
    """Where replies come from: the folder of a run of `rft train --keep-replies`, or a file of replies."""
    policy: str = ""
    """Or who is asked for them: qwen:FOLDER, served:URL#MODEL or scripted:FILE."""
    samples: int = 8
    """policy: replies to each step (R)."""
    batch: int = 32
    """policy: replies generated together."""
    seed: int = 0
    """policy: seed of the sampling."""
    temperature: float = 1.0
    """policy: sampling temperature."""
    max_new_tokens: int = 256
    """policy: longest reply."""
    device: str = "auto"
    """policy: auto, cpu, cuda or cuda:N, for a model in this process."""

    protocol: str = ""
    """Prompt protocol of the replies (default: that of the run, else venus1_navi)."""
    protocol_args: dict[str, Any] = field(default_factory=dict)
    """Options of the protocol, as key=value (default: those of the run)."""
    match: Literal["max_reward", "exact", "in_box"] = "max_reward"
    """When a reply got its step right. max_reward: it earns what the recorded action earns; exact: the same call with
    the same arguments; in_box: the same call, its point anywhere in the outline of the touched element."""
    reward: str = ""
    """max_reward: reward, by name (default: that of the run, else venus_navi)."""
    reward_args: dict[str, Any] = field(default_factory=dict)
    """max_reward: constants of the reward, as key=value (default: those of the run)."""

    target_length: int = 0
    """Of the thoughts of right replies the one whose length is closest to this many characters becomes history. 0: the
    median length of all of them."""
    epoch: int = 0
    """Epochs trained before these replies; thoughts are kept under their epoch."""
    pools: str = ""
    """pools.jsonl of an earlier alignment, whose thoughts are kept beside the new ones."""
    history_images: int = 0
    """Past screenshots to keep per row."""

    def __post_init__(self) -> None:
        if bool(self.replies) == bool(self.policy):
            raise ConfigError(
                "replies come either from a run (--replies) or from a policy (--policy); got "
                + ("both" if self.replies else "neither")
            )
        for name, low in (
            ("samples", 1), ("batch", 1), ("max_new_tokens", 1), ("target_length", 0), ("epoch", 0),
            ("history_images", 0),
        ):  # fmt: skip
            if getattr(self, name) < low:
                raise ConfigError(f"{name} must be at least {low}, got {getattr(self, name)}")
        if self.temperature < 0:
            raise ConfigError(f"temperature must be at least 0, got {self.temperature}")
        if self.samples > 1 and self.policy.startswith("qwen:") and not self.temperature:
            raise ConfigError(f"at temperature 0 all {self.samples} samples of a step are the same: use samples=1")
