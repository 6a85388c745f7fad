"""`sync:`: the file transfer of `adb push`, `pull` and `ls`. Requests follow each other on one stream until QUIT."""

from __future__ import annotations

import errno
import stat as stat_bits
import struct
from typing import TYPE_CHECKING

from envs.phone.adb.stream import Stream
from envs.phone.files import Stat

if TYPE_CHECKING:
    from envs.phone.adb.services import Services

CHUNK = 64 << 10
"""Largest DATA block, the protocol's own limit."""
BATCH = 16 * CHUNK
MAX_PATH = 4096
MAX_FILE = 1 << 30
V1 = struct.Struct("<3I")
"""mode, size, mtime."""
V2 = struct.Struct("<IQQIIIIQqqq")
"""error, dev, inode, mode, links, uid, gid, size, atime, mtime, ctime."""
DEVICE_NUMBER = 1


def stat_v1(stat: Stat | None) -> bytes:
    """Zeros for a missing file. Sizes from 4 GiB on wrap, as they do on a device."""
    return V1.pack(stat.mode, stat.size & 0xFFFFFFFF, stat.mtime & 0xFFFFFFFF) if stat else bytes(V1.size)


def stat_v2(stat: Stat | None, error: int = 0) -> bytes:
    if stat is None:
        return V2.pack(error, *[0] * 10)
    links = 2 if stat.is_dir else 1
    times = (stat.mtime,) * 3
    return V2.pack(0, DEVICE_NUMBER, stat.inode, stat.mode, links, stat.uid, stat.gid, stat.size, *times)


class SyncService:
    def __init__(self, services: Services) -> None:
        self.services = services
        self.files = services.system.phone.files

    async def serve(self, stream: Stream) -> None:
        handlers = {
            b"STAT": self._stat,
            b"STA2": self._stat,
            b"LST2": self._stat,
            b"LIST": self._list,
            b"LIS2": self._list,
            b"SEND": self._receive_file,
            b"RECV": self._send_file,
        }
        while True:
            request, length = struct.unpack("<4sI", await stream.read_exactly(8))
            if request == b"QUIT":
                return
            if request not in handlers or length > MAX_PATH:
                await self._fail(stream, f"unknown request {request!r}" if request not in handlers else "path too long")
                return
            path = (await stream.read_exactly(length)).decode("utf-8", "surrogateescape")
            await handlers[request](stream, request, path)

    @staticmethod
    async def _fail(stream: Stream, text: str) -> None:
        raw = text.encode("utf-8", "replace")
        await stream.write(b"FAIL" + struct.pack("<I", len(raw)) + raw)

    def _look(self, path: str) -> tuple[Stat | None, int]:
        try:
            return self.files.stat(path), 0
        except OSError as error:
            return None, error.errno or errno.ENOENT
        except ValueError:
            return None, errno.ENOENT

    async def _stat(self, stream: Stream, request: bytes, path: str) -> None:
        stat, error = await self.services.with_phone(lambda: self._look(path))
        await stream.write(request + (stat_v1(stat) if request == b"STAT" else stat_v2(stat, error)))

    async def _list(self, stream: Stream, request: bytes, path: str) -> None:
        """One entry per name, `.` and `..` too; of what is no directory, none."""
        new = request == b"LIS2"
        name, pack = (b"DNT2", stat_v2) if new else (b"DENT", stat_v1)

        def entries() -> bytes:
            out: list[bytes] = []
            if self._look(path)[0] is not None and self.files.is_dir(path):
                for child in (".", "..", *self.files.list(path)):
                    raw = child.encode("utf-8", "surrogateescape")
                    stat = self._look(f"{path}/{child}")[0]
                    out.append(name + pack(stat) + struct.pack("<I", len(raw)) + raw)
            return b"".join(out)

        await stream.write(await self.services.with_phone(entries) + b"DONE" + bytes((V2 if new else V1).size + 4))

    async def _send_file(self, stream: Stream, request: bytes, path: str) -> None:
        try:
            data = await self.services.with_phone(lambda: self.files.read(path))
        except (OSError, ValueError) as error:
            await self._fail(stream, getattr(error, "strerror", None) or str(error))
            return
        for start in range(0, len(data), BATCH):
            blocks = [data[at : at + CHUNK] for at in range(start, min(start + BATCH, len(data)), CHUNK)]
            await stream.write(b"".join(b"DATA" + struct.pack("<I", len(block)) + block for block in blocks))
        await stream.write(b"DONE" + bytes(4))

    async def _receive_file(self, stream: Stream, request: bytes, target: str) -> None:
        """Takes the file in to its end before saying what is wrong with it, as the host expects."""
        path, _, mode_text = target.rpartition(",")
        parts: list[bytes] = []
        size = 0
        while True:
            kind, length = struct.unpack("<4sI", await stream.read_exactly(8))
            if kind == b"DONE":
                mtime = length
                break
            if kind != b"DATA" or length > CHUNK:
                await self._fail(stream, f"expected DATA of at most {CHUNK} bytes or DONE, got {kind!r} of {length}")
                await stream.close()
                return
            block = await stream.read_exactly(length)
            size += length
            if size <= MAX_FILE:
                parts.append(block)
            else:
                parts.clear()
        fault = self._fault(path, mode_text, size) or await self.services.with_phone(
            lambda: self._store(path, b"".join(parts), int(mode_text), mtime)
        )
        if fault:
            await self._fail(stream, fault)
        else:
            await stream.write(b"OKAY" + bytes(4))

    @staticmethod
    def _fault(path: str, mode: str, size: int) -> str:
        """What is wrong with the request, empty when nothing is."""
        if not path or not (mode.isascii() and mode.isdigit() and len(mode) < 12):
            return "expected PATH,MODE with a decimal mode"
        if size > MAX_FILE:
            return f"No space left on device: files of up to {MAX_FILE >> 20} MiB fit"
        if stat_bits.S_IFMT(int(mode)) not in (0, stat_bits.S_IFREG):
            return "the simulated phone stores regular files only"
        return ""

    def _store(self, path: str, data: bytes, mode: int, mtime: int) -> str:
        try:
            self.files.write(path, data, mode & 0o777, mtime)
        except (OSError, ValueError) as error:
            return getattr(error, "strerror", None) or str(error)
        self.services.system.phone.invalidate()
        return ""
