"""Mixin for a trainer: where the seconds of a step go, logged as `time/...`."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from rft.stopwatch import Stopwatch


class TimesSteps:
    """Seconds per step on this process, by the names given to `time_steps`; `other` is the rest, `step` the sum."""

    model: Any
    state: Any
    _watch: Stopwatch
    _logged_step: int | None

    def time_steps(self, *names: str) -> None:
        """Begin. Called before the trainer's own constructor."""
        self._watch, self._logged_step = Stopwatch(*names), None

    def _span(self, name: str) -> AbstractContextManager[None]:
        return self._watch.span(name)

    def training_step(self, *args: Any, **kwargs: Any) -> Any:
        if self._logged_step is None:
            self._logged_step = self.state.global_step
            self._watch.read()
        return super().training_step(*args, **kwargs)  # type: ignore[misc]

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        if self._logged_step is not None and self.model.training and "train_runtime" not in logs:
            spent = self._watch.read()
            steps = max(1, self.state.global_step - self._logged_step)
            self._logged_step = self.state.global_step
            logs["time/step"] = sum(spent.values()) / steps
            logs |= {f"time/{name}": seconds / steps for name, seconds in spent.items()}
        super().log(logs, start_time)  # type: ignore[misc]
