"""What a run leaves to read: metrics.jsonl, one line of progress per log, and alarms for silent failures."""

from __future__ import annotations

import json
import logging
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from agentkit.machine import peak_memory

log = logging.getLogger(__name__)

SHOWN: tuple[tuple[str, str, str], ...] = (
    ("reward", "reward", ".3f"),
    ("success", "success", ".3f"),
    ("accuracy", "accuracy", ".3f"),
    ("loss", "loss", ".4f"),
    ("mean_token_accuracy", "token accuracy", ".3f"),
    ("completions/mean_length", "tokens", ".1f"),
    ("entropy", "entropy", ".3f"),
    ("grad_norm", "grad", ".3f"),
    ("frac_reward_zero_std", "dead groups", ".2f"),
    ("draws", "draws", ".0f"),
    ("val/accuracy", "held-out accuracy", ".3f"),
    ("val/step_accuracy", "held-out step accuracy", ".3f"),
    ("val/trace_success", "trace success", ".3f"),
    ("val/success", "held-out success", ".3f"),
)
"""(key in the metrics, word on the progress line, format), in order; absent keys are left out."""


class RunLog(TrainerCallback):
    """Append every log to `metrics.jsonl` and say it in one line. Only the main process writes.

    A resumed run first drops the lines that lie past its checkpoint, so each step is there once.
    """

    def __init__(self, folder: Path, start_step: int) -> None:
        self._path = folder / "metrics.jsonl"
        self._start = start_step

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if not state.is_world_process_zero:
            return
        kept = [line for line in read_metrics(self._path) if line["step"] <= self._start] if self._start else []
        text = "".join(json.dumps(line) + "\n" for line in kept)
        # Replaced in one move: a run killed here must not lose the lines of the run before.
        scratch = self._path.with_suffix(".tmp")
        scratch.write_text(text, "utf-8")
        os.replace(scratch, self._path)

    def on_log(self, args: Any, state: Any, control: Any, logs: Mapping[str, Any] | None = None, **_: Any) -> None:
        if not state.is_world_process_zero or not logs or "train_runtime" in logs:
            return
        line = {"step": state.global_step, **{key: _plain(value) for key, value in logs.items()}}
        if "time/step" in logs:
            line |= {f"memory/{kind}": round(count / 2**30, 3) for kind, count in _peaks()}
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        log.info("%s", progress(line, state.max_steps))


def progress(line: Mapping[str, Any], total: int) -> str:
    """One line for people: `step 3/60 | reward 0.412 | ... | 2.1 s (generate 1.2, score 0.0, loss 0.8, other 0.1)`."""
    parts = [f"step {line['step']}/{total}"]
    parts += [f"{word} {line[key]:{form}}" for key, word, form in SHOWN if line.get(key) is not None]
    times = {key.removeprefix("time/"): value for key, value in line.items() if key.startswith("time/")}
    if times:
        split = ", ".join(f"{name} {seconds:.2f}" for name, seconds in times.items() if name != "step")
        parts.append(f"{times.get('step', sum(times.values())):.2f} s ({split})")
    return " | ".join(parts)


def read_metrics(path: Path) -> list[dict[str, Any]]:
    """The lines of a metrics file. A last line cut off by a kill is dropped."""
    if not path.exists():
        return []
    out = []
    for text in path.read_text("utf-8").splitlines():
        try:
            line = json.loads(text)
        except json.JSONDecodeError:
            break
        out.append(line)
    return out


class Alarms(TrainerCallback):
    """Warn when training cannot learn: no group disagrees, or replies are cut, for `patience` logs in a row."""

    def __init__(self, patience: int = 5) -> None:
        self.patience = patience
        self.raised: list[str] = []
        self._streak = {"dead": 0, "cut": 0}

    def on_log(self, args: Any, state: Any, control: Any, logs: Mapping[str, Any] | None = None, **_: Any) -> None:
        logs = logs or {}
        self._watch(
            "dead",
            logs.get("frac_reward_zero_std"),
            0.999,
            state.global_step,
            "every reply of every group earned the same reward, so there is no gradient; use other rows, a "
            "higher temperature or a larger group",
        )
        self._watch(
            "cut",
            logs.get("completions/clipped_ratio"),
            0.9,
            state.global_step,
            "nearly all replies reach max_new_tokens without ending; raise it, or warm the model up with rft sft",
        )

    def _watch(self, name: str, value: float | None, limit: float, step: int, advice: str) -> None:
        if value is None:
            return
        self._streak[name] = self._streak[name] + 1 if value >= limit else 0
        if self._streak[name] == self.patience:
            text = f"step {step}: for {self.patience} logs {advice}"
            self.raised.append(text)
            log.warning("%s", text)


def _peaks() -> list[tuple[str, int]]:
    """Peak bytes of this process so far: `rss`, and `gpu` once CUDA is in use."""
    return [(name.removesuffix("_bytes"), count) for name, count in peak_memory().items()]


def _plain(value: Any) -> Any:
    """A number JSON can hold: NaN and infinity become null."""
    if isinstance(value, str):  # Trainer formats a few values for its progress bar
        try:
            value = float(value)
        except ValueError:
            return value
    return value if value is None or math.isfinite(value) else None
