"""Time that runs and halts: of a recording, and of what plays."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tape:
    before_s: float = 0.0
    """Seconds before the last halt."""
    since: dt.datetime | None = None
    """When it went on; None while it halts."""

    @property
    def runs(self) -> bool:
        return self.since is not None

    @property
    def begun(self) -> bool:
        return self.runs or self.before_s > 0

    def seconds(self, now: dt.datetime) -> float:
        """A clock that was set back takes nothing away."""
        return self.before_s + (max(0.0, (now - self.since).total_seconds()) if self.since is not None else 0.0)

    def run(self, now: dt.datetime) -> Tape:
        return self if self.runs else Tape(self.before_s, now)

    def halt(self, now: dt.datetime) -> Tape:
        return Tape(self.seconds(now))
