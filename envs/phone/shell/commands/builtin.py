"""Commands of the shell itself: output, variables, directories, other shells."""

from __future__ import annotations

import posixpath
import re
import shlex

from envs.phone.shell.call import Call, Command, Input, Streams, UsageError, count, decode

ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b", "\\": "\\"}
MAX_PADDING = 4096


def unescape(text: str) -> tuple[str, bool]:
    """The text with its backslash escapes resolved; True when `\\c` cut it short."""
    out: list[str] = []
    at = 0
    for match in re.finditer(r"\\(0?[0-7]{1,3}|x[0-9a-fA-F]{1,2}|.)", text, re.DOTALL):
        out.append(text[at : match.start()])
        at = match.end()
        code = match[1]
        if code == "c":
            return "".join(out), True
        if code[0] == "x" and len(code) > 1:
            out.append(decode(bytes([int(code[1:], 16)])))
        elif code[0] in "01234567":
            out.append(decode(bytes([int(code, 8) & 0xFF])))
        else:
            out.append(ESCAPES.get(code, "\\" + code))
    return "".join(out) + text[at:], False


def echo(call: Call) -> None:
    args, newline, escapes = list(call.args), True, False
    while args and re.fullmatch(r"-[neE]+", args[0]):
        newline = newline and "n" not in args[0]
        escapes = "e" in args[0] or escapes
        args.pop(0)
    text, cut = unescape(" ".join(args)) if escapes else (" ".join(args), False)
    call.write(text + ("\n" if newline and not cut else ""))


def printf(call: Call) -> int | None:
    if not call.args:
        raise UsageError("Needs 1 argument")
    template, args = unescape(call.args[0])[0], call.args[1:]
    while True:
        rest = list(args)
        call.write(_formatted(template, rest))
        if not rest or len(rest) == len(args):
            return None
        args = rest


def _formatted(template: str, args: list[str]) -> str:
    """One pass over the template, taking what it needs from `args`."""

    def one(match: re.Match[str]) -> str:
        flags, kind = match[1], match[2]
        if kind == "%":
            return "%"
        if any(int(n) > MAX_PADDING for n in re.findall(r"\d+", flags)):
            raise UsageError(f"bad width in %{flags}{kind}")
        value = args.pop(0) if args else ""
        if kind == "b":
            return unescape(value)[0]
        if kind == "c":
            return value[:1]
        if kind == "s":
            return f"%{flags}s" % value
        try:
            if kind in "eEfgG":
                return f"%{flags}{kind}" % float(value or 0)
            return f"%{flags}{kind.replace('u', 'd').replace('i', 'd')}" % int(value or "0", 0)
        except ValueError:
            raise UsageError(f"bad number {value!r}") from None

    return re.sub(r"%([-+ 0#]*\d*(?:\.\d+)?)([%bcsdiuoxXeEfgG])", one, template)


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
    from envs.phone.shell.interpreter import Exit

    code = call.args[0] if call.args else str(call.shell.status)
    if not re.fullmatch(r"-?\d{1,9}", code):
        raise UsageError(f"{code}: bad number")
    raise Exit(int(code) & 0xFF)


def leave_loop(call: Call) -> None:
    """`break` and `continue`; outside a loop they do nothing."""
    from envs.phone.shell.interpreter import LoopExit

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
    from envs.phone.shell.interpreter import command_table

    missing = False
    for name in call.args:
        if name in command_table():
            call.line(f"/system/bin/{name}")
        else:
            missing = True
    return int(missing)


def kind(call: Call) -> int:
    """`type NAME...`."""
    from envs.phone.shell.interpreter import command_table

    missing = False
    for name in call.args:
        if name in TABLE or name in command_table():
            call.line(f"{name} is a shell builtin" if name in TABLE else f"{name} is /system/bin/{name}")
        else:
            call.line(f"{name} not found")
            missing = True
    return int(missing)


def multicall(call: Call) -> int:
    """`toybox NAME ...` and `busybox NAME ...`; alone, the names there are."""
    from envs.phone.shell.interpreter import command_table

    if not call.args:
        call.line(" ".join(sorted(command_table())))
        return 0
    if call.args[0] not in command_table():
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
    ".": source,
    "break": leave_loop,
    "continue": leave_loop,
    "read": read,
    "shift": shift,
    ":": yes,
    "basename": basename,
    "cd": cd,
    "command": command,
    "dirname": dirname,
    "echo": echo,
    "env": env,
    "eval": evaluate,
    "exec": run_words,
    "exit": exit_shell,
    "export": export,
    "false": no,
    "nohup": run_words,
    "printenv": env,
    "printf": printf,
    "pwd": pwd,
    "set": set_options,
    "sh": sh,
    "source": source,
    "su": su,
    "time": run_words,
    "timeout": timeout,
    "true": yes,
    "trap": yes,
    "toybox": multicall,
    "busybox": multicall,
    "type": kind,
    "umask": yes,
    "unset": unset,
    "wait": yes,
    "which": which,
    "xargs": xargs,
}
