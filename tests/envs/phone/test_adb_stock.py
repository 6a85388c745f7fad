"""The stock adb client drives the simulated phone. Skipped where there is no adb."""

from __future__ import annotations

import io
import os
import random
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from envs.phone.adb import AdbServer, Auth, PublicKey
from envs.phone.device import Phone

ADB = shutil.which("adb")
pytestmark = pytest.mark.skipif(ADB is None, reason="no adb in PATH (Debian: apt install adb)")


class Adb:
    """The client with a private server, home and port, so that it meets nobody else's devices."""

    def __init__(self, home: Path) -> None:
        self.home = home
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.serial: str | None = None

    def run(self, *args: str, stdin: bytes = b"", check: bool = True) -> subprocess.CompletedProcess[bytes]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("ANDROID", "ADB"))}
        environment |= {"HOME": str(self.home), "ADB_LOCAL_TRANSPORT_MAX_PORT": "5553"}
        target = ["-s", self.serial] if self.serial else []
        done = subprocess.run(
            [ADB or "adb", "-P", str(self.port), *target, *args],
            input=stdin,
            capture_output=True,
            timeout=60,
            env=environment,
            check=False,
        )
        if check:
            assert done.returncode == 0, done
        return done

    def text(self, *args: str, stdin: bytes = b"") -> str:
        return self.run(*args, stdin=stdin).stdout.decode()

    def connect(self, server: AdbServer) -> None:
        self.run("connect", server.address)
        self.serial = server.address
        for _ in range(100):
            if f"{server.address}\tdevice" in self.text("devices"):
                return
            time.sleep(0.05)
        raise AssertionError(self.text("devices"))


@pytest.fixture(scope="module")
def host(tmp_path_factory) -> Iterator[Adb]:
    adb = Adb(tmp_path_factory.mktemp("home"))
    yield adb
    adb.serial = None
    adb.run("kill-server")


@pytest.fixture(scope="module")
def server() -> Iterator[AdbServer]:
    with AdbServer(Phone(screen="small", seed=3)) as running:
        yield running


@pytest.fixture
def adb(host: Adb, server: AdbServer) -> Adb:
    host.connect(server)
    return host


def test_devices_shows_the_phone(adb, server):
    line = next(line for line in adb.text("devices", "-l").splitlines() if server.address in line)
    assert re.search(r"device product:glint_phone model:Simulated_phone_360x720 device:glint", line)
    assert adb.text("get-state") == "device\n"


def test_shell_streams_and_exit_codes(adb):
    done = adb.run("shell", "echo out; echo err >&2; exit 7", check=False)
    assert (done.stdout, done.stderr, done.returncode) == (b"out\n", b"err\n", 7)
    assert adb.run("shell", "nosuchcommand", check=False).returncode == 127
    assert adb.text("shell", "echo", "a   b", "|", "wc", "-w") == "2\n"
    assert adb.text("shell", "cat > /sdcard/in.txt; wc -c < /sdcard/in.txt", stdin=b"x" * 200_000) == "200000\n"


def test_interactive_shell_without_a_terminal(adb):
    script = b"cd /sdcard\nif true\nthen pwd\nfi\necho 'two\nlines'\nexit 5\necho never\n"
    done = adb.run("shell", stdin=script, check=False)
    assert (done.stdout, done.returncode) == (b"/sdcard\ntwo\nlines\n", 5)


def test_interactive_shell_at_a_terminal(adb):
    done = adb.run("shell", "-tt", stdin=b"echo hX\x7fi\rexit 4\r", check=False)
    assert done.returncode == 4
    assert b"glint:/ # echo hX\b \bi\r\nhi\r\nglint:/ # exit 4\r\n" in done.stdout


def test_a_tap_changes_the_screen(adb, server):
    adb.run("shell", "input keyevent HOME; am start -n com.android.settings/.Settings")
    before = adb.run("exec-out", "screencap", "-p").stdout
    with server.lock:
        row = next(e for e in server.phone.elements() if e.clickable and e.role == "list_item")
    adb.run("shell", "input", "tap", str(row.bounds[0] + 30), str(row.bounds[1] + 10))
    assert adb.run("exec-out", "screencap", "-p").stdout != before
    assert "com.android.settings/" in adb.text("shell", "dumpsys window | grep mCurrentFocus")


def test_screenshots_are_the_phones(adb, server):
    png = Image.open(io.BytesIO(adb.run("exec-out", "screencap", "-p").stdout)).convert("RGB")
    raw = adb.run("exec-out", "screencap").stdout
    with server.lock:
        truth = server.phone.screenshot()
    assert png.tobytes() == truth.tobytes()
    assert Image.frombytes("RGBA", truth.size, raw[16:]).convert("RGB").tobytes() == truth.tobytes()


def test_uiautomator_dump(adb):
    assert "UI hierchary dumped to: /sdcard/d.xml" in adb.text("shell", "uiautomator", "dump", "/sdcard/d.xml")
    assert "<hierarchy" in adb.text("exec-out", "cat", "/sdcard/d.xml")


