"""`pm`: what is installed. Nothing can be installed on or removed from the simulated phone; it says so."""

from __future__ import annotations

from envs.phone.shell.call import Call, Command, UsageError, Verbs, dispatch
from envs.phone.shell.commands.activity import component, package_names
from envs.phone.shell.intents import HOME, read_intent, resolve
from envs.phone.shell.system import SYSTEM_PACKAGES

REFUSAL = "Failure [INSTALL_FAILED_USER_RESTRICTED: the simulated phone runs its built-in apps only]"
FEATURES = ("android.hardware.bluetooth", "android.hardware.touchscreen", "android.hardware.wifi")


def pm(call: Call) -> int:
    return dispatch(call, VERBS, "Package manager (package) commands: list ...")


def list_things(call: Call, words: list[str]) -> int:
    kind, *rest = words or [""]
    if kind == "packages":
        return _packages(call, rest)
    if kind == "features":
        for name in FEATURES:
            call.line(f"feature:{name}")
    elif kind == "users":
        call.write("Users:\n\tUserInfo{0:Owner:4c13} running\n")
    elif kind not in ("instrumentation", "libraries", "permissions", "permission-groups"):
        return call.error_line(f"Error: unknown list type '{kind}'", 255)
    return 0


def _apk(package: str) -> str:
    return f"/system/priv-app/{package}/base.apk" if package in SYSTEM_PACKAGES else f"/data/app/{package}-1/base.apk"


def _packages(call: Call, words: list[str]) -> int:
    options, names = call.options("fsdeiulU3a", ("user=", "show-versioncode"), args=words)
    listed = call.system.packages
    if "3" in options or "s" in options:
        listed = [name for name in listed if (name in SYSTEM_PACKAGES) == ("s" in options)]
    if "d" in options:
        listed = []
    for name in listed:
        if not names or names[0] in name:
            front = f"{_apk(name)}=" if "f" in options else ""
            back = f" versionCode:{33}" if "show-versioncode" in options else ""
            call.line(f"package:{front}{name}{back}")
    return 0


def path(call: Call, words: list[str]) -> int:
    for name in package_names(words)[:1]:
        if name in call.system.packages:
            call.line(f"package:{_apk(name)}")
            return 0
    return 1


def clear(call: Call, words: list[str]) -> int:
    names = package_names(words)
    if not names or names[0] not in call.system.packages:
        call.line("Failed")
        return 1
    if names[0] in call.phone.packages():
        call.phone.clear_app(names[0])
    elif call.files.exists(f"/data/data/{names[0]}"):
        call.files.remove(f"/data/data/{names[0]}", recursive=True)
    call.line("Success")
    return 0


def known(call: Call, words: list[str]) -> int:
    """Permissions and app states are not modelled: accepted for a package that is there."""
    names = package_names(words)
    if not names:
        return call.error_line("Error: no package specified", 255)
    if names[0].partition("/")[0] not in call.system.packages:
        return call.error_line(f"Error: java.lang.IllegalArgumentException: Unknown package: {names[0]}", 255)
    return 0


def install(call: Call, words: list[str]) -> int:
    call.line(REFUSAL)
    return 1


def uninstall(call: Call, words: list[str]) -> int:
    call.line("Failure [DELETE_FAILED_USER_RESTRICTED: the apps of the simulated phone cannot be removed]")
    return 1


def resolve_activity(call: Call, words: list[str]) -> int:
    try:
        intent = read_intent([word for word in words if word not in ("--brief", "--components")])
    except UsageError as error:
        return call.error_line(f"Error: {error}", 255)
    if not (intent.package or intent.component or intent.data) and intent.action == "android.intent.action.MAIN":
        package = HOME if "android.intent.category.HOME" in intent.categories else resolve(call.phone, intent)
    else:
        package = resolve(call.phone, intent)
    if package is None:
        call.line("No activity found")
        return 0
    if "--components" not in words:
        call.line("priority=0 preferredOrder=0 match=0x108000 specificIndex=-1 isDefault=true")
    call.line(component(call, package))
    return 0


def dump(call: Call, words: list[str]) -> int:
    return call.shell.execute(["dumpsys", "package", *words], call.streams)


VERBS: Verbs = {
    "clear": clear,
    "compile": known,
    "disable": known,
    "disable-user": known,
    "dump": dump,
    "enable": known,
    "grant": known,
    "install": install,
    "install-create": install,
    "list": list_things,
    "path": path,
    "resolve-activity": resolve_activity,
    "revoke": known,
    "set-permission-flags": known,
    "suspend": known,
    "uninstall": uninstall,
    "unsuspend": known,
}

TABLE: dict[str, Command] = {"pm": pm}
