"""What shows the screen or tells its size: `screencap`, `uiautomator`, `wm`."""

from __future__ import annotations

import re

from envs.phone.shell.call import Call, Command, UsageError

DUMP = "/sdcard/window_dump.xml"


def screencap(call: Call) -> int | None:
    """`screencap [-p] [-d ID] [FILE]`: raw with a 16-byte header, or PNG with -p or for a name that ends in .png."""
    options, names = call.options("pd:hj")
    if "h" in options:
        call.write("usage: screencap [-hp] [-d display-id] [FILENAME]\n")
        return 1
    if options.get("d", "0") not in ("0", "1"):
        return call.error_line(f"Display Id '{options['d']}' is not valid.")
    png = "p" in options or bool(names and names[0].endswith(".png"))
    data = call.system.png() if png else call.system.raw_frame()
    if names:
        call.files.write(call.path(names[0]), data, parents=False)
    else:
        call.write(data)
    return None


def uiautomator(call: Call) -> int | None:
    args = [arg for arg in call.args if not arg.startswith("--")]
    if args[:1] != ["dump"]:
        call.write("Usage: uiautomator <subcommand> [options]\n\nAvailable subcommands:\n\ndump: creates an XML dump\n")
        return 1
    path = args[1] if len(args) > 1 else DUMP
    xml = call.phone.dump_xml()
    if path in ("/dev/tty", "/dev/stdout", "/proc/self/fd/1"):
        call.write(xml)
    else:
        call.files.write(call.path(path), xml, parents=False)
    call.line(f"UI hierchary dumped to: {path}")
    return None


def wm(call: Call) -> int | None:
    """The display is as the phone was made: its size and density can be read but not overridden."""
    verb, *rest = call.args or [""]
    if verb == "size":
        value = "Physical size: {}x{}".format(*call.phone.size)
        fixed = "{}x{}".format(*call.phone.size)
    elif verb == "density":
        value, fixed = f"Physical density: {call.phone.density}", str(call.phone.density)
    elif verb in ("dismiss-keyguard", "user-rotation", "set-user-rotation", "fixed-to-user-rotation"):
        if verb == "dismiss-keyguard":
            call.phone.key("WAKEUP")
        return None
    else:
        raise UsageError(f"unknown command '{verb}', expected size, density or dismiss-keyguard")
    if not rest:
        call.line(value)
    elif rest[0] not in ("reset", fixed):
        what = re.sub(r"[^\w]", "?", rest[0])
        return call.error_line(f"Error: the simulated display is fixed at {fixed}, cannot set {verb} {what}")
    return None


TABLE: dict[str, Command] = {"screencap": screencap, "uiautomator": uiautomator, "wm": wm}
