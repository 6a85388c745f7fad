"""`am` and `monkey`: starting and stopping apps, broadcasts."""

from __future__ import annotations

import base64
import binascii
import random
import re
from collections.abc import Callable

from envs.phone import launcher
from envs.phone.shell.call import Call, Command, UsageError, Verbs, dispatch
from envs.phone.shell.intents import HOME, Intent, read_intent, resolve
from envs.phone.shell.system import ADB_IME

MAX_EVENTS = 1000
FLAG_NEW_TASK = 0x10000000
FLAG_SHELL_BROADCAST = 0x400000


def component(call: Call, package: str) -> str:
    """ "PKG/ACT" of an app's launch activity."""
    if package == HOME:
        return f"{HOME}/{launcher.ACTIVITY}"
    return f"{package}/{call.phone.app(package).activity}"


def foreground(call: Call) -> str:
    """ "PKG/ACT" in front."""
    return "/".join(call.phone.foreground())


def am(call: Call) -> int:
    return dispatch(call, VERBS, "Activity manager (activity) commands: start ...")


def start(call: Call, words: list[str]) -> int:
    try:
        intent = read_intent(words)
    except UsageError as error:
        return call.error_line(f"Error: {error}", 255)
    if intent.package and not (intent.component or intent.action or intent.data):
        intent.action = "android.intent.action.MAIN"
        intent.categories.append("android.intent.category.LAUNCHER")
    package = resolve(call.phone, intent)
    if intent.stop_first and package in call.phone.packages():
        call.line(f"Stopping: {package}")
        call.phone.force_stop(package)
    call.line(f"Starting: {intent.describe()}")
    if package is None:
        if intent.component:
            name = _full_name(intent.component)
            call.error_line(f"Error type 3\nError: Activity class {{{name}}} does not exist.")
        else:
            intent.flags |= FLAG_NEW_TASK
            call.error_line(f"Error: Activity not started, unable to resolve {intent.describe()}")
        return 1
    warm, same = package in call.phone.recents, call.phone.foreground()[0] == package
    _bring(call, package, intent)
    if same and not intent.for_app():
        call.error_line(
            "Warning: Activity not started, its current task has been brought to the front"
            if intent.categories
            else "Warning: Activity not started, intent has been delivered to currently running top-most instance."
        )
    if intent.wait:
        call.line("Status: ok")
        call.line(f"LaunchState: {'HOT' if same else 'WARM' if warm else 'COLD'}")
        call.line(f"Activity: {intent.component or foreground(call)}")
        call.line(f"TotalTime: {0 if same else 41 if warm else 326}")
        call.line(f"WaitTime: {3 if same else 44 if warm else 331}")
        call.line("Complete")
    return 0


def _full_name(name: str) -> str:
    """ "PKG/.ACT" as "PKG/PKG.ACT"."""
    package, _, activity = name.partition("/")
    return f"{package}/{package}{activity}" if activity.startswith(".") else name


def _bring(call: Call, package: str, intent: Intent) -> None:
    if package == HOME:
        call.phone.key("HOME")
    else:
        call.phone.start(package, intent.for_app())


def force_stop(call: Call, words: list[str]) -> int:
    """Unknown packages pass silently, as on the device."""
    names = package_names(words)
    if not names:
        return call.error_line('Error: Argument expected after "force-stop"', 255)
    for name in names:
        if name in call.phone.packages():
            call.phone.force_stop(name)
    return 0


def kill_all(call: Call, words: list[str]) -> None:
    front = call.phone.foreground()[0]
    for package in [name for name in call.phone.recents if name != front]:
        call.phone.force_stop(package)


def package_names(words: list[str]) -> list[str]:
    """The arguments that are neither options nor the user after `--user`."""
    out, words = [], list(words)
    while words:
        word = words.pop(0)
        if word == "--user":
            words = words[1:]
        elif not word.startswith("-"):
            out.append(word)
    return out


def stack(call: Call, words: list[str]) -> int | None:
    """`am stack list` and `am stack remove TASK`."""
    verb = words[0] if words else ""
    if verb == "list":
        width, height = call.phone.size
        front = call.phone.foreground()[0]
        for package in dict.fromkeys([front, *call.phone.recents, HOME]):
            number = call.system.task_id(package)
            name = foreground(call) if package == front else component(call, package)
            bounds = f"[0,0][{width},{height}]"
            call.line(f"RootTask id={number} bounds={bounds} displayId=0 userId=0")
            call.line(
                f"  taskId={number}: {name} bounds={bounds} userId=0 visible={str(package == front).lower()} "
                f"topActivity=ComponentInfo{{{_full_name(name)}}}"
            )
            call.line("")
        return None
    if verb == "remove" and len(words) > 1:
        return remove_task(call, words[1])
    return call.error_line(f"Error: unknown command '{verb}'", 255)


def remove_task(call: Call, number: str) -> int:
    for package in list(call.phone.recents):
        if str(call.system.task_id(package)) == number:
            call.phone.remove_recent(package)
    return 0


