"""A phone's shell, and the phone behind ADB that the tests of the wire share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from adb_host import Host
from envs.phone.adb import AdbServer
from envs.phone.device import Phone
from envs.phone.shell import Shell


@pytest.fixture
def shell() -> Shell:
    """On a phone of its own."""
    return Shell(Phone(screen="small"))


@pytest.fixture(scope="module")
def server() -> Iterator[AdbServer]:
    with AdbServer(Phone(screen="small")) as running:
        yield running


@pytest.fixture
def host(server) -> Iterator[Host]:
    with Host(server) as connected:
        connected.hello()
        yield connected
