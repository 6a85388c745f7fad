"""The connection to a device: lost, found again, asked for a key, and never trusted to make sense."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Callable

import pytest

from agentkit.errors import ConfigError, DeviceLost, EnvError
from envs.android import AndroidDevice, CannotDo
from envs.android.direct import parse_address
from envs.phone.adb import AdbServer, Auth
from envs.phone.adb.wire import CLSE, CNXN, HEADER, OKAY, OPEN, VERSION_CHECKED, WRTE, Packet
from envs.phone.device import Phone


def test_addresses():
    assert parse_address("10.0.0.2:5557") == ("10.0.0.2", 5557)
    assert parse_address("box") == ("box", 5555)
    assert parse_address("emulator-5554") == ("127.0.0.1", 5555)
    for bad in ("", ":5555", "box:", "box:x", "box:99999", "box:0"):
        with pytest.raises(ConfigError, match="HOST:PORT"):
            parse_address(bad)


def test_keys(tmp_path):
    from adb_shell.auth.keygen import keygen

    keygen(str(tmp_path / "adbkey"))
    with AdbServer(Phone(screen="small"), auth=Auth(accept_first=True)) as server:
        with AndroidDevice(server.address, reconnects=0) as device, pytest.raises(DeviceLost, match="asks for a key"):
            device.size()
        with AndroidDevice(server.address, keys=[tmp_path / "adbkey"]) as device:
            assert device.size() == (360, 720)
    with pytest.raises(ConfigError, match="no private adb key"):
        AndroidDevice("x:1", keys=[tmp_path / "nope"])


def test_questions_survive_a_dropped_connection(server, device):
    assert device.size() == (360, 720)
    server.drop_connections()
    assert device.size() == (360, 720)
    server.drop_connections()
    time.sleep(0.1)
    device.tap(5, 5)  # seen to be gone before anything was sent: a new connection is safe
    assert device.screenshot().size == (360, 720)


class Middleman:
    """A relay that can swallow what the device answers: the order arrives, its acknowledgement does not."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.mute = False
        self.accepted = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._sockets: list[socket.socket] = [self._listener]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.accepted += 1
            device = socket.create_connection(("127.0.0.1", self.port))
            self._sockets += [client, device]
            threading.Thread(target=self._pump, args=(client, device, False), daemon=True).start()
            threading.Thread(target=self._pump, args=(device, client, True), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, answers: bool) -> None:
        try:
            while data := source.recv(65536):
                if not (answers and self.mute):
                    sink.sendall(data)
        except OSError:
            pass

    def close(self) -> None:
        for item in self._sockets:
            item.close()


def test_an_action_is_never_sent_twice(server, monkeypatch):
    taps = []
    monkeypatch.setattr(server.phone, "tap", lambda x, y: taps.append((x, y)))
    between = Middleman(server.port)
    device = AndroidDevice(between.address, timeout_s=0.5, reconnects=3)
    try:
        device.tap(1, 2)
        # the OPEN's answer gets lost: the tap has happened, and nobody on this side can know
        between.mute = True
        with pytest.raises(DeviceLost, match="may have happened"):
            device.tap(3, 4)
        between.mute = False
        time.sleep(0.3)
        assert taps == [(1, 2), (3, 4)]
        assert between.accepted == 1
        with pytest.raises(DeviceLost, match="was lost"):
            device.screenshot()
    finally:
        device.close()
        between.close()


def test_a_question_is_asked_again_when_its_answer_is_lost(server):
    between = Middleman(server.port)
    device = AndroidDevice(between.address, timeout_s=0.4, reconnects=1)
    try:
        assert device.size() == (360, 720)
        between.mute = True
        threading.Timer(0.3, setattr, (between, "mute", False)).start()
        assert device.size() == (360, 720)
        assert between.accepted == 2
    finally:
        device.close()
        between.close()


def test_nobody_there():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    start = time.monotonic()
    with AndroidDevice(f"127.0.0.1:{port}", reconnects=2) as device, pytest.raises(DeviceLost, match="in 3 attempts"):
        device.size()
    assert time.monotonic() - start < 3


def test_something_that_does_not_speak_adb():
    with socket.create_server(("127.0.0.1", 0)) as web:

        def answer() -> None:
            client, _ = web.accept()
            client.recv(100)
            client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 4)
            client.close()

        threading.Thread(target=answer, daemon=True).start()
        address = f"127.0.0.1:{web.getsockname()[1]}"
        with (
            AndroidDevice(address, timeout_s=1, reconnects=0) as device,
            pytest.raises(DeviceLost, match="cannot connect"),
        ):
            device.size()


