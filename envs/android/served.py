"""The wire through an adb server: devices on USB, and emulators, which the server of a usual set-up holds already."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from adbutils import AdbClient, AdbDevice, AdbError, AdbTimeout

from agentkit.errors import ConfigError
from envs.android.wire import Refused, Service, WireFault

SERVER_PORT = 5037
CHUNK = 1 << 16


class ServedWire:
    """Each command is a stream of its own from the server, so there is no connection to keep."""

    disturbed = False

    def __init__(self, serial: str, timeout_s: float, host: str = "127.0.0.1", port: int = SERVER_PORT) -> None:
        self._serial, self._timeout_s = serial, timeout_s
        self._client = AdbClient(host, port, socket_timeout=timeout_s)
        self._device = AdbDevice(self._client, serial)
        self.hint = f"`adb -P {port} devices` lists what that adb server holds; it must say `{serial}  device`"

    def connect(self) -> None:
        with _named(self._serial):
            state = self._device.get_state()
        if state != "device":
            raise WireFault(f"the adb server says that {self._serial} is {state!r}, expected 'device'")

    def disconnect(self) -> None:
        pass

    def send(self, service: Service, command: str, said: list[bytes], timeout_s: float) -> None:
        deadline = time.monotonic() + timeout_s
        with _named(self._serial), self._device.open_transport(timeout=timeout_s) as stream:
            stream.send_command(f"{service}:{command}")
            stream.check_okay()
            while True:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise AdbTimeout(f"the command is still busy after {timeout_s} s")
                stream.conn.settimeout(left)
                piece = stream.recv(CHUNK)
                if not piece:
                    return
                said.append(piece)

    def push(self, data: bytes, path: str) -> None:
        try:
            with _named(self._serial, refusals=True):
                self._device.sync.push(data, path)
        except AdbError as error:
            raise Refused(str(error)) from error

    def pull(self, path: str) -> bytes:
        try:
            with _named(self._serial, refusals=True):
                return self._device.sync.read_bytes(path)
        except AdbError as error:
            raise Refused(str(error)) from error


@contextmanager
def _named(serial: str, refusals: bool = False) -> Iterator[None]:
    """adbutils' failures as WireFault; with `refusals` those that the device itself sent pass."""
    try:
        yield
    except AdbTimeout as error:
        raise WireFault(f"{serial}: {error}") from error
    except AdbError as error:
        if refusals:
            raise
        raise WireFault(f"{serial}: {error}") from error
    except (OSError, EOFError, ValueError) as error:
        raise WireFault(f"{serial}: {type(error).__name__}: {error}") from error


def parse_served(address: str) -> tuple[str, str, int]:
    """ "adb:SERIAL" or "adb:SERIAL@HOST:PORT" as (serial, host, port of the adb server). Raises ConfigError."""
    serial, at, server = address.removeprefix("adb:").partition("@")
    host, colon, port = server.rpartition(":") if at else ("127.0.0.1", ":", str(SERVER_PORT))
    if not serial or not host or not colon or not port.isdigit() or not 0 < int(port) < 65536:
        raise ConfigError(f"a device behind an adb server is adb:SERIAL or adb:SERIAL@HOST:PORT, got {address!r}")
    return serial, host, int(port)
