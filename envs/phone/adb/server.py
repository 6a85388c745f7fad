"""Listens for ADB hosts on behalf of one simulated phone, on a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Self

from agentkit.errors import EnvError
from envs.listening import Listener, Listening
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


class AdbServer(Listening):
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
        self.phone, self.auth = phone, auth
        self.system = System.of(phone)
        self._identity = Identity(
            banner(phone, self.system, () if legacy else FEATURES),
            VERSION_CHECKED if legacy else VERSION,
            MAX_PAYLOAD_OLD if legacy else MAX_PAYLOAD,
        )
        self._listener = Listener(self._connected, host, port, name="adb-server", limit=MAX_CONNECTIONS)
        self._services: Services | None = None

    @property
    def lock(self) -> threading.Lock:
        """Held while a command runs on the phone; whoever else looks at its state takes it, too. Not reentrant."""
        return self.system.lock

    @property
    def history(self) -> deque[str]:
        """Command lines that hosts had run, in that order, the latest ten thousand; one may still be running."""
        return self.system.history

    def insert(self, phone: Phone) -> None:
        """From the next command on, hosts find another phone behind this address; its identity stays."""
        self.phone, self.system = phone, System.of(phone)
        if self._services is not None:
            self._services.system = self.system

    @property
    def connections(self) -> int:
        """Hosts connected now."""
        return self._listener.connections

    def start(self) -> Self:
        """Begin to listen; returns once hosts can connect. Raises EnvError when the port cannot be had."""
        if self._services is not None:
            raise EnvError("the ADB server is already running")
        self._services = Services(self.system, ThreadPoolExecutor(WORKERS, thread_name_prefix="adb"))
        try:
            self._listener.start()
        except EnvError:
            self._services = None
            raise
        return self

    def close(self) -> None:
        """Hang up on everyone and stop listening. Safe to call twice."""
        self._listener.close()
        services, self._services = self._services, None
        if services is not None:
            services.executor.shutdown(wait=False, cancel_futures=True)

    def drop_connections(self) -> None:
        """Cut every host off, as a pulled cable does; the server goes on listening."""
        self._listener.cut()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert self._services is not None
        await Connection(reader, writer, self._identity, self._services, self.auth).run()


def banner(phone: Phone, system: System, features: tuple[str, ...]) -> bytes:
    """What `adb devices -l` shows of the device, and what it can do."""
    facts = {name: system.properties[name] for name in ("ro.product.name", "ro.product.model", "ro.product.device")}
    listed = [f"{name}={value}" for name, value in facts.items()]
    if features:
        listed.append(f"features={','.join(features)}")
    return f"device::{';'.join(listed)}".encode()
