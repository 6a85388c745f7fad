"""A TCP server that runs on a thread of its own, for code that is not asynchronous itself."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from agentkit.errors import ConfigError, EnvError

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
STOP_S = 10.0


class Listener:
    """Calls `handle` for each connection, at most `limit` at once; further ones are hung up on. A context manager."""

    def __init__(self, handle: Handler, host: str = "127.0.0.1", port: int = 0, *, name: str, limit: int = 64) -> None:
        """`port` 0 takes a free one. `name` is the thread's and that of the server in messages."""
        if not 0 <= port <= 65535:
            raise ConfigError(f"port must be in 0..65535, got {port}")
        self.host, self.port, self.name = host, port, name
        self._handle, self._limit = handle, limit
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._stop = asyncio.Event()
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()
        self._fault: OSError | None = None
        self.loop: asyncio.AbstractEventLoop | None = None
        """The thread's, once it has started."""

    @property
    def address(self) -> str:
        """ "HOST:PORT", the port that was really taken."""
        return f"{self.host}:{self.port}"

    @property
    def connections(self) -> int:
        """Clients connected now."""
        return len(self._connections)

    def start(self) -> Self:
        """Begin to listen; returns once clients can connect. Raises EnvError when the port cannot be had."""
        if self._thread is not None:
            raise EnvError(f"the {self.name} is already running")
        self._ready.clear()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name=self.name, daemon=True)
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
        assert self.loop is not None
        self.loop.call_soon_threadsafe(self._stop.set)
        thread.join(STOP_S)

    def cut(self) -> None:
        """Drop every connection, as a pulled cable does; the server goes on listening."""
        if self.loop is not None and self._thread is not None:
            self.loop.call_soon_threadsafe(self._cut)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _cut(self) -> None:
        for writer in self._connections.values():
            writer.transport.abort()

    async def _serve(self) -> None:
        self.loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        try:
            server = await asyncio.start_server(self._connected, self.host, self.port)
        except OSError as error:
            self._fault = error
            self._ready.set()
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

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._connections) >= self._limit:
            writer.close()
            return
        task = asyncio.current_task()
        assert task is not None
        self._connections[task] = writer
        try:
            await self._handle(reader, writer)
        finally:
            del self._connections[task]


class Listening:
    """What a server that owns a `Listener` offers of it. A context manager; subclasses set `_listener`."""

    _listener: Listener

    @property
    def host(self) -> str:
        return self._listener.host

    @property
    def port(self) -> int:
        return self._listener.port

    @property
    def address(self) -> str:
        """ "HOST:PORT" as clients take it, the port that was really taken."""
        return self._listener.address

    def start(self) -> Self:
        """Begin to listen; returns once clients can connect. Raises EnvError when the port cannot be had."""
        self._listener.start()
        return self

    def close(self) -> None:
        """Hang up on everyone and stop listening. Safe to call twice."""
        self._listener.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
