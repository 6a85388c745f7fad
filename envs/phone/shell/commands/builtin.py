"""Commands that change the shell itself, or are too small for a file: variables, directories, loops."""

from __future__ import annotations

import posixpath
import re
import shlex

from envs.phone.shell.call import Call, Command, Exit, LoopExit, UsageError, count, decode


def cd(call: Call) -> int | None:
    target = call.path(call.args[0]) if call.args else call.shell.variables.get("HOME", "/")
    if not call.files.is_dir(target):
        why = "Not a directory" if call.files.exists(target) else "No such file or directory"
        return call.error_line(f"/system/bin/sh: cd: {call.args[0] if call.args else target}: {why}", 2)
    call.shell.cwd = target
    return None


def pwd(call: Call) -> None:
    call.line(call.shell.cwd)


def export(call: Call) -> None:
    if not call.args:
        for name, value in sorted(call.shell.variables.items()):
            call.line(f"export {name}={shlex.quote(value)}")
    for item in call.args:
        name, sign, value = item.partition("=")
        if sign:
            call.shell.variables[name] = value


def unset(call: Call) -> None:
    for name in call.args:
        call.shell.variables.pop(name, None)


def set_options(call: Call) -> None:
    """`set -e` and the like change nothing; `set -- a b` sets the positional parameters."""
    if call.args[:1] == ["--"]:
        call.shell.positional[1:] = call.args[1:]


def exit_shell(call: Call) -> None:
    code = call.args[0] if call.args else str(call.shell.status)
    if not re.fullmatch(r"-?\d{1,9}", code):
        raise UsageError(f"{code}: bad number")
    raise Exit(int(code) & 0xFF)


def leave_loop(call: Call) -> None:
    """`break` and `continue`; outside a loop they do nothing."""
    levels = count(call.args[0]) if call.args else 1
    if levels < 1:
        raise UsageError(f"{call.args[0]}: bad number")
    if call.shell.loops:
        raise LoopExit(levels, call.name == "continue")


def read(call: Call) -> int:
    """`read [-r] NAME...`: the next line of standard input, its words to the names, the rest to the last one."""
    options, names = call.options("rp:")
    line = decode(call.streams.stdin.line())
    text = line.removesuffix("\n")
    if "r" not in options:
        text = re.sub(r"\\(.)", r"\1", text)
    names = names or ["REPLY"]
    words = text.strip().split(None, len(names) - 1)
    for name, word in zip(names, [*words, *[""] * len(names)], strict=False):
        call.shell.variables[name] = word.rstrip()
    return int(not line)


def shift(call: Call) -> int:
    steps = count(call.args[0]) if call.args else 1
    if not 0 <= steps < len(call.shell.positional):
        raise UsageError("nothing to shift")
    del call.shell.positional[1 : 1 + steps]
    return 0


def dirname(call: Call) -> None:
    for name in call.args:
        call.line(posixpath.dirname(name.rstrip("/")) or ("/" if name.startswith("/") else "."))


def basename(call: Call) -> None:
    if not call.args:
        raise UsageError("Needs 1 argument")
    name = posixpath.basename(call.args[0].rstrip("/")) or "/"
    suffix = call.args[1] if len(call.args) > 1 else ""
    call.line(name[: -len(suffix)] if suffix and name != suffix and name.endswith(suffix) else name)


def yes(call: Call) -> int:
    """True: the command and its arguments mean nothing here."""
    return 0


def no(call: Call) -> int:
    return 1


TABLE: dict[str, Command] = {
    ":": yes,
    "basename": basename,
    "break": leave_loop,
    "cd": cd,
    "continue": leave_loop,
    "dirname": dirname,
    "exit": exit_shell,
    "export": export,
    "false": no,
    "pwd": pwd,
    "read": read,
    "set": set_options,
    "shift": shift,
    "trap": yes,
    "true": yes,
    "umask": yes,
    "unset": unset,
    "wait": yes,
}
