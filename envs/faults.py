"""Faults on the way to an ADB device, simulated or real: a proxy that breaks conversations where cables and hubs do.

    with FaultProxy("127.0.0.1:5555", Faults(rate=0.01, seed=7)) as proxy:
        AndroidDevice(proxy.address)  # or: adb connect ...

It follows the packets both ways, so a fault hits a whole packet, a half one, an acknowledgement or a picture, not just
some byte. What it never does is to deliver a command twice or to change one: no client could tell.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from agentkit.errors import ConfigError
from envs.listening import Listener, Listening
from envs.phone.adb.wire import CLSE, HEADER, MAX_PAYLOAD, NAMES, OKAY, WRTE, checksum

DELAY_S = 20.0
"""How long a delayed packet is held: longer than AndroidDevice waits by default."""
HANG_UP_S = 5.0


class After(Enum):
    """What becomes of the connection."""

    GO_ON = auto()
    CUT = auto()
    """Closed in order."""
    RESET = auto()
    """Torn down, as by a device that crashed."""


@dataclass(frozen=True, slots=True)
class Framed:
    """A packet as it came, header and all."""

    header: bytes
    data: bytes
    from_device: bool

    @property
    def raw(self) -> bytes:
        return self.header + self.data

    @property
    def command(self) -> int:
        return int.from_bytes(self.header[:4], "little")

    @property
    def summed(self) -> bool:
        return bool(self.data) and self.header[16:20] != bytes(4)

    def with_word(self, number: int, flip: int) -> bytes:
        """The bytes with some bits of one of the header's six words turned over."""
        words = list(HEADER.unpack(self.header))
        words[number] ^= flip
        return HEADER.pack(*words) + self.data

    def shortened(self, size: int) -> bytes:
        """A packet that is right in itself and carries only the first `size` bytes."""
        command, arg0, arg1, _, total, magic = HEADER.unpack(self.header)
        data = self.data[:size]
        return HEADER.pack(command, arg0, arg1, size, checksum(data) if total else 0, magic) + data


@dataclass(frozen=True, slots=True)
class Spoilt:
    """What is delivered instead of a packet."""

    data: bytes
    after: After = After.GO_ON
    delayed: bool = False


