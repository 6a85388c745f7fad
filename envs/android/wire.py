"""What a way to a device must offer: `direct` speaks ADB over TCP, `served` goes through an adb server."""

from __future__ import annotations

from typing import Literal, Protocol

Service = Literal["shell", "exec"]


class WireFault(Exception):
    """The connection failed, or what came over it made no sense."""


class Unwelcome(WireFault):
    """The device is there and will not have us: asking again is no use."""


class Refused(Exception):
    """The device is fine and says no to a file: its own words."""


class Wire(Protocol):
    """A connection that can be opened again. Methods raise WireFault when it fails under them."""

    hint: str
    """What a person may try when there is no connecting."""

    @property
    def disturbed(self) -> bool:
        """Whether an open but idle connection is no longer fit for a command."""
        ...

    def connect(self) -> None: ...
    def disconnect(self) -> None:
        """Safe to call twice, and before `connect`."""
        ...

    def send(self, service: Service, command: str, said: list[bytes], timeout_s: float) -> None:
        """Run a command and collect what it says in `said`, which holds the beginning when WireFault is raised."""
        ...

    def push(self, data: bytes, path: str) -> None:
        """Write a file. Raises Refused."""
        ...

    def pull(self, path: str) -> bytes:
        """Read a file. Raises Refused."""
        ...
