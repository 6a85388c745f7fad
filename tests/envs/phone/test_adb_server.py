"""The server: many hosts at once, nothing left behind, starting and stopping."""

from __future__ import annotations

import asyncio
import socket
import threading
import time

import pytest

from adb_host import Host, settle
from agentkit.errors import ConfigError, EnvError
from envs.phone.adb import AdbServer
from envs.phone.device import Phone


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
    assert server._listener.loop is not None
    return len(asyncio.all_tasks(server._listener.loop))


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