def _always(packet: Framed) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fault: what it makes of a packet, and which packets it can hit."""

    spoil: Callable[[Framed, random.Random], Spoilt]
    hits: Callable[[Framed], bool] = _always


KINDS: Mapping[str, Kind] = {
    "cut before": Kind(lambda packet, dice: Spoilt(b"", After.CUT)),
    "cut after": Kind(lambda packet, dice: Spoilt(packet.raw, After.CUT)),
    "half": Kind(lambda packet, dice: Spoilt(packet.raw[: dice.randrange(1, len(packet.raw))], After.CUT)),
    "reset": Kind(lambda packet, dice: Spoilt(b"", After.RESET)),
    "delay": Kind(lambda packet, dice: Spoilt(packet.raw, delayed=True)),
    "garbage": Kind(lambda packet, dice: Spoilt(dice.randbytes(dice.randrange(1, 100)) + packet.raw)),
    "bad magic": Kind(lambda packet, dice: Spoilt(packet.with_word(5, 1 << dice.randrange(32)))),
    "bad length": Kind(
        lambda packet, dice: Spoilt(packet.with_word(3, 1 << dice.randrange(32))),
        lambda packet: packet.summed or packet.from_device,  # without a sum, half a command would pass for a whole one
    ),
    "bad sum": Kind(
        lambda packet, dice: Spoilt(packet.with_word(4, 1 << dice.randrange(32))), lambda packet: packet.summed
    ),
    "lost okay": Kind(lambda packet, dice: Spoilt(b""), lambda packet: packet.command == OKAY),
    "lost close": Kind(lambda packet, dice: Spoilt(b""), lambda packet: packet.command == CLSE and packet.from_device),
    "double close": Kind(lambda packet, dice: Spoilt(packet.raw * 2), lambda packet: packet.command == CLSE),
    "short answer": Kind(
        lambda packet, dice: Spoilt(packet.shortened(dice.randrange(1, len(packet.data)))),
        lambda packet: packet.command == WRTE and packet.from_device and len(packet.data) > 1,
    ),
}
"""By name. "short answer" leaves out the end of what a command said, a picture for example, and ends it in order."""


class Faults:
    """Which packets are spoilt and how: chance from a seed, and a count of what was done. Proxies may share one."""

    def __init__(
        self,
        rate: float,
        seed: int = 0,
        *,
        kinds: Collection[str] = tuple(KINDS),
        delay_s: float = DELAY_S,
        limit: int | None = None,
    ) -> None:
        """`rate` is the share of packets that are spoilt; no more than `limit` are. Of `kinds`, those that can hit
        only some packets are chosen as often, all together, as those that can hit any."""
        if not 0 <= rate <= 1:
            raise ConfigError(f"the rate of faults is the share of packets that are spoilt, in [0, 1], got {rate}")
        if unknown := set(kinds) - KINDS.keys():
            raise ConfigError(f"kinds of faults are {', '.join(KINDS)}, got {', '.join(sorted(unknown))}")
        self.rate, self.seed, self.kinds, self.delay_s, self.limit = rate, seed, tuple(kinds), delay_s, limit
        self.counts: Counter[str] = Counter()
        """Faults so far by kind."""
        self._lines = itertools.count()
        self._lock = threading.Lock()

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def dice(self) -> random.Random:
        """Chance for one direction of one connection."""
        return random.Random(f"{self.seed}/{next(self._lines)}")

    def draw(self, packet: Framed, dice: random.Random) -> Spoilt:
        """What to deliver for `packet`: usually itself."""
        if dice.random() >= self.rate:
            return Spoilt(packet.raw)
        fitting = [name for name in self.kinds if KINDS[name].hits(packet)]
        rare = [name for name in fitting if KINDS[name].hits is not _always]
        kind = dice.choice((dice.random() < 0.5 and rare) or fitting or [""])
        with self._lock:
            if not kind or (self.limit is not None and self.total >= self.limit):
                return Spoilt(packet.raw)
            self.counts[kind] += 1
        return KINDS[kind].spoil(packet, dice)


class FaultProxy(Listening):
    """Listens in front of the device at `target` and passes on what is said, spoilt by `faults`.

    After `close` what is still delayed is never delivered.
    """

    def __init__(self, target: str, faults: Faults, host: str = "127.0.0.1", port: int = 0) -> None:
        """`target` is "HOST:PORT"; `port` 0 takes a free one."""
        name, colon, number = target.rpartition(":")
        if not (name and colon and number.isdecimal() and 0 < int(number) < 65536):
            raise ConfigError(f"a proxy's target is HOST:PORT, got {target!r}")
        self.target, self.faults = (name, int(number)), faults
        self._listener = Listener(self._connected, host, port, name="fault-proxy")

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            device_reader, device_writer = await asyncio.open_connection(*self.target)
        except OSError:
            writer.close()
            return
        ends = (writer, device_writer)
        ways = [
            asyncio.create_task(self._pass_on(reader, device_writer, ends, from_device=False)),
            asyncio.create_task(self._pass_on(device_reader, writer, ends, from_device=True)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            for end in ends:
                end.close()
                with contextlib.suppress(OSError, TimeoutError):
                    await asyncio.wait_for(end.wait_closed(), HANG_UP_S)

    async def _pass_on(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        ends: tuple[asyncio.StreamWriter, asyncio.StreamWriter],
        *,
        from_device: bool,
    ) -> None:
        """One direction, until its source ends, its sink is gone or a fault ends both."""
        dice = self.faults.dice()
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                header = await reader.readexactly(HEADER.size)
                command, _, _, length, _, _ = HEADER.unpack(header)
                if command not in NAMES or length > MAX_PAYLOAD:
                    await _relay(header, reader, writer)
                    return
                packet = Framed(header, await reader.readexactly(length), from_device)
                spoilt = self.faults.draw(packet, dice)
                if spoilt.delayed:
                    await asyncio.sleep(self.faults.delay_s)
                writer.write(spoilt.data)
                await writer.drain()
                if spoilt.after is After.RESET:
                    for end in ends:
                        _reset(end)
                if spoilt.after is not After.GO_ON:
                    return


async def _relay(first: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Bytes as they come: a peer that speaks something else, TLS for example, cannot be followed."""
    data = first
    while data:
        writer.write(data)
        await writer.drain()
        data = await reader.read(1 << 16)


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST: whatever is on its way is lost, and the peer's next call fails."""
    connection = writer.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
