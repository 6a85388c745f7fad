"""One host at the phone: the handshake, and packets to and from its streams."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Awaitable
from dataclasses import dataclass, field

from envs.phone.adb.auth import TOKEN_SIZE, Auth
from envs.phone.adb.services import Services
from envs.phone.adb.stream import Stream, StreamClosed
from envs.phone.adb.wire import (
    AUTH,
    AUTH_PUBLIC_KEY,
    AUTH_SIGNATURE,
    AUTH_TOKEN,
    CLSE,
    CNXN,
    MAX_PAYLOAD,
    OKAY,
    OPEN,
    VERSION_CHECKED,
    WRTE,
    Packet,
    ProtocolError,
    read_packet,
)

LOG = logging.getLogger(__name__)
HANDSHAKE_S = 60.0
"""How long a host may take to become one, the person's "Allow USB debugging?" included."""
MAX_STREAMS = 256


@dataclass(frozen=True, slots=True)
class Identity:
    """What the device says of itself."""

    banner: bytes
    version: int
    max_payload: int


@dataclass(slots=True)
class Connection:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    identity: Identity
    services: Services
    auth: Auth | None
    checked: bool = True
    """Whether packets carry sums: both ends must be new to leave them out."""
    max_payload: int = MAX_PAYLOAD
    streams: dict[int, Stream] = field(default_factory=dict)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    last_id: int = 0

    async def run(self) -> None:
        """Serve the host until it leaves or stops making sense; then every stream is closed."""
        try:
            async with asyncio.timeout(HANDSHAKE_S):
                await self._handshake()
            while True:
                packet = await read_packet(self.reader, checked=self.checked, max_payload=self.identity.max_payload)
                await self._packet(packet)
        except ProtocolError as error:
            LOG.warning("adb: dropping a connection: %s", error)
        except (asyncio.IncompleteReadError, ConnectionError, StreamClosed, TimeoutError):
            pass  # the host is gone
        finally:
            await self._leave()

    async def send(self, packet: Packet) -> None:
        if not self.writer.is_closing():
            self.writer.write(packet.encode(checked=self.checked or packet.command in (CNXN, AUTH)))
            try:
                await self.writer.drain()
            except ConnectionError as error:
                raise StreamClosed from error

    # -- getting acquainted -------------------------------------------------------------------------------------------

    async def _handshake(self) -> None:
        """Up to our CNXN. A host's sums before that are real whatever version it speaks."""
        hello = await self._expect(CNXN)
        if self.auth is not None:
            hello = await self._authenticate(self.auth, hello)
        await self._welcome(hello)

    async def _welcome(self, hello: Packet) -> None:
        self.checked = min(hello.arg0, self.identity.version) <= VERSION_CHECKED
        self.max_payload = max(64, min(hello.arg1, self.identity.max_payload))
        await self.send(Packet(CNXN, self.identity.version, self.identity.max_payload, self.identity.banner))

    async def _expect(self, *commands: int) -> Packet:
        packet = await read_packet(self.reader, checked=True, max_payload=self.identity.max_payload)
        if packet.command not in commands:
            raise ProtocolError(f"expected a greeting, got {packet.command:#010x}")
        return packet

    async def _authenticate(self, auth: Auth, hello: Packet) -> Packet:
        """Until the host has proved a known key, or offered one that may be trusted. Its latest CNXN comes back."""
        token = secrets.token_bytes(TOKEN_SIZE)
        await self.send(Packet(AUTH, AUTH_TOKEN, 0, token))
        while True:
            packet = await self._expect(AUTH, CNXN)
            if packet.command == CNXN:
                hello = packet
            elif packet.arg0 == AUTH_SIGNATURE and auth.knows(packet.data, token):
                return hello
            elif packet.arg0 == AUTH_PUBLIC_KEY:
                if auth.offer(packet.data):
                    return hello
                continue  # as with a dialog nobody answers: the host stays "unauthorized"
            token = secrets.token_bytes(TOKEN_SIZE)
            await self.send(Packet(AUTH, AUTH_TOKEN, 0, token))

    # -- streams ------------------------------------------------------------------------------------------------------

    async def _packet(self, packet: Packet) -> None:
        if packet.command == OPEN:
            await self._open(packet)
        elif packet.command == CNXN:
            await self._hang_up_all()
            await self._welcome(packet)
        elif packet.command in (WRTE, OKAY, CLSE):
            stream = self.streams.get(packet.arg1)
            if stream is None or (packet.arg0 != stream.remote and packet.arg0):
                return  # late packets of a stream that is over are normal
            if packet.command == WRTE:
                stream.feed(packet.data)
            elif packet.command == OKAY:
                stream.acknowledged()
            else:
                del self.streams[stream.local]
                already = stream.closed
                stream.hang_up()
                if not already:
                    await self.send(Packet(CLSE, stream.local, stream.remote))

    async def _open(self, packet: Packet) -> None:
        name = packet.data.rstrip(b"\x00")
        service = self.services.find(name) if packet.arg0 and len(self.streams) < MAX_STREAMS else None
        if service is None:
            await self.send(Packet(CLSE, 0, packet.arg0))
            return
        self.last_id = self.last_id % 0x7FFFFFFF + 1
        stream = Stream(self.send, self.last_id, packet.arg0, self.max_payload)
        self.streams[stream.local] = stream
        await self.send(Packet(OKAY, stream.local, stream.remote))
        task = asyncio.create_task(self._serve(service(stream), stream, name))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _serve(self, work: Awaitable[None], stream: Stream, name: bytes) -> None:
        """Run a service to its end; whatever happens the host hears that the stream is closed."""
        try:
            await work
        except StreamClosed:
            pass
        except Exception:
            LOG.exception("adb: service %r failed", name[:80])
        finally:
            with contextlib.suppress(StreamClosed):
                await stream.close()
            self.streams.pop(stream.local, None)

    async def _hang_up_all(self) -> None:
        for stream in self.streams.values():
            stream.hang_up()
        if self.tasks:
            await asyncio.wait(list(self.tasks), timeout=5)
        self.streams.clear()

    async def _leave(self) -> None:
        await self._hang_up_all()
        for task in self.tasks:
            task.cancel()
        self.writer.close()
        with contextlib.suppress(ConnectionError, TimeoutError):
            await self.writer.wait_closed()
