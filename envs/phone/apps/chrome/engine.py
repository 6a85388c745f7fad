"""The Chromium behind the phone's browser: one process for all phones, on a thread of its own, started when needed.

Its pages see nothing but themselves: every request is refused, of the network as of the host's files. What hangs is
killed after `DEADLINE_S`; the next page starts another browser.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from agentkit.errors import EnvError

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from envs.miniwob.browser import Chromium

DEADLINE_S = 20.0
Found = TypeVar("Found")


class Engine:
    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="chromium")
        self._chromium: Chromium | None = None

    def ask(self, what: str, work: Callable[[Browser], Found]) -> Found:
        """Do the work on the browser's thread. ConfigError without a Chromium, EnvError when it fails or hangs."""

        def run() -> Found:
            from envs.miniwob.browser import Chromium

            if self._chromium is None:
                self._chromium = Chromium()
            chromium = self._chromium
            try:
                with chromium.within(DEADLINE_S, what):
                    return work(chromium.browser)
            except EnvError:
                if not chromium.browser.is_connected():
                    chromium.close()
                    self._chromium = None
                raise

        return self._thread.submit(run).result()

    def soon(self, work: Callable[[], None]) -> None:
        """Do it on the browser's thread, some time."""
        self._thread.submit(work)

    def close(self) -> None:
        def end() -> None:
            chromium, self._chromium = self._chromium, None
            if chromium is not None:
                chromium.close()

        self._thread.submit(end)
        self._thread.shutdown()


@cache
def engine() -> Engine:
    """The one of this process; its Chromium ends with it, when the pipe to Playwright's driver does."""
    return Engine()
