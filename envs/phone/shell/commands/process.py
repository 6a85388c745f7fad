"""Who and what runs: `whoami id ps pidof kill uname ...`. The shell is root; an app's process is the app itself."""

from __future__ import annotations

import re

from envs.phone.shell.call import Call, Command, UsageError

MEMORY_BYTES = 4 << 30
DAEMONS = ((1, "init"), (180, "zygote64"), (310, "system_server"), (420, "adbd"))


def whoami(call: Call) -> None:
    call.line("root")


def identity(call: Call) -> None:
    options, _ = call.options("ugGnZ")
    if options.keys() & {"u", "g", "G"}:
        call.line("root" if "n" in options else "0")
    else:
        call.line("uid=0(root) gid=0(root) groups=0(root),1004(input),1015(sdcard_rw),3003(inet) context=u:r:su:s0")


def uname(call: Call) -> None:
    options, _ = call.options("asnrvmpo")
    facts = {"s": "Linux", "n": "localhost", "r": "5.15.41-glint", "v": "#1 SMP", "m": "x86_64", "o": "Android"}
    chosen = facts if "a" in options else {flag: facts[flag] for flag in facts if flag in options} or {"s": "Linux"}
    call.line(" ".join(chosen.values()))


def processes(call: Call) -> list[tuple[int, str, str]]:
    """(pid, user, name), by pid."""
    daemons = [(pid, "root", name) for pid, name in DAEMONS]
    apps = [(call.system.pid(name), "u0_a100", name) for name in dict.fromkeys(call.system.running())]
    return sorted(daemons + apps)


def ps(call: Call) -> None:
    """The usual columns; `-o pid,name` and the like choose some of them."""
    columns = ["user", "pid", "ppid", "vsz", "rss", "wchan", "addr", "s", "name"]
    for n, word in enumerate(call.args):
        if word == "-o" and n + 1 < len(call.args):
            columns = [
                {"args": "name", "cmd": "name", "cmdline": "name"}.get(c, c)
                for c in call.args[n + 1].lower().split(",")
            ]
    call.line(" ".join(f"{name.upper():<12}" for name in columns).rstrip())
    for pid, user, name in processes(call):
        row = {"user": user, "pid": pid, "ppid": 1, "vsz": 0, "rss": 0, "wchan": 0, "addr": 0, "s": "S", "name": name}
        call.line(" ".join(f"{row.get(column, '-')!s:<12}" for column in columns).rstrip())


def pidof(call: Call) -> int:
    wanted = [arg for arg in call.args if not arg.startswith("-")]
    found = [
        str(pid)
        for pid, _, name in processes(call)
        if any(name == w or (call.name == "pgrep" and w in name) for w in wanted)
    ]
    if found:
        call.line(("\n" if call.name == "pgrep" else " ").join(found))
    return int(not found)


def kill(call: Call) -> int:
    """Ends apps by pid or (`pkill`, `killall`) by name; the system's own processes are not there to be killed."""
    targets = [arg for arg in call.args if not arg.startswith("-")]
    if not targets:
        raise UsageError("Needs 1 argument")
    apps = {call.system.pid(package): package for package in call.phone.recents}
    code = 0
    for target in targets:
        if call.name == "kill":
            if not re.fullmatch(r"\d{1,9}", target):
                raise UsageError(f"bad pid '{target}'")
            package = apps.get(int(target))
        else:
            package = next((name for name in apps.values() if target in name), None)
        if package is None:
            code = call.complain(
                f"bad pid '{target}': No such process" if call.name == "kill" else f"{target}: no process found"
            )
        else:
            call.phone.force_stop(package)
    return code


def nothing(call: Call) -> None:
    """Answers that are empty on a healthy phone (`logcat -c`, `sync`, ...)."""


def top(call: Call) -> None:
    """One look at what runs, as `top -b -n 1`."""
    listed = processes(call)
    call.line(f"Tasks: {len(listed)} total,   1 running, {len(listed) - 1} sleeping,   0 stopped,   0 zombie")
    call.line(f"{'PID':>5} {'USER':<9} S [%CPU] %MEM ARGS")
    for pid, user, name in listed:
        call.line(f"{pid:>5} {user:<9} S    0.0  0.0 {name}")


def free(call: Call) -> None:
    """Memory of a fixed size, a quarter of it used. `-b -k -m -g` choose the unit."""
    unit = {"-k": 1 << 10, "-m": 1 << 20, "-g": 1 << 30}.get(call.args[0] if call.args else "", 1)
    total, used = MEMORY_BYTES // unit, MEMORY_BYTES // 4 // unit
    call.line(f"{'':<8}{'total':>16}{'used':>16}{'free':>16}{'shared':>16}{'buffers':>16}")
    call.line(f"{'Mem:':<8}{total:>16}{used:>16}{total - used:>16}{0:>16}{0:>16}")
    call.line(f"{'Swap:':<8}{0:>16}{0:>16}{0:>16}")


def ping(call: Call) -> int:
    """The phone has no network, whatever its switches say."""
    hosts = [word for word in call.args if not word.startswith("-") and not word.isdigit()]
    if not hosts:
        raise UsageError("usage: ping [-c COUNT] HOST")
    return call.error_line(f"ping: unknown host {hosts[-1]}", 2)


def reboot(call: Call) -> None:
    """Stops every app and shows the home screen; settings and files stay."""
    for package in list(call.phone.recents):
        call.phone.force_stop(package)
    call.phone.reset_to_home()


def getenforce(call: Call) -> None:
    call.line("Permissive")


TABLE: dict[str, Command] = {
    "dmesg": nothing,
    "free": free,
    "getenforce": getenforce,
    "id": identity,
    "kill": kill,
    "killall": kill,
    "logcat": nothing,
    "pgrep": pidof,
    "pidof": pidof,
    "ping": ping,
    "ping6": ping,
    "pkill": kill,
    "ps": ps,
    "reboot": reboot,
    "setenforce": nothing,
    "sync": nothing,
    "top": top,
    "uname": uname,
    "whoami": whoami,
}