def broadcast(call: Call, words: list[str]) -> int | None:
    """Broadcasts reach the ADB keyboard while it is the input method, and the apps; one may answer with data."""
    try:
        intent = read_intent(words)
    except UsageError as error:
        return call.error_line(f"Error: {error}", 255)
    intent.flags |= FLAG_SHELL_BROADCAST
    call.line(f"Broadcasting: {intent.describe()}")
    receive = KEYBOARD.get(intent.action)
    if receive is not None and call.phone.settings.get("secure", "default_input_method") == ADB_IME:
        receive(call, intent.extras)
    said = (call.phone.app(package).on_broadcast(intent.action, intent.extras) for package in call.phone.packages())
    data = next((data for data in said if data is not None), None)
    call.phone.invalidate()
    call.line("Broadcast completed: result=0" if data is None else f'Broadcast completed: result=-1, data="{data}"')
    return None


def _keyboard_text(call: Call, extras: dict[str, str]) -> None:
    call.phone.type_text(extras.get("msg", ""))


def _keyboard_base64(call: Call, extras: dict[str, str]) -> None:
    """Text that is not base64 of UTF-8 is dropped, as the keyboard's exception does."""
    try:
        text = base64.b64decode(extras.get("msg", ""), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return
    call.phone.type_text(text)


def _keyboard_chars(call: Call, extras: dict[str, str]) -> None:
    codes = [int(code) for code in extras.get("chars", "").split(",") if code.isdigit()]
    call.phone.type_text("".join(chr(code) for code in codes if code < 0xD800 or 0xE000 <= code < 0x110000))


def _keyboard_clear(call: Call, extras: dict[str, str]) -> None:
    call.phone.key_combination("CTRL_LEFT", "A")
    call.phone.key("DEL")


def _keyboard_code(call: Call, extras: dict[str, str]) -> None:
    if re.fullmatch(r"\d{1,4}", extras.get("code", "")):
        call.phone.key(int(extras["code"]))


def _keyboard_action(call: Call, extras: dict[str, str]) -> None:
    """Editor actions (search, send, next, done) are what Enter does."""
    call.phone.key("ENTER")


KEYBOARD: dict[str, Callable[[Call, dict[str, str]], None]] = {
    "ADB_CLEAR_TEXT": _keyboard_clear,
    "ADB_EDITOR_CODE": _keyboard_action,
    "ADB_INPUT_B64": _keyboard_base64,
    "ADB_INPUT_CHARS": _keyboard_chars,
    "ADB_INPUT_CODE": _keyboard_code,
    "ADB_INPUT_TEXT": _keyboard_text,
}


def current_user(call: Call, words: list[str]) -> None:
    call.line("0")


def instrument(call: Call, words: list[str]) -> int:
    """Code cannot be brought to the phone, so there is nothing to instrument."""
    target = next((word for word in words if "/" in word), "")
    call.line("INSTRUMENTATION_STATUS: id=ActivityManagerService")
    call.line(f"INSTRUMENTATION_STATUS: Error=Unable to find instrumentation info for: ComponentInfo{{{target}}}")
    call.line("INSTRUMENTATION_STATUS_CODE: -1")
    return call.error_line(f"android.util.AndroidException: INSTRUMENTATION_FAILED: {target}")


def done(call: Call, words: list[str]) -> None:
    """Nothing to do: no services, and apps are idle at once."""


VERBS: Verbs = {
    "broadcast": broadcast,
    "force-stop": force_stop,
    "get-current-user": current_user,
    "idle-maintenance": done,
    "instrument": instrument,
    "kill": force_stop,
    "kill-all": kill_all,
    "stack": stack,
    "start": start,
    "start-activity": start,
    "start-foreground-service": done,
    "startservice": done,
    "stop-app": force_stop,
    "wait-for-broadcast-idle": done,
}


def monkey(call: Call) -> int:
    """`monkey -p PKG [-c CATEGORY] [-s SEED] COUNT`: the first event opens the app, the others are random taps."""
    args, packages, seed, count = list(call.args), [], 0, None
    while args:
        word = args.pop(0)
        if word in ("-p", "-c", "-s", "--throttle", "--pct-syskeys", "--pct-touch", "--pct-motion"):
            if not args:
                call.error_line(f"Error: {word} requires an argument")
                return 255
            value = args.pop(0)
            if word == "-p":
                packages.append(value)
            elif word == "-s" and re.fullmatch(r"-?\d{1,18}", value):
                seed = int(value)
        elif re.fullmatch(r"\d{1,9}", word):
            count = int(word)
    if count is None:
        return call.error_line("usage: monkey [-p ALLOWED_PACKAGE] [-c MAIN_CATEGORY] [-s SEED] COUNT", 255)
    known = [name for name in packages if name in call.phone.packages()]
    if packages and not known:
        call.line("** No activities found to run, monkey aborted.")
        return 252
    chance = random.Random(seed)
    if known:
        call.phone.launch(known[0])
    for _ in range(min(count, MAX_EVENTS) - 1):
        call.phone.tap(chance.randrange(call.phone.size[0]), chance.randrange(call.phone.size[1]))
    call.line(f"Events injected: {min(count, MAX_EVENTS)}")
    call.line("## Network stats: elapsed time=20ms (0ms mobile, 0ms wifi, 20ms not connected)")
    return 0


TABLE: dict[str, Command] = {"am": am, "monkey": monkey}
