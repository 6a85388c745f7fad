"""Listens for ADB hosts on behalf of one simulated phone, on a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import TYPE_CHECKING, Self

from agentkit.errors import ConfigError, EnvError
from envs.phone.adb.auth import Auth
from envs.phone.adb.connection import Connection, Identity
from envs.phone.adb.services import FEATURES, Services
from envs.phone.adb.wire import MAX_PAYLOAD, MAX_PAYLOAD_OLD, VERSION, VERSION_CHECKED
from envs.phone.shell import System

if TYPE_CHECKING:
    from envs.phone.device import Phone

MAX_CONNECTIONS = 64
WORKERS = 64
"""Threads for commands; one that waits for its standard input keeps its thread."""
STOP_S = 10.0


class AdbServer:
    """A phone's `adbd`: several hosts at once, each stream a task, the phone locked while a command runs.

    While it serves, use the phone from other threads under `server.lock` only. ADB has no authentication
    unless `auth` is given: keep `host` on the loopback interface.
    """

    def __init__(
        self,
        phone: Phone,
        host: str = "127.0.0.1",
        port: int = 0,
        auth: Auth | None = None,
        *,
        legacy: bool = False,
    ) -> None:
        """`port` 0 takes a free one. `legacy` speaks as a device before Android 7: summed packets of 4 KiB at most,
        no features, hence no exit codes."""
        if not 0 <= port <= 65535:
            raise ConfigError(f"port must be in 0..65535, got {port}")
        self.phone, self.host, self.port, self.auth = phone, host, port, auth
        self.system = System.of(phone)
        self._identity = Identity(
            banner(phone, self.system, () if legacy else FEATURES),
            VERSION_CHECKED if legacy else VERSION,
            MAX_PAYLOAD_OLD if legacy else MAX_PAYLOAD,
        )
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()
        self._fault: OSError | None = None

    @property
    def lock(self) -> threading.Lock:
        """Held while a command runs on the phone; whoever else looks at its state takes it, too. Not reentrant."""
        return self.system.lock

    @property
    def address(self) -> str:
        """ "HOST:PORT" as `adb connect` takes it."""
        return f"{self.host}:{self.port}"

    @property
    def connections(self) -> int:
        """Hosts connected now."""
        return len(self._connections)

    def start(self) -> Self:
        """Begin to listen; returns once hosts can connect. Raises EnvError when the port cannot be had."""
        if self._thread is not None:
            raise EnvError("the ADB server is already running")
        self._ready.clear()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="adb-server", daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._fault is not None:
            self._thread.join()
            fault, self._thread, self._fault = self._fault, None, None
            raise EnvError(f"cannot listen on {self.address}: {fault.strerror or fault}") from fault
        return self

    def close(self) -> None:
        """Hang up on everyone and stop listening. Safe to call twice."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        assert self._loop is not None and self._stop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        thread.join(STOP_S)

    def drop_connections(self) -> None:
        """Cut every host off, as a pulled cable does; the server goes on listening."""
        if self._loop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._cut)

    def _cut(self) -> None:
        for writer in self._connections.values():
            writer.transport.abort()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        executor = ThreadPoolExecutor(WORKERS, thread_name_prefix="adb")
        self._services = Services(self.system, executor)
        try:
            server = await asyncio.start_server(self._connected, self.host, self.port)
        except OSError as error:
            self._fault = error
            self._ready.set()
            executor.shutdown()
            return
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        try:
            await self._stop.wait()
        finally:
            server.close()
            self._cut()
            if self._connections:
                await asyncio.wait(list(self._connections), timeout=STOP_S)
            executor.shutdown(wait=False, cancel_futures=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._connections) >= MAX_CONNECTIONS:
            writer.close()
            return
        task = asyncio.current_task()
        assert task is not None
        self._connections[task] = writer
        try:
            await Connection(reader, writer, self._identity, self._services, self.auth).run()
        finally:
            del self._connections[task]


def banner(phone: Phone, system: System, features: tuple[str, ...]) -> bytes:
    """What `adb devices -l` shows of the device, and what it can do."""
    facts = {name: system.properties[name] for name in ("ro.product.name", "ro.product.model", "ro.product.device")}
    listed = [f"{name}={value}" for name, value in facts.items()]
    if features:
        listed.append(f"features={','.join(features)}")
    return f"device::{';'.join(listed)}".encode()
