"""Mixin for a GRPO trainer: it learns from episodes instead of from rows.

UI-Venus shows a model the text of its past and the current screenshot only, so every step of an episode is a prompt of
its own and becomes a training row; TRL's environments append each screenshot to one growing sequence with a single
advantage, which is another protocol. Therefore the trainer's batch only says which tasks are next: episodes run with
the model in training (`rft.online.policy`), and TRL gets the rows of their steps for its loss.

How many rows a step has depends on how long its episodes were, so a step is one backward pass after another over
passes of bounded size, each weighted by its rows: the update is the same however rows are cut into passes. Rows that
cannot move the policy are left out of the passes, but count in the mean.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from accelerate.utils import gather_object
from torch import Tensor

from agentkit.errors import ConfigError, DataError
from agentkit.trace import save_trace
from agentkit.types import Trajectory
from rft.best import KeepBest
from rft.checkpoints import read_run_state, save_failed
from rft.online.grouping import groups_of
from rft.online.policy import LearnerPolicy
from rft.online.reference import Improvement, Reference
from rft.online.rows import Means, StepRow, passes
from rft.online.source import Source, ValidatedSource

log = logging.getLogger(__name__)

EPISODES = "episodes"
"""Folder of the kept episodes inside a run."""
VALIDATION_SEED = 0


@dataclass(frozen=True)
class Learning:
    """How episodes become updates."""

    source: Source
    make_policy: Callable[[Any, Callable[[], AbstractContextManager[Any]]], LearnerPolicy]
    """From the bare model and a factory of precision contexts."""
    rows_per_pass: int
    out: Path
    """Folder of the run."""
    beta: float = 0.0
    reference_mix: float = 0.5
    entropy_decay: float = 1.0
    keep_episodes: int = 0
    keep_every: int = 1
    improvement: Improvement = field(default_factory=lambda: Improvement(0.0))
    keep_best: KeepBest | None = None


@dataclass
class Pass:
    """Rows of one forward and backward pass."""

    rows: list[StepRow]
    weight: float
    """Its share of the step's mean."""
    old: Tensor | None = None
    """Log-probabilities before the step's first update, when there are several updates."""


