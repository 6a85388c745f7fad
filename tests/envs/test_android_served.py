"""A device through an adb server, as phones on USB and emulators are usually held."""

from __future__ import annotations

import shutil

import pytest

from agentkit.errors import ConfigError, DeviceLost
from envs.android import AndroidDevice
from envs.android.console import CannotDo
from envs.android.served import parse_served
from envs.androidworld.phone import PrivateAdb
from envs.phone.adb import AdbServer
from envs.phone.device import Phone

pytestmark = pytest.mark.skipif(shutil.which("adb") is None, reason="needs the stock adb client")


@pytest.fixture(scope="module")
def adb():
    server = PrivateAdb()
    yield server
    server.close()


@pytest.fixture
def phone(adb):
    with AdbServer(Phone(screen="small", seed=3)) as server:
        assert "connected" in adb("connect", server.address)
        adb.wait_for(server.address)
        yield server
        adb("disconnect", server.address)


def test_the_address_names_serial_and_server():
    assert parse_served("adb:R58M12") == ("R58M12", "127.0.0.1", 5037)
    assert parse_served("adb:10.0.0.2:5555@box:6000") == ("10.0.0.2:5555", "box", 6000)
    for bad in ("adb:", "adb:x@", "adb:x@box", "adb:x@:1", "adb:x@box:99999", "adb:x@box:1b"):
        with pytest.raises(ConfigError, match="adb:SERIAL@HOST:PORT"):
            parse_served(bad)


def test_it_does_what_a_direct_connection_does(adb, phone):
    address = f"adb:{phone.address}@127.0.0.1:{adb.port}"
    with AndroidDevice(phone.address) as direct, AndroidDevice(address) as served:
        assert served.screenshot() == direct.screenshot()
        assert served.size() == direct.size() and served.packages() == direct.packages()
        assert served.launch("Settings") == "com.android.settings"
        assert direct.current_activity()[0] == "com.android.settings"
        assert [node.text for node in served.ui_tree()] == [node.text for node in direct.ui_tree()]
        served.tap(10, 20)
        assert sum("input tap 10 20" in line for line in phone.history) == 1
        data = bytes(range(256)) * 700
        served.push(data, "/sdcard/x.bin")
        assert direct.pull("/sdcard/x.bin") == data == served.pull("/sdcard/x.bin")
        with pytest.raises(CannotDo, match="cannot read '/sdcard/none' on the device"):
            served.pull("/sdcard/none")
        with pytest.raises(CannotDo, match="failed with status"):
            served.shell(["ls", "/none"])


def test_a_serial_that_is_not_there_is_named(adb):
    with (
        AndroidDevice(f"adb:nobody@127.0.0.1:{adb.port}", reconnects=0) as device,
        pytest.raises(DeviceLost, match=r"nobody.*devices` lists"),
    ):
        device.size()


def test_an_action_is_not_repeated_when_the_device_goes(adb, phone):
    with AndroidDevice(f"adb:{phone.address}@127.0.0.1:{adb.port}", reconnects=1, timeout_s=5) as device:
        device.tap(1, 1)
        phone.close()
        with pytest.raises(DeviceLost):
            device.tap(2, 2)
        with pytest.raises(DeviceLost, match="lost or closed before"):
            device.tap(3, 3)
    assert not [line for line in phone.history if "tap 2 2" in line or "tap 3 3" in line]
