"""What `rft train` and `rft sft` can be told. Dataclasses only: no torch, so `--help` is instant.

Each field's docstring is the help text of its flag (see `rft.settings`). `trainer` passes anything else to the
trainer's own dataclass, which rejects what it does not know.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from agentkit.errors import ConfigError
from rft.algorithms import ALGORITHMS, SETTINGS, AdvantageName, AlgorithmName, Importance, Scale

LANGUAGE_LINEAR = r".*language_model.*\.(q_proj|k_proj|v_proj|o_proj|gate_proj|up_proj|down_proj)"
"""Every linear layer of the language model's blocks. Bare names would also match the vision tower's MLP."""

OWNED = ("output_dir", "log_multimodal", "remove_unused_columns", "resume_from_checkpoint", "disable_tqdm")
"""Trainer arguments that a run must set itself."""


@dataclass(frozen=True, kw_only=True)
class RunConfig:
    """What both kinds of training share."""

    model: str = ""
    """Folder of the Qwen2.5-VL model to start from (or a hub name)."""
    data: str = ""
    """JSONL file of training rows (rft.data.rows describes the format)."""
    out: str = ""
    """Folder of the run: settings, metrics, curve, checkpoints and the final model."""
    protocol: str = "venus1_ground"
    """Prompt protocol: how a row becomes messages and how a reply is read (agentkit.protocols)."""
    protocol_args: dict[str, Any] = field(default_factory=dict)
    """Options of the protocol, as key=value, such as refusal=true or history=5."""
    skip_bad: bool = False
    """Leave out bad rows and report them, instead of stopping at the first."""
    check_images: bool = True
    """Decode every screenshot before training, which finds truncated files."""

    steps: int = 0
    """Optimizer steps. 0: as many as `epochs` needs."""
    epochs: float = 1.0
    """Passes over the data when `steps` is 0."""
    batch_size: int = 0
    """Sequences per device in one forward and backward pass. 0: 8, or a whole step for models under 50 M parameters."""
    lr: float = 1e-5
    """Peak learning rate. For full weights try a tenth of what suits LoRA."""
    lr_schedule: str = "constant_with_warmup"
    """Learning-rate schedule, by transformers' name (cosine, linear, constant, ...)."""
    warmup_steps: int = 0
    """Steps over which the learning rate rises from zero."""
    weight_decay: float = 0.0
    """AdamW weight decay."""
    max_grad_norm: float = 1.0
    """Gradients with a larger norm are scaled down to it."""
    seed: int = 0
    """Seed of the data order, of sampling and of new adapter weights."""

    lora_r: int = 16
    """Rank of the LoRA adapters. 0 trains the full weights."""
    lora_alpha: int = 32
    """LoRA scale; the update is multiplied by alpha / r."""
    lora_targets: str = LANGUAGE_LINEAR
    """Regular expression over module names that get an adapter. The default is the language model only."""
    freeze_vision: bool = True
    """Keep the vision tower as it is."""
    vision_once: bool = True
    """With a frozen tower: encode each distinct screenshot once per batch and without gradients. Same results."""
    vision_memory: int = 64
    """With vision_once: how many screenshots' features to keep between calls. 0 keeps none."""

    min_pixels: int = 0
    """Screenshots are resized to at least this area. 0: as the model's folder says, or the protocol for stock Qwen."""
    max_pixels: int = 0
    """Screenshots are resized to at most this area. 0: as for min_pixels."""
    device: Literal["auto", "cpu"] = "auto"
    """cpu ignores an accelerator that is there."""
    dtype: Literal["auto", "float32", "bfloat16"] = "auto"
    """Precision. auto: bfloat16 on an accelerator, float32 on a CPU."""
    gradient_checkpointing: Literal["auto", "on", "off"] = "auto"
    """Recompute activations instead of keeping them. auto: on for models over 100 M parameters."""
    cudnn_attention: bool = False
    """Let PyTorch pick cuDNN's attention. Off because it gave non-finite gradients in bfloat16 training."""

    save_every: int = 50
    """Steps between checkpoints. 0 saves at the end only."""
    keep_checkpoints: int = 2
    """How many checkpoints to keep."""
    log_every: int = 1
    """Steps between lines of metrics.jsonl."""
    resume: Literal["auto", "never"] = "auto"
    """auto continues from the newest complete checkpoint in `out`; never refuses a folder that has one."""
    report_to: tuple[str, ...] = ()
    """Trackers besides metrics.jsonl: tensorboard, trackio, wandb."""
    trainer: dict[str, Any] = field(default_factory=dict)
    """Anything else for the trainer's dataclass, as key=value; wins over what this file would set."""

    launch: Literal["none", "torchrun", "accelerate"] = "none"
    """Start several processes. Ignored inside a launched process (RANK or WORLD_SIZE is set)."""
    nproc: int = 1
    """Processes on this machine."""
    nnodes: int = 1
    """Machines."""
    rdzv_endpoint: str = ""
    """host:port where the machines meet, when there are several."""
    accelerate_config: str = ""
    """Configuration file for accelerate launch (FSDP, DeepSpeed)."""

    def __post_init__(self) -> None:
        for name in (
            "steps",
            "batch_size",
            "warmup_steps",
            "lora_r",
            "vision_memory",
            "min_pixels",
            "max_pixels",
            "save_every",
        ):
            _at_least(self, name, 0)
        for name in ("keep_checkpoints", "log_every", "nproc", "nnodes"):
            _at_least(self, name, 1)
        for name in ("lr", "epochs"):
            if not getattr(self, name) > 0:
                raise ConfigError(f"{name} must be positive, got {getattr(self, name)!r}")
        if 0 < self.max_pixels < self.min_pixels:
            raise ConfigError(f"min_pixels must not exceed max_pixels, got {self.min_pixels} > {self.max_pixels}")
        for key in OWNED:
            if key in self.trainer:
                raise ConfigError(f"trainer.{key} cannot be set: the run sets it itself")

    def require_paths(self) -> None:
        """Raise ConfigError unless the three things that have no default are given."""
        for name in ("model", "data", "out"):
            if not getattr(self, name):
                raise ConfigError(f"--{name} is required (or '{name}:' in the configuration file)")


