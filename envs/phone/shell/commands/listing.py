"""`ls`, `stat`, `du` and `df`."""

from __future__ import annotations

import datetime as dt
import posixpath
import re
import stat as stat_bits

from envs.phone.files import Stat
from envs.phone.shell.call import Call, Command, UsageError, reason
from envs.phone.shell.commands.files import owner


def _time(stat: Stat, full: bool) -> str:
    when = dt.datetime.fromtimestamp(stat.mtime, dt.UTC)
    return when.strftime("%Y-%m-%d %H:%M:%S.000000000 +0000" if full else "%Y-%m-%d %H:%M")


def ls(call: Call) -> int:
    """toybox's: one name a line, as output is never a terminal; `-ll` gives full times.

    Takes `-1 -a -A -d -F -i -l -n -p -R -r -S -s -t`; other letters of the real one change nothing.
    """
    full = any(re.fullmatch(r"-\w*l\w*l\w*", arg) for arg in call.args)
    options, names = call.options("1aAcCdfFghHiklLmnNopqQrRsStuxZ", ("color", "full-time", "color="))
    files, code = call.files, 0
    shown: list[tuple[str, str]] = []
    folders: list[tuple[str, str]] = []
    for name in names or ["."]:
        path = call.path(name)
        if not files.exists(path):
            code = call.complain(f"{name}: No such file or directory")
        elif files.is_dir(path) and "d" not in options:
            folders.append((name, path))
        else:
            shown.append((name, path))
    _print(call, _sorted(call, shown, options), options, full)
    headed = len(folders) + len(shown) > 1 or "R" in options
    blank = bool(shown)
    while folders:
        name, path = folders.pop(0)
        entries = [(child, f"{path.rstrip('/')}/{child}") for child in files.list(path)]
        if not options.keys() & {"a", "A", "f"}:
            entries = [entry for entry in entries if not entry[0].startswith(".")]
        inside = _sorted(call, entries, options)
        if options.keys() & {"a", "f"}:
            inside = [(".", path), ("..", posixpath.dirname(path)), *inside]
        if headed:
            call.write(("\n" if blank else "") + f"{name}:\n")
            blank = True
        if options.keys() & {"l", "s", "g", "n", "o"}:
            call.line(f"total {sum(_blocks(files.stat(p)) for _, p in inside)}")
        _print(call, inside, options, full)
        if "R" in options:
            below = [(f"{name.rstrip('/')}/{child}", p) for child, p in inside if child not in (".", "..")]
            folders = [item for item in below if files.is_dir(item[1])] + folders
    return code


