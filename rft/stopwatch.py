"""Where the time of a step goes: nested spans, each second counted once, for the innermost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Stopwatch:
    """Seconds per named span. Time outside every span is `other`."""

    def __init__(self, *names: str) -> None:
        self._names = (*names, "other")
        self._open = ["other"]
        self._mark = time.perf_counter()
        self._spent = dict.fromkeys(self._names, 0.0)

    @contextmanager
    def span(self, name: str) -> Iterator[None]:
        """Count the block for `name`, less what spans inside it take."""
        self._charge()
        self._open.append(name)
        try:
            yield
        finally:
            self._charge()
            self._open.pop()

    def read(self) -> dict[str, float]:
        """Seconds per name since the last reading, in the order given, `other` last. Starts anew."""
        self._charge()
        spent, self._spent = self._spent, dict.fromkeys(self._names, 0.0)
        return spent

    def _charge(self) -> None:
        now = time.perf_counter()
        self._spent[self._open[-1]] += now - self._mark
        self._mark = now
