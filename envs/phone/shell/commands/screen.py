"""What shows the screen or tells its size: `screencap`, `uiautomator`, `wm`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from agentkit.errors import ConfigError
from envs.phone.metrics import ScreenSpec
from envs.phone.shell.call import Call, Command, UsageError

MAX_SIDE = 4096
LEAST_DP = 300
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
    """`wm size|density [VALUE|reset]`: everything is laid out anew for the screen that is set.

    A density too high for the size is kept, and drawn at the highest that leaves 300 dp.
    """
    verb, *rest = call.args or [""]
    if verb in ("dismiss-keyguard", "user-rotation", "set-user-rotation", "fixed-to-user-rotation"):
        if verb == "dismiss-keyguard":
            call.phone.key("WAKEUP")
        return None
    if verb not in ("size", "density"):
        raise UsageError(f"unknown command '{verb}', expected size, density or dismiss-keyguard")
    override, physical = call.system.override, call.phone.physical
    if not rest:
        made = (physical.width, physical.height) if verb == "size" else (physical.density,)
        call.line(f"Physical {verb}: {'x'.join(map(str, made))}")
        if verb in override:
            call.line(f"Override {verb}: {'x'.join(map(str, override[verb]))}")
        return None
    match = re.fullmatch(r"(\d{2,4})x(\d{2,4})" if verb == "size" else r"(\d{2,3})", rest[0])
    wanted = {name: value for name, value in override.items() if name != verb}
    if match is not None:
        wanted[verb] = tuple(map(int, match.groups()))
    elif rest[0] != "reset":
        return call.error_line(f"Error: bad {verb} {rest[0]:.40}", 255)
    try:
        call.phone.resize(_fitting(physical, wanted))
    except ConfigError as error:
        return call.error_line(f"Error: {error}", 255)
    call.system.override = wanted
    return None


def _fitting(physical: ScreenSpec, override: Mapping[str, tuple[int, ...]]) -> ScreenSpec:
    width, height = override.get("size", (physical.width, physical.height))
    density = override.get("density", (physical.density,))[0]
    if max(width, height) > MAX_SIDE:
        raise ConfigError(f"a side has at most {MAX_SIDE} pixels, got {max(width, height)}")
    return ScreenSpec(width, height, min(density, min(width, height) * 160 // LEAST_DP))


TABLE: dict[str, Command] = {"screencap": screencap, "uiautomator": uiautomator, "wm": wm}