class Liar:
    """Greets as a device does, and answers whatever is asked with the packets, or the bytes, of `answer(host_id)`."""

    def __init__(self, answer: Callable[[int], bytes], *, hangs_up: bool = True) -> None:
        self.answer, self.hangs_up = answer, hangs_up
        self.orders = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                host, _ = self._listener.accept()
            except OSError:
                return
            with host, host.makefile("rb") as stream:
                try:
                    while header := stream.read(HEADER.size):
                        command, arg0, _, length, _, _ = HEADER.unpack(header)
                        stream.read(length)
                        if command == CNXN:
                            hello = Packet(CNXN, VERSION_CHECKED, 4096, b"device::")
                            host.sendall(hello.encode(checked=True))
                        elif command == OPEN:
                            self.orders += 1
                            host.sendall(self.answer(arg0))
                            if self.hangs_up:
                                host.shutdown(socket.SHUT_WR)
                except OSError:
                    pass

    def close(self) -> None:
        self._listener.close()


def _packets(*packets: Packet) -> bytes:
    return b"".join(packet.encode(checked=True) for packet in packets)


def _opened(host_id: int, *data: bytes) -> bytes:
    writes = [Packet(WRTE, 9, host_id, piece) for piece in data]
    return _packets(Packet(OKAY, 9, host_id), *writes, Packet(CLSE, 9, host_id))


WRONG_SUM = bytearray(_packets(Packet(WRTE, 9, 1, b"x")))
WRONG_SUM[16] ^= 1


@pytest.mark.parametrize(
    "answer",
    [
        lambda host_id: b"",
        lambda host_id: b"\xff" * 24,
        lambda host_id: _packets(Packet(OKAY, 9, host_id)),
        lambda host_id: _packets(Packet(OKAY, 9, host_id)) + bytes(WRONG_SUM),
        lambda host_id: _packets(Packet(OKAY, 9, host_id))[:13],
        lambda host_id: _packets(Packet(CLSE, 0, host_id)),
        lambda host_id: random.Random(host_id).randbytes(200),
    ],
    ids=["nothing", "no command", "silence", "wrong sum", "half a packet", "refusal", "noise"],
)
def test_whatever_a_device_answers_is_a_device_lost(answer):
    liar = Liar(answer)
    try:
        for use in (
            lambda device: device.size(),
            lambda device: device.tap(1, 1),
            lambda device: device.screenshot(),
            lambda device: device.push(b"x", "/sdcard/x"),
            lambda device: device.pull("/sdcard/x"),
        ):
            with AndroidDevice(liar.address, timeout_s=0.3, reconnects=0) as device, pytest.raises(DeviceLost):
                use(device)
        before = liar.orders
        with AndroidDevice(liar.address, timeout_s=0.3, reconnects=5) as device, pytest.raises(DeviceLost):
            device.tap(1, 1)
        assert liar.orders == before + 1, "an action was sent again"
    finally:
        liar.close()


def test_answers_of_the_wrong_form_leave_the_connection_alone():
    for text, use in (
        (b"", lambda device: device.size()),
        (b"segfault\n", lambda device: device.tap(1, 1)),
        (b"\x89PNG\r\n\x1a\n", lambda device: device.screenshot()),
    ):
        liar = Liar(lambda host_id, text=text: _opened(host_id, text), hangs_up=False)
        with AndroidDevice(liar.address, timeout_s=2, reconnects=0) as device:
            with pytest.raises(EnvError) as caught:
                use(device)
            assert not isinstance(caught.value, DeviceLost)
        liar.close()


def test_files_that_cannot_be_read_or_written(device):
    for use in (
        lambda: device.pull("/sdcard/nope"),
        lambda: device.pull(""),
        lambda: device.push(b"x", "/sdcard"),
        lambda: device.push(b"x", ""),
    ):
        with pytest.raises(CannotDo, match=r"cannot (read|write)"):
            use()
    assert device.size() == (360, 720)


def test_an_old_device_takes_long_texts_in_pieces():
    """4 KiB is all that a packet may carry there."""
    with AdbServer(Phone(screen="small"), legacy=True) as server, AndroidDevice(server.address) as device:
        device.type_text("'" * 3000)
        device.type_text("é" * 3000)
        assert device.size() == (360, 720)
