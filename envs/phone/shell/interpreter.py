"""Runs the shell's tree against the phone. Nothing of it ever reaches the host."""

from __future__ import annotations

import fnmatch
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from agentkit.errors import EnvError
from envs.phone.paths import normalise
from envs.phone.shell.call import (
    Budget,
    Call,
    Command,
    Exhausted,
    Exit,
    Input,
    LoopExit,
    Sink,
    Source,
    Streams,
    UsageError,
    decode,
    encode,
    reason,
)
from envs.phone.shell.expansion import expand_pattern, expand_text, expand_words
from envs.phone.shell.grammar import (
    Case,
    Condition,
    For,
    Group,
    If,
    Pipeline,
    Script,
    ShellSyntaxError,
    Simple,
    While,
)
from envs.phone.shell.grammar import Command as Node
from envs.phone.shell.redirects import redirected
from envs.phone.shell.syntax import parse
from envs.phone.shell.system import HISTORY_LINE, System

if TYPE_CHECKING:
    from envs.phone.device import Phone

log = logging.getLogger(__name__)

MAX_DEPTH = 40
"""Shells within shells."""
BINARIES = ("/system/bin/", "/system/xbin/", "/vendor/bin/", "/bin/")


@dataclass(frozen=True, slots=True)
class ShellResult:
    """What one command text left behind."""

    stdout: bytes
    stderr: bytes
    code: int
    """Exit status, 0..255."""

    @property
    def text(self) -> str:
        """Standard output as text."""
        return self.stdout.decode("utf-8", "replace")


@lru_cache(maxsize=1)
def command_table() -> Mapping[str, Command]:
    """Every command by name, of all families."""
    from envs.phone.shell import commands

    return commands.TABLE


