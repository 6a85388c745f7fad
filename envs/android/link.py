"""The connection to one device: opened, timed out, opened again, and honest about what may have happened meanwhile."""

from __future__ import annotations

import select
import socket
import struct
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar

from adb_shell.adb_device import AdbDevice
from adb_shell.auth.sign_cryptography import CryptographySigner
from adb_shell.exceptions import (
    AdbConnectionError,
    AdbTimeoutError,
    DeviceAuthError,
    InvalidChecksumError,
    InvalidCommandError,
    InvalidResponseError,
    TcpTimeoutException,
)
from adb_shell.transport.tcp_transport import TcpTransport

from agentkit.errors import ConfigError, DeviceLost

Value = TypeVar("Value")
Service = Literal["shell", "exec"]
Whole = Callable[[bytes], bool]
"""Whether an answer has its end."""
DEFAULT_PORT = 5555
FIRST_BACKOFF_S, MAX_BACKOFF_S = 0.1, 5.0
FAULTS = (
    *(AdbConnectionError, AdbTimeoutError, TcpTimeoutException, OSError),
    *(InvalidChecksumError, InvalidCommandError, InvalidResponseError, KeyError, ValueError, struct.error),
)
"""What adb-shell raises when the connection fails, and when what comes over it makes no sense."""


MAX_PACKET = 1 << 20
"""Bytes that we let a device send in one packet. A falsified header may promise four gigabytes."""


class Transport(TcpTransport):
    """adb-shell's TCP transport without its traps: delayed small packets, partial writes, a peer that is gone being
    read from until the timeout, memory for whatever length a header names, and `select`, which ends at 1024 files."""

    def connect(self, transport_timeout_s: float | None) -> None:
        super().connect(transport_timeout_s)
        # header and payload are two writes: without this the second waits 40 ms for the first one's acknowledgement
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def bulk_read(self, numbytes: int, transport_timeout_s: float | None) -> bytes:
        if numbytes > MAX_PACKET:
            raise ConnectionError(f"the device announced {numbytes} bytes, expected at most {MAX_PACKET}")
        if not self._wait(select.POLLIN, transport_timeout_s):
            raise TcpTimeoutException(f"nothing to read from {self._host}:{self._port} in {transport_timeout_s} s")
        data = self._connection.recv(numbytes)
        if not data:
            raise ConnectionResetError("the device closed the connection")
        return data

    def bulk_write(self, data: bytes, transport_timeout_s: float | None) -> int:
        view = memoryview(data)
        while view:
            if not self._wait(select.POLLOUT, transport_timeout_s):
                raise TcpTimeoutException(f"{self._host}:{self._port} took nothing in {transport_timeout_s} s")
            view = view[self._connection.send(view) :]
        return len(data)

    @property
    def disturbed(self) -> bool:
        """Whether an idle connection is no longer fit for a command: closed, or the device speaks without being
        asked."""
        return self._connection is None or self._wait(select.POLLIN, 0)

    def _wait(self, event: int, timeout_s: float | None) -> bool:
        poll = select.poll()
        poll.register(self._connection, event)
        return bool(poll.poll(None if timeout_s is None else 1000 * timeout_s))


def parse_address(address: str) -> tuple[str, int]:
    """ "HOST:PORT", "HOST" or "emulator-5554" as (host, port). Raises ConfigError."""
    if address.startswith("emulator-") and address[9:].isdigit():
        return "127.0.0.1", int(address[9:]) + 1
    host, colon, port = address.rpartition(":") if ":" in address else (address, "", "")
    if not host or (colon and not port.isdigit()) or not 0 < int(port or DEFAULT_PORT) < 65536:
        raise ConfigError(f"a device is HOST:PORT or emulator-NUMBER, got {address!r}")
    return host, int(port or DEFAULT_PORT)


def load_keys(keys: Sequence[str | Path]) -> list[CryptographySigner]:
    """Signers of private adb keys such as ~/.android/adbkey, each with its .pub beside it. Raises ConfigError."""
    signers = []
    for path in keys:
        try:
            signers.append(CryptographySigner(str(Path(path).expanduser())))
        except (OSError, ValueError) as error:
            raise ConfigError(f"{path} is no private adb key with a .pub beside it: {error}") from None
    return signers


