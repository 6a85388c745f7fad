"""A simulated phone behind ADB and a device that talks to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from envs.android import AndroidDevice
from envs.phone.adb import AdbServer
from envs.phone.device import Phone


@pytest.fixture
def server() -> Iterator[AdbServer]:
    with AdbServer(Phone(screen="small", seed=1)) as running:
        yield running


@pytest.fixture
def device(server) -> Iterator[AndroidDevice]:
    with AndroidDevice(server.address, timeout_s=5) as opened:
        yield opened
