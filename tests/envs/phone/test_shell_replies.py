"""The lines that clients of real devices parse, and what commands do to the screen a person sees."""

import re

import pytest

from envs.phone.apps.messages.main import Messages
from envs.phone.device import Phone
from envs.phone.shell import Shell
from fingers import texts
from shells import failed, out

SETTINGS, LAUNCHER = "com.android.settings", "com.google.android.apps.nexuslauncher"
NAME = r"com\.android\.settings/[\w.$]+"


@pytest.fixture
def shell() -> Shell:
    shell = Shell(Phone(screen="small"))
    out(shell, f"am start -n {SETTINGS}/.Settings")
    return shell


@pytest.mark.parametrize(
    ("command", "shape"),
    [
        ("wm size", r"Physical size: 360x720\n"),
        ("wm size 400x800; wm size", r"Physical size: 360x720\nOverride size: 400x800\n"),
        ("wm density 180; wm density", r"Physical density: 160\nOverride density: 180\n"),
        ("dumpsys window | grep mCurrentRotation", r"  mCurrentRotation=ROTATION_0\n"),
        ("dumpsys window | grep mCurrentFocus", rf"  mCurrentFocus=Window\{{[0-9a-f]+ u0 {NAME}\}}\n"),
        ("dumpsys window | grep mFocusedApp", rf"  mFocusedApp=ActivityRecord\{{[0-9a-f]+ u0 {NAME} t\d+\}}\n"),
        ("dumpsys input | grep -oE 'logicalFrame=\\[[^]]*\\]'", r"logicalFrame=\[0, 0, 360, 720\]\n"),
        ("dumpsys input | grep -oE 'physicalFrame=\\[[^]]*\\]'", r"physicalFrame=\[0, 0, 360, 720\]\n"),
        ("dumpsys display | grep -oE ' orientation=[0-9]'", r" orientation=0\n"),
        (
            "am stack list | grep visible=true",
            rf"  taskId=\d+: {NAME} bounds=\[0,0\]\[360,720\] userId=0 visible=true "
            rf"topActivity=ComponentInfo\{{{NAME}\}}\n",
        ),
        ("dumpsys activity activities | grep mResumedActivity", rf".*ActivityRecord\{{[0-9a-f]+ u0 {NAME} t\d+\}}\n"),
        ("dumpsys activity recents | grep -oE ' id=[0-9]+'", r" id=\d+\n"),
        (
            f"am start -W -n {SETTINGS}/.Settings 2>/dev/null",
            rf"Starting: Intent \{{ cmp={SETTINGS}/.Settings \}}\nStatus: ok\nLaunchState: HOT\nActivity: {NAME}\n"
            r"TotalTime: \d+\nWaitTime: \d+\nComplete\n",
        ),
        ("input tap 1 1; input swipe 5 5 5 5 10; input text a; input keyevent 4 KEYCODE_HOME", ""),
        ("uiautomator dump", r"UI hierchary dumped to: /sdcard/window_dump\.xml\n"),
        ("uiautomator dump --compressed /data/local/tmp/u.xml", r"UI hierchary dumped to: /data/local/tmp/u\.xml\n"),
        ("settings get global wifi_on; settings get global nope", r"1\nnull\n"),
        ("settings list global | grep wifi_on", r"wifi_on=1\n"),
        ("settings delete global nope", r"Deleted 0 rows\n"),
        ("pm list packages com.android.settings", rf"package:{SETTINGS}\n"),
        ("pm path com.android.settings", r"package:/\S+\.apk\n"),
        ("pm list users", r"Users:\n\tUserInfo\{0:Owner:\w+\} running\n"),
        (f"cmd package resolve-activity --brief {SETTINGS}", rf"priority=.*\n{NAME}\n"),
        (f"monkey -p {SETTINGS} -c android.intent.category.LAUNCHER 1", r"Events injected: 1\n.*\n"),
        ("content query --uri content://sms/inbox --projection _id --where \"_id=-1\"", r"No result found\.\n"),
        ("getprop ro.build.version.sdk; getprop ro.product.model; getprop no.such", r"33\n.+\n\n"),
        ("date +%s; date '+%Y-%m-%dT%H:%M'", r"16973840\d\d\n2023-10-15T15:34\n"),
        ("service call alarm 3 s16 UTC", r"Result: Parcel\(.*\)\n"),
        ("am broadcast -a com.android.nobody", r"Broadcasting: Intent \{ act=com.android.nobody flg=0x400000 \}\n"
         r"Broadcast completed: result=0\n"),
        ("ime list -s", r"(\S+/\S+\n){2}"),
        ("dumpsys battery | grep level", r"  level: \d+\n"),
        ("dumpsys SurfaceFlinger --list | tail -1", r"StatusBar#0\n"),
        ("pidof com.android.settings; ps -A | grep -c com.android.settings; whoami; id -u", r"\d+\n1\nroot\n0\n"),
        ("getenforce; logcat -d; uname; locksettings get-disabled", r"Permissive\nLinux\ntrue\n"),
    ],
)  # fmt: skip
def test_reply_shapes(shell, command, shape):
    assert re.fullmatch(shape, out(shell, command))