@dataclass(frozen=True, kw_only=True)
class TrainConfig(RunConfig):
    """Reinforcement fine-tuning with GRPO.

    A setting that `algorithm` decides is filled in when the object is made, so readers always find a value.
    """

    reward: str = "venus_ground"
    """Reward, by name (rft rewards list)."""
    reward_args: dict[str, Any] = field(default_factory=dict)
    """Constants of the reward, as key=value, such as delta1=0.1 (rft rewards list NAME)."""
    group: int = 8
    """Replies sampled per prompt (G)."""
    prompts: int = 8
    """Distinct prompts per optimizer step, over all devices."""
    iterations: int = 1
    """Optimizer passes over each batch of replies."""
    algorithm: AlgorithmName = "dr_grpo"
    """Published variant of GRPO. Decides each of the settings from loss to dynamic_sampling that is not given."""
    loss: str = None  # type: ignore[assignment]
    """Loss, by TRL's name: how the terms of tokens are summed up."""
    importance: Importance = None  # type: ignore[assignment]
    """Importance ratio of each token, or one for the whole reply."""
    epsilon_low: float = None  # type: ignore[assignment]
    """How far a ratio may fall below 1 before it is clipped."""
    epsilon_high: float = None  # type: ignore[assignment]
    """How far a ratio may rise above 1 before it is clipped."""
    advantage: AdvantageName = None  # type: ignore[assignment]
    """What replies are compared with: the mean of their group, the others of their group, or UI-S1's episodes of steps.
    ui_s1 needs rows that are steps of traces."""
    scale_rewards: Scale = None  # type: ignore[assignment]
    """What to divide group advantages by: the standard deviation of the group, of the batch, or nothing."""
    beta: float = None  # type: ignore[assignment]
    """Weight of the KL penalty to the starting model. 0 skips that model's forward pass."""
    mask_truncated: bool = None  # type: ignore[assignment]
    """Leave cut replies out of the loss. Otherwise they are scored as they stand."""
    dynamic_sampling: bool = None  # type: ignore[assignment]
    """Replace prompts that teach nothing, because all their replies earn the same, by others before each step."""
    max_resamples: int = 3
    """With dynamic_sampling: further draws a step may make, each of as many prompts as are still missing."""
    skip_dead: int = 0
    """Pass over a prompt that taught nothing the next N times its turn comes. 0 never does."""
    advantage_args: dict[str, Any] = field(default_factory=dict)
    """Constants of advantage=ui_s1, as key=value, such as gamma=0.5."""

    val_data: str = ""
    """JSONL file of held-out rows or traces, answered greedily before, during and after training."""
    val_every: int = 20
    """Steps between evaluations on val_data."""
    val_patience: int = 0
    """Stop after so many evaluations without a higher trace success (for rows: accuracy). 0 never stops early."""

    max_new_tokens: int = 256
    """Longest reply. A longer one is cut and scored as it stands."""
    temperature: float = 1.0
    """Sampling temperature."""
    top_p: float = 1.0
    """Nucleus sampling mass."""
    top_k: int = 0
    """Sample among the k likeliest tokens. 0: among all."""
    generation_args: dict[str, Any] = field(default_factory=dict)
    """Further arguments of generate (or vLLM's sampler), as key=value."""
    generation: Literal["hf", "vllm-colocate", "vllm-server"] = "hf"
    """Who samples: this process, vLLM inside it, or a vLLM server."""
    vllm_url: str = ""
    """Base URL of the server, for vllm-server."""
    share_prompt: bool = True
    """Read each distinct prompt once per batch, not once per reply. Same results up to rounding."""
    keep_replies: bool = False
    """Keep every scored reply in `out`/replies, for `rft data align` and for analysis."""

    def __post_init__(self) -> None:
        RunConfig.__post_init__(self)
        _at_least(self, "group", 2)
        for name in SETTINGS:
            if getattr(self, name) is None:
                object.__setattr__(self, name, getattr(ALGORITHMS[self.algorithm], name))
        for name in ("prompts", "iterations", "max_new_tokens", "val_every"):
            _at_least(self, name, 1)
        for name in ("top_k", "max_resamples", "skip_dead", "val_patience"):
            _at_least(self, name, 0)
        for name in ("epsilon_low", "epsilon_high"):
            if not getattr(self, name) >= 0:
                raise ConfigError(f"{name} must be >= 0, got {getattr(self, name)}")
        if self.val_patience and not self.validates:
            raise ConfigError(f"val_patience={self.val_patience} needs val_data, the rows or traces to evaluate on")
        if not self.temperature > 0:
            raise ConfigError(f"temperature must be positive: replies of a group must differ; got {self.temperature}")
        if not 0 < self.top_p <= 1:
            raise ConfigError(f"top_p must be in (0, 1], got {self.top_p}")
        if self.beta < 0:
            raise ConfigError(f"beta must be >= 0, got {self.beta}")
        if (self.generation == "vllm-server") != bool(self.vllm_url):
            raise ConfigError(
                "vllm_url is needed for generation=vllm-server and means nothing otherwise; "
                f"got generation={self.generation}, vllm_url={self.vllm_url!r}"
            )

    @property
    def validates(self) -> bool:
        """Whether the run is measured on something held out."""
        return bool(self.val_data)


@dataclass(frozen=True, kw_only=True)
class SftConfig(RunConfig):
    """Supervised warm start on the gold replies of the rows."""

    batch: int = 16
    """Rows per optimizer step, over all devices."""

    def __post_init__(self) -> None:
        RunConfig.__post_init__(self)
        _at_least(self, "batch", 1)


def _at_least(config: Any, name: str, low: int) -> None:
    value = getattr(config, name)
    if value < low:
        raise ConfigError(f"{name} must be at least {low}, got {value!r}")
