"""One ADB stream: bytes both ways over a shared connection, one unacknowledged packet each way."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from envs.phone.adb.wire import CLSE, OKAY, WRTE, Packet, ProtocolError

MAX_WAITING = 64
"""Packets a host may send ahead of our acknowledgement before it is told off. The protocol's own limit is one."""


class StreamClosed(Exception):
    """The host closed the stream, or the connection is gone."""


class Stream:
    """The service's view of a stream. The connection feeds it; it never blocks the connection."""

    def __init__(self, send: Callable[[Packet], Awaitable[None]], local: int, remote: int, max_payload: int) -> None:
        self._send = send
        self.local, self.remote, self.max_payload = local, remote, max_payload
        self._waiting: deque[bytes] = deque()
        self._arrived = asyncio.Event()
        self._acknowledged = asyncio.Event()
        self._buffer = bytearray()
        self.closed = False

    # What the connection calls.

    def feed(self, data: bytes) -> None:
        if len(self._waiting) >= MAX_WAITING:
            raise ProtocolError(f"stream {self.local}: {MAX_WAITING} packets without waiting for an OKAY")
        self._waiting.append(data)
        self._arrived.set()

    def acknowledged(self) -> None:
        self._acknowledged.set()

    def hang_up(self) -> None:
        """Nothing more comes or goes; wakes whoever waits."""
        self.closed = True
        self._arrived.set()
        self._acknowledged.set()

    # What a service calls.

    async def read(self) -> bytes:
        """The next packet's bytes, acknowledged; empty once the stream is closed."""
        data = b""
        while not data:
            while not self._waiting:
                if self.closed:
                    return b""
                self._arrived.clear()
                await self._arrived.wait()
            data = self._waiting.popleft()
            if not self.closed:
                await self._send(Packet(OKAY, self.local, self.remote))
        return data

    async def read_exactly(self, size: int) -> bytes:
        """`size` bytes, however the host packed them. Raises StreamClosed when it ends before."""
        while len(self._buffer) < size:
            data = await self.read()
            if not data:
                raise StreamClosed
            self._buffer += data
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data

    async def write(self, data: bytes) -> None:
        """Send all of `data`, each packet after the last one's OKAY. Raises StreamClosed."""
        for start in range(0, len(data), self.max_payload):
            if self.closed:
                raise StreamClosed
            self._acknowledged.clear()
            await self._send(Packet(WRTE, self.local, self.remote, data[start : start + self.max_payload]))
            await self._acknowledged.wait()
        if self.closed:
            raise StreamClosed

    async def close(self) -> None:
        """Say goodbye once; later calls do nothing."""
        if not self.closed:
            self.hang_up()
            await self._send(Packet(CLSE, self.local, self.remote))
