"""The host end of an ADB connection, packet by packet, for tests of the wire."""

from __future__ import annotations

import socket
import struct
import time

from envs.phone.adb import AdbServer
from envs.phone.adb.wire import AUTH, CLSE, CNXN, HEADER, OKAY, OPEN, VERSION, VERSION_CHECKED, WRTE, Packet, checksum


class Host:
    """One connection."""

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


def settle(server: AdbServer, count: int = 0) -> None:
    """Wait until `count` connections are left."""
    for _ in range(200):
        if server.connections <= count:
            return
        time.sleep(0.02)
    raise AssertionError(f"{server.connections} connections are left, expected {count}")


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
