"""The connection to one device: opened, timed out, opened again, and honest about what may have happened meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from agentkit.errors import ConfigError, DeviceLost
from envs.android.direct import DirectWire
from envs.android.wire import Service, Unwelcome, Wire, WireFault

Value = TypeVar("Value")
Whole = Callable[[bytes], bool]
"""Whether an answer has its end."""
FIRST_BACKOFF_S, MAX_BACKOFF_S = 0.1, 5.0


class Link:
    """Commands over one connection. A question may be asked again after a failure; an order never is."""

    def __init__(self, address: str, *, timeout_s: float, keys: Sequence[str | Path], reconnects: int) -> None:
        if timeout_s <= 0:
            raise ConfigError(f"timeout_s must be positive, got {timeout_s}")
        if reconnects < 0:
            raise ConfigError(f"reconnects must not be negative, got {reconnects}")
        self.address, self.timeout_s, self.reconnects = address, timeout_s, reconnects
        self._wire = _wire(address, timeout_s, keys)
        self._connected = self._lost = False

    @property
    def closed(self) -> bool:
        """The device is lost, or `close` was called."""
        return self._lost

    def ask(self, service: Service, command: str, whole: Whole, timeout_s: float | None = None) -> bytes:
        """What a command that changes nothing says; asked again, over a new connection when the old one fails, until
        the answer is `whole`. The last answer when none is."""
        for attempt in range(self.reconnects + 1):
            self._connect()
            said: list[bytes] = []
            try:
                self._send(service, command, said, timeout_s)
            except WireFault as error:
                self._disconnect()
                if not whole(b"".join(said)) and attempt == self.reconnects:
                    raise self._gone(f"no answer in {attempt + 1} attempts: {error}") from error
            if whole(answer := b"".join(said)) or attempt == self.reconnects:
                return answer
        raise AssertionError("unreachable")

    def order(self, command: str, whole: Whole, timeout_s: float | None = None) -> bytes:
        """What a command that changes the device says. DeviceLost when nobody can tell whether it was carried out: the
        connection failed before the answer was `whole`."""
        if self._connected and self._wire.disturbed:
            self._disconnect()
        self._connect()
        said: list[bytes] = []
        try:
            self._send("shell", command, said, timeout_s)
        except WireFault as error:
            self._disconnect()
            if not whole(b"".join(said)):
                raise self._gone(f"the connection failed during an action, which may have happened: {error}") from error
        return b"".join(said)

    def push(self, data: bytes, path: str) -> None:
        """Write a file. DeviceLost when the connection fails, Refused with the device's own words."""
        self._transfer(lambda: self._wire.push(data, path))

    def pull(self, path: str) -> bytes:
        """Read a file. Raises as `push` does."""
        return self._transfer(lambda: self._wire.pull(path))

    def _transfer(self, work: Callable[[], Value]) -> Value:
        self._connect()
        try:
            return work()
        except WireFault as error:
            self._disconnect()
            raise self._gone(f"the connection failed during a transfer: {error}") from error

    def close(self) -> None:
        self._disconnect()
        self._lost = True

    def _send(self, service: Service, command: str, said: list[bytes], timeout_s: float | None) -> None:
        raw = command.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        self._wire.send(service, raw, said, self.timeout_s if timeout_s is None else timeout_s)

    def _connect(self) -> None:
        """Open the connection if there is none, with growing pauses between attempts. Raises DeviceLost."""
        if self._lost:
            raise DeviceLost(f"{self.address}: the device was lost or closed before")
        if self._connected:
            return
        pause, fault = FIRST_BACKOFF_S, ""
        for attempt in range(self.reconnects + 1):
            if attempt:
                time.sleep(pause)
                pause = min(2 * pause, MAX_BACKOFF_S)
            try:
                self._wire.connect()
                self._connected = True
                return
            except Unwelcome as error:
                raise self._gone(str(error)) from error
            except WireFault as error:
                fault = str(error)
                self._disconnect()
        raise self._gone(f"cannot connect in {self.reconnects + 1} attempts ({fault}). {self._wire.hint}")

    def _disconnect(self) -> None:
        self._connected = False
        self._wire.disconnect()

    def _gone(self, why: str) -> DeviceLost:
        self._disconnect()
        self._lost = True
        return DeviceLost(f"{self.address}: {why}")


def _wire(address: str, timeout_s: float, keys: Sequence[str | Path]) -> Wire:
    """The way to "adb:SERIAL", which an adb server holds, or to a device that listens on TCP."""
    if not address.startswith("adb:"):
        return DirectWire(address, timeout_s, keys)
    try:
        from envs.android.served import ServedWire, parse_served
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"{address} is behind an adb server, which needs {error.name}: pip install 'glint-agents[android]'"
        ) from error
    serial, host, port = parse_served(address)
    return ServedWire(serial, timeout_s, host, port)
