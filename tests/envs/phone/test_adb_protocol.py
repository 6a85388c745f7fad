"""The wire itself: packets, flow control, keys, file transfer, garbage, and many hosts."""

from __future__ import annotations

import asyncio
import base64
import random
import socket
import struct
import threading
import time
from collections.abc import Iterator

import pytest

from agentkit.errors import ConfigError, EnvError
from envs.phone.adb import AdbServer, Auth, PublicKey
from envs.phone.adb.auth import STRUCT
from envs.phone.adb.framebuffer import header
from envs.phone.adb.terminal import Terminal
from envs.phone.adb.wire import AUTH, CLSE, CNXN, HEADER, OKAY, OPEN, VERSION, VERSION_CHECKED, WRTE, Packet, checksum
from envs.phone.device import Phone


class Host:
    """The host end of one connection, packet by packet."""

    def __init__(self, server: AdbServer, version: int = VERSION, max_payload: int = 1 << 20) -> None:
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.version, self.max_payload = version, max_payload
        self.checked = version == VERSION_CHECKED
        self.last_sums: list[int] = []

    def hello(self) -> Packet:
        self.send(CNXN, self.version, self.max_payload, b"host::\0", checked=True)
        return self.receive()

    def send(self, command: int, arg0: int, arg1: int, data: bytes = b"", *, checked: bool | None = None) -> None:
        self.socket.sendall(
            Packet(command, arg0, arg1, data).encode(checked=self.checked if checked is None else checked)
        )

    def receive(self) -> Packet:
        command, arg0, arg1, length, total, magic = HEADER.unpack(self._exactly(24))
        assert magic == command ^ 0xFFFFFFFF
        data = self._exactly(length)
        if self.checked or command in (CNXN, AUTH):
            assert total == checksum(data)
        else:
            assert total == 0
        return Packet(command, arg0, arg1, data)

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            piece = self.socket.recv(size - len(data))
            if not piece:
                raise EOFError
            data += piece
        return data

    def open(self, service: str, local: int = 7) -> int:
        """The device's id of the stream, 0 when it refuses."""
        self.send(OPEN, local, 0, service.encode() + b"\0")
        answer = self.receive()
        assert answer.arg1 == local
        return answer.arg0 if answer.command == OKAY else 0

    def drain(self, remote: int, local: int = 7) -> bytes:
        """Everything that comes on the stream until the device closes it."""
        out = []
        while (packet := self.receive()).command != CLSE:
            if packet.command == WRTE:
                assert (packet.arg0, packet.arg1) == (remote, local)
                assert len(packet.data) <= self.max_payload
                out.append(packet.data)
                self.send(OKAY, local, remote)
        self.send(CLSE, local, remote)
        return b"".join(out)

    def ask(self, service: str, local: int = 7) -> bytes:
        return self.drain(self.open(service, local), local)

    def __enter__(self) -> Host:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()


@pytest.fixture(scope="module")
def server() -> Iterator[AdbServer]:
    with AdbServer(Phone(screen="small")) as running:
        yield running


@pytest.fixture
def host(server) -> Iterator[Host]:
    with Host(server) as connected:
        connected.hello()
        yield connected


def settle(server: AdbServer, count: int = 0) -> None:
    """Wait until `count` connections are left."""
    for _ in range(200):
        if server.connections <= count:
            return
        time.sleep(0.02)
    raise AssertionError(f"{server.connections} connections are left, expected {count}")


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


def sync(host: Host, request: bytes) -> bytes:
    """One request in pieces of three bytes, then QUIT; the answer."""
    remote = host.open("sync:")
    answer = []
    data = request + b"QUIT" + bytes(4)
    for start in range(0, len(data), 3):
        host.send(WRTE, 7, remote, data[start : start + 3])
        while (packet := host.receive()).command == WRTE:
            answer.append(packet.data)
            host.send(OKAY, 7, remote)
        if packet.command == CLSE:
            return b"".join(answer)
    return b"".join(answer) + host.drain(remote)


def named(kind: bytes, path: str) -> bytes:
    return kind + struct.pack("<I", len(path.encode())) + path.encode()


