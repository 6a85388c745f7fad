"""`shell:` and `exec:`: commands and terminals, in the plain protocol and in shell v2 with its exit codes."""

from __future__ import annotations

import asyncio
import contextlib
import struct
import threading
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from envs.phone.adb.stream import Stream, StreamClosed
from envs.phone.adb.terminal import Terminal
from envs.phone.shell import Shell, ShellResult, System
from envs.phone.shell.syntax import IncompleteScript, ShellSyntaxError, parse

if TYPE_CHECKING:
    from envs.phone.adb.services import Services

STDIN, STDOUT, STDERR, EXIT, CLOSE_STDIN, WINDOW_SIZE = range(6)
"""Frame kinds of shell v2: one byte of kind, LE u32 length, bytes."""
FRAME_HEADER = 5
MAX_STDIN = 1 << 30
PROMPT = "glint:{} # "


class Pipe:
    """A command's standard input, filled by the connection while the command waits on its own thread."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._data = bytearray()
        self._ended = False
        self._change = threading.Condition()

    def feed(self, data: bytes) -> None:
        with self._change:
            if len(self._data) + len(data) > MAX_STDIN:
                self._ended = True
            else:
                self._data += data
            self._change.notify_all()

    def end(self) -> None:
        with self._change:
            self._ended = True
            self._change.notify_all()

    def read(self) -> bytes:
        with self._system.released(), self._change:
            self._change.wait_for(lambda: self._ended)
            data = bytes(self._data)
            self._data.clear()
            return data


class ShellService:
    """One shell or exec stream. `options` are the words before the colon, `command` the text after it."""

    def __init__(self, services: Services, options: list[str], command: str) -> None:
        self.services = services
        self.command = command
        self.v2 = "v2" in options
        self.terminal = "pty" in options or (options[0] == "shell" and not self.v2)
        self.shell = Shell(services.system.phone, services.system)

    async def serve(self, stream: Stream) -> None:
        if self.command:
            await self._run_command(stream)
        else:
            await self._session(stream)

    async def _run_command(self, stream: Stream) -> None:
        pipe = Pipe(self.services.system)
        pump = asyncio.create_task(self._pump(stream, pipe))
        try:
            result = await self._run(self.command, pipe)
        finally:
            pump.cancel()
            pipe.end()
        await self._answer(stream, result)
        await self._exit(stream, result.code)

    async def _run(self, command: str, stdin: Pipe | None) -> ShellResult:
        merge = not self.v2 or self.terminal
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self.services.executor, lambda: self.shell.run(command, stdin if stdin is not None else b"", merge=merge)
        )

    async def _pump(self, stream: Stream, pipe: Pipe) -> None:
        with contextlib.suppress(StreamClosed):
            async for data in self._input(stream):
                pipe.feed(data)
        pipe.end()

    async def _input(self, stream: Stream) -> AsyncIterator[bytes]:
        """Pieces of standard input until the host closes it."""
        if not self.v2:
            while data := await stream.read():
                yield data
            return
        while True:
            try:
                kind, length = struct.unpack("<BI", await stream.read_exactly(FRAME_HEADER))
                data = await stream.read_exactly(length)
            except StreamClosed:
                return
            if kind == CLOSE_STDIN:
                return
            if kind == STDIN:
                yield data

    async def _session(self, stream: Stream) -> None:
        """A shell that reads commands as they come: at a terminal with prompt and echo, else in silence."""
        terminal = Terminal(echo=self.terminal and self.v2)
        prompting = self.terminal
        pending = ""
        if prompting:
            await self._show(stream, self._prompt(pending))
        async for data in self._input(stream):
            typed = terminal.type(data)
            if typed.echo:
                await self._show(stream, typed.echo)
            for line in typed.lines:
                pending = await self._line(stream, pending + line)
                if self.shell.ended:
                    await self._exit(stream, self.shell.status)
                    return
                if prompting:
                    await self._show(stream, self._prompt(pending))
            if typed.ended:
                break
        await self._line(stream, pending + terminal.rest(), last=True)
        await self._exit(stream, self.shell.status)

    async def _line(self, stream: Stream, text: str, *, last: bool = False) -> str:
        """Run the text, unless it is only the beginning of a command: then it comes back to be continued."""
        if not text.strip():
            return ""
        try:
            parse(text)
        except IncompleteScript:
            if not last:
                return text + "\n"
        except ShellSyntaxError:
            pass  # reported by the shell itself
        await self._answer(stream, await self._run(text, None))
        return ""

    def _prompt(self, pending: str) -> bytes:
        return b"> " if pending else PROMPT.format(self.shell.cwd).encode("utf-8", "replace")

    async def _show(self, stream: Stream, data: bytes, kind: int = STDOUT) -> None:
        """Output bytes; in shell v2 a frame never straddles two packets."""
        if not self.v2:
            await stream.write(data)
            return
        size = stream.max_payload - FRAME_HEADER
        for start in range(0, len(data), size):
            piece = data[start : start + size]
            await stream.write(struct.pack("<BI", kind, len(piece)) + piece)

    async def _answer(self, stream: Stream, result: ShellResult) -> None:
        as_lines = self.terminal and self.v2
        await self._show(stream, result.stdout.replace(b"\n", b"\r\n") if as_lines else result.stdout)
        await self._show(stream, result.stderr, STDERR)

    async def _exit(self, stream: Stream, code: int) -> None:
        if self.v2:
            await stream.write(struct.pack("<BIB", EXIT, 1, code & 0xFF))
