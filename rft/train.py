"""`rft train` and `rft sft` from settings to result: load, resume, train, save, draw."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentkit.errors import ConfigError
from rft.arguments import BEST, CHECKPOINTS, FINAL, world_size
from rft.checkpoints import newest_complete, read_run_state, step_of
from rft.configs import RunConfig, SftConfig, TrainConfig
from rft.launch import is_main
from rft.settings import load, read_yaml, to_yaml

if TYPE_CHECKING:
    from rft.online.config import EpisodeConfig
    from rft.online.world import World

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RunResult:
    """What a run left behind."""

    folder: Path
    steps: int
    """Optimizer steps done, resumed ones included."""
    final: Path | None
    """The final model; None when the run was stopped."""
    stopped: bool
    """SIGTERM ended it after a checkpoint."""
    best: Path | None = None
    """The weights that did best on `val_data`; None without it."""


def train(config: TrainConfig) -> RunResult:
    """Reinforcement fine-tuning. Raises ConfigError, DataError, PolicyError, SaveError or DivergedError."""
    from rft.advantage import get_rule
    from rft.packages import installed
    from rft.rewards import get_reward
    from rft.vllm import require

    # Before minutes of loading.
    get_reward(config.reward, **config.reward_args)
    get_rule(config.advantage, config.scale_rewards != "none", config.advantage_args)
    require(config, installed())

    def make(parts: Any, callbacks: list[Any]) -> Any:
        from rft.trl_bridge import grpo_trainer

        return grpo_trainer(config, parts, callbacks)

    return _run(config, make)


def train_on_episodes(config: EpisodeConfig, world: World | None = None) -> RunResult:
    """Reinforcement fine-tuning on episodes in `world`, or over recorded traces. Raises as `train` does, and EnvError.

    `world` is what `config.online` names; semi-online runs need none.
    """
    from rft.online.build import learning_of, source_of

    # Before minutes of loading.
    source = source_of(config, world)

    def make(parts: Any, callbacks: list[Any]) -> Any:
        from rft.trl_bridge import episode_trainer

        return episode_trainer(config, parts, callbacks, learning_of(config, parts, source))

    return _run(config, make, rows=False)


def sft(config: SftConfig) -> RunResult:
    """Supervised fine-tuning on the rows' gold replies. Raises as `train` does."""

    def make(parts: Any, callbacks: list[Any]) -> Any:
        from rft.trl_bridge import sft_trainer

        return sft_trainer(config, parts, callbacks)

    return _run(config, make)


def _run(config: RunConfig, make: Callable[[Any, list[Any]], Any], rows: bool = True) -> RunResult:
    config.require_paths()
    out = Path(config.out)
    checkpoint = _resume_point(config, out)
    if checkpoint is not None and _is_over(config, checkpoint, out):
        log.info("this run is over: it reached its last step, or its patience ran out")
        return RunResult(out, step_of(checkpoint), out / FINAL, False, _best(out))
    _prepare_folder(config, out, checkpoint)

    from rft.guards import FiniteGradients, StopOnSigterm
    from rft.loading import load_learner, load_parts
    from rft.run_log import Alarms, RunLog

    with StopOnSigterm() as stop:
        parts = load_parts(config) if rows else load_learner(config)
        finite, alarms = FiniteGradients(), Alarms()
        callbacks = [RunLog(out, step_of(checkpoint) if checkpoint else 0), finite, alarms, stop]
        trainer = make(parts, callbacks)
        if trainer.args.should_save:
            _write(out / "run.json", _facts(config, parts))
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        final = None
        if not stop.stopped:
            from rft.saving import save_final

            final = save_final(trainer, parts.processor, config.model, out)
        if trainer.args.should_save:
            _draw(out)
            seen = {"vision": vars(parts.vision)} if parts.vision else {}
            notes = {"skipped_updates": finite.skipped, "alarms": alarms.raised, **seen}
            _write(out / "run.json", _facts(config, parts) | {"steps": trainer.state.global_step, **notes})
    return RunResult(out, trainer.state.global_step, final, stop.stopped, _best(out))


def _resume_point(config: RunConfig, out: Path) -> Path | None:
    checkpoint, skipped = newest_complete(out / CHECKPOINTS)
    for line in skipped:
        log.warning("%s", line)
    if checkpoint is None:
        return None
    if config.resume == "never":
        raise ConfigError(f"{out} holds {checkpoint.name}: choose another --out, or --resume auto to go on from it")
    log.info("resuming from %s", checkpoint)
    before = out / "config.yaml"
    if before.exists():
        old = load(type(config), None, read_yaml(type(config), before))
        changed = [name for name in vars(config) if getattr(old, name) != getattr(config, name)]
        if changed:
            log.warning("settings differ from those the run began with: %s", ", ".join(changed))
    return checkpoint


def _is_over(config: RunConfig, checkpoint: Path, out: Path) -> bool:
    """Whether the run whose newest checkpoint this is has nothing left to do."""
    if not (out / FINAL).exists():
        return False
    if config.steps and step_of(checkpoint) >= config.steps:
        return True
    if not isinstance(config, TrainConfig) or not config.val_patience:
        return False
    try:
        misses = read_run_state(checkpoint).get("validation", {}).get("misses", 0)
    except (OSError, ValueError):
        return False
    return misses >= config.val_patience


def _best(out: Path) -> Path | None:
    return out / BEST if (out / BEST).exists() else None


def _prepare_folder(config: RunConfig, out: Path, checkpoint: Path | None) -> None:
    """Make the folder and keep the settings; a run that starts anew replaces an older run's settings."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        if checkpoint is None and is_main():
            (out / "config.yaml").write_text(to_yaml(config), "utf-8")
    except OSError as error:
        raise ConfigError(f"cannot write to the run's folder {out}: {error}") from error


def _facts(config: RunConfig, parts: Any) -> dict[str, Any]:
    """What ran: versions, device, precision, and which attention kernels PyTorch may pick."""
    from importlib.metadata import version

    import torch

    device = torch.cuda.get_device_name() if parts.on_gpu else "cpu"
    backends = {
        name: getattr(torch.backends.cuda, f"{name}_sdp_enabled")()
        for name in ("flash", "mem_efficient", "math", "cudnn")
    }
    return {
        "kind": type(config).__name__,
        "python": sys.version.split()[0],
        "versions": {name: version(name) for name in ("torch", "transformers", "trl", "peft", "accelerate")},
        "device": device,
        "processes": world_size(),
        "threads": torch.get_num_threads(),
        "attention": {"implementation": parts.model.config._attn_implementation, "sdpa_backends": backends},
        "parameters": parts.parameters,
        "rows": len(parts.examples.rows),
        "budget": [parts.processor.budget.min_pixels, parts.processor.budget.max_pixels],
    }


def _draw(out: Path) -> None:
    from agentkit.errors import DataError
    from rft.plot import draw

    try:
        draw(out / "metrics.jsonl", out / "curve", out.name)
    except (DataError, OSError) as error:
        # A run is not lost for a picture.
        log.warning("no training curve: %s", error)


def _write(path: Path, facts: dict[str, Any]) -> None:
    path.write_text(json.dumps(facts, indent=2) + "\n", "utf-8")