def test_sync_requests_may_be_cut_anywhere(host):
    sent = named(b"SEND", "/sdcard/a,b.txt,33188") + b"DATA" + bytes(4) + b"DATA" + struct.pack("<I", 5) + b"hello"
    sent += b"DONE" + struct.pack("<I", 1_600_000_000)
    assert sync(host, sent) == b"OKAY" + bytes(4)
    assert sync(host, named(b"STAT", "/sdcard/a,b.txt")) == b"STAT" + struct.pack("<3I", 0o100644, 5, 1_600_000_000)
    assert sync(host, named(b"RECV", "/sdcard/a,b.txt")) == b"DATA" + struct.pack("<I", 5) + b"hello" + b"DONE" + bytes(
        4
    )
    assert sync(host, named(b"STAT", "/nope")) == b"STAT" + bytes(12)
    assert sync(host, named(b"STA2", "/nope"))[:8] == b"STA2" + struct.pack("<I", 2)
    new = struct.unpack("<4sIQQIIIIQqqq", sync(host, named(b"LST2", "/sdcard")))
    assert (new[0], new[1], new[4] >> 12) == (b"LST2", 0, 0o4)
    assert sync(host, named(b"RECV", "/sdcard")).startswith(b"FAIL")


def test_sync_lists(host):
    host.ask("shell:mkdir /sdcard/l; echo > '/sdcard/l/é'; mkdir /sdcard/l/d")
    old = sync(host, named(b"LIST", "/sdcard/l"))
    new = sync(host, named(b"LIS2", "/sdcard/l"))
    assert old.count(b"DENT") == 4
    assert old.endswith(b"DONE" + bytes(16))
    assert new.count(b"DNT2") == 4
    assert new.endswith(b"DONE" + bytes(72))
    assert "é".encode() in old and "é".encode() in new
    assert sync(host, named(b"LIST", "/nope")) == b"DONE" + bytes(16)


def test_sync_refuses_what_it_cannot_store(host):
    done = b"DONE" + bytes(4)
    for path, why in (("/sdcard/x,40960", b"regular"), ("/sdcard/x", b"PATH,MODE"), ("/sdcard,33188", b"directory")):
        answer = sync(host, named(b"SEND", path) + done)
        assert answer.startswith(b"FAIL"), path
        assert why in answer, path
    assert sync(host, b"WHAT" + bytes(4)).startswith(b"FAIL")
    assert host.ask("shell:echo fine") == b"fine\n"


def test_reverse_answers(host):
    assert host.ask("reverse:list-forward") == b"OKAY0000"
    assert host.ask("reverse:killforward-all") == b"OKAY"
    answer = host.ask("reverse:forward:tcp:1;tcp:2")
    assert answer[:4] == b"FAIL"
    assert int(answer[4:8], 16) == len(answer) - 8


# Keys.


@pytest.fixture(scope="module")
def private_key(tmp_path_factory):
    from adb_shell.auth.keygen import keygen

    path = tmp_path_factory.mktemp("keys") / "adbkey"
    keygen(str(path))
    return path


def signer(path):
    from adb_shell.auth.sign_cryptography import CryptographySigner

    return CryptographySigner(str(path))


def test_signatures_are_verified(private_key, tmp_path):
    from adb_shell.auth.keygen import keygen

    key = PublicKey.load(f"{private_key}.pub")
    token = bytes(range(20))
    signature = signer(private_key).Sign(token)
    assert key.verifies(signature, token)
    assert not key.verifies(signature, token[::-1])
    for at in (0, 128, 255):
        broken = bytearray(signature)
        broken[at] ^= 1
        assert not key.verifies(bytes(broken), token)
    assert not key.verifies(b"", token)
    assert not key.verifies(signature + b"\0", token)
    assert not key.verifies((key.modulus).to_bytes(256, "big"), token)
    keygen(str(tmp_path / "other"))
    assert not PublicKey.load(tmp_path / "other.pub").verifies(signature, token)


def test_bad_keys_are_named(private_key, tmp_path):
    with pytest.raises(EnvError, match="base64"):
        PublicKey.parse("!!!")
    with pytest.raises(EnvError, match="524 bytes, got 3"):
        PublicKey.parse("AAAA")
    with pytest.raises(EnvError, match="RSA-2048"):
        PublicKey.parse(base64.b64encode(STRUCT.pack(64, 0, b"\1" + bytes(255), bytes(256), 3)))
    good = bytearray(base64.b64decode(private_key.with_suffix(".pub").read_bytes().split()[0]))
    good[-4:] = struct.pack("<I", 1)
    with pytest.raises(EnvError, match="exponent"):
        PublicKey.parse(base64.b64encode(bytes(good)))
    (tmp_path / "x.pub").write_text("no key")
    with pytest.raises(ConfigError, match="no adb public key"):
        PublicKey.load(tmp_path / "x.pub")


