"""File transfer, request by request."""

from __future__ import annotations

import struct

from adb_host import Host, named, settle, sync
from envs.phone.adb.wire import CLSE, HEADER, OPEN, WRTE, Packet


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