def _blocks(stat: Stat) -> int:
    return -(-stat.size // 4096) * 4


def _sorted(call: Call, entries: list[tuple[str, str]], options: dict[str, str]) -> list[tuple[str, str]]:
    entries = sorted(entries)
    if "t" in options:
        entries.sort(key=lambda entry: -call.files.stat(entry[1]).mtime)
    elif "S" in options:
        entries.sort(key=lambda entry: -call.files.stat(entry[1]).size)
    return entries[::-1] if "r" in options else entries


def _print(call: Call, entries: list[tuple[str, str]], options: dict[str, str], full: bool) -> None:
    stats = [call.files.stat(path) for _, path in entries]
    long = bool(options.keys() & {"l", "g", "n", "o"})
    users = [(str(s.uid), str(s.gid)) if "n" in options else owner(s) for s in stats]
    links = [2 if s.is_dir else 1 for s in stats]
    wide = [max((len(str(v)) for v in column), default=0) for column in (links, [s.size for s in stats])]
    user_wide, group_wide = (max((len(pair[n]) for pair in users), default=0) for n in (0, 1))
    for (name, _), stat, (user, group), count in zip(entries, stats, users, links, strict=True):
        mark = "/" if stat.is_dir and options.keys() & {"F", "p"} else ""
        front = f"{stat.inode} " if "i" in options else ""
        front += f"{_blocks(stat)} " if "s" in options else ""
        if long:
            size = str(stat.size)
            who = f"{user:<{user_wide}} {group:<{group_wide}}"
            front += f"{stat_bits.filemode(stat.mode)} {count:>{wide[0]}} {who} {size:>{wide[1]}} "
            front += _time(stat, full or "full-time" in options) + " "
        call.line(front + name + mark)


def stat(call: Call) -> int:
    """`stat [-c FORMAT] FILE...`; `-t` and `-f` are not there."""
    options, names = call.options("c:L", ("format=", "printf="))
    template = options.get("c") or options.get("format")
    if not names:
        raise UsageError("Needs 1 argument")

    def one(name: str) -> None:
        found = call.files.stat(call.path(name))
        call.line(_formatted(template, name, found) if template else _described(name, found))

    return call.each(names, one)


def _kind(found: Stat) -> str:
    return "directory" if found.is_dir else "regular file" if found.size else "regular empty file"


def _formatted(template: str, name: str, found: Stat) -> str:
    user, group = owner(found)
    full = _time(found, True)
    seconds = str(found.mtime)
    values = {
        **{"n": name, "N": f"`{name}'", "s": str(found.size), "F": _kind(found), "A": stat_bits.filemode(found.mode)},
        **{"a": f"{found.mode & 0o7777:o}", "f": f"{found.mode:x}", "u": str(found.uid), "g": str(found.gid)},
        **{
            "U": user,
            "G": group,
            "i": str(found.inode),
            "h": "2" if found.is_dir else "1",
            "b": str(_blocks(found) * 2),
        },
        **{"B": "512", "o": "4096", "x": full, "y": full, "z": full, "X": seconds, "Y": seconds, "Z": seconds},
        **{"d": "2049", "D": "801", "%": "%"},
    }
    return re.sub(r"%(.)", lambda m: values.get(m[1], m[0]), template)


def _described(name: str, found: Stat) -> str:
    template = (
        "  File: %n\n  Size: %s\t Blocks: %b\t IO Blocks: 512\t%F\nDevice: 801h/2049d\t Inode: %i\t Links: %h\n"
        f"Access: ({found.mode & 0o7777:04o}/%A)\tUid: (%5u/%8U)\tGid: (%5g/%8G)\n"
        "Access: %x\nModify: %y\nChange: %z"
    )
    user, group = owner(found)
    padded = {"%5u": f"{found.uid:5d}", "%8U": f"{user:>8}", "%5g": f"{found.gid:5d}", "%8G": f"{group:>8}"}
    for code, value in padded.items():
        template = template.replace(code, value)
    return _formatted(template, name, found)


def _sizes(call: Call, path: str) -> dict[str, int]:
    """KiB of a file, or of a directory and of every directory below it, the parents first."""
    files = call.files
    if not files.is_dir(path):
        return {path: _blocks(files.stat(path))}
    sizes = {at: 4 + sum(_blocks(files.stat(f"{at}/{n}")) for n in names) for at, _, names in files.walk(path)}
    for at in reversed(sizes):
        above = posixpath.dirname(at)
        if at != path and above in sizes:
            sizes[above] += sizes[at]
    return sizes


def du(call: Call) -> int:
    options, names = call.options("akhsmcd:x")
    code = 0
    for name in names or ["."]:
        path = call.path(name)
        try:
            sizes = _sizes(call, path)
        except OSError as error:
            code = call.complain(f"{name}: {reason(error)}")
            continue
        for at in [path] if "s" in options else reversed(sizes):
            call.line(f"{sizes[at]}\t{name.rstrip('/') or '/'}{at[len(path.rstrip('/')) :] if at != path else ''}")
    return code


TOTAL_KIB = 64 << 20


def df(call: Call) -> None:
    """Two file systems of a fixed size; what is used is what the tree holds."""
    call.options("hkHPa")
    call.line("Filesystem       1K-blocks     Used Available Use% Mounted on")
    for device, mount in (("/dev/block/dm-5", "/data"), ("/dev/fuse", "/storage/emulated")):
        used = _sizes(call, "/data")["/data"] + _sizes(call, "/sdcard")["/sdcard"]
        call.line(f"{device:<16} {TOTAL_KIB:>9} {used:>8} {TOTAL_KIB - used:>9} {100 * used // TOTAL_KIB:>3}% {mount}")


TABLE: dict[str, Command] = {"df": df, "du": du, "ls": ls, "stat": stat}
