"""TRL's trainers with what UI agents need. The only file that imports trl.

`AgentGRPOTrainer` joins what other files say about a step: which prompts it draws (`rft.drawing`), that each is read
once (`rft.shared_passes`), how the policy is validated (`rft.validating`). Groups stay together in a pass, and the time
of a step is split and logged. Both trainers save so that a full disk costs the new checkpoint only.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from datasets import Dataset
from trl import GRPOConfig, GRPOTrainer, SFTConfig, SFTTrainer
from trl.trainer.utils import split_pixel_values_by_grid, split_tensor_dict, unsplit_pixel_values_by_grid

from agentkit.closest import unknown
from agentkit.errors import ConfigError
from rft.arguments import episode_arguments, grpo_arguments, sft_arguments, world_size
from rft.best import KeepBest, ValidateEvery
from rft.checkpoints import read_run_state
from rft.configs import RunConfig, SftConfig, TrainConfig
from rft.drawing import Drawing, DrawsPrompts, drawing_of
from rft.loading import Parts
from rft.online.config import EpisodeConfig
from rft.online.learning import Learning, LearnsFromEpisodes
from rft.reply_log import ReplyLog
from rft.rewards import get_reward
from rft.saving import save_weights
from rft.scoring import Scorer, check_gold
from rft.shared_passes import SharedPasses
from rft.step_times import TimesSteps
from rft.trusted_checkpoints import TrustedCheckpoints
from rft.validating import Validates
from rft.validation import Validation

log = logging.getLogger(__name__)


class AgentGRPOTrainer(TrustedCheckpoints, TimesSteps, DrawsPrompts, Validates, SharedPasses, GRPOTrainer):
    """`GRPOTrainer` that shares prompts, draws them itself, validates greedily, and logs `time/...`.

    Times (`rft.step_times`): `generate` samples, `score` computes rewards, `prepare` handles
    pictures, templates and any extra scoring passes, `loss` runs forward and backward, `validate` evaluates, `other`
    is the optimizer, loading and saving; `step` is their sum.
    """

    _buffered_inputs: Any

    def __init__(
        self,
        *args: Any,
        drawing: Drawing,
        share_prompt: bool = True,
        validation: Validation | None = None,
        val_scorer: Scorer | None = None,
        keep_best: KeepBest | None = None,
        **kwargs: Any,
    ) -> None:
        self.share, self.drawing = share_prompt, drawing
        self.validation, self.keep_best = validation, keep_best
        self.val_scorer = val_scorer or drawing.scorer
        self.time_steps("generate", "score", "prepare", "loss", *(("validate",) if validation else ()))
        super().__init__(*args, **kwargs)

    def train(self, resume_from_checkpoint: str | None = None, **kwargs: Any) -> Any:  # type: ignore[override]
        if resume_from_checkpoint is not None:
            self._restore(Path(resume_from_checkpoint))
        self.args.eval_on_start = self.validation is not None and resume_from_checkpoint is None
        return super().train(resume_from_checkpoint=resume_from_checkpoint, **kwargs)

    def run_state(self) -> dict[str, Any]:
        best = {"validation": self.keep_best.state()} if self.keep_best else {}
        return {"prompts": self.drawing.stream.state(), **best}

    def _restore(self, checkpoint: Path) -> None:
        try:
            state = read_run_state(checkpoint)
        except (OSError, ValueError) as error:
            raise ConfigError(f"cannot go on from {checkpoint}, which rft train did not write: {error}") from error
        self.drawing.stream.restore(state["prompts"])
        if self.keep_best and "validation" in state:
            self.keep_best.restore(state["validation"])

    def _prepare_inputs(self, generation_batch: Any) -> Any:
        if not (self.share and self.model.training):
            return super()._prepare_inputs(generation_batch)
        # TRL shuffles replies between the passes of a step, which would scatter the groups. The sum over the passes
        # is the same either way.
        passes = self.args.steps_per_generation
        if self._step % (passes * self.num_iterations) == 0 or self._buffered_inputs is None:
            scored = self._generate_and_score_completions(generation_batch)
            if passes == 1:
                self._buffered_inputs = [scored]
            else:
                parts: Any = split_tensor_dict(split_pixel_values_by_grid(scored), passes)  # type: ignore[arg-type]
                self._buffered_inputs = [unsplit_pixel_values_by_grid(part) for part in parts]
        return self._buffered_inputs[self._step % passes]

    def training_step(self, *args: Any, **kwargs: Any) -> Any:
        with self._span("loss"):
            return super().training_step(*args, **kwargs)

    def _generate_and_score_completions(self, inputs: Any) -> Any:
        with self._span("prepare"):
            return super()._generate_and_score_completions(inputs)

    def _generate_single_turn(self, *args: Any, **kwargs: Any) -> Any:
        with self._span("generate" if self.model.training else "validate"):
            return super()._generate_single_turn(*args, **kwargs)

    def _calculate_rewards(self, *args: Any, **kwargs: Any) -> Any:
        with self._span("score"):
            return super()._calculate_rewards(*args, **kwargs)


class EpisodeTrainer(TimesSteps, LearnsFromEpisodes, TrustedCheckpoints, SharedPasses, GRPOTrainer):
    """`GRPOTrainer` whose rows are the steps of episodes that it runs itself (`rft.online.learning`).

    Times (`rft.step_times`): `generate` runs episodes, `prepare` handles pictures and extra scoring passes, `loss`
    and `validate` as their names say.
    """

    def __init__(self, *args: Any, learning: Learning, share_prompt: bool = True, **kwargs: Any) -> None:
        self.learning, self.share = learning, share_prompt
        self.time_steps("generate", "prepare", "loss", *(("validate",) if learning.keep_best else ()))
        super().__init__(*args, **kwargs)
        self.start_learning()

    def train(self, resume_from_checkpoint: str | None = None, **kwargs: Any) -> Any:  # type: ignore[override]
        self.before_training(resume_from_checkpoint)
        return super().train(resume_from_checkpoint=resume_from_checkpoint, **kwargs)


class AgentSFTTrainer(TrustedCheckpoints, SFTTrainer):
    """`SFTTrainer` with checkpoints that can be trusted."""


def grpo_trainer(config: TrainConfig, parts: Parts, callbacks: list[Any]) -> AgentGRPOTrainer:
    """A trainer for `rft train`. Raises ConfigError for settings the trainer refuses."""
    rows = len(parts.examples.rows)
    if rows < config.prompts:
        raise ConfigError(f"a step needs {config.prompts} distinct rows (prompts), the data has {rows}")
    arguments = trainer_settings(GRPOConfig, grpo_arguments(config, parts.parameters, parts.on_gpu))
    reward = get_reward(config.reward, **config.reward_args)
    check_gold(reward, parts.examples)
    keep = ReplyLog(Path(config.out), parts.examples) if config.keep_replies else None
    scorer = Scorer(reward, parts.examples, keep)
    drawing = drawing_of(config, parts.examples, scorer, arguments.seed, arguments.shuffle_dataset is not False)
    best, val_scorer = None, None
    extra: list[Any] = [keep] if keep else []
    if parts.validation is not None:
        check_gold(reward, parts.validation.examples)
        val_scorer = Scorer(reward, parts.validation.examples)
        best = KeepBest(Path(config.out), parts.validation.main, config.val_patience)
        extra += [ValidateEvery(config.val_every), best]
    trainer = _construct(
        AgentGRPOTrainer,
        model=parts.model,
        args=arguments,
        reward_funcs=[scorer],
        # Counts the steps of an epoch; what a step trains on is the drawing's choice.
        train_dataset=Dataset.from_dict({"row": list(range(rows))}),
        processing_class=parts.processor,
        callbacks=[*callbacks, *extra],
        peft_config=adapter(config),
        drawing=drawing,
        share_prompt=config.share_prompt,
        validation=parts.validation,
        val_scorer=val_scorer,
        keep_best=best,
    )
    if best is not None:
        best.save = lambda folder: save_weights(trainer, parts.processor, folder)
    return trainer


def episode_trainer(
    config: EpisodeConfig, parts: Parts, callbacks: list[Any], learning: Learning
) -> EpisodeTrainer:
    """A trainer for `rft train --online` and `--semi-online`. Raises ConfigError for settings it refuses."""

    def scored_elsewhere(*_: Any, **__: Any) -> list[float]:
        raise AssertionError("episodes are rewarded by their source")

    best = learning.keep_best
    trainer = _construct(
        EpisodeTrainer,
        model=parts.model,
        args=trainer_settings(GRPOConfig, episode_arguments(config, parts.parameters, parts.on_gpu)),
        reward_funcs=[scored_elsewhere],
        train_dataset=Dataset.from_dict({"row": list(range(len(learning.source)))}),
        processing_class=parts.processor,
        callbacks=[*callbacks, *([ValidateEvery(config.val_every), best] if best else [])],
        peft_config=adapter(config),
        learning=learning,
        share_prompt=config.share_prompt,
    )
    if best is not None:
        best.save = lambda folder: save_weights(trainer, parts.processor, folder)
    return trainer


def sft_trainer(config: SftConfig, parts: Parts, callbacks: list[Any]) -> AgentSFTTrainer:
    """A trainer for `rft sft`. Raises ConfigError for settings the trainer refuses."""
    return _construct(
        AgentSFTTrainer,
        model=parts.model,
        args=trainer_settings(SFTConfig, sft_arguments(config, parts.parameters, parts.on_gpu)),
        train_dataset=parts.examples.conversations(),
        processing_class=parts.processor,
        callbacks=callbacks,
        peft_config=adapter(config),
    )


def trainer_settings(kind: type, values: dict[str, Any]) -> Any:
    """TRL's dataclass `kind` with `values`. Raises ConfigError for an unknown name or a value that it refuses."""
    known = [field.name for field in dataclasses.fields(kind) if field.init]
    for name in values:
        if name not in known:
            raise ConfigError(unknown(f"trainer argument (a field of {kind.__name__})", name, known))
    try:
        return kind(**values)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"the trainer refuses its arguments: {error}") from error


def _construct(trainer: Callable[..., Any], **kwargs: Any) -> Any:
    from transformers.trainer_callback import PrinterCallback

    try:
        made = trainer(**kwargs)
    except (ValueError, ImportError) as error:
        raise ConfigError(f"the trainer refuses these settings: {error}") from error
    made.remove_callback(PrinterCallback)
    log.info("%s on %d process(es), device %s", type(made).__name__, world_size(), made.args.device)
    return made


def adapter(config: RunConfig) -> Any:
    """The LoRA settings of a run; None when it trains the full weights."""
    if not config.lora_r:
        return None
    from peft import LoraConfig

    return LoraConfig(
        r=config.lora_r, lora_alpha=config.lora_alpha, target_modules=config.lora_targets, task_type="CAUSAL_LM"
    )
