"""Where a command's input comes from and its output goes: `<`, `>`, `>>`, `2>&1`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from envs.phone.paths import normalise
from envs.phone.shell.call import Discard, Input, Sink, Streams
from envs.phone.shell.expansion import expand_text
from envs.phone.shell.grammar import Redirect

if TYPE_CHECKING:
    from envs.phone.shell.interpreter import Shell


def redirected(
    shell: Shell, redirects: Sequence[Redirect], streams: Streams, saved: list[tuple[str, Sink, bool]]
) -> Streams:
    """The streams after the redirections; `saved` collects the files to write once the command is done."""
    source, sinks = streams.stdin, {1: streams.out, 2: streams.err}
    files = shell.phone.files
    for redirect in redirects:
        target = expand_text(shell, redirect.target, streams)
        path = normalise(target, shell.cwd)
        if redirect.kind == ">&":
            if target not in ("1", "2"):
                raise ValueError(f"bad file descriptor {target!r}")
            sinks[redirect.fd] = sinks[int(target)]
        elif redirect.kind == "<":
            source = Input(b"" if path == "/dev/null" else files.read(path))
        elif path == "/dev/null":
            sinks[redirect.fd] = Discard(shell.budget)
        elif path in ("/dev/stdout", "/dev/stderr", "/dev/tty"):
            sinks[redirect.fd] = sinks[2] if path == "/dev/stderr" else sinks[1]
        else:
            (files.append if redirect.kind == ">>" else files.write)(path, b"", parents=False)
            sinks[redirect.fd] = Sink(shell.budget)
            saved.append((path, sinks[redirect.fd], redirect.kind == ">>"))
    return Streams(source, sinks[1], sinks[2])