@pytest.mark.parametrize(
    ("command", "code", "complaint"),
    [
        ("am start -n no.such/.App", 1, "Error type 3\nError: Activity class {no.such/no.such.App} does not exist.\n"),
        ("am start -a no.such.ACTION", 1, "Error: Activity not started, unable to resolve Intent { act=no.such.ACTION"),
        ("am start --nonsense", 255, "Error: Unknown option: --nonsense\n"),
        ("am instrument -w a/b", 1, "INSTRUMENTATION_FAILED: a/b"),
        ("input tap 1", 255, "Error: Invalid arguments for command: tap\n"),
        ("input text Zoë", 255, "NullPointerException: Attempt to get length of null array"),
        ("settings get nowhere x", 255, "Invalid namespace"),
        ("wm size 10x10", 255, "Error: ScreenSpec needs width >= 240"),
        ("wm size 9999x9999", 255, "at most 4096"),
        ("ping -c 1 example.org", 2, "ping: unknown host example.org\n"),
        ("/system/bin/nope", 127, "/system/bin/sh: /system/bin/nope: inaccessible or not found\n"),
        ("nope", 127, "/system/bin/sh: nope: inaccessible or not found\n"),
        ("cat /etc/passwd", 1, "cat: /etc/passwd: No such file or directory\n"),
        ("pm grant no.such android.permission.CAMERA", 255, "Unknown package: no.such"),
        ("monkey -p no.such 1 >&2", 252, "** No activities found to run, monkey aborted.\n"),
    ],
)
def test_failures_read_as_on_a_device(shell, command, code, complaint):
    status, error = failed(shell, command)
    assert status == code
    assert complaint in error


def test_a_switch_in_settings_moves(shell):
    def wifi() -> bool:
        return next(e for e in shell.phone.elements() if e.role == "switch" and e.label + e.text == "Wi-Fi").checked

    out(shell, "am start -a android.settings.WIFI_SETTINGS")
    assert wifi()
    out(shell, "settings put global wifi_on 0")
    assert not wifi()
    out(shell, "svc wifi enable")
    assert wifi()
    x1, y1, x2, y2 = next(e for e in shell.phone.elements() if e.role == "switch").bounds
    out(shell, f"input tap {(x1 + x2) / 2} {(y1 + y2) / 2}")
    assert out(shell, "settings get global wifi_on") == "0\n"
    assert not wifi()


def test_a_file_made_in_the_shell_is_listed_in_files(shell):
    out(shell, "mkdir -p /storage/emulated/0/Download; echo hi > '/storage/emulated/0/Download/from shell.txt'")
    out(shell, "am start -n com.google.android.documentsui/.files.FilesActivity")
    assert "from shell.txt" in texts(shell.phone)
    out(shell, "rm '/sdcard/Download/from shell.txt'")
    assert "from shell.txt" not in texts(shell.phone)


def test_a_message_inserted_in_the_shell_is_read_in_messages(shell):
    row = "--bind address:s:5550100 --bind 'body:s:out of the blue' --bind date:l:1697384000000 --bind read:i:0"
    out(shell, f"content insert --uri content://sms/inbox {row}")
    out(shell, f"am start -n {Messages.package}/.Main")
    assert any("out of the blue" in text for text in texts(shell.phone))
    out(shell, "am start -a android.intent.action.SENDTO -d sms:5551234 --es sms_body 'hello you'")
    assert "hello you" in texts(shell.phone)


