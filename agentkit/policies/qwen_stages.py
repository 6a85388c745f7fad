"""Where the seconds of `generate` go: the vision tower, the rest of the prefill, decoding."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch

STAGES = ("vision", "prefill", "decode")


@contextmanager
def timed_stages(model: Any) -> Iterator[dict[str, float]]:
    """Time one `model.generate` of a Qwen2.5-VL inside the block; the dict holds seconds per stage afterwards.

    `prefill` is everything up to the end of the first forward pass but the vision tower, `decode` everything after it,
    sampling included. On a CPU this is wall clock. On CUDA events are recorded in the stream and read once at the end,
    so that nothing waits for the device that would not have waited anyway. The dict stays empty when the block fails.
    """
    on_gpu = model.device.type == "cuda"
    now: Callable[[], Any] = _event if on_gpu else time.perf_counter
    tower = model.model.visual
    begins: list[Any] = []
    ends: list[Any] = []
    passes: list[Any] = []
    seconds: dict[str, float] = {}

    def after_pass(*_: Any) -> None:
        if not passes:
            passes.append(now())

    hooks = [
        tower.register_forward_pre_hook(lambda *_: begins.append(now())),
        tower.register_forward_hook(lambda *_: ends.append(now())),
        model.register_forward_hook(after_pass),
    ]
    start = now()
    try:
        yield seconds
        end = now()
    finally:
        for hook in hooks:
            hook.remove()
    if on_gpu:
        end.synchronize()
    first = passes[0] if passes else end
    vision = sum(_between(a, b) for a, b in zip(begins, ends, strict=True))
    seconds |= zip(STAGES, (vision, max(_between(start, first) - vision, 0.0), _between(first, end)), strict=True)


def _event() -> Any:
    event = torch.cuda.Event(enable_timing=True)
    event.record()
    return event


def _between(start: Any, end: Any) -> float:
    return end - start if isinstance(start, float) else start.elapsed_time(end) / 1000
