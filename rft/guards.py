"""Trainer callbacks that keep a run safe: finite gradients only, and a clean stop on SIGTERM."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from types import FrameType, TracebackType
from typing import Any

import torch
from transformers import TrainerCallback

from agentkit.errors import GlintError
from rft.launch import is_launched

log = logging.getLogger(__name__)

STOPPED = 143
"""Exit code of a run that SIGTERM ended: 128 + 15."""


class DivergedError(GlintError):
    """Gradients stopped being finite."""


class FiniteGradients(TrainerCallback):
    """Skip the update of a step whose gradients are not all finite; give up after `limit` such steps in a row.

    Sees gradients after clipping. Clipping by a non-finite norm makes every shard non-finite, so ranks agree.
    """

    def __init__(self, limit: int = 5) -> None:
        self.limit = limit
        self.skipped = 0
        self._in_a_row = 0

    def on_pre_optimizer_step(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        gradients = [p.grad for p in kwargs["model"].parameters() if p.grad is not None]
        if not gradients or _all_finite(gradients):
            self._in_a_row = 0
            return
        self.skipped += 1
        self._in_a_row += 1
        step = state.global_step + 1
        log.warning("step %d: gradients are not finite; the update is skipped (%d so far)", step, self.skipped)
        if self._in_a_row >= self.limit:
            raise DivergedError(
                f"gradients were not finite in {self.limit} steps in a row, the last step {step}; lower the learning "
                "rate, or on CUDA check that cudnn_attention is off"
            )
        kwargs["model"].zero_grad(set_to_none=True)


def _all_finite(gradients: list[torch.Tensor]) -> bool:
    """One device-to-host copy: a sum of norms is finite iff every element is, short of overflow."""
    norms = torch._foreach_norm(gradients, ord=float("inf"))
    return bool(torch.isfinite(torch.stack([norm.float().to(norms[0].device) for norm in norms])).all())


ECHO_S = 2.0
"""A launcher passes on the SIGTERM that a scheduler already sent to every process; that echo is not a second wish."""


class StopOnSigterm(TrainerCallback):
    """While entered, SIGTERM ends training after the current step, with a checkpoint; a second one exits at once."""

    def __init__(self) -> None:
        self.stopped = False
        """Training was ended by a signal."""
        self._asked_at: float | None = None
        self._echo_s = ECHO_S if is_launched() else 0.0
        self._before: Any = None

    def __enter__(self) -> StopOnSigterm:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGTERM, self._handle)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._before is not None:
            signal.signal(signal.SIGTERM, self._before)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if self._asked_at is not None:
            if now - self._asked_at >= self._echo_s:
                os._exit(STOPPED)
            return
        self._asked_at = now
        # write(2), because a handler may interrupt a print that holds the stream's lock.
        os.write(2, b"SIGTERM: saving a checkpoint after this step; send it again to exit at once\n")

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if _any_rank(self._asked_at is not None, args.device):
            self.stopped = True
            control.should_save = True
            control.should_training_stop = True


def _any_rank(flag: bool, device: torch.device) -> bool:
    """Whether any rank says yes: ranks that disagree about stopping would wait for each other for ever."""
    import torch.distributed as dist

    if not dist.is_available() or not dist.is_initialized():
        return flag
    votes = torch.tensor(int(flag), device=device)
    dist.all_reduce(votes, op=dist.ReduceOp.MAX)
    return bool(votes.item())
