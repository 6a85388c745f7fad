"""The wire to a device that listens on TCP: the ADB protocol itself, by adb-shell, without an adb server."""

from __future__ import annotations

import io
import select
import socket
import struct
import time
from collections.abc import Sequence
from pathlib import Path

from adb_shell.adb_device import AdbDevice
from adb_shell.auth.sign_cryptography import CryptographySigner
from adb_shell.exceptions import (
    AdbCommandFailureException,
    AdbConnectionError,
    AdbTimeoutError,
    DeviceAuthError,
    DevicePathInvalidError,
    InvalidChecksumError,
    InvalidCommandError,
    InvalidResponseError,
    PushFailedError,
    TcpTimeoutException,
)
from adb_shell.transport.tcp_transport import TcpTransport

from agentkit.errors import ConfigError
from envs.android.wire import Refused, Service, Unwelcome, WireFault

DEFAULT_PORT = 5555
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


class DirectWire:
    """One TCP connection, opened anew by each `connect`."""

    hint = (
        "Is it on, and does it listen on TCP? `adb devices` lists what is there, `adb tcpip 5555` moves a phone on USB "
        "to TCP, `agentkit phone` starts a simulated one, and adb:SERIAL reaches what an adb server holds"
    )

    def __init__(self, address: str, timeout_s: float, keys: Sequence[str | Path]) -> None:
        host, port = parse_address(address)
        self._timeout_s = timeout_s
        self._signers = load_keys(keys)
        self._transport = Transport(host, port)
        self._device = AdbDevice(self._transport, default_transport_timeout_s=timeout_s)

    @property
    def disturbed(self) -> bool:
        return self._transport.disturbed

    def connect(self) -> None:
        limit = self._timeout_s
        try:
            self._device.connect(
                rsa_keys=self._signers, transport_timeout_s=limit, auth_timeout_s=limit, read_timeout_s=limit
            )
        except DeviceAuthError as error:
            raise Unwelcome("it asks for a key: pass keys=['~/.android/adbkey'] and accept it there") from error
        except Exception as error:  # adb-shell lets struct, assertion and key errors of a non-ADB peer through
            raise WireFault(f"{type(error).__name__}: {error}") from error

    def disconnect(self) -> None:
        self._device.close()

    def send(self, service: Service, command: str, said: list[bytes], timeout_s: float) -> None:
        limits = {"transport_timeout_s": timeout_s, "read_timeout_s": timeout_s}
        try:
            if service == "exec":
                said.append(self._device.exec_out(command, timeout_s=timeout_s, decode=False, **limits))
                return
            deadline = time.monotonic() + timeout_s
            for piece in self._device.streaming_shell(command, decode=False, **limits):
                said.append(piece)
                if time.monotonic() > deadline:
                    raise AdbTimeoutError(f"the command is still busy after {timeout_s} s")
        except FAULTS as error:
            raise WireFault(str(error)) from error

    def push(self, data: bytes, path: str) -> None:
        try:
            self._device.push(io.BytesIO(data), path, **self._limits)
        except (DevicePathInvalidError, PushFailedError) as error:
            raise Refused(_reason(error)) from error
        except FAULTS as error:
            raise WireFault(str(error)) from error

    def pull(self, path: str) -> bytes:
        out = io.BytesIO()
        try:
            self._device.pull(path, out, **self._limits)
        except (AdbCommandFailureException, DevicePathInvalidError) as error:
            raise Refused(_reason(error)) from error
        except FAULTS as error:
            raise WireFault(str(error)) from error
        return out.getvalue()

    @property
    def _limits(self) -> dict[str, float]:
        return {"transport_timeout_s": self._timeout_s, "read_timeout_s": self._timeout_s}


def _reason(error: Exception) -> str:
    """The device's own words, which adb-shell hands on as it got them."""
    said = error.args[0] if error.args else ""
    return bytes(said).decode("utf-8", "replace") if isinstance(said, (bytes, bytearray)) else str(error)
