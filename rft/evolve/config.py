"""What `rft evolve` can be told. No torch: `--help` is instant."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from agentkit.errors import ConfigError

TRAIN = ("model", "data", "out", "epochs", "seed", "keep_replies", "resume")
ALIGN = ("replies", "policy", "samples", "epoch", "pools", "protocol", "protocol_args", "reward", "reward_args")
ENHANCE = ("pools",)
"""Settings of a stage that the loop sets itself."""


@dataclass(frozen=True, kw_only=True)
class EvolveConfig:
    model: str = ""
    """Folder of the Qwen2.5-VL model to start from (or a hub name, or mini)."""
    rounds: int = 3
    """Epochs of training; between two of them the histories are aligned. More rounds may be asked for later."""
    seed: int = 0
    """Seed of the first round; each further round adds one."""
    samples: int = 0
    """Replies that the new model is asked for at each step before an alignment. 0: those of its training are reused."""
    align: bool = True
    """Align the histories between rounds. Off: each round trains on the recorded ones again, to compare with."""
    enhance: bool = True
    """Add rows for rare actions, from the second round on."""
    train: str = ""
    """YAML file of settings for `rft train`."""
    train_args: dict[str, Any] = field(default_factory=dict)
    """Further settings for `rft train`, as key=value; they win over the file."""
    align_args: dict[str, Any] = field(default_factory=dict)
    """Settings for `rft data align`, as key=value, such as target_length=80."""
    enhance_args: dict[str, Any] = field(default_factory=dict)
    """Settings for `rft data enhance`, as key=value, such as below=0.02."""

    def __post_init__(self) -> None:
        if self.rounds < 1 or self.samples < 0:
            raise ConfigError(f"rounds must be at least 1 and samples at least 0, got {self.rounds}, {self.samples}")
        if self.enhance and not self.align:
            raise ConfigError("rare actions are enhanced from the thoughts of an alignment: add --no-enhance")
        for stage, owned in (("train", TRAIN), ("align", ALIGN), ("enhance", ENHANCE)):
            for name in getattr(self, f"{stage}_args"):
                if name in owned:
                    raise ConfigError(f"{stage}_args.{name} cannot be set: the loop sets it itself")
