"""What can be set: `settings svc getprop setprop ime locksettings`."""

from __future__ import annotations

from envs.phone.apps.settings import radios
from envs.phone.settings import DEFAULTS, NAMESPACES
from envs.phone.shell.call import Call, Command, UsageError
from envs.phone.shell.system import IMES


def settings(call: Call) -> int:
    """`get put delete list reset`; `reset NAMESPACE MODE` puts back what the phone came with, whatever the mode."""
    args = list(call.args)
    while "--user" in args:
        at = args.index("--user")
        del args[at : at + 2]
    verb, *rest = args or [""]
    if verb not in ("get", "put", "delete", "list", "reset"):
        return call.error_line(f"Invalid command: {verb}", 255)
    if not rest or rest[0].lower() not in NAMESPACES:
        return call.error_line(f"Invalid namespace '{rest[0] if rest else ''}'", 255)
    space, names = rest[0].lower(), rest[1:]
    store = call.phone.settings
    needed = {"get": 1, "put": 2, "delete": 1}.get(verb, 0)
    if len(names) < needed:
        return call.error_line("Bad arguments", 255)
    if verb == "get":
        value = store.get(space, names[0])
        call.line("null" if value is None else value)
    elif verb == "put":
        store.put(space, names[0], names[1])
    elif verb == "delete":
        call.line(f"Deleted {int(store.delete(space, names[0]))} rows")
    elif verb == "reset":
        for key, value in DEFAULTS[space].items():
            store.put(space, key, value)
    elif verb == "list":
        for key, value in sorted(store.items(space).items()):
            call.line(f"{key}={value}")
    return 0


def set_radio(call: Call, name: str, on: bool) -> None:
    """Switch "wifi", "bluetooth", "airplane" or "data" as the system does."""
    store = call.phone.settings
    if name == "data":
        store.put("global", "mobile_data", str(int(on)))
    else:
        {"wifi": radios.set_wifi, "bluetooth": radios.set_bluetooth, "airplane": radios.set_airplane}[name](store, on)


def svc(call: Call) -> int:
    """`svc wifi|bluetooth|data|nfc|power|usb ...`."""
    service, *rest = [*call.args, "", ""][:3]
    verb = rest[0]
    if service in ("wifi", "bluetooth", "data") and verb in ("enable", "disable"):
        set_radio(call, service, verb == "enable")
        if service != "data":
            call.line("Success") if service == "bluetooth" else None
        return 0
    if service == "power" and verb == "stayon":
        call.phone.settings.put("global", "stay_on_while_plugged_in", "0" if rest[1] == "false" else "7")
        return 0
    if (service == "nfc" and verb in ("enable", "disable")) or service == "usb":
        return 0
    call.write("Available commands:\n    help\n    power\n    data\n    wifi\n    usb\n    nfc\n    bluetooth\n")
    return 255


def getprop(call: Call) -> None:
    if call.args:
        call.line(call.system.properties.get(call.args[0], call.args[1] if len(call.args) > 1 else ""))
        return
    for name, value in sorted(call.system.properties.items()):
        call.line(f"[{name}]: [{value}]")


def setprop(call: Call) -> int | None:
    if len(call.args) != 2:
        raise UsageError("Needs 2 arguments")
    name, value = call.args
    if name.startswith("ro."):
        return call.complain(f"failed to set property '{name}' to '{value}'")
    call.system.properties[name] = value
    return None


def ime(call: Call) -> int:
    """`ime list|set|enable|disable|reset`."""
    verb, *rest = call.args or [""]
    names = [word for word in rest if not word.startswith("-")]
    store = call.phone.settings
    enabled = [name for name in (store.get("secure", "enabled_input_methods") or "").split(":") if name]
    if verb == "list":
        listed = IMES if "-a" in rest else [name for name in IMES if name in enabled]
        for name in listed:
            call.line(name if "-s" in rest else f"{name}:\n  mId={name} mSettingsActivityName=null")
        return 0
    if verb == "reset":
        store.put("secure", "enabled_input_methods", ":".join(IMES))
        store.put("secure", "default_input_method", IMES[0])
        call.line("Reset current and enabled IMEs for user #0")
        return 0
    if verb not in ("set", "enable", "disable") or not names:
        return call.error_line("ime <command>: list, enable, disable, set, reset", 255)
    if names[0] not in IMES:
        call.error_line(f"Unknown input method {names[0]} cannot be {verb}{'' if verb == 'set' else 'd'} for user #0")
        return 255
    if verb == "set":
        if names[0] not in enabled:
            return call.error_line(f"Error: Input method {names[0]} is not enabled", 255)
        store.put("secure", "default_input_method", names[0])
        call.line(f"Input method {names[0]} selected for user #0")
        return 0
    kept = [
        name for name in IMES if (name in enabled or name == names[0]) and not (verb == "disable" and name == names[0])
    ]
    store.put("secure", "enabled_input_methods", ":".join(kept))
    if store.get("secure", "default_input_method") not in kept:
        store.put("secure", "default_input_method", kept[0] if kept else "")
    call.line(f"Input method {names[0]}: now {verb}d for user #0")
    return 0


def locksettings(call: Call) -> int:
    """There is no lock screen."""
    replies = {
        "clear": "Lock credential cleared",
        "get-disabled": "true",
        "set-disabled": "Lock screen disabled set to true",
        "verify": "Lock credential verified successfully",
    }
    verb = call.args[0] if call.args else ""
    if verb not in replies:
        return call.error_line(f"Error: the simulated phone has no lock screen, cannot {verb or 'do nothing'}", 255)
    call.line(replies[verb])
    return 0


TABLE: dict[str, Command] = {
    "getprop": getprop,
    "ime": ime,
    "locksettings": locksettings,
    "setprop": setprop,
    "settings": settings,
    "svc": svc,
}