def adb_shell(server: AdbServer, keys=(), wait_s: float = 2.0) -> str:
    from adb_shell.adb_device import AdbDeviceTcp

    device = AdbDeviceTcp("127.0.0.1", server.port, default_transport_timeout_s=5)
    try:
        device.connect(rsa_keys=list(keys), auth_timeout_s=wait_s)
        return device.shell("whoami")
    finally:
        device.close()


def test_adb_shell_with_and_without_keys(server, private_key):
    from adb_shell.exceptions import DeviceAuthError, TcpTimeoutException

    assert adb_shell(server) == "root\n"
    key = PublicKey.load(f"{private_key}.pub")
    with AdbServer(Phone(screen="small"), auth=Auth([key])) as locked:
        assert adb_shell(locked, [signer(private_key)]) == "root\n"
        with pytest.raises(DeviceAuthError):
            adb_shell(locked)
    with AdbServer(Phone(screen="small"), auth=Auth(accept_first=True)) as open_to_offers:
        assert adb_shell(open_to_offers, [signer(private_key)]) == "root\n"
        assert open_to_offers.auth.keys == [key]
    with AdbServer(Phone(screen="small"), auth=Auth()) as closed, pytest.raises(TcpTimeoutException):
        adb_shell(closed, [signer(private_key)], wait_s=0.4)


def test_the_first_key_shuts_out_later_ones(private_key, tmp_path):
    from adb_shell.auth.keygen import keygen
    from adb_shell.exceptions import TcpTimeoutException

    keygen(str(tmp_path / "late"))
    auth = Auth(accept_first=True)
    assert not auth.offer(b"no key")
    with AdbServer(Phone(screen="small"), auth=auth) as server:
        for _ in range(2):
            assert adb_shell(server, [signer(private_key)]) == "root\n"
            with pytest.raises(TcpTimeoutException):
                adb_shell(server, [signer(tmp_path / "late")], wait_s=0.3)
    assert auth.keys == [PublicKey.load(f"{private_key}.pub")]


def test_no_stream_opens_before_the_key_is_shown(private_key):
    with AdbServer(Phone(screen="small"), auth=Auth()) as locked, Host(locked) as host:
        assert host.hello().command == AUTH
        host.send(OPEN, 1, 0, b"shell:id\0", checked=True)
        with pytest.raises((EOFError, ConnectionResetError)):
            host.receive()


# Trouble.


def test_garbage_drops_only_its_own_connection(server, host):
    chance = random.Random(11)
    good = Packet(CNXN, VERSION, 1 << 20, b"host::\0").encode(checked=True)
    for round_ in range(60):
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as wire:
            kind = round_ % 5
            try:
                if kind == 0:
                    wire.sendall(chance.randbytes(chance.randrange(1, 400)))
                elif kind == 1:
                    wire.sendall(good[: chance.randrange(1, len(good))])
                elif kind == 2:
                    wire.sendall(
                        good + Packet(OPEN, 1, 0, b"shell:echo\0").encode(checked=False)[: chance.randrange(1, 35)]
                    )
                elif kind == 3:
                    wire.sendall(good + HEADER.pack(WRTE, 1, 1, 0xFFFFFFFF, 0, WRTE ^ 0xFFFFFFFF))
                else:
                    broken = bytearray(good * 3)
                    broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
                    wire.sendall(broken)
            except ConnectionError:
                pass
    assert host.ask("shell:echo alive") == b"alive\n"
    settle(server, 1)


def test_a_transfer_cut_anywhere_stores_nothing_and_harms_nobody(server):
    """The cable is pulled at every byte of a SEND, its OPEN included."""
    whole = named(b"SEND", "/sdcard/cut,33188") + b"DATA" + struct.pack("<I", 5) + b"hello" + b"DONE" + bytes(4)
    opening = Packet(OPEN, 7, 0, b"sync:\0").encode(checked=False)
    for size in range(len(opening) + HEADER.size + len(whole)):
        with Host(server) as host:
            host.hello()
            host.socket.sendall(opening[:size])
            if size >= len(opening):
                remote = host.receive().arg0
                packet = Packet(WRTE, 7, remote, whole).encode(checked=False)
                host.socket.sendall(packet[: size - len(opening)])
    settle(server)
    with Host(server) as host:
        host.hello()
        assert sync(host, named(b"STAT", "/sdcard/cut")) == b"STAT" + bytes(12)
        for size in range(0, len(whole), 7):  # a host that says goodbye in the middle
            remote = host.open("sync:")
            host.send(WRTE, 7, remote, whole[:size])
            host.send(CLSE, 7, remote)
            while host.receive().command != CLSE:
                pass
        assert sync(host, named(b"STAT", "/sdcard/cut")) == b"STAT" + bytes(12)
        assert sync(host, whole) == b"OKAY" + bytes(4)


