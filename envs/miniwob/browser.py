"""A headless Chromium of the system's, driven by Playwright, in which nothing can wait for ever.

Playwright downloads browsers of its own; this uses the one that is installed. Everything asked of the page happens
within a deadline: when it passes, the browser is killed, the call that waited fails, and the caller gets an EnvError.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from agentkit.errors import ConfigError, EnvError, GlintError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

VARIABLE = "CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--disable-smooth-scrolling",  # a wheel's turn is over when the call returns
    # Pages that redraw what the pointer enters were made for browsers that hit the new drawing with the same press.
    # Newer ones send the press to its parent: a slice of click-pie could not be clicked at all.
    "--disable-blink-features=BoundaryEventDispatchTracksNodeRemoval",
)
START_S = 60.0
CLEANING_S = 3.0
PROFILE = "playwright_chromiumdev_profile-"
"""What Playwright calls the temporary profiles that it makes."""


def find_chromium(given: str | Path | None = None) -> str:
    """The browser to start: `given`, else what $CHROMIUM names, else the first of `NAMES` on the PATH.

    ConfigError when there is none, or when what was asked for is not a program.
    """
    for source, name in (("the setting", given), (f"${VARIABLE}", os.environ.get(VARIABLE))):
        if name:
            found = shutil.which(name)
            if found is None:
                raise ConfigError(f"{source} must name a Chromium to run, got {str(name)!r}, which is not a program")
            return found
    for name in NAMES:
        if found := shutil.which(name):
            return found
    raise ConfigError(
        f"no Chromium: expected {', '.join(NAMES)} on the PATH or ${VARIABLE}; on Debian: apt-get install chromium"
    )


class Chromium:
    """One browser process behind Playwright; it belongs to the thread that started it."""

    def __init__(self, executable: str | Path | None = None) -> None:
        """ConfigError without Playwright or a browser, EnvError when the browser does not come up."""
        program = find_chromium(executable)
        if find_spec("playwright") is None:
            raise ConfigError("MiniWoB++ needs the package playwright: pip install 'glint-agents[miniwob]'")
        self.pid: int | None = None
        self._leftovers: list[Path] = []
        self._driver: Playwright | None = None
        self._browser: Browser | None = None
        try:
            with _fails_as(f"starting {program}"):
                self._driver = _DRIVERS.take()
                self._browser = self._driver.chromium.launch(
                    executable_path=program,
                    args=FLAGS,
                    # Chromium refuses to start its sandbox as root, which containers usually are: without it there,
                    # and only there. The pages it shows are the ones that were installed; all others are blocked.
                    chromium_sandbox=os.geteuid() != 0,
                    timeout=START_S * 1000,
                )
                session = self._browser.new_browser_cdp_session()
                found = session.send("SystemInfo.getProcessInfo")["processInfo"]
                self.pid = next(int(process["id"]) for process in found if process["type"] == "browser")
                self._leftovers = _own_folders(session.send("SystemInfo.getInfo").get("commandLine", ""))
                session.detach()
        except GlintError:
            self.close()
            raise

    @property
    def browser(self) -> Browser:
        assert self._browser is not None
        return self._browser

    @contextmanager
    def within(self, seconds: float, what: str) -> Iterator[None]:
        """Do the block in `seconds`. EnvError when it takes longer, for which the browser is killed, or fails."""
        late = threading.Event()

        def stop() -> None:
            late.set()
            self.kill()

        timer = threading.Timer(seconds, stop)
        timer.daemon = True
        timer.start()
        try:
            with _fails_as(what):
                yield
        except EnvError as error:
            if late.is_set():
                raise EnvError(f"{what} took longer than {seconds:g} s; the browser was killed") from error
            raise
        finally:
            timer.cancel()

    def kill(self) -> None:
        """End the browser at once, from any thread; calls that wait for it fail."""
        if self.pid is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            if os.getpgid(self.pid) == self.pid:
                os.killpg(self.pid, signal.SIGKILL)
            else:
                os.kill(self.pid, signal.SIGKILL)

    def close(self) -> None:
        """End it, by force if it does not answer. Its profile is gone afterwards."""
        timer = threading.Timer(5.0, self.kill)
        timer.daemon = True
        timer.start()
        try:
            with suppress(Exception):
                if self._browser is not None:
                    self._browser.close()
            # The driver removes the profile of a browser that ended by itself, unless it is stopped before.
            deadline = time.monotonic() + CLEANING_S
            while any(folder.exists() for folder in self._leftovers[:1]) and time.monotonic() < deadline:
                time.sleep(0.02)
            if self._driver is not None:
                _DRIVERS.give_back()
        finally:
            timer.cancel()
            self._browser = self._driver = self.pid = None
        for folder in self._leftovers:
            shutil.rmtree(folder, ignore_errors=True)


def _own_folders(command_line: str) -> list[Path]:
    """Where a browser keeps its profile and its socket; one that is killed leaves the second behind."""
    found = re.search(r"--user-data-dir=(\S+)", command_line)
    if found is None or PROFILE not in found[1]:
        return []
    profile = Path(found[1])
    with suppress(OSError):
        return [profile, (profile / "SingletonSocket").readlink().parent]
    return [profile]


class _Drivers(threading.local):
    """Playwright's driver, a process of its own, of which a thread can have only one: its browsers share it."""

    driver: Playwright | None = None
    users = 0

    def take(self) -> Playwright:
        from playwright.sync_api import sync_playwright

        if self.driver is None:
            self.driver = sync_playwright().start()
        self.users += 1
        return self.driver

    def give_back(self) -> None:
        self.users -= 1
        if self.users == 0 and self.driver is not None:
            with suppress(Exception):
                self.driver.stop()
            self.driver = None


_DRIVERS = _Drivers()


@contextmanager
def _fails_as(what: str) -> Iterator[None]:
    """Every failure of Playwright as an EnvError, in one line."""
    from playwright.sync_api import Error

    try:
        yield
    except Error as error:
        lines = [line.strip() for line in error.message.splitlines() if line.strip()] or [type(error).__name__]
        last_words = next((f" ({line})" for line in lines[1:] if "FATAL" in line), "")
        raise EnvError(f"{what}: {lines[0]}{last_words}") from error
