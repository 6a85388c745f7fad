"""Hosts that send garbage, contradict themselves or flood the line: only their own connection ends."""

from __future__ import annotations

import random
import socket

import pytest

from adb_host import Host, settle
from envs.phone.adb.wire import CLSE, CNXN, HEADER, OKAY, OPEN, VERSION, WRTE, Packet


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
