"""Supervised training on an endless stream of rendered screens, within a time budget.

transformers' Trainer does the work; what is added here is the packed batch (`rft.stream`), a learning rate that
follows the clock when the budget is minutes, and a guard that drops an update whose gradient is not finite.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, get_worker_info
from transformers import Trainer, TrainerCallback, TrainingArguments

from agentkit.errors import ConfigError
from rft.guards import FiniteGradients
from rft.muon import MuonWithAdamW
from rft.stream import Packer, Scene, packed_loss
from rft.trusted_checkpoints import TrustedCheckpoints

SceneSource = Callable[[int], Iterator[Scene]]
"""seed -> endless scenes. Called once in each worker process with a seed of its own."""


@dataclass
class StreamBudget:
    """When to stop: after `steps` updates or `seconds` of training, whichever is first."""

    steps: int
    seconds: float = math.inf


class SceneBatches(IterableDataset[dict[str, Tensor]]):
    """Each worker renders, packs and batches on its own, so only whole batches travel between processes."""

    def __init__(self, source: SceneSource, packer: Packer, batch: int, seed: int) -> None:
        self.source, self.packer, self.batch, self.seed = source, packer, batch, seed

    def __iter__(self) -> Iterator[dict[str, Tensor]]:
        torch.set_num_threads(1)
        worker = get_worker_info()
        seed = self.seed * 1009 + (worker.id if worker else 0)
        return self.packer.batches(self.source(seed), self.batch)


class StopAtDeadline(TrainerCallback):
    def __init__(self, clock: Callable[[], float], seconds: float) -> None:
        self.clock, self.seconds = clock, seconds

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if self.clock() >= self.seconds:
            control.should_training_stop = True


class StreamTrainer(TrustedCheckpoints, Trainer):
    """`Trainer` over scenes. `model` is a Qwen2.5-VL; `mean` and `std` are its image processor's."""

    def __init__(
        self,
        model: Any,
        args: TrainingArguments,
        batches: SceneBatches,
        budget: StreamBudget,
        mean: list[float],
        std: list[float],
        **kwargs: Any,
    ) -> None:
        if args.world_size > 1:
            raise ConfigError(f"streams train on one device, got {args.world_size} processes")
        self.core = model
        self.batches, self.budget, self.mean, self.std = batches, budget, mean, std
        self._started: float | None = None
        self._hits: list[Tensor] = []
        self.finite = FiniteGradients(limit=20)
        kwargs["callbacks"] = [*kwargs.get("callbacks", []), self.finite, StopAtDeadline(self.elapsed, budget.seconds)]
        super().__init__(model=model, args=args, train_dataset=batches, **kwargs)

    def elapsed(self) -> float:
        """Seconds since the first batch."""
        return 0.0 if self._started is None else time.monotonic() - self._started

    def get_train_dataloader(self) -> DataLoader[dict[str, Tensor]]:
        workers = self.args.dataloader_num_workers
        return DataLoader(
            self.batches,
            batch_size=None,
            num_workers=workers,
            prefetch_factor=2 if workers else None,
            pin_memory=self.args.device.type == "cuda",
            persistent_workers=bool(workers),
        )

    def create_optimizer(self, *args: Any, **kwargs: Any) -> torch.optim.Optimizer:
        if self.optimizer is None:
            self.optimizer = MuonWithAdamW(self.model, self.args.learning_rate)
        return self.optimizer

    def create_scheduler(self, num_training_steps: int, optimizer: Any = None) -> Any:
        """Linear warm-up, flat, then a linear fall over the last 40 %, by step or by clock, whichever is further."""
        warmup = max(1, int(self.args.warmup_steps))

        def factor(step: int) -> float:
            done = max(step / max(1, self.budget.steps), self.elapsed() / self.budget.seconds)
            return min(1.0, (step + 1) / warmup, max(0.0, (1.0 - done) / 0.4) + 1e-3)

        self.lr_scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer or self.optimizer, factor)  # type: ignore[arg-type]
        return self.lr_scheduler

    def compute_loss(self, model: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        if self._started is None:
            self._started = time.monotonic()
        inputs = {k: v.to(self.args.device, non_blocking=True) for k, v in inputs.items()}
        with self.accelerator.autocast():  # packed_loss calls submodules, so the wrapped forward is not in play
            loss, hits = packed_loss(self.core, inputs, self.mean, self.std)
        self._hits.append(hits)
        return loss

    def log(self, logs: dict[str, float], *args: Any, **kwargs: Any) -> None:
        if self._hits:
            logs["token_accuracy"] = round(torch.stack(self._hits).mean().item(), 4)
            self._hits.clear()
        if self._started is not None:
            images = self.state.global_step * self.batches.batch
            logs["images"] = images
            logs["images_per_second"] = round(images / max(1e-9, self.elapsed()), 1)
            logs["updates_dropped"] = self.finite.skipped
        super().log(logs, *args, **kwargs)
