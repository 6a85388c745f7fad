"""`dumpsys`: the lines that clients look for, in the shapes of Android 13."""

from __future__ import annotations

import zlib
from collections.abc import Callable

from envs.phone.shell.call import Call, Command
from envs.phone.shell.commands.activity import component, foreground
from envs.phone.shell.intents import HOME
from envs.phone.shell.system import ADB_IME, LATIN_IME


def _hash(text: str) -> str:
    """The object number a dump shows, the same for the same thing."""
    return f"{zlib.crc32(text.encode()):07x}"[:7]


def activity(call: Call, words: list[str]) -> None:
    kind = words[0] if words else "activities"
    front = call.phone.foreground()[0]
    if kind in ("recents", "r"):
        recents(call)
    elif kind in ("processes", "p"):
        for package in dict.fromkeys(call.system.running()):
            call.line(
                f"  *APP* UID 10100 ProcessRecord{{{_hash(package)} {call.system.pid(package)}:{package}/u0a100}}"
            )
    elif kind == "top":
        call.line(f"TASK {front} id={call.system.task_id(front)} userId=0")
        call.line(f"  ACTIVITY {foreground(call)} {_hash(front)} pid={call.system.pid(front)}")
    else:
        call.line("ACTIVITY MANAGER ACTIVITIES (dumpsys activity activities)")
        call.line("Display #0 (activities from top to bottom):")
        for package in dict.fromkeys([front, *call.phone.recents, HOME]):
            number = call.system.task_id(package)
            name = foreground(call) if package == front else component(call, package)
            kind = "home" if package == HOME else "standard"
            call.line(f"  * Task{{{_hash(package)} #{number} type={kind} A=10100:{package}}}")
            call.line(f"    * Hist  #0: ActivityRecord{{{_hash(name)} u0 {name} t{number}}}")
        record = f"ActivityRecord{{{_hash(foreground(call))} u0 {foreground(call)} t{call.system.task_id(front)}}}"
        call.line(f"  mResumedActivity: {record}")
        call.line(f"  topResumedActivity={record}")
        call.line(f"  ResumedActivity: {record}")


def recents(call: Call) -> None:
    call.line("ACTIVITY MANAGER RECENT TASKS (dumpsys activity recents)")
    front = call.phone.foreground()[0]
    for n, package in enumerate(call.phone.recents):
        number, name = call.system.task_id(package), component(call, package)
        visible = str(package == front).lower()
        call.line(
            f"  * Recent #{n}: Task{{{_hash(package)} #{number} type=standard A=10100:{package} U=0 visible={visible}}}"
        )
        call.line(f"    userId=0 effectiveUid=10100 mCallingUid=0 mUserSetupComplete=true mCallingPackage={HOME}")
        call.line(f"    intent={{act=android.intent.action.MAIN cat=[android.intent.category.LAUNCHER] cmp={name}}}")
        call.line(f"    realActivity={{{name}}}")
        call.line(f"    baseIntent={{cmp={name}}} id={number}")


def window(call: Call, words: list[str]) -> None:
    width, height = call.phone.size
    name, front = foreground(call), call.phone.foreground()[0]
    awake = call.phone.awake
    focus = f"Window{{{_hash(name)} u0 {name}}}" if awake else "Window{0000000 u0 NotificationShade}"
    if call.phone.stage.shade_open:
        focus = "Window{5ade000 u0 NotificationShade}"
    call.line("WINDOW MANAGER WINDOWS (dumpsys window windows)")
    call.line(
        f"  Display: mDisplayId=0 init={width}x{height} {call.phone.spec.density}dpi "
        f"cur={width}x{height} app={width}x{height}"
    )
    call.line(f"  mCurrentFocus={focus}")
    call.line(f"  mFocusedApp=ActivityRecord{{{_hash(name)} u0 {name} t{call.system.task_id(front)}}}")
    call.line("  mCurrentRotation=ROTATION_0")
    call.line("  mRotation=ROTATION_0")
    on = str(awake).lower()
    call.line(f"  mAwake={on} mScreenOn={on} mDreamingLockscreen=false isKeyguardShowing=false")


def input_service(call: Call, words: list[str]) -> None:
    width, height = call.phone.size
    call.line("INPUT MANAGER (dumpsys input)")
    frame = f"[0, 0, {width}, {height}]"
    call.line(
        f"  Viewport INTERNAL: displayId=0, uniqueId=local:0, port=0, orientation=0, logicalFrame={frame}, "
        f"physicalFrame={frame}, deviceSize=[{width}, {height}], isActive=[1]"
    )
    call.line("      SurfaceOrientation: 0")