def test_push_and_pull_five_megabytes(adb, tmp_path):
    data = random.Random(5).randbytes(5_000_003)
    (tmp_path / "up").write_bytes(data)
    adb.run("push", str(tmp_path / "up"), "/sdcard/Download/")
    adb.run("pull", "/sdcard/Download/up", str(tmp_path / "down"))
    assert (tmp_path / "down").read_bytes() == data
    assert adb.text("shell", "stat -c %s /sdcard/Download/up") == "5000003\n"


def test_folders_travel_both_ways(adb, tmp_path):
    (tmp_path / "tree/inner").mkdir(parents=True)
    (tmp_path / "tree/a b.txt").write_text("a")
    (tmp_path / "tree/inner/é.txt").write_text("e")
    adb.run("push", str(tmp_path / "tree"), "/sdcard/")
    assert adb.text("shell", "find /sdcard/tree -type f") == "/sdcard/tree/a b.txt\n/sdcard/tree/inner/é.txt\n"
    adb.run("pull", "/sdcard/tree", str(tmp_path / "back"))
    assert (tmp_path / "back/inner/é.txt").read_text() == "e"
    assert "inner" in adb.text("ls", "/sdcard/tree")


def test_missing_and_forbidden_files(adb, tmp_path):
    missing = adb.run("pull", "/sdcard/nope", check=False)
    assert missing.returncode == 1
    assert b"No such file or directory" in missing.stdout + missing.stderr
    (tmp_path / "f").write_text("x")
    adb.run("push", str(tmp_path / "f"), "/sdcard/new/folder/f")  # folders on the way are made
    failed = adb.run("push", str(tmp_path / "f"), "/sdcard/new/folder/f/g", check=False)
    assert failed.returncode == 1
    assert b"Not a directory" in failed.stdout + failed.stderr


def test_install_is_refused_in_words(adb, tmp_path):
    apk = tmp_path / "app.apk"
    apk.write_bytes(random.Random(1).randbytes(40_000_000))
    done = adb.run("install", str(apk), check=False)
    assert done.returncode == 1
    assert b"INSTALL_FAILED_USER_RESTRICTED" in done.stderr
    assert adb.run("uninstall", "com.android.settings", check=False).returncode == 1


def test_small_services(adb):
    assert "already running as root" in adb.text("root")
    assert adb.text("remount") == "remount succeeded\n"
    assert adb.text("reverse", "--list").strip() == ""
    assert b"no reverse forwarding" in adb.run("reverse", "tcp:1", "tcp:2", check=False).stderr
    assert b"closed" in adb.run("jdwp", check=False).stderr
    port = int(adb.text("forward", "tcp:0", "tcp:9008"))
    with socket.create_connection(("127.0.0.1", port), timeout=5) as forwarded:
        assert forwarded.recv(1) == b""
    adb.run("forward", "--remove-all")


def test_reboot_shows_the_home_screen(adb, server):
    adb.run("shell", "am start -n com.android.settings/.Settings")
    adb.run("reboot")
    adb.connect(server)
    assert server.phone.recents == []
    assert "nexuslauncher" in adb.text("shell", "dumpsys window | grep mCurrentFocus")


def test_an_old_device_has_no_exit_codes(host, tmp_path):
    with AdbServer(Phone(screen="small"), legacy=True) as old:
        host.serial = None
        host.connect(old)
        done = host.run("shell", "echo out; echo err >&2; exit 7", check=False)
        assert (done.stdout, done.returncode) == (b"out\nerr\n", 0)
        data = random.Random(2).randbytes(300_000)
        (tmp_path / "f").write_bytes(data)
        host.run("push", str(tmp_path / "f"), "/sdcard/f")
        host.run("pull", "/sdcard/f", str(tmp_path / "g"))
        assert (tmp_path / "g").read_bytes() == data
        assert "Download" in host.text("ls", "/sdcard")
        assert len(host.run("exec-out", "screencap").stdout) == 16 + 360 * 720 * 4
        host.run("disconnect", old.address)
    host.serial = None


def test_a_known_key_gets_in_and_a_stranger_does_not(tmp_path):
    adb = Adb(tmp_path)
    adb.run("start-server")  # makes the key
    try:
        key = PublicKey.load(tmp_path / ".android/adbkey.pub") if (tmp_path / ".android/adbkey.pub").exists() else None
        if key is None:
            with AdbServer(Phone(screen="small"), auth=Auth(accept_first=True)) as first:
                adb.connect(first)
                assert len(first.auth.keys) == 1
                key = first.auth.keys[0]
                adb.run("disconnect", first.address)
                adb.serial = None
        with AdbServer(Phone(screen="small"), auth=Auth([key])) as trusting:
            adb.connect(trusting)
            assert adb.text("shell", "whoami") == "root\n"
            adb.serial = None
        with AdbServer(Phone(screen="small"), auth=Auth()) as strict:
            adb.run("connect", strict.address, check=False)
            for _ in range(40):
                listed = adb.text("devices")
                if "unauthorized" in listed:
                    break
                time.sleep(0.05)
            assert f"{strict.address}\tunauthorized" in listed
            adb.serial = strict.address
            assert adb.run("shell", "whoami", check=False).returncode != 0
    finally:
        adb.serial = None
        adb.run("kill-server")
