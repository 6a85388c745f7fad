"""Which service a name asks for, and the small ones that answer with a line."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from envs.phone.adb.framebuffer import framebuffer
from envs.phone.adb.shell import ShellService
from envs.phone.adb.stream import Stream
from envs.phone.adb.sync import SyncService

if TYPE_CHECKING:
    from envs.phone.shell import System

Service: TypeAlias = Callable[[Stream], Awaitable[None]]
Value = TypeVar("Value")
FEATURES: tuple[str, ...] = ("shell_v2", "cmd", "stat_v2", "ls_v2")
"""What the device announces: exactly what is served here."""
REPLIES: dict[str, str] = {
    "root": "adbd is already running as root\n",
    "unroot": "adbd cannot run as non-root on the simulated phone\n",
    "remount": "remount succeeded\n",
    "usb": "the simulated phone has no USB port, it stays on TCP\n",
    "disable-verity": "verity is already disabled\n",
    "enable-verity": "verity cannot be enabled on the simulated phone\n",
}


class Services:
    """Everything a stream can be opened for, on one phone."""

    def __init__(self, system: System, executor: ThreadPoolExecutor) -> None:
        self.system = system
        self.executor = executor

    def find(self, name: bytes) -> Service | None:
        """The service of that name; None for one the phone does not have (`jdwp:`, `tcp:9008`, `localabstract:...`)."""
        text = name.decode("utf-8", "surrogateescape")
        kind, colon, rest = text.partition(":")
        if not colon:
            return None
        family = kind.partition(",")[0]
        if family in ("shell", "exec"):
            return ShellService(self, kind.split(","), rest).serve
        if text == "sync:":
            return SyncService(self).serve
        if text == "framebuffer:":
            return partial(framebuffer, self)
        if kind in REPLIES:
            return partial(self._say, REPLIES[kind])
        if kind == "tcpip":
            return partial(self._say, "the simulated phone already listens on TCP; its port is chosen when it starts\n")
        if kind == "reboot":
            return self._reboot
        if kind == "reverse":
            return partial(self._reverse, rest)
        return None

    async def with_phone(self, work: Callable[[], Value]) -> Value:
        """Run `work` on a thread, the phone locked."""

        def locked() -> Value:
            with self.system.lock:
                return work()

        return await asyncio.get_running_loop().run_in_executor(self.executor, locked)

    async def _say(self, text: str, stream: Stream) -> None:
        await stream.write(text.encode())

    async def _reboot(self, stream: Stream) -> None:
        """Every app is stopped and the home screen shows, as after a restart; settings and files stay."""

        def restart() -> None:
            for package in list(self.system.phone.recents):
                self.system.phone.force_stop(package)
            self.system.phone.reset_to_home()

        await self.with_phone(restart)

    async def _reverse(self, request: str, stream: Stream) -> None:
        """Nothing on the phone would use a port of the host, so there is never a forward to list."""
        if request == "list-forward":
            await stream.write(b"OKAY0000")
        elif request.startswith("killforward"):
            await stream.write(b"OKAY")
        else:
            why = b"the simulated phone has no reverse forwarding"
            await stream.write(b"FAIL%04x%s" % (len(why), why))
