"""`cmd` and `service`: the same services under their binder names."""

from __future__ import annotations

from collections.abc import Callable

from envs.phone.shell.call import Call, Command
from envs.phone.shell.commands.settings import set_radio

FORWARDED = {
    "activity": "am",
    "appops": "true",
    "content": "content",
    "input": "input",
    "input_method": "ime",
    "lock_settings": "locksettings",
    "package": "pm",
    "settings": "settings",
    "window": "wm",
}
"""`cmd SERVICE ...` that has a command of its own."""
BINDER = ("activity", "alarm", "input", "notification", "package", "phone", "statusbar", "wifi", "window")


def cmd(call: Call) -> int:
    service, *rest = call.args or [""]
    if service == "-l":
        call.line("Currently running services:\n  " + "\n  ".join(sorted({*FORWARDED, *SERVICES})))
        return 0
    if service in FORWARDED:
        return call.shell.execute([FORWARDED[service], *rest], call.streams)
    handler = SERVICES.get(service)
    if handler is None:
        return call.error_line(f"cmd: Can't find service: {service}", 20)
    return handler(call, rest) or 0


def notification(call: Call, words: list[str]) -> int:
    """`post [-t TITLE] TAG TEXT`, `allow_listener ...`, `set_dnd on|off`."""
    verb, *rest = words or [""]
    if verb == "post":
        title = ""
        while rest and rest[0].startswith("-"):
            flag = rest.pop(0)
            value = rest.pop(0) if flag in ("-t", "-S", "-i", "-I", "-c") and rest else ""
            title = value if flag == "-t" else title
        if len(rest) < 2:
            return call.error_line("usage: cmd notification post [-t TITLE] TAG TEXT", 255)
        app = call.phone.packages()[0]
        call.phone.notify(app, title or rest[0], " ".join(rest[1:]))
        call.line("posting:\n  Notification(channel=shell_cmd)")
        return 0
    if verb == "set_dnd" and rest:
        call.phone.settings.put("global", "zen_mode", "0" if rest[0] in ("off", "all") else "1")
        return 0
    if verb in ("allow_listener", "disallow_listener", "allow_assistant", "unsnooze", "allow_dnd", "disallow_dnd"):
        return 0
    return call.error_line(f"Unknown command: {verb}", 255)


def status_bar(call: Call, words: list[str]) -> int:
    verb = words[0] if words else ""
    if verb in ("expand-notifications", "expand-settings"):
        call.phone.stage.open_shade()
    elif verb == "collapse":
        call.phone.stage.close_shade()
    else:
        return call.error_line(f"Unknown command: {verb}", 255)
    call.phone.invalidate()
    return 0


def ui_mode(call: Call, words: list[str]) -> int:
    """`night [yes|no]`."""
    if words[:1] != ["night"]:
        return call.error_line(f"Unknown command: {words[0] if words else ''}", 255)
    if len(words) > 1:
        if words[1] not in ("yes", "no"):
            return call.error_line("Error: mode must be 'yes' or 'no'", 255)
        call.phone.settings.put("secure", "ui_night_mode", "2" if words[1] == "yes" else "1")
    call.line(f"Night mode: {'yes' if call.phone.settings.get('secure', 'ui_night_mode') == '2' else 'no'}")
    return 0


def connectivity(call: Call, words: list[str]) -> int:
    if words[:1] == ["airplane-mode"]:
        if len(words) > 1:
            set_radio(call, "airplane", words[1] == "enable")
        else:
            call.line("enabled" if call.phone.settings.get("global", "airplane_mode_on") == "1" else "disabled")
        return 0
    return call.error_line(f"Unknown command: {words[0] if words else ''}", 255)


def wifi(call: Call, words: list[str]) -> int:
    if words[:1] == ["set-wifi-enabled"] and len(words) > 1:
        set_radio(call, "wifi", words[1] == "enabled")
        return 0
    if words[:1] == ["status"]:
        return call.shell.execute(["dumpsys", "wifi"], call.streams)
    return call.error_line(f"Unknown command: {words[0] if words else ''}", 255)


def bluetooth(call: Call, words: list[str]) -> int:
    if words[:1] in (["enable"], ["disable"]):
        set_radio(call, "bluetooth", words[0] == "enable")
        return 0
    return call.error_line(f"Unknown command: {words[0] if words else ''}", 255)


SERVICES: dict[str, Callable[[Call, list[str]], int | None]] = {
    "bluetooth_manager": bluetooth,
    "connectivity": connectivity,
    "notification": notification,
    "statusbar": status_bar,
    "uimode": ui_mode,
    "wifi": wifi,
}


def service(call: Call) -> int:
    """`service list`, `service check NAME`, `service call NAME CODE ...`: calls are acknowledged and change nothing,
    except that `alarm 3 s16 ZONE` names the time zone, which here is always UTC."""
    verb, *rest = call.args or [""]
    if verb == "list":
        call.line(f"Found {len(BINDER)} services:")
        for n, name in enumerate(BINDER):
            call.line(f"{n}\t{name}: []")
    elif verb == "check" and rest:
        call.line(f"Service {rest[0]}: {'found' if rest[0] in BINDER else 'not found'}")
    elif verb == "call" and len(rest) >= 2:
        if rest[0] not in BINDER:
            return call.error_line(f"service: Service {rest[0]} does not exist", 10)
        call.line("Result: Parcel(00000000 00000001   '........')")
    else:
        return call.error_line("Usage: service [-h|-?]\n       service list\n       service check SERVICE", 10)
    return 0


TABLE: dict[str, Command] = {"cmd": cmd, "service": service}