def display(call: Call, words: list[str]) -> None:
    width, height = call.phone.size
    state = "ON" if call.phone.awake else "OFF"
    call.line("DISPLAY MANAGER (dumpsys display)")
    call.line(f"  mScreenState={state}")
    call.line(f"    mCurrentDisplayRect=Rect(0, 0 - {width}, {height})")
    call.line(
        f"  mViewports=[DisplayViewport{{type=INTERNAL, valid=true, isActive=true, displayId=0, orientation=0, "
        f"logicalFrame=Rect(0, 0 - {width}, {height}), physicalFrame=Rect(0, 0 - {width}, {height}), "
        f"deviceWidth={width}, deviceHeight={height}}}]"
    )


def battery(call: Call, words: list[str]) -> None:
    call.line("Current Battery Service state:")
    for name, value in {
        "AC powered": "false",
        "USB powered": "true",
        "status": 2,
        "health": 2,
        "present": "true",
        "level": 85,
        "scale": 100,
        "voltage": 4200,
        "temperature": 250,
        "technology": "Li-ion",
    }.items():
        call.line(f"  {name}: {value}")


def package(call: Call, words: list[str]) -> int | None:
    names = [word for word in words if not word.startswith("-")]
    if names and names[0] not in call.system.packages:
        return call.error_line(f"Unable to find package: {names[0]}", 0)
    for name in names or call.system.packages:
        call.line(f"  Package [{name}] ({_hash(name)}):")
        call.line("    userId=10100\n    versionCode=33 minSdk=21 targetSdk=33\n    versionName=13")
        if name in call.phone.packages():
            call.line(f"    dataDir=/data/user/0/{name}")
            call.line(
                f'      Action: "android.intent.action.MAIN"\n        {component(call, name)} filter {_hash(name)}'
            )
    return None


def power(call: Call, words: list[str]) -> None:
    state = "Awake" if call.phone.awake else "Asleep"
    call.line(f"POWER MANAGER (dumpsys power)\n  mWakefulness={state}")
    call.line(f"  mHoldingDisplaySuspendBlocker={str(call.phone.awake).lower()}")
    call.line(f"  Display Power: state={'ON' if call.phone.awake else 'OFF'}")


def notification(call: Call, words: list[str]) -> None:
    call.line("Current Notification Manager state:\n  Notification List:")
    for note in call.phone.stage.notifications:
        call.line(f"    NotificationRecord(pkg={note.package} user=UserHandle{{0}})")
        call.line(f"        android.title=String ({note.title})\n        android.text=String ({note.text})")


def input_method(call: Call, words: list[str]) -> None:
    shown = str(call.phone.editing.keyboard and bool(call.phone.editing.id)).lower()
    call.line("Current Input Method Manager state:")
    call.line(f"  mCurMethodId={call.phone.settings.get('secure', 'default_input_method')}")
    call.line(f"  mInputShown={shown}")
    for ime in (LATIN_IME, ADB_IME):
        call.line(f"  InputMethod {ime}")


def wifi(call: Call, words: list[str]) -> None:
    on = call.phone.settings.get("global", "wifi_on") in ("1", "2")
    call.line(f"Wi-Fi is {'enabled' if on else 'disabled'}")


def bluetooth(call: Call, words: list[str]) -> None:
    on = call.phone.settings.get("global", "bluetooth_on") in ("1", "2")
    call.line(f"Bluetooth Status\n  enabled: {str(on).lower()}\n  state: {'ON' if on else 'OFF'}")


def surface_flinger(call: Call, words: list[str]) -> None:
    """`--list` names the layers from the back to the front, `--display-id` the display."""
    width, height = call.phone.size
    if "--display-id" in words:
        call.line('Display 0 (HWC display 0): port=0 pnpId=GLT displayName="simulated"')
        return
    layers = ["Wallpaper#0", f"{foreground(call)}#0", "NavigationBar0#0", "StatusBar#0"]
    if call.phone.stage.shade_open:
        layers.append("NotificationShade#0")
    if "--list" not in words:
        call.line(f"Display 0 size={width}x{height}, 60.00 Hz\nVisible layers (count = {len(layers)})")
    for layer in layers:
        call.line(layer)


SERVICES: dict[str, Callable[[Call, list[str]], int | None]] = {
    "SurfaceFlinger": surface_flinger,
    "activity": activity,
    "battery": battery,
    "bluetooth_manager": bluetooth,
    "display": display,
    "input": input_service,
    "input_method": input_method,
    "notification": notification,
    "package": package,
    "power": power,
    "wifi": wifi,
    "window": window,
}


def dumpsys(call: Call) -> int:
    args = [arg for arg in call.args if arg not in ("-t", "--proto", "-T")]
    if args[:1] == ["-l"]:
        call.line("Currently running services:\n  " + "\n  ".join(SERVICES))
        return 0
    if not args:
        for name, service in SERVICES.items():
            call.line(f"DUMP OF SERVICE {name}:")
            service(call, [])
        return 0
    wanted = SERVICES.get(args[0])
    if wanted is None:
        return call.error_line(f"Can't find service: {args[0]}", 0)
    return wanted(call, args[1:]) or 0


TABLE: dict[str, Command] = {"dumpsys": dumpsys}
