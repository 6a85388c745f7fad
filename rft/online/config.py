"""What `rft train --online` and `rft train --semi-online` can be told beside the settings of every `rft train`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from agentkit.errors import ConfigError
from rft.configs import TrainConfig

ROW_LOSSES = ("dr_grpo", "grpo", "sapo", "luspo")
"""Losses that average over rows. The others count tokens over a batch whose size is known beforehand."""

_LEAST = {
    "instances": 1, "max_steps_per_episode": 0, "workers": 0, "val_instances": 0, "keep_episodes": 0, "keep_every": 1,
    "patches": 0,
}  # fmt: skip
_NOT_NEGATIVE = ("episode_time", "reference_delta", "entropy_bonus")
_SHARES = ("reference_mix", "entropy_decay")
_FOR_ROWS: dict[str, object] = {
    "data": "", "val_data": "", "keep_replies": False, "dynamic_sampling": False, "skip_dead": 0,
}  # fmt: skip
"""Settings of training on rows that mean nothing here, and their neutral values."""


@dataclass(frozen=True, kw_only=True)
class EpisodeConfig(TrainConfig):
    """Reinforcement fine-tuning on whole episodes.

    A step rolls out `group` episodes of each of `prompts` tasks (or traces); every step of theirs is a training row.
    `batch_size` is the number of rows in one forward and backward pass.
    """

    protocol: str = "venus1_navi"
    """Prompt protocol (agentkit.protocols)."""
    reward: str = ""
    """Reward (rft.rewards). Empty: venus15_online for --online, ui_s1 for --semi-online."""
    scale_rewards: Literal["group", "batch", "none"] = "group"
    """Whether to divide advantages by the standard deviation of the group."""
    vision_memory: int = 256
    """With vision_once: how many screenshots' features to keep between calls. 0 keeps none."""

    online: str = ""
    """Environment to train in: phone (simulated)."""
    semi_online: str = ""
    """JSONL file of recorded traces to roll out over (agentkit.recorded.traces describes the format)."""
    tasks: tuple[str, ...] = ()
    """Task templates to train on, by name or pattern, such as TurnWifi Set*. All of the split without it."""
    split: Literal["all", "train", "heldout_seeds", "heldout_templates"] = "train"
    """Split of the tasks to train on."""
    instances: int = 64
    """Instances drawn of each template."""
    task_seed: int = 0
    """Which instances are drawn."""
    screen: str = "small"
    """Screen of the phone."""
    max_steps_per_episode: int = 0
    """Cut episodes after so many steps, which also bounds the rows of a step. 0: the task's own budget."""
    episode_time: float = 0.0
    """Cut episodes after so many seconds. 0: never."""
    workers: int = 0
    """Environments at the same time, per process. 0: one for each episode of a step."""
    straggler_time: float = 60.0
    """Seconds that a model call waits for the slowest environment. A run repeats exactly only while none is slower."""

    val_instances: int = 0
    """Held-out instances of each template that are run greedily every val_every steps, before the first and after the
    last. 0: no validation."""
    reference_delta: float = 0.0
    """With beta: success that validation must gain before the reference follows the model. 0: it never follows."""
    reference_mix: float = 0.5
    """How far the reference follows: its weights become (1 - mix) of the old and mix of the model's."""
    entropy_bonus: float = 0.0
    """Weight of the entropy bonus at the first step. 0: none."""
    entropy_decay: float = 0.99
    """Factor of the entropy bonus from one step to the next."""
    keep_episodes: int = 2
    """Episodes of a step to keep for `agentkit show`."""
    keep_every: int = 10
    """Steps between steps whose episodes are kept."""

    patches: int = 2
    """Semi-online: wrong steps that are replaced by the recorded one, after which the rollout ends."""
    patch_thought: Literal["none", "trace"] = "none"
    """Semi-online: what a replaced step is said to have thought: nothing, or what the trace says."""

    def __post_init__(self) -> None:
        TrainConfig.__post_init__(self)
        if bool(self.online) == bool(self.semi_online):
            raise ConfigError(
                f"either --online or --semi-online is needed, got {self.online!r} and {self.semi_online!r}"
            )
        for name, least in _LEAST.items():
            if getattr(self, name) < least:
                raise ConfigError(f"{name} must be at least {least}, got {getattr(self, name)!r}")
        for name in _NOT_NEGATIVE:
            if not getattr(self, name) >= 0:
                raise ConfigError(f"{name} must be >= 0, got {getattr(self, name)!r}")
        for name in _SHARES:
            if not 0 <= getattr(self, name) <= 1:
                raise ConfigError(f"{name} must be in [0, 1], got {getattr(self, name)!r}")
        if not self.straggler_time > 0:
            raise ConfigError(f"straggler_time must be positive, got {self.straggler_time!r}")
        for name, neutral in _FOR_ROWS.items():
            if getattr(self, name) != neutral:
                raise ConfigError(f"{name} is for training on rows, not on episodes; got {getattr(self, name)!r}")
        if self.semi_online and self.val_instances:
            raise ConfigError(f"val_instances needs an environment, hence --online; got {self.val_instances}")
        if self.online and (self.advantage == "ui_s1" or self.advantage_args):
            raise ConfigError("advantage=ui_s1 and its advantage_args compare recorded steps: they need --semi-online")
        if self.generation != "hf":
            raise ConfigError(f"episodes are sampled in this process (generation=hf), got {self.generation!r}")
        if self.loss not in ROW_LOSSES:
            raise ConfigError(f"episodes train with one of the losses {', '.join(ROW_LOSSES)}; got {self.loss!r}")
        if self.scale_rewards == "batch":
            raise ConfigError("scale_rewards of episodes is group or none, got 'batch'")
        if self.reference_delta and not self.beta:
            raise ConfigError("reference_delta moves the reference of the KL penalty: it needs beta > 0, got 0")
        if self.reference_delta and not self.val_instances:
            raise ConfigError("reference_delta is a gain in validation: it needs val_instances > 0, got 0")

    @property
    def validates(self) -> bool:
        return bool(self.val_instances)

    @property
    def reward_name(self) -> str:
        return self.reward or ("venus15_online" if self.online else "ui_s1")

    def require_paths(self) -> None:
        """Raise ConfigError unless model and folder are given."""
        for name in ("model", "out"):
            if not getattr(self, name):
                raise ConfigError(f"--{name} is required (or '{name}:' in the configuration file)")