class LearnsFromEpisodes:
    """`learning` says how. Every process rolls out whole groups of its own."""

    learning: Learning
    args: Any
    state: Any
    model: Any
    control: Any
    optimizer: Any
    accelerator: Any
    callback_handler: Any
    num_generations: Any
    num_iterations: int
    mask_truncated_completions: bool
    beta: float
    entropy_coef: float
    log: Callable[..., None]
    _step: int
    _metrics: Any
    _compute_loss: Callable[..., Tensor]
    _get_per_token_logps_and_entropies: Callable[..., Any]
    _bare: Callable[[Any], Any]
    _span: Callable[[str], AbstractContextManager[None]]

    def start_learning(self) -> None:
        """What needs the model; called once the trainer has it."""
        if self.is_sharded:
            raise ConfigError("episodes are sampled from whole weights on each device; FSDP and DeepSpeed shard them")
        learning = self.learning
        self.policy = learning.make_policy(self._bare(self.model), self.accelerator.autocast)
        # The trainer was made without beta, so that TRL loads no second model.
        self.beta = learning.beta
        self.reference = Reference(self.accelerator.unwrap_model(self.model)) if self.beta else None
        self._entropy_bonus = self.entropy_coef
        self._passes: list[Pass] | None = None

    @property
    def is_sharded(self) -> bool:
        return bool(getattr(self, "is_fsdp_enabled", False) or getattr(self, "is_deepspeed_enabled", False))

    def before_training(self, checkpoint: str | None) -> None:
        """Take up what a checkpoint says about episodes; without one, measure the model that training begins with."""
        if checkpoint is not None:
            self._restore(Path(checkpoint))
        self.args.eval_on_start = self._validates and checkpoint is None

    def training_step(self, model: Any, inputs: Any, num_items_in_batch: Any = None) -> Tensor:
        model.train()
        if hasattr(self.optimizer, "train") and callable(self.optimizer.train):
            self.optimizer.train()
        if self._passes is None or self._step % self.num_iterations == 0:
            self._passes = self._roll_out(inputs)
        self.entropy_coef = self._entropy_bonus * self.learning.entropy_decay**self.state.global_step
        with self._span("loss"):
            loss = self._backward(model, self._passes)
        self._step += 1
        return loss

    def evaluate(self, *args: Any, **kwargs: Any) -> dict[str, float]:
        if not self._validates:
            return super().evaluate(*args, **kwargs)  # type: ignore[misc]
        assert isinstance(self.learning.source, ValidatedSource)
        was_training = self.model.training
        self.model.eval()
        try:
            with self._span("validate"):
                index, world = self.accelerator.process_index, self.accelerator.num_processes
                part = slice(index, None, world)
                measures = self._joined(self.learning.source.validate(self.policy, VALIDATION_SEED, part)).read()
            if not measures:
                raise DataError("every validation episode broke; there is nothing to measure by")
            if self.learning.improvement.seen(measures["val/success"]) and self.reference is not None:
                self.reference.follow(self.learning.reference_mix)
                log.info("validation gained: the reference follows (%d)", self.learning.improvement.times)
            if self.reference is not None:
                measures["reference_moves"] = float(self.learning.improvement.times)
            self.log(dict(measures))
        finally:
            self.model.train(was_training)
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, measures)
        return measures

    def run_state(self) -> dict[str, Any]:
        improvement, best = self.learning.improvement, self.learning.keep_best
        state: dict[str, Any] = {"reference": {"best": improvement.best, "times": improvement.times}}
        return state | ({"validation": best.state()} if best else {})

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        if self.reference is not None and self.args.should_save:
            target = Path(self.args.output_dir) / f"checkpoint-{self.state.global_step}"
            try:
                target.mkdir(parents=True, exist_ok=True)
                self.reference.save(target)
            except Exception as error:
                raise save_failed(target, error) from error
        super()._save_checkpoint(model, trial)  # type: ignore[misc]

    def _restore(self, checkpoint: Path) -> None:
        try:
            state = read_run_state(checkpoint)
            improvement = self.learning.improvement
            improvement.best, improvement.times = state["reference"]["best"], state["reference"]["times"]
        except (OSError, ValueError, KeyError) as error:
            raise ConfigError(f"cannot go on from {checkpoint}, which no run on episodes wrote: {error!r}") from error
        if self.learning.keep_best and "validation" in state:
            self.learning.keep_best.restore(state["validation"])
        if self.reference is not None:
            self.reference.load(checkpoint)

    @property
    def _validates(self) -> bool:
        return self.learning.keep_best is not None

    def _roll_out(self, inputs: Sequence[dict[str, Any]]) -> list[Pass]:
        """Run the episodes of a step and cut their rows into passes, equally many on every process."""
        learning, index = self.learning, self.accelerator.process_index
        chosen = groups_of([one["row"] for one in inputs], self.num_generations)
        seed = (self.args.seed * 1_000_003 + self.state.global_step) * 4096 + index
        with self._span("generate"):
            batch = learning.source.collect(chosen, self.num_generations, self.policy, seed)
        ends = self.policy.ends
        for row in batch.rows:
            batch.means.add("completions/mean_length", len(row.token_ids))
            batch.means.add("completions/clipped_ratio", float(row.token_ids[-1] not in ends))
        useful = [row for row in batch.rows if self._is_useful(row)]
        cut = passes(useful, learning.rows_per_pass)
        everywhere = gather_object([(len(batch.rows), len(useful), len(cut))])
        total, trained = (sum(one[part] for one in everywhere) for part in (0, 1))
        batch.means.add("rows", total)
        batch.means.add("rows_trained", trained)
        for name, value in self._joined(batch.means).read().items():
            self._metrics["train"][name].append(value)
        self._keep(batch.kept)
        # Gradients are means over processes, hence the factor. Whoever has fewer passes joins in with empty ones.
        out = [Pass(rows, len(rows) * self.accelerator.num_processes / total) for rows in cut]
        return out + [Pass(batch.rows[:1], 0.0)] * (max(count for _, _, count in everywhere) - len(cut))

    def _is_useful(self, row: StepRow) -> bool:
        """Whether a row can move the weights: by its advantage, or by a term of the loss that needs none."""
        if self.mask_truncated_completions and row.token_ids[-1] not in self.policy.ends:
            return False
        return bool(row.advantage or self.beta or self._entropy_bonus)

    def _backward(self, model: Any, todo: Sequence[Pass]) -> Tensor:
        """Gradients of a step, and its loss. Without passes there are none, and the optimizer changes nothing."""
        total = torch.zeros((), device=self.accelerator.device)
        for number, one in enumerate(todo):
            last = number == len(todo) - 1
            with nullcontext() if last else self.accelerator.no_sync(model), self._uneven():
                loss = self._compute_loss(model, self._tensors(one)) * one.weight
                self.accelerator.backward(loss)
            total += loss.detach()
        return total

    @contextmanager
    def _uneven(self) -> Iterator[None]:
        """While entered, what TRL gathers row by row for its log may have another length on every process."""
        accelerator = self.accelerator
        if accelerator.num_processes == 1:
            yield
            return
        inner = accelerator.gather
        accelerator.gather = lambda rows: inner(accelerator.pad_across_processes(rows, pad_index=math.nan))
        try:
            yield
        finally:
            del accelerator.gather

    def _tensors(self, one: Pass) -> dict[str, Any]:
        """A pass as TRL's loss takes it. Made when its turn comes, so that one pass of pictures is held at a time."""
        with self._span("prepare"):
            tensors = self.policy.batch([row.request for row in one.rows], [row.token_ids for row in one.rows])
            device = tensors["prompt_ids"].device
            tensors["advantages"] = torch.tensor([row.advantage for row in one.rows], device=device)
            if self.num_iterations > 1:
                one.old = self._log_probs(tensors) if one.old is None else one.old
                tensors["old_per_token_logps"] = one.old
            if self.reference is not None:
                with self.reference.in_place():
                    tensors["ref_per_token_logps"] = self._log_probs(tensors)
        return tensors

    @torch.no_grad()
    def _log_probs(self, tensors: dict[str, Any]) -> Tensor:
        """Log-probabilities [B, T] of the replies under the weights as they are now."""
        pictures = ("pixel_values", "image_grid_thw", "num_images", "mm_token_type_ids")
        found, _, _ = self._get_per_token_logps_and_entropies(
            self.model,
            torch.cat([tensors["prompt_ids"], tensors["completion_ids"]], dim=1),
            torch.cat([tensors["prompt_mask"], tensors["completion_mask"]], dim=1),
            tensors["completion_ids"].shape[1],
            **{name: tensors[name] for name in pictures if name in tensors},
        )
        return found

    def _joined(self, means: Means) -> Means:
        """`means` over all processes."""
        out = Means()
        for part in gather_object([means]):
            out.join(part)
        return out

    def _keep(self, episodes: Sequence[Trajectory]) -> None:
        """Write a few episodes of this step for `agentkit show`; those of a step that is done again are kept once."""
        learning, step = self.learning, self.state.global_step
        if not self.args.should_save or step % learning.keep_every:
            return
        for number, episode in enumerate(episodes[: learning.keep_episodes]):
            folder = learning.out / EPISODES / f"step{step:05d}-{number}-{episode.task_key.replace('/', '_')}"
            if not folder.exists():
                folder.parent.mkdir(parents=True, exist_ok=True)
                save_trace(episode, folder)