def test_a_header_that_contradicts_itself_ends_the_connection(server):
    for change in (lambda raw: raw[:20] + bytes(4) + raw[24:], lambda raw: b"SYNC" + raw[4:]):
        with Host(server) as host:
            host.hello()
            host.socket.sendall(change(Packet(OPEN, 7, 0, b"shell:echo\0").encode(checked=False)))
            with pytest.raises((EOFError, ConnectionResetError)):
                host.receive()


def test_random_packets_after_the_greeting(server):
    chance = random.Random(5)
    services = [
        b"shell:",
        b"shell,v2,raw:",
        b"shell,v2,pty:",
        b"sync:",
        b"framebuffer:",
        b"exec:cat",
        b"\xff\xfe",
        b"reverse:",
    ]
    for _ in range(40):
        with Host(server) as host:
            host.hello()
            try:
                for _ in range(chance.randrange(1, 25)):
                    data = chance.choice(services) if chance.random() < 0.5 else chance.randbytes(chance.randrange(50))
                    host.send(chance.choice((OPEN, WRTE, OKAY, CLSE)), chance.randrange(5), chance.randrange(5), data)
            except ConnectionError:
                pass
    settle(server)
    with Host(server) as host:
        host.hello()
        assert host.ask("shell:echo alive") == b"alive\n"


def test_a_host_that_ignores_flow_control_is_dropped(host):
    remote = host.open("shell:sleep 0; cat")
    with pytest.raises((EOFError, ConnectionError)):
        for _ in range(100_000):
            host.send(WRTE, 7, remote, b"x")
        while True:
            host.receive()


def test_many_hosts_at_once(server):
    failures = []

    def work(number: int) -> None:
        try:
            with Host(server) as host:
                host.hello()
                for n in range(20):
                    assert host.ask(f"shell:echo {number} {n}") == f"{number} {n}\n".encode()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    settle(server)


def test_a_hundred_reconnects_leave_nothing_behind():
    import gc
    import os

    with AdbServer(Phone(screen="small")) as server:

        def once() -> None:
            with Host(server) as host:
                host.hello()
                assert host.ask("shell:echo x") == b"x\n"
                host.open("shell,v2,raw:cat")  # left open

        for _ in range(10):
            once()
        settle(server)
        gc.collect()
        descriptors, threads, tasks = len(os.listdir("/proc/self/fd")), threading.active_count(), _tasks(server)
        for _ in range(100):
            once()
        settle(server)
        gc.collect()
        assert len(os.listdir("/proc/self/fd")) <= descriptors + 1
        assert threading.active_count() <= threads + 2
        assert _tasks(server) <= tasks


def _tasks(server: AdbServer) -> int:
    assert server._loop is not None
    return len(asyncio.all_tasks(server._loop))


def test_start_and_stop():
    phone = Phone(screen="small")
    server = AdbServer(phone)
    with server:
        with pytest.raises(EnvError, match="already running"):
            server.start()
        with pytest.raises(EnvError, match="cannot listen on"):
            AdbServer(phone, port=server.port).start()
        port = server.port
    server.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=2)
    with server, Host(server) as host:
        host.hello()
        assert host.ask("shell:echo again") == b"again\n"
    with pytest.raises(ConfigError, match="port"):
        AdbServer(phone, port=70000)


def test_stopping_hangs_up_on_everyone():
    server = AdbServer(Phone(screen="small")).start()
    with Host(server) as host:
        host.hello()
        host.open("shell,v2,raw:cat")  # waits for its standard input
        start = time.monotonic()
        server.close()
        assert time.monotonic() - start < 3
        with pytest.raises((EOFError, ConnectionResetError)):
            host.receive()
    assert server.connections == 0


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