class Shell:
    """One shell session: variables, working directory and `$?` live as long as it does."""

    def __init__(self, phone: Phone, system: System | None = None, *, cwd: str = "/") -> None:
        """`system` None takes the one that all shells on this phone share."""
        self.phone = phone
        self.system = system or System.of(phone)
        self.cwd = cwd
        self.status = 0
        self.ended = False
        """`exit` was called in this shell itself."""
        self.variables: dict[str, str] = {
            **{"HOME": "/", "HOSTNAME": "glint", "PATH": "/system/bin", "SHELL": "/system/bin/sh", "USER": "root"},
            **{"ANDROID_DATA": "/data", "ANDROID_ROOT": "/system", "EXTERNAL_STORAGE": "/sdcard"},
            "TMPDIR": "/data/local/tmp",
        }  # fmt: skip
        self.positional: list[str] = ["sh"]
        self.loops = 0
        """Loops that are running in this shell: what `break` can leave."""
        self.depth = 0
        self.budget = Budget()

    def run(self, command: str | bytes, stdin: bytes | Source = b"", *, merge: bool = False) -> ShellResult:
        """Run a command text to its end, the phone locked meanwhile.

        With `merge` standard error goes where standard output goes, in order, as on a terminal. Nothing is raised:
        syntax errors and exhausted limits are reported as a shell does, with exit codes 1 and 137; a fault of a command
        or an app is logged with its traceback and reported with exit code 134, as a crash is.
        """
        self.budget = Budget()
        out = Sink(self.budget)
        streams = Streams(Input(stdin), out, out if merge else Sink(self.budget))
        with self.system.lock:
            self.system.tapped = None
            text = decode(command) if isinstance(command, bytes) else command
            self.system.history.append(text[:HISTORY_LINE])
            try:
                code = self.run_text(text, streams)
            except Exit as leaving:
                code, self.ended = leaving.code, True
            except (Exhausted, RecursionError) as error:
                self.budget.renew()
                streams.err.write(b"/system/bin/sh: killed: %s\n" % encode(str(error)))
                code = 137
            except Exception as error:
                self.budget.renew()
                log.exception("a command of the phone's shell failed: %.200r", command)
                streams.err.write(encode(f"/system/bin/sh: aborted: {type(error).__name__}: {error}\n"))
                code = 134
            finally:
                self.phone.invalidate()  # a command may have changed any file or setting
        self.status = code
        return ShellResult(out.value(), b"" if merge else streams.err.value(), code)

    # -- running a tree -----------------------------------------------------------------------------------------------

    def run_text(self, text: str, streams: Streams) -> int:
        """Parse and run in this shell. `exit` escapes as Exit."""
        try:
            script = parse(text)
        except ShellSyntaxError as error:
            streams.err.write(encode(f"/system/bin/sh: {error}\n"))
            self.status = 1
            return 1
        return self.run_script(script, streams)

    def child(self) -> Shell:
        """A subshell: a copy of the state, the same phone. Exhausted when nested too deep."""
        if self.depth >= MAX_DEPTH:
            raise Exhausted(f"shells nested deeper than {MAX_DEPTH}")
        copy = Shell(self.phone, self.system, cwd=self.cwd)
        copy.variables, copy.positional, copy.status = dict(self.variables), list(self.positional), self.status
        copy.depth, copy.budget = self.depth + 1, self.budget
        return copy

    def run_child(self, script: Script | str, streams: Streams, args: Sequence[str] | None = None) -> int:
        """Run in a subshell; `args` become `$0 $1 ...`."""
        child = self.child()
        if args is not None:
            child.positional = list(args)
        try:
            return child.run_text(script, streams) if isinstance(script, str) else child.run_script(script, streams)
        except Exit as leaving:
            return leaving.code

    def run_script(self, script: Script, streams: Streams) -> int:
        for joint, pipeline in script.steps:
            if not joint or (self.status == 0) == (joint == "&&"):
                self.status = self._pipeline(pipeline, streams)
        return self.status

    def _pipeline(self, pipeline: Pipeline, streams: Streams) -> int:
        *before, last = pipeline.commands
        source = streams.stdin
        for command in before:
            pipe = Sink(self.budget)
            self.run_child(Script((("", Pipeline((command,), False)),)), Streams(source, pipe, streams.err))
            source = Input(pipe.value())
        code = self._command(last, Streams(source, streams.out, streams.err))
        return int(code == 0) if pipeline.negated else code

    def _command(self, command: Node, streams: Streams) -> int:
        self.budget.command()
        saved: list[tuple[str, Sink, bool]] = []
        try:
            streams = redirected(self, command.redirects, streams, saved)
        except (OSError, ValueError) as error:
            name = getattr(error, "filename", None) or ""
            streams.err.write(encode(f"/system/bin/sh: can't open {name}: {reason(error)}\n"))
            return 1
        try:
            try:
                return self._kind(command, streams)
            finally:
                for path, sink, append in saved:
                    (self.phone.files.append if append else self.phone.files.write)(path, sink.value())
        except (EnvError, OSError, ValueError) as error:  # of an expansion, or of a file that has become a directory
            streams.err.write(encode(f"/system/bin/sh: {error}\n"))
            return 1

    def _kind(self, command: Node, streams: Streams) -> int:
        if isinstance(command, Simple):
            return self._simple(command, streams)
        if isinstance(command, If):
            return self._if(command, streams)
        if isinstance(command, (For, While)):
            return self._loop(command, streams)
        if isinstance(command, Case):
            return self._case(command, streams)
        if isinstance(command, Condition):
            return self._condition(command, streams)
        return self._group(command, streams)

    def _if(self, command: If, streams: Streams) -> int:
        for condition, body in command.branches:
            if self.run_script(condition, streams) == 0:
                self.status = 0
                return self.run_script(body, streams)
        self.status = 0
        return self.run_script(command.otherwise, streams) if command.otherwise else 0

    def _loop(self, command: For | While, streams: Streams) -> int:
        turns = self._values(command, streams) if isinstance(command, For) else self._while(command, streams)
        self.loops += 1
        status = 0
        try:
            for _ in turns:
                try:
                    status = self.run_script(command.body, streams)
                except LoopExit as leaving:
                    status = 0
                    if leaving.levels > 1 and self.loops > 1:
                        raise LoopExit(leaving.levels - 1, leaving.again) from None
                    if not leaving.again:
                        break
        finally:
            self.loops -= 1
        return status

    def _values(self, command: For, streams: Streams) -> Iterator[None]:
        for value in expand_words(self, command.words, streams):
            self.budget.command()
            self.variables[command.name] = value
            yield

    def _while(self, command: While, streams: Streams) -> Iterator[None]:
        while (self.run_script(command.condition, streams) == 0) != command.until:
            self.budget.command()
            yield

    def _case(self, command: Case, streams: Streams) -> int:
        subject = expand_text(self, command.subject, streams)
        for patterns, body in command.branches:
            if any(fnmatch.fnmatchcase(subject, expand_pattern(self, word, streams)) for word in patterns):
                self.status = 0
                return self.run_script(body, streams)
        return 0

    def _condition(self, command: Condition, streams: Streams) -> int:
        words: list[str] = []
        for word in command.words:
            is_pattern = len(words) > 1 and words[-1] in ("=", "==", "!=")
            words.append((expand_pattern if is_pattern else expand_text)(self, word, streams))
        return self.execute(["[[", *words, "]]"], streams)

    def _group(self, command: Group, streams: Streams) -> int:
        return self.run_child(command.body, streams) if command.subshell else self.run_script(command.body, streams)

    def _simple(self, command: Simple, streams: Streams) -> int:
        before = self.status
        self.status = 0  # an assignment's own status is that of its last substitution
        if not command.words:
            for name, word in command.assignments:
                self.variables[name] = expand_text(self, word, streams)
            return self.status
        values = {name: expand_text(self, word, streams) for name, word in command.assignments}
        self.status = before
        words = expand_words(self, command.words, streams)
        if not words:
            return self.status
        shadowed = {name: self.variables.get(name) for name in values}
        self.variables.update(values)
        try:
            return self.execute(words, streams)
        finally:
            for name, value in shadowed.items():
                if value is None:
                    self.variables.pop(name, None)
                else:
                    self.variables[name] = value

    def execute(self, words: Sequence[str], streams: Streams) -> int:
        """Run one command by its words; the exit status."""
        self.budget.command()
        name = words[0]
        short = next((name.removeprefix(folder) for folder in BINARIES if name.startswith(folder)), name)
        command = command_table().get(short)
        if command is None:
            return self._not_found(name, streams)
        call = Call(short, list(words[1:]), streams, self)
        try:
            return command(call) or 0
        except UsageError as error:
            return call.complain(f"{error}")
        except OSError as error:
            return call.complain(f"{error.filename}: {error.strerror}" if error.filename else str(error))
        except (EnvError, ValueError) as error:
            return call.error_line(f"Error: {error}")

    def _not_found(self, name: str, streams: Streams) -> int:
        files, path = self.phone.files, normalise(name, self.cwd)
        if "/" in name and files.exists(path):
            why = "is a directory" if files.is_dir(path) else "can't execute: Permission denied"
            streams.err.write(encode(f"/system/bin/sh: {name}: {why}\n"))
            return 126
        streams.err.write(encode(f"/system/bin/sh: {name}: inaccessible or not found\n"))
        return 127
