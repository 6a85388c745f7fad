"""What a command of the phone's shell gets to work with, and how it speaks."""

from __future__ import annotations

import getopt
import io
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

from envs.phone.paths import normalise

if TYPE_CHECKING:
    from envs.phone.device import Phone
    from envs.phone.files import Files
    from envs.phone.shell.interpreter import Shell
    from envs.phone.shell.system import System

MAX_COMMANDS = 50_000
MAX_BYTES = 256 << 20
MAX_CPU_S = 10.0
"""What one command line may run, may write and expand, and may take of the host's processor: a loop must end, and must
not fill the host's memory. Waiting for standard input costs nothing."""


class Exhausted(Exception):
    """The command line used up what it may use: output or steps."""


class LoopExit(Exception):
    """`break` and `continue`, through `levels` loops."""

    def __init__(self, levels: int, again: bool) -> None:
        self.levels, self.again = levels, again


class Exit(Exception):
    """`exit`: ends the innermost shell."""

    def __init__(self, code: int) -> None:
        self.code = code


class UsageError(Exception):
    """Bad arguments: the text goes to stderr and the command returns 1."""


def encode(text: str) -> bytes:
    """Device bytes of shell text; what was no UTF-8 on its way in comes out as it was."""
    return text.encode("utf-8", "surrogateescape")


def decode(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


@dataclass(slots=True)
class Budget:
    """What one command line has used so far, all its shells together, on the thread that made it."""

    commands: int = 0
    size: int = 0
    started: float = field(default_factory=time.thread_time)

    def command(self) -> None:
        self.commands += 1
        if self.commands > MAX_COMMANDS:
            raise Exhausted(f"more than {MAX_COMMANDS} commands")
        self.tick()

    def renew(self) -> None:
        """Room for the last words of a command line that used everything up."""
        self.size, self.started = 0, time.thread_time()

    def tick(self) -> None:
        """Raises Exhausted when the time is up; for loops that write nothing."""
        if time.thread_time() - self.started > MAX_CPU_S:
            raise Exhausted(f"more than {MAX_CPU_S:.0f} seconds of work")

    def spend(self, size: int) -> None:
        self.size += size
        if self.size > MAX_BYTES:
            raise Exhausted(f"more than {MAX_BYTES >> 20} MiB of text and output")
        self.tick()


class Sink:
    """Where output goes. Two descriptors may share one, which keeps their order."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> None:
        self._budget.spend(len(data))
        self._parts.append(data)

    def value(self) -> bytes:
        return b"".join(self._parts)


class Discard(Sink):
    """`/dev/null`."""

    def write(self, data: bytes) -> None:
        pass


class Source(Protocol):
    """Where standard input comes from."""

    def read(self) -> bytes:
        """Everything up to the end of input; empty from then on. May wait, the phone's lock released meanwhile."""
        ...


class Input:
    """Standard input: a source that commands share, each taking what the one before left."""

    def __init__(self, source: bytes | Source = b"") -> None:
        self._source: Source | None = None if isinstance(source, bytes) else source
        self._data = io.BytesIO(source if isinstance(source, bytes) else b"")

    def _fill(self) -> io.BytesIO:
        if self._source is not None:
            source, self._source = self._source, None
            self._data = io.BytesIO(source.read())
        return self._data

    def read(self) -> bytes:
        """Everything that is left."""
        return self._fill().read()

    def line(self) -> bytes:
        """The next line with its end; empty at the end of input."""
        return self._fill().readline()


@dataclass(slots=True)
class Streams:
    stdin: Input
    out: Sink
    err: Sink


@dataclass(slots=True)
class Call:
    """One run of a command."""

    name: str
    args: list[str]
    streams: Streams
    shell: Shell

    @property
    def phone(self) -> Phone:
        return self.shell.phone

    @property
    def files(self) -> Files:
        return self.shell.phone.files

    @property
    def system(self) -> System:
        return self.shell.system

    def write(self, data: str | bytes) -> None:
        self.streams.out.write(encode(data) if isinstance(data, str) else data)

    def line(self, text: str) -> None:
        self.write(text + "\n")

    def complain(self, text: str, code: int = 1) -> int:
        """Print "NAME: text" to stderr; returns `code`, the command's exit status."""
        self.streams.err.write(encode(f"{self.name}: {text}\n"))
        return code

    def error_line(self, text: str, code: int = 1) -> int:
        """Print `text` to stderr as it is; returns `code`."""
        self.streams.err.write(encode(text + "\n"))
        return code

    def path(self, argument: str) -> str:
        """The absolute name of a path argument."""
        return normalise(argument, self.shell.cwd)

    def read(self, argument: str) -> bytes:
        """The bytes of a file argument; "-" is standard input, /dev/null is empty."""
        if argument == "-":
            return self.streams.stdin.read()
        path = self.path(argument)
        return b"" if path == "/dev/null" else self.files.read(path)

    def options(self, short: str, long: Sequence[str] = (), args: Sequence[str] | None = None) -> Options:
        """Options by name and the remaining arguments, as getopt spells its specification. Raises UsageError."""
        try:
            found, rest = getopt.gnu_getopt(list(self.args if args is None else args), short, list(long))
        except getopt.GetoptError as error:
            raise UsageError(str(error.msg)) from None
        return {name.lstrip("-"): value for name, value in found}, rest

    def each(self, names: Sequence[str], action: Callable[[str], None]) -> int:
        """Run `action` on each, reporting the files that fail; 1 if any did."""
        code = 0
        for name in names:
            try:
                action(name)
            except (OSError, ValueError) as error:
                code = self.complain(f"{name}: {reason(error)}")
        return code


Options: TypeAlias = tuple[dict[str, str], list[str]]
Command: TypeAlias = Callable[[Call], "int | None"]
"""Returns the exit status; None is 0."""


Verbs: TypeAlias = Mapping[str, Callable[[Call, list[str]], "int | None"]]
"""First argument -> what it does with the others."""


def dispatch(call: Call, verbs: Verbs, usage: str) -> int:
    """Run the verb that the first argument names; 255, and `usage` without any, as Android's services answer."""
    verb, *rest = call.args or [""]
    handler = verbs.get(verb)
    if handler is None:
        return call.error_line(f"Unknown command: {verb}" if verb else usage, 255)
    return handler(call, rest) or 0


def reason(error: Exception) -> str:
    """The device's words for a file error."""
    return (isinstance(error, OSError) and error.strerror) or str(error)


def lines_of(text: str) -> list[str]:
    """Lines without their ends; a last newline starts no further line."""
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def count(text: str) -> int:
    """The whole number that an option's value is. Raises UsageError."""
    if not re.fullmatch(r"[-+]?\d{1,12}", text):
        raise UsageError(f"bad number '{text}'")
    return int(text)