class Link:
    """Commands over one connection. A question may be asked again after a failure; an order never is."""

    def __init__(self, address: str, *, timeout_s: float, keys: Sequence[str | Path], reconnects: int) -> None:
        if timeout_s <= 0:
            raise ConfigError(f"timeout_s must be positive, got {timeout_s}")
        if reconnects < 0:
            raise ConfigError(f"reconnects must not be negative, got {reconnects}")
        self.address, self.timeout_s, self.reconnects = address, timeout_s, reconnects
        host, port = parse_address(address)
        self._signers = load_keys(keys)
        self._transport = Transport(host, port)
        self._device = AdbDevice(self._transport, default_transport_timeout_s=timeout_s)
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
            except FAULTS as error:
                self._disconnect()
                if not whole(b"".join(said)) and attempt == self.reconnects:
                    raise self._gone(f"no answer in {attempt + 1} attempts: {error}") from error
            if whole(answer := b"".join(said)) or attempt == self.reconnects:
                return answer
        raise AssertionError("unreachable")

    def order(self, command: str, whole: Whole, timeout_s: float | None = None) -> bytes:
        """What a command that changes the device says. DeviceLost when nobody can tell whether it was carried out: the
        connection failed before the answer was `whole`."""
        if self._connected and self._transport.disturbed:
            self._disconnect()
        self._connect()
        said: list[bytes] = []
        try:
            self._send("shell", command, said, timeout_s)
        except FAULTS as error:
            self._disconnect()
            if not whole(b"".join(said)):
                raise self._gone(f"the connection failed during an action, which may have happened: {error}") from error
        return b"".join(said)

    def transfer(self, work: Callable[[AdbDevice, dict[str, Any]], Value]) -> Value:
        """Run a file transfer of adb-shell's device; DeviceLost when the connection fails."""
        self._connect()
        try:
            return work(self._device, {"transport_timeout_s": self.timeout_s, "read_timeout_s": self.timeout_s})
        except FAULTS as error:
            self._disconnect()
            raise self._gone(f"the connection failed during a transfer: {error}") from error

    def close(self) -> None:
        self._disconnect()
        self._lost = True

    def _send(self, service: Service, command: str, said: list[bytes], timeout_s: float | None) -> None:
        """Run a command and collect what it says in `said`, which holds the beginning when one of FAULTS is raised."""
        limit = self.timeout_s if timeout_s is None else timeout_s
        raw = command.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        limits = {"transport_timeout_s": limit, "read_timeout_s": limit}
        if service == "exec":
            said.append(self._device.exec_out(raw, timeout_s=limit, decode=False, **limits))
            return
        deadline = time.monotonic() + limit
        for piece in self._device.streaming_shell(raw, decode=False, **limits):
            said.append(piece)
            if time.monotonic() > deadline:
                raise AdbTimeoutError(f"the command is still busy after {limit} s")

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
                self._device.connect(
                    rsa_keys=self._signers,
                    transport_timeout_s=self.timeout_s,
                    auth_timeout_s=self.timeout_s,
                    read_timeout_s=self.timeout_s,
                )
                self._connected = True
                return
            except DeviceAuthError as error:
                raise self._gone("it asks for a key: pass keys=['~/.android/adbkey'] and accept it there") from error
            except Exception as error:  # adb-shell lets struct, assertion and key errors of a non-ADB peer through
                fault = f"{type(error).__name__}: {error}"
                self._disconnect()
        raise self._gone(
            f"cannot connect in {self.reconnects + 1} attempts ({fault}). Is it on, and does it listen on TCP? "
            "`adb devices` lists what is there, `adb tcpip 5555` moves a phone on USB to TCP, and `agentkit phone` "
            "starts a simulated one"
        )

    def _disconnect(self) -> None:
        self._connected = False
        self._device.close()

    def _gone(self, why: str) -> DeviceLost:
        self._disconnect()
        self._lost = True
        return DeviceLost(f"{self.address}: {why}")
