"""The wire: greeting, sums, streams and flow control."""

from __future__ import annotations

import struct
import threading

import pytest

from adb_host import Host
from envs.phone.adb.framebuffer import header
from envs.phone.adb.terminal import Terminal
from envs.phone.adb.wire import CLSE, CNXN, OKAY, OPEN, VERSION, VERSION_CHECKED, WRTE


def test_the_greeting_names_the_device_and_what_it_serves(server):
    with Host(server) as host:
        answer = host.hello()
        assert (answer.command, answer.arg0, answer.arg1) == (CNXN, VERSION, 1 << 20)
        assert answer.data.startswith(b"device::ro.product.name=glint_phone;")
        assert answer.data.endswith(b";features=shell_v2,cmd,stat_v2,ls_v2")


def test_an_old_host_gets_sums(server):
    with Host(server, VERSION_CHECKED, 4096) as host:
        host.hello()
        assert host.ask("shell:echo hi") == b"hi\n"
        assert len(host.ask("exec:screencap")) == 16 + 360 * 720 * 4
        host.send(OPEN, 1, 0, b"shell:echo\0", checked=False)  # a wrong sum
        with pytest.raises((EOFError, ConnectionResetError)):
            host.receive()


def test_one_packet_in_flight(host):
    remote = host.open("exec:screencap")
    first = host.receive()
    assert first.command == WRTE
    host.socket.settimeout(0.3)
    with pytest.raises(TimeoutError):
        host.receive()
    host.socket.settimeout(10)
    host.send(OKAY, 7, remote)
    assert len(first.data) + len(host.drain(remote)) == 16 + 360 * 720 * 4


def test_refused_services(host):
    for name in ("jdwp", "track-jdwp", "tcp:9008", "localabstract:x", "log:main", "sink:5", "abb_exec:x", "", "shell"):
        assert host.open(name) == 0, name
    assert host.ask("shell:echo still here") == b"still here\n"


def test_streams_interleave(host):
    slow = host.open("shell,v2,raw:cat", 1)
    assert host.ask("shell:echo quick", 2) == b"quick\n"
    host.send(WRTE, 1, slow, struct.pack("<BI", 0, 3) + b"ab")
    assert host.receive().command == OKAY
    host.send(WRTE, 1, slow, b"c" + struct.pack("<BI", 4, 0))
    assert host.receive().command == OKAY
    frames = host.drain(slow, 1)
    assert frames == struct.pack("<BI", 1, 3) + b"abc" + struct.pack("<BIB", 3, 1, 0)


def test_a_waiting_command_ends_with_its_stream(server, host):
    before = threading.active_count()
    for local in range(1, 9):
        remote = host.open("shell,v2,raw:cat", local)
        host.send(CLSE, local, remote)
        assert host.receive().command == CLSE
    assert host.ask("shell:echo fine", 20) == b"fine\n"
    assert threading.active_count() <= before + 10


def test_late_packets_are_ignored(host):
    host.send(WRTE, 99, 98, b"who?")
    host.send(OKAY, 99, 98)
    host.send(CLSE, 99, 98)
    assert host.ask("shell:echo fine") == b"fine\n"


def test_a_service_that_fails_still_closes_its_stream(server, host, monkeypatch):
    def broken(*args):
        raise RuntimeError("an app's bug")

    monkeypatch.setattr(server.phone, "screenshot", broken)
    assert host.ask("framebuffer:") == b""
    assert host.ask("shell:screencap") == b"/system/bin/sh: aborted: RuntimeError: an app's bug\n"
    monkeypatch.undo()
    assert host.ask("shell:echo fine") == b"fine\n"


def test_framebuffer(server, host):
    data = host.ask("framebuffer:")
    with server.lock:
        image = server.phone.screenshot()
    assert data == header(360, 720) + image.convert("RGBA").tobytes()
    fields = struct.unpack_from("<13I", data)
    assert fields[:5] == (1, 32, 360 * 720 * 4, 360, 720)
    assert dict(zip("rbga", fields[5::2], strict=True)) == {"r": 0, "b": 16, "g": 8, "a": 24}


def test_reverse_answers(host):
    assert host.ask("reverse:list-forward") == b"OKAY0000"
    assert host.ask("reverse:killforward-all") == b"OKAY"
    answer = host.ask("reverse:forward:tcp:1;tcp:2")
    assert answer[:4] == b"FAIL"
    assert int(answer[4:8], 16) == len(answer) - 8


def test_the_terminal_edits_lines():
    terminal = Terminal(echo=True)
    typed = terminal.type(b"ls\x7f\x7fpwd\r")
    assert (typed.echo, typed.lines) == (b"ls\b \b\b \bpwd\r\n", ["pwd"])
    assert terminal.type(b"abc\x15\xc3").echo == b"abc" + b"\b \b" * 3
    assert terminal.type(b"\xa9\n").lines == ["é"]
    assert terminal.type(b"x\x03").lines == [""]
    assert terminal.type(b"\x04").ended
    plain = Terminal(echo=False)
    assert plain.type(b"a\nb").lines == ["a"]
    assert plain.rest() == "b"