def test_a_contact_inserted_in_the_shell_is_shown_in_contacts(shell):
    base = "content insert --uri content://com.android.contacts"
    out(shell, f"{base}/raw_contacts --bind account_type:s: --bind account_name:s:")
    query = "content query --uri content://com.android.contacts/raw_contacts --projection _id --sort '_id desc'"
    raw = out(shell, query)
    number = re.match(r"Row: 0 _id=(\d+)", raw)[1]
    kind = "vnd.android.cursor.item"
    out(shell, f"{base}/data --bind raw_contact_id:i:{number} --bind mimetype:s:{kind}/name --bind 'data1:s:Aaron Aa'")
    out(shell, f"{base}/data --bind raw_contact_id:i:{number} --bind mimetype:s:{kind}/phone_v2 --bind data1:s:5550199")
    where = "--where \"display_name='Aaron Aa'\""
    listed = out(shell, f"content query --uri content://contacts/phones/ --projection display_name:number {where}")
    assert listed == "Row: 0 display_name=Aaron Aa, number=5550199\n"
    out(shell, "am start -a android.intent.action.VIEW -d content://contacts/people/")
    assert shell.phone.foreground()[0] == "com.google.android.contacts"
    assert "Aaron Aa" in texts(shell.phone)


def test_taps_keys_and_the_shade_change_the_screen(shell):
    phone = shell.phone
    out(shell, "input keyevent KEYCODE_HOME")
    home = out(shell, "screencap -p | md5sum")
    out(shell, "input swipe 180 600 180 200 200")
    assert out(shell, "screencap -p | md5sum") != home
    out(shell, "input keyevent --longpress 4")
    assert out(shell, "screencap -p | md5sum") == home
    out(shell, "input swipe 180 600 180 200 200; input keyevent 3")
    assert out(shell, "screencap -p | md5sum") == home
    out(shell, "cmd statusbar expand-notifications")
    assert phone.stage.shade_open
    out(shell, "cmd statusbar collapse; cmd uimode night yes")
    assert phone.settings.get("secure", "ui_night_mode") == "2"
    assert out(shell, "screencap -p | md5sum") != home


def test_another_size_is_another_layout(shell):
    out(shell, "wm size 480x960; wm density 200")
    raw = shell.run("screencap").stdout
    assert raw[:8] == (480).to_bytes(4, "little") + (960).to_bytes(4, "little")
    assert len(raw) == 16 + 480 * 960 * 4
    right = max(e.bounds[2] for e in shell.phone.elements())
    assert 360 < right <= 480
    assert "logicalFrame=[0, 0, 480, 960]" in out(shell, "dumpsys input")
    out(shell, "wm density 640")  # more than 480 pixels can show: kept, and drawn as dense as fits
    assert out(shell, "wm density") == "Physical density: 160\nOverride density: 640\n"
    assert shell.phone.spec.density == 256
    out(shell, "wm size reset; wm density reset")
    assert shell.phone.screenshot().size == (360, 720)
    assert out(shell, "wm size; wm density") == "Physical size: 360x720\nPhysical density: 160\n"
    assert (
        Shell(Phone(screen="small"))
        .run(f"am start -n {SETTINGS}/.Settings; screencap")
        .stdout.endswith(shell.run("screencap").stdout[16:])
    )


def test_stopping_apps(shell):
    assert shell.phone.foreground()[0] == SETTINGS
    out(shell, f"am force-stop {SETTINGS}; am force-stop no.such")
    assert shell.phone.foreground()[0] == LAUNCHER
    assert shell.run(f"pidof {SETTINGS}").code == 1
    out(shell, f"monkey -p {SETTINGS} 1; pkill settings")
    assert shell.phone.foreground()[0] == LAUNCHER
    out(shell, f"monkey -p {SETTINGS} 1; kill $(pidof {SETTINGS}); input keyevent HOME")
    assert SETTINGS not in shell.phone.recents


def test_settings_reset_puts_back_what_the_phone_came_with(shell):
    out(shell, "settings put system screen_brightness 3; settings reset system untrusted_defaults")
    assert out(shell, "settings get system screen_brightness") == "102\n"
