"""When to validate, which weights were best, and when to stop."""

from __future__ import annotations

import json
import logging
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from rft.arguments import BEST

log = logging.getLogger(__name__)


class ValidateEvery(TrainerCallback):
    """Ask for an evaluation every so many steps, and after the last."""

    def __init__(self, steps: int) -> None:
        self._steps = steps

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if state.global_step % self._steps == 0 or state.global_step >= state.max_steps:
            control.should_evaluate = True


class KeepBest(TrainerCallback):
    """Keep the weights with the highest `measure`; end training after `patience` evaluations that were not higher.

    `save(folder)` writes the weights as they are; every process calls it. Of equal evaluations the first is kept.
    """

    def __init__(self, out: Path, measure: str, patience: int) -> None:
        self._out, self._measure, self._patience = out, measure, patience
        self.save: Callable[[Path], None] | None = None
        self.value: float | None = None
        self.step = 0
        self.misses = 0
        """Evaluations since the best one."""

    @property
    def exhausted(self) -> bool:
        """Whether patience has run out."""
        return 0 < self._patience <= self.misses

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if args.should_save:
            recover(self._out / BEST)

    def on_evaluate(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        value = kwargs["metrics"][self._measure]
        if self.value is None or value > self.value:
            assert self.save is not None
            self.value, self.step, self.misses = value, state.global_step, 0
            replace_folder(self._out / BEST, self.save, args.should_save, {"step": self.step, self._measure: value})
            return
        self.misses += 1
        if self.exhausted:
            control.should_training_stop = control.should_save = True
            log.info("no higher %s in %d evaluations: stopping; the best is step %d with %.3f",
                     self._measure, self.misses, self.step, self.value)  # fmt: skip

    def state(self) -> dict[str, Any]:
        return {"measure": self._measure, "value": self.value, "step": self.step, "misses": self.misses}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from `state`; a state that judged by another measure is not comparable and dropped."""
        if state.get("measure") == self._measure:
            self.value, self.step, self.misses = state["value"], state["step"], state["misses"]


def replace_folder(folder: Path, save: Callable[[Path], None], is_main: bool, facts: dict[str, Any]) -> None:
    """Write a new folder beside `folder` and put it in its place; after a kill `recover` finds a whole one.

    `facts` are kept in it as best.json. Every process calls this, since saving may need them all.
    """
    fresh, old = _beside(folder)
    if is_main:
        shutil.rmtree(fresh, ignore_errors=True)
    save(fresh)
    if is_main:
        (fresh / "best.json").write_text(json.dumps(facts) + "\n", "utf-8")
        if folder.exists():
            os.rename(folder, old)
        os.rename(fresh, folder)
        shutil.rmtree(old, ignore_errors=True)


def recover(folder: Path) -> None:
    """Undo what a kill inside `replace_folder` left."""
    fresh, old = _beside(folder)
    if old.exists() and not folder.exists():
        os.rename(old, folder)
    for left in (fresh, old):
        shutil.rmtree(left, ignore_errors=True)


def _beside(folder: Path) -> tuple[Path, Path]:
    return folder.with_name(f".{folder.name}.new"), folder.with_name(f".{folder.name}.old")
