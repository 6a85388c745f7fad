"""The proxy that breaks ADB conversations, and what `envs.android` makes of it: nothing is done twice."""

from __future__ import annotations

import os
import random
import re
import resource
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from agentkit.cli.eval_phone import run_missing
from agentkit.errors import ConfigError, DeviceLost, EnvError
from agentkit.types import Ending
from envs.android import AndroidDevice
from envs.faults import KINDS, After, FaultProxy, Faults, Framed
from envs.phone.adb import AdbServer
from envs.phone.adb.env import PhoneOverAdb
from envs.phone.adb.wire import CLSE, HEADER, OKAY, OPEN, WRTE, Packet, checksum
from envs.phone.baselines import Oracle
from envs.phone.tasks import TASKS
from scripts.fault_run import run


def framed(packet: Packet, *, from_device: bool = True) -> Framed:
    raw = packet.encode(checked=True)
    return Framed(raw[:24], raw[24:], from_device)


PACKETS = {
    "open": framed(Packet(OPEN, 1, 0, b"shell:input tap 1 2\0"), from_device=False),
    "okay": framed(Packet(OKAY, 9, 1)),
    "write": framed(Packet(WRTE, 9, 1, bytes(range(200)))),
    "close": framed(Packet(CLSE, 9, 1)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_is_what_its_name_says(kind):
    """Against a second description of every kind, on every packet that it can hit."""
    hits = 0
    for name, packet in PACKETS.items():
        if not KINDS[kind].hits(packet):
            continue
        hits += 1
        spoilt = KINDS[kind].spoil(packet, random.Random(3))
        raw, data = packet.raw, spoilt.data
        words, was = HEADER.unpack(data[:24].ljust(24)), HEADER.unpack(packet.header)
        changed = [number for number in range(6) if words[number] != was[number]]
        in_header = data[24:] == packet.data
        described = {
            "cut before": data == b"",
            "cut after": data == raw,
            "half": raw.startswith(data) and 0 < len(data) < len(raw),
            "reset": data == b"",
            "delay": data == raw,
            "garbage": data.endswith(raw) and len(data) > len(raw),
            "bad magic": changed == [5] and in_header,
            "bad length": changed == [3] and in_header,
            "bad sum": changed == [4] and in_header,
            "lost okay": name == "okay" and data == b"",
            "lost close": name == "close" and data == b"",
            "double close": name == "close" and data == raw * 2,
            "short answer": name == "write"
            and packet.data.startswith(data[24:])
            and 0 < len(data) - 24 == words[3] < 200
            and words[4] == checksum(data[24:]),
        }
        assert described[kind], name
        over = {"cut before": After.CUT, "cut after": After.CUT, "half": After.CUT, "reset": After.RESET}
        assert (spoilt.after, spoilt.delayed) == (over.get(kind, After.GO_ON), kind == "delay")
    assert hits


def test_chance_comes_from_the_seed_and_ends_at_the_limit():
    def drawn(seed: int, limit: int | None = None) -> tuple[list[bytes], Faults]:
        faults = Faults(0.3, seed, limit=limit)
        dice = faults.dice()
        return [faults.draw(packet, dice).data for _ in range(50) for packet in PACKETS.values()], faults

    assert drawn(1)[0] == drawn(1)[0] != drawn(2)[0]
    assert 40 < drawn(1)[1].total < 80
    assert drawn(1, limit=7)[1].total == 7
    assert len(drawn(1)[1].counts) == len(KINDS)
    for bad in (-0.1, 1.1):
        with pytest.raises(ConfigError, match="rate of faults"):
            Faults(bad)
    with pytest.raises(ConfigError, match="got cosmic ray"):
        Faults(0.1, kinds=["cosmic ray"])
    with pytest.raises(ConfigError, match="HOST:PORT"):
        FaultProxy("5555", Faults(0))


def test_without_faults_nobody_notices(server):
    data = random.Random(0).randbytes(3_000_000)
    with FaultProxy(server.address, Faults(0.0)) as proxy, AndroidDevice(proxy.address) as device:
        device.push(data, "/sdcard/x")
        assert device.pull("/sdcard/x") == data
        device.tap(3, 4)
        assert device.screenshot().tobytes() == server.phone.screenshot().tobytes()


def test_what_is_no_adb_passes_as_it_is():
    with socket.create_server(("127.0.0.1", 0)) as web:

        def answer() -> None:
            client, _ = web.accept()
            with client:
                heard = b""
                while not heard.endswith(b"it"):
                    heard += client.recv(1000)
                client.sendall(heard.upper())

        threading.Thread(target=answer, daemon=True).start()
        with (
            FaultProxy(f"127.0.0.1:{web.getsockname()[1]}", Faults(1.0)) as proxy,
            socket.create_connection((proxy.host, proxy.port), timeout=5) as client,
        ):
            client.sendall(b"get / http/1.1, and a long line after it")
            said = b""
            while piece := client.recv(1000):
                said += piece
            assert said == b"GET / HTTP/1.1, AND A LONG LINE AFTER IT"


def test_a_device_that_is_not_there(server):
    server.close()
    with (
        FaultProxy(server.address, Faults(0.0)) as proxy,
        AndroidDevice(proxy.address, reconnects=0) as device,
        pytest.raises(DeviceLost, match="cannot connect"),
    ):
        device.size()


@contextmanager
def faulty(server: AdbServer, *kinds: str, limit: int | None = None) -> Iterator[AndroidDevice]:
    """A connected device, from whose next packets on each that a fault of `kinds` can hit is spoilt."""
    faults = Faults(0.0, kinds=kinds, delay_s=1.0, limit=limit)
    with (
        FaultProxy(server.address, faults) as proxy,
        AndroidDevice(proxy.address, timeout_s=0.4, screenshot="raw") as device,
    ):
        device.size()
        faults.rate = 1.0
        yield device
        faults.rate = 0.0


def taps(server: AdbServer) -> int:
    return sum(line.startswith("input tap") for line in server.history)


def test_an_action_is_known_as_done_when_only_the_goodbye_is_lost(server):
    with faulty(server, "lost close", limit=1) as device:
        device.tap(1, 2)
        device.tap(3, 4)
    assert taps(server) == 2


@pytest.mark.parametrize("kind", ["lost okay", "reset", "half", "cut before", "delay", "bad sum", "garbage"])
def test_an_action_that_may_have_happened_is_not_done_again(server, kind):
    with faulty(server, kind, limit=1) as device:
        with pytest.raises(DeviceLost, match="may have happened"):
            device.tap(1, 2)
        assert taps(server) <= 1
        with pytest.raises(DeviceLost, match="lost or closed before"):
            device.tap(1, 2)
    assert taps(server) <= 1


def test_an_action_whose_answer_is_cut_short_is_not_done_again(server):
    with (
        faulty(server, "short answer", limit=1) as device,
        pytest.raises(EnvError, match="nobody knows how far it got"),
    ):
        device.tap(1, 2)
    assert taps(server) == 1


@pytest.mark.slow
def test_questions_are_asked_again_until_the_answer_is_whole(server):
    looks = [
        lambda device: device.size(),
        lambda device: device.current_activity(),
        lambda device: device.packages(),
        lambda device: [node.bounds for node in device.ui_tree()],
        lambda device: device.screenshot().tobytes(),
    ]
    with AndroidDevice(server.address) as device:
        expected = [look(device) for look in looks]
    for kind in KINDS:
        for look, answer in zip(looks, expected, strict=True):
            with faulty(server, kind, limit=1) as device:
                assert look(device) == answer, kind


def test_one_picture_cut_short_does_not_change_the_format(server):
    with faulty(server, "short answer", limit=1) as device:
        device.screenshot()
        device.screenshot()
    assert [line for line in server.history if "screencap" in line] == ["screencap"] * 3


def test_an_action_does_not_go_over_a_line_that_speaks_unasked(server, device):
    """Stray bytes before an action would spoil its answer; a fresh connection costs nothing."""
    device.size()
    for writer in server._listener._connections.values():
        server._listener.loop.call_soon_threadsafe(writer.write, bytes(50))
    time.sleep(0.1)
    device.tap(1, 2)
    assert taps(server) == 1


def test_more_than_a_thousand_open_files(server):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 1300:
        pytest.skip(f"only {hard} files may be open here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 1300), hard))
    held = [os.dup(0) for _ in range(1100)]
    try:
        with AndroidDevice(server.address) as device:
            device.tap(1, 2)
            assert device.size() == (360, 720)
    finally:
        for descriptor in held:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.slow
def test_episodes_over_a_bad_line():
    """The run of scripts/fault_run.py, smaller: every order at most once and in its turn, every screen right, every
    unbroken episode solved, the broken ones run again until they are whole, nothing left open."""
    found = run(Faults(0.015, 11, delay_s=0.8), wanted=60, workers=4, timeout_s=0.4, seed=11)
    assert found["wrong"] == []
    assert found["leaks"] == {"descriptors": 0, "threads": 0}
    assert found["faults"] >= 60 and len(found["faults_by_kind"]) >= 10
    assert set(found["episodes_by_ending"]) == {"finished", "broken"}
    assert found["solved"] == found["episodes_by_ending"]["finished"] > 20
    assert found["orders"]["sent"] > found["orders"]["executed"] > 100


def test_broken_episodes_are_left_out_and_tried_again(tmp_path: Path):
    tasks = [kind.generate(4) for kind in TASKS if kind.__name__.startswith(("Turn", "Set"))][:6]
    names = {task.key for task in tasks}

    def attempt(faults: Faults):
        oracle = Oracle(partial(PhoneOverAdb, screen="small", timeout_s=0.5, faults=faults))
        return run_missing(oracle, oracle.env, tasks, 1, tmp_path / "episodes")

    first = attempt(Faults(0.06, 1, kinds=["reset", "half", "bad sum"]))
    broken = {result.key for result in first if result.ending is Ending.BROKEN}
    assert broken and broken < names, "the seed should break some episodes and leave some"
    assert all(result.solved == (result.key not in broken) for result in first)
    assert all(re.match(r"(DeviceLost|EnvError): ", result.fault) for result in first if result.key in broken)
    before = {key: (tmp_path / "episodes" / key / "trace.json").stat().st_mtime_ns for key in names}
    assert all(result.solved for result in attempt(Faults(0.0)))
    after = {key: (tmp_path / "episodes" / key / "trace.json").stat().st_mtime_ns for key in names}
    assert {key for key in names if before[key] != after[key]} == broken
