"""What runs other commands: shells, `xargs`, `env`, and what tells where a command is."""

from __future__ import annotations

import shlex

from envs.phone.shell.call import Call, Command, Input, Streams, UsageError, decode
from envs.phone.shell.commands import builtin, testing

BUILTINS = frozenset(
    {*builtin.TABLE, *testing.TABLE, ".", "command", "echo", "eval", "exec", "printf", "source", "type"}
)
"""What `type` calls a builtin."""


def evaluate(call: Call) -> int:
    """The words, parsed again by this same interpreter: device shell text, never host code."""
    return call.shell.run_text(" ".join(call.args), call.streams)


def source(call: Call) -> int:
    if not call.args:
        raise UsageError("missing argument")
    return call.shell.run_text(decode(call.read(call.args[0])), call.streams)


def sh(call: Call) -> int:
    """`sh -c TEXT [NAME ARG...]`, `sh FILE [ARG...]` or a script on standard input."""
    args = list(call.args)
    while args and args[0].startswith("-") and not args[0].endswith("c"):
        args.pop(0)
    if args and args[0].startswith("-"):
        if len(args) < 2:
            raise UsageError("-c requires an argument")
        return call.shell.run_child(args[1], call.streams, args[2:] or ["sh"])
    if args:
        return call.shell.run_child(decode(call.read(args[0])), call.streams, args)
    text = decode(call.streams.stdin.read())
    return call.shell.run_child(text, Streams(Input(), call.streams.out, call.streams.err))


def su(call: Call) -> int:
    """Everyone is root here: `su [-] [USER] [-c TEXT]`, `su 0 COMMAND ...`."""
    args = [arg for arg in call.args if arg not in ("-", "-l")]
    if args and args[0] in ("0", "root", "shell", "2000"):
        args.pop(0)
    if args and args[0] == "-c":
        args = ["sh", *args]
    return call.shell.execute(args, call.streams) if args else sh(Call("sh", [], call.streams, call.shell))


def run_words(call: Call) -> int:
    """Commands that only wrap another: run the words that follow."""
    return call.shell.execute(call.args, call.streams) if call.args else 0


def timeout(call: Call) -> int:
    """Nothing takes time on the phone, so the limit is never reached."""
    args = list(call.args)
    while args and args[0].startswith("-"):
        args = args[2:] if args[0] in ("-k", "-s") else args[1:]
    if len(args) < 2:
        raise UsageError("Needs 2 arguments")
    return call.shell.execute(args[1:], call.streams)


def xargs(call: Call) -> int:
    """`-0`, `-n MAX` and `-I STRING`."""
    args, many, replace, null = list(call.args), 0, "", False
    while args and args[0].startswith("-"):
        flag = args.pop(0)
        if flag == "-0":
            null = True
        elif flag in ("-n", "-I") and args:
            value = args.pop(0)
            many, replace = (int(value), replace) if flag == "-n" and value.isdigit() else (many, value)
        elif flag not in ("-r", "-t"):
            raise UsageError(f"bad option {flag}")
    text = decode(call.streams.stdin.read())
    try:
        items = text.split("\0") if null else text.splitlines() if replace else shlex.split(text)
    except ValueError as error:
        raise UsageError(str(error)) from None
    items = [item for item in items if item]
    command = args or ["echo"]
    if replace:
        runs = [[word.replace(replace, item) for word in command] for item in items]
    else:
        size = many or max(1, len(items))
        runs = [command + items[n : n + size] for n in range(0, len(items), size)]
    codes = [call.shell.execute(words, Streams(Input(), call.streams.out, call.streams.err)) for words in runs]
    return 123 if any(codes) else 0


def which(call: Call) -> int:
    from envs.phone.shell.commands import TABLE as COMMANDS  # this table is part of that one

    missing = False
    for name in call.args:
        if name in COMMANDS:
            call.line(f"/system/bin/{name}")
        else:
            missing = True
    return int(missing)


def kind(call: Call) -> int:
    """`type NAME...`."""
    from envs.phone.shell.commands import TABLE as COMMANDS  # this table is part of that one

    missing = False
    for name in call.args:
        if name in COMMANDS:
            call.line(f"{name} is a shell builtin" if name in BUILTINS else f"{name} is /system/bin/{name}")
        else:
            call.line(f"{name} not found")
            missing = True
    return int(missing)


def multicall(call: Call) -> int:
    """`toybox NAME ...` and `busybox NAME ...`; alone, the names there are."""
    from envs.phone.shell.commands import TABLE as COMMANDS  # this table is part of that one

    if not call.args:
        call.line(" ".join(sorted(COMMANDS)))
        return 0
    if call.args[0] not in COMMANDS:
        return call.complain(f"Unknown command {call.args[0]}", 127)
    return call.shell.execute(call.args, call.streams)


def command(call: Call) -> int:
    """`command -v NAME`, or run NAME."""
    if call.args[:1] == ["-v"]:
        return which(Call(call.name, call.args[1:], call.streams, call.shell))
    return run_words(call)


def env(call: Call) -> int:
    args = list(call.args)
    while args and "=" in args[0]:
        name, _, value = args.pop(0).partition("=")
        call.shell.variables[name] = value
    if args:
        return call.shell.execute(args, call.streams)
    for name, value in sorted(call.shell.variables.items()):
        call.line(f"{name}={value}")
    return 0


TABLE: dict[str, Command] = {
    ".": source,
    "busybox": multicall,
    "command": command,
    "env": env,
    "eval": evaluate,
    "exec": run_words,
    "nohup": run_words,
    "printenv": env,
    "sh": sh,
    "source": source,
    "su": su,
    "time": run_words,
    "timeout": timeout,
    "toybox": multicall,
    "type": kind,
    "which": which,
    "xargs": xargs,
}
