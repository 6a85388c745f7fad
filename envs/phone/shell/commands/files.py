"""Commands that make, move and remove files."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from envs.phone.files import Stat
from envs.phone.shell.call import Call, Command, UsageError, reason
from envs.phone.shell.commands.clock import parse_time
from envs.phone.shell.system import epoch


def cat(call: Call) -> int:
    _, names = call.options("u")

    def one(name: str) -> None:
        call.write(call.read(name))

    return call.each(names or ["-"], one)


def mkdir(call: Call) -> int:
    options, names = call.options("pm:v", ("parents",))
    if not names:
        raise UsageError("Needs 1 argument")

    def one(name: str) -> None:
        path = call.path(name)
        if "p" not in options and "parents" not in options:
            if call.files.exists(path):
                raise FileExistsError(17, "File exists", name)
            parent = posixpath.dirname(path)
            if not call.files.is_dir(parent):
                raise FileNotFoundError(2, "No such file or directory", name)
        call.files.make_dirs(path)
        if "m" in options:
            call.files.chmod(path, changed_mode(0o777, options["m"]))

    return call.each(names, one)


def rm(call: Call) -> int:
    options, names = call.options("rRfiv")
    force, recursive = "f" in options, "r" in options or "R" in options
    if not names and not force:
        raise UsageError("Needs 1 argument")

    def one(name: str) -> None:
        path = call.path(name)
        if not call.files.exists(path):
            if not force:
                raise FileNotFoundError(2, "No such file or directory", name)
        elif call.files.is_dir(path) and not recursive:
            raise IsADirectoryError(21, "is directory", name)
        else:
            call.files.remove(path, recursive=recursive)

    return call.each(names, one)


def rmdir(call: Call) -> int:
    _, names = call.options("p")

    def one(name: str) -> None:
        path = call.path(name)
        if call.files.exists(path) and not call.files.is_dir(path):
            raise NotADirectoryError(20, "Not a directory", name)
        call.files.remove(path)

    return call.each(names, one)


def cp(call: Call) -> int:
    """`-a -r -R -p -f -n`; the last argument is a directory when several files are named or when it is one."""
    options, names = call.options("adrRpfnvT", ("archive", "recursive"))
    recursive = bool(options.keys() & {"a", "r", "R", "archive", "recursive"})
    preserve = bool(options.keys() & {"a", "p", "archive"})

    def one(source: str, target: str) -> None:
        if call.files.is_dir(source) and not recursive:
            raise IsADirectoryError(21, "Skipped dir (no -r)", source)
        if not ("n" in options and call.files.exists(target)):
            call.files.copy(source, target, preserve=preserve)

    return _transfer(call, names, one, "copy")


def mv(call: Call) -> int:
    options, names = call.options("fnivT")

    def one(source: str, target: str) -> None:
        if not ("n" in options and call.files.exists(target)):
            call.files.rename(source, target)

    return _transfer(call, names, one, "rename")


def _transfer(call: Call, names: list[str], action: Callable[[str, str], None], verb: str) -> int:
    if len(names) < 2:
        raise UsageError("Needs 2 arguments")
    *sources, last = names
    target, code = call.path(last), 0
    into = call.files.is_dir(target)
    if len(sources) > 1 and not into:
        return call.complain(f"'{last}' not directory")
    for name in sources:
        # "DIR/." names the directory's content: it is merged into the target instead of becoming its child
        content = posixpath.basename(name.rstrip("/") or "/") in (".", "..")
        source = call.path(name)
        try:
            if not call.files.exists(source):
                raise FileNotFoundError(2, "No such file or directory", name)
            end = f"{target.rstrip('/')}/{posixpath.basename(source)}" if into and not content else target
            if last.endswith("/") and not into and not call.files.is_dir(source):
                raise NotADirectoryError(20, "Not a directory", last)
            action(source, end)
        except OSError as error:
            code = call.complain(
                f"{verb} '{name}' -> '{last}': {reason(error)}" if verb == "rename" else f"{name}: {reason(error)}"
            )
    return code


def touch(call: Call) -> int:
    options, names = call.options("acmd:t:r:h")
    mtime: int | None = None
    if "d" in options or "t" in options:
        mtime = epoch(parse_time(options.get("d") or options["t"], call.phone.now()))
    elif "r" in options:
        mtime = call.files.stat(call.path(options["r"])).mtime

    def one(name: str) -> None:
        if not ("c" in options and not call.files.exists(call.path(name))):
            call.files.touch(call.path(name), mtime, parents=False)

    return call.each(names, one)


def _tree(call: Call, name: str, recursive: bool) -> list[str]:
    """The path, and with `recursive` everything below it."""
    path = call.path(name)
    if not call.files.exists(path):
        raise FileNotFoundError(2, "No such file or directory", name)
    if not recursive or not call.files.is_dir(path):
        return [path]
    below = [f"{at.rstrip('/')}/{child}" for at, dirs, names in call.files.walk(path) for child in (*dirs, *names)]
    return [path, *below]


def chmod(call: Call) -> int:
    args = [arg for arg in call.args if arg not in ("-R", "-f", "-v")]
    if len(args) < 2:
        raise UsageError("Needs 2 arguments")

    def one(name: str) -> None:
        for path in _tree(call, name, "-R" in call.args):
            call.files.chmod(path, changed_mode(call.files.stat(path).mode & 0o7777, args[0]))

    return call.each(args[1:], one)


def changed_mode(mode: int, change: str) -> int:
    """Permission bits after `755` or `u+x,g-w`. Raises UsageError."""
    if re.fullmatch(r"[0-7]{1,4}", change):
        return int(change, 8)
    for part in change.split(","):
        match = re.fullmatch(r"([ugoa]*)([-+=])([rwxXst]*)", part)
        if match is None:
            raise UsageError(f"bad mode '{change}'")
        who = match[1].replace("a", "ugo") or "ugo"
        bits = sum({"r": 4, "w": 2, "x": 1, "X": 1}.get(c, 0) for c in set(match[3]))
        for shift, whom in ((6, "u"), (3, "g"), (0, "o")):
            if whom in who:
                old = mode >> shift & 7
                new = {"+": old | bits, "-": old & ~bits, "=": bits}[match[2]]
                mode = mode & ~(7 << shift) | new << shift
    return mode


IDS = {
    **{"root": 0, "system": 1000, "radio": 1001, "bluetooth": 1002, "media": 1013, "shell": 2000},
    **{"cache": 2001, "sdcard_rw": 1015, "media_rw": 1023, "everybody": 9997},
}
NAMES = {number: name for name, number in IDS.items()}


def user_id(name: str) -> int:
    """The number of `root`, `u0_a42`, `10042`. Raises UsageError."""
    if re.fullmatch(r"[0-9]{1,9}", name):
        return int(name)
    match = re.fullmatch(r"u0_a(\d{1,4})(_cache)?", name)
    if match is not None:
        return 10000 + int(match[1])
    if name not in IDS:
        raise UsageError(f"unknown user '{name}'")
    return IDS[name]


def user_name(number: int) -> str:
    return f"u0_a{number - 10000}" if 10000 <= number < 20000 else NAMES.get(number, str(number))


def owner(stat: Stat) -> tuple[str, str]:
    return user_name(stat.uid), user_name(stat.gid)


def chown(call: Call) -> int:
    args = [arg for arg in call.args if not arg.startswith("-")]
    recursive = any(arg.startswith("-") and "R" in arg for arg in call.args)
    if len(args) < 2:
        raise UsageError("Needs 2 arguments")
    user, _, group = ("", ":", args[0]) if call.name == "chgrp" else args[0].replace(".", ":", 1).partition(":")

    def one(name: str) -> None:
        for path in _tree(call, name, recursive):
            stat = call.files.stat(path)
            call.files.chown(path, user_id(user) if user else stat.uid, user_id(group) if group else stat.gid)

    return call.each(args[1:], one)


def restorecon(call: Call) -> int:
    """There are no security labels; like the real one it only complains about missing files."""
    names = [arg for arg in call.args if not arg.startswith("-")][int(call.name == "chcon") :]

    def one(name: str) -> None:
        call.files.stat(call.path(name))

    return call.each(names, one)


def realpath(call: Call) -> int:
    """`realpath` and `readlink -f`, where the last part need not exist. Plain `readlink` finds no link, ever."""
    if call.name == "readlink" and "-f" not in call.args:
        return 1

    def one(name: str) -> None:
        call.files.stat(posixpath.dirname(call.path(name)) if "-f" in call.args else call.path(name))
        call.line(call.path(name))

    return call.each([arg for arg in call.args if not arg.startswith("-")], one)


def mktemp(call: Call) -> None:
    """A fresh name from the phone's clock and tree, so that it repeats with the same seed."""
    options, names = call.options("dp:tqu")
    stem = call.path(names[0] if names else f"{options.get('p', '/data/local/tmp')}/tmp.XXXXXX")  # noqa: S108
    if not stem.endswith("XXX"):
        raise UsageError(f"need XXX in '{stem}'")
    number = 0
    while call.files.exists(path := re.sub(r"X{3,}$", f"{number:06d}", stem)):
        number += 1
    (call.files.make_dirs if "d" in options else call.files.touch)(path)
    call.line(path)


TABLE: dict[str, Command] = {
    "cat": cat,
    "chcon": restorecon,
    "chgrp": chown,
    "chmod": chmod,
    "chown": chown,
    "cp": cp,
    "mkdir": mkdir,
    "mktemp": mktemp,
    "mv": mv,
    "readlink": realpath,
    "realpath": realpath,
    "restorecon": restorecon,
    "rm": rm,
    "rmdir": rmdir,
    "touch": touch,
}
