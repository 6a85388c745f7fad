"""The connection to one device: opened, timed out, opened again, and honest about what may have happened meanwhile."""

from __future__ import annotations

import select
import socket
import struct
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

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
DEFAULT_PORT = 5555
FIRST_BACKOFF_S, MAX_BACKOFF_S = 0.1, 5.0
FAULTS = (
    *(AdbConnectionError, AdbTimeoutError, TcpTimeoutException, OSError),
    *(InvalidChecksumError, InvalidCommandError, InvalidResponseError, KeyError, ValueError, struct.error),
)
"""What adb-shell raises when the connection fails, and when what comes over it makes no sense."""


class Transport(TcpTransport):
    """adb-shell's TCP transport without its three traps: delayed small packets, partial writes, and a peer that is gone
    being read from until the timeout."""

    def connect(self, transport_timeout_s: float | None) -> None:
        super().connect(transport_timeout_s)
        # header and payload are two writes: without this the second waits 40 ms for the first one's acknowledgement
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def bulk_read(self, numbytes: int, transport_timeout_s: float | None) -> bytes:
        data = super().bulk_read(numbytes, transport_timeout_s)
        if not data:
            raise ConnectionResetError("the device closed the connection")
        return data

    def bulk_write(self, data: bytes, transport_timeout_s: float | None) -> int:
        view = memoryview(data)
        while view:
            view = view[super().bulk_write(view, transport_timeout_s) :]
        return len(data)

    @property
    def hung_up(self) -> bool:
        """Whether the peer has closed an idle connection."""
        if self._connection is None:
            return True
        readable, _, _ = select.select([self._connection], [], [], 0)
        if not readable:
            return False
        try:
            return not self._connection.recv(1, socket.MSG_PEEK)
        except OSError:
            return True


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

    def ask(self, service: str, command: str, timeout_s: float | None = None) -> bytes:
        """What a command that changes nothing says; asked again over a new connection when the old one fails."""
        for attempt in range(self.reconnects + 1):
            self._connect()
            try:
                return self._send(service, command, timeout_s)
            except FAULTS as error:
                self._disconnect()
                if attempt == self.reconnects:
                    raise self._gone(f"no answer in {attempt + 1} attempts: {error}") from error
        raise AssertionError("unreachable")

    def order(self, command: str, timeout_s: float | None = None) -> bytes:
        """What a command that changes the device says. DeviceLost when nobody can tell whether it was carried out."""
        if self._connected and self._transport.hung_up:
            self._disconnect()
        self._connect()
        try:
            return self._send("shell", command, timeout_s)
        except FAULTS as error:
            self._disconnect()
            raise self._gone(f"the connection failed during an action, which may have happened: {error}") from error

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

    def _send(self, service: str, command: str, timeout_s: float | None) -> bytes:
        limit = self.timeout_s if timeout_s is None else timeout_s
        raw = command.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        call = self._device.exec_out if service == "exec" else self._device.shell
        return call(raw, transport_timeout_s=limit, read_timeout_s=limit, timeout_s=limit, decode=False)

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
