"""The shell's grip on the phone: touches, screens, apps, settings."""

import struct
from xml.etree import ElementTree

from PIL import Image

from shells import out


def test_taps_text_and_keys(shell):
    phone = shell.phone
    out(shell, "am start -W -n com.google.android.contacts/.x")
    fab = next(e for e in phone.elements() if e.role == "button" and "Create" in (e.label + e.text))
    x, y = (fab.bounds[0] + fab.bounds[2]) // 2, (fab.bounds[1] + fab.bounds[3]) // 2
    out(shell, f"input tap {x}.0 {y}")
    field = next(e for e in phone.elements() if e.role == "input")
    out(shell, f"input touchscreen tap {field.bounds[0] + 5} {field.bounds[1] + 25}")
    out(shell, "input text Anna%sLee && input keyevent KEYCODE_DEL 67")

    def shown() -> str:
        return next(e for e in phone.elements() if e.role == "input" and e.id == field.id).text

    assert shown() == "Anna L"
    failed = shell.run("input text 'Zoë'")
    assert failed.code == 255
    assert b"NullPointerException" in failed.stderr
    assert shown() == "Anna L"
    out(shell, "input keycombination CTRL_LEFT A; input keyevent DEL")
    assert shown() == ""
    out(shell, "am broadcast -a ADB_INPUT_B64 --es msg Wm/Dqw==")
    assert shown() == ""  # the ADB keyboard is not the input method yet
    out(shell, "ime enable com.android.adbkeyboard/.AdbIME; ime set com.android.adbkeyboard/.AdbIME")
    out(shell, "am broadcast -a ADB_INPUT_B64 --es msg Wm/Dqw==; am broadcast -a ADB_INPUT_TEXT --es msg ' 日本'")
    assert shown() == "Zoë 日本"
    out(shell, "am broadcast -a ADB_CLEAR_TEXT")
    assert shown() == ""


def test_held_touches(shell):
    phone = shell.phone
    touches = []
    phone.swipe = lambda *args: touches.append(args)
    out(shell, "input motionevent DOWN 10 20; sleep 1; input motionevent UP 10 20")
    out(shell, "input motionevent DOWN 10 20; input motionevent MOVE 15 30; input motionevent UP 90 20")
    out(shell, "input swipe 1 2 3 4; input swipe 1 2 3 4 900")
    assert touches == [(10, 20, 10, 20, 1000), (10, 20, 90, 20, 1), (1, 2, 3, 4, 300), (1, 2, 3, 4, 900)]
    for bad in ("tap 1", "tap a b", "swipe 1 2 3", "tap nan 1", "tap 1e99 1", "dance", "", "text", "keycombination 4"):
        assert shell.run(f"input {bad}").code == 255, bad
    assert shell.run("input keyevent NO_SUCH_KEY").code == 1


def test_screens(shell):
    phone = shell.phone
    raw = shell.run("screencap").stdout
    width, height = phone.size
    assert struct.unpack_from("<4I", raw) == (width, height, 1, 1)
    assert len(raw) == 16 + width * height * 4
    assert Image.frombytes("RGBA", phone.size, raw[16:]).convert("RGB").tobytes() == phone.screenshot().tobytes()
    out(shell, "screencap -p /sdcard/a.png; screencap /sdcard/b.png")
    assert phone.files.read("/sdcard/a.png") == phone.files.read("/sdcard/b.png") == shell.run("screencap -p").stdout
    assert out(shell, "uiautomator dump") == "UI hierchary dumped to: /sdcard/window_dump.xml\n"
    assert ElementTree.fromstring(out(shell, "cat /sdcard/window_dump.xml")).tag == "hierarchy"
    assert out(shell, "uiautomator dump /dev/tty").endswith("</hierarchy>UI hierchary dumped to: /dev/tty\n")
    assert out(shell, "wm size; wm density") == f"Physical size: {width}x{height}\nPhysical density: 160\n"
    assert shell.run("wm size 10x10").code == 255


def test_a_frame_is_encoded_once_per_look(shell):
    first = shell.run("screencap -p").stdout
    assert shell.run("screencap -p").stdout == first
    with shell.system.lock:
        assert shell.system.png() is shell.system.png()
    out(shell, "am start -n com.android.settings/.Settings")
    assert shell.run("screencap -p").stdout != first


def test_what_clients_parse(shell):
    width, height = shell.phone.size
    assert "Starting: Intent { cmp=com.android.settings/.Settings }" in out(
        shell, "am start -W -n com.android.settings/.Settings"
    )
    assert out(shell, "am stack list | grep visible=true").startswith("  taskId=2: com.android.settings/")
    assert "u0 com.android.settings/" in out(shell, "dumpsys window | grep mCurrentFocus")
    assert "ROTATION_0" in out(shell, "dumpsys window | grep mCurrentRotation")
    assert f"logicalFrame=[0, 0, {width}, {height}]" in out(shell, "dumpsys input | grep logicalFrame")
    assert "orientation=0" in out(shell, "dumpsys display")
    assert " u0 com.android.settings/" in out(shell, "dumpsys activity activities | grep mResumedActivity")
    recents = out(shell, "dumpsys activity recents")
    assert "id=2" in recents
    out(shell, "am stack remove 2")
    assert "id=2" not in out(shell, "dumpsys activity recents")
    assert out(shell, "getprop ro.build.version.sdk") == "33\n"
    assert "package:com.android.settings\n" in out(shell, "pm list packages")
    brief = out(shell, "cmd package resolve-activity --brief com.android.settings").splitlines()
    assert brief[1].startswith("com.android.settings/")
    assert out(shell, "monkey -p com.android.settings 1").startswith("Events injected: 1\n")
    assert shell.phone.foreground()[0] == "com.android.settings"
    assert "Parcel" in out(shell, "service call alarm 3 s16 UTC")
    assert shell.run("am start -n no.such/.App").code == 1
    assert b"Error: Activity class" in shell.run("am start -n no.such/.App").stderr
    assert shell.run("pm install /sdcard/x.apk").code == 1


def test_implicit_intents_find_their_app(shell):
    for command, package in (
        ("-a android.intent.action.VIEW -d content://contacts/people/", "com.google.android.contacts"),
        ("-a android.settings.WIFI_SETTINGS", "com.android.settings"),
        ("-a android.intent.action.SHOW_ALARMS", "com.google.android.deskclock"),
        ("-a android.intent.action.SENDTO -d sms:5551234 --es sms_body hi", "com.simplemobiletools.smsmessenger"),
        ("-a android.intent.action.MAIN -c android.intent.category.HOME", "com.google.android.apps.nexuslauncher"),
    ):
        out(shell, f"am start {command}")
        assert shell.phone.foreground()[0] == package, command
    assert shell.run("am start -a android.intent.action.VIEW -d gopher://x").code == 1


def test_settings_and_radios(shell):
    assert out(shell, "settings put system my_key 'a b'; settings get system my_key") == "a b\n"
    assert out(shell, "settings list system | grep my_key") == "my_key=a b\n"
    assert out(shell, "settings delete system my_key; settings get system my_key") == "Deleted 1 rows\nnull\n"
    assert out(shell, "svc wifi disable; settings get global wifi_on") == "0\n"
    assert out(shell, "svc wifi enable; settings get global wifi_on") == "1\n"
    assert out(shell, "cmd connectivity airplane-mode enable; settings get global airplane_mode_on") == "1\n"
    assert shell.run("settings get nowhere x").code == 255
    assert out(shell, "setprop debug.x 1; getprop debug.x") == "1\n"
    assert shell.run("setprop ro.x 1").code == 1


def test_pm_clear_gives_an_app_a_fresh_start(shell):
    path = "/data/data/com.google.android.deskclock"
    before = out(shell, f"find {path} -type f")
    assert before
    out(shell, f"rm -rf {path}")
    assert out(shell, "pm clear com.google.android.deskclock") == "Success\n"
    assert out(shell, f"find {path} -type f") == before
    assert shell.run("pm clear no.such.app").text == "Failed\n"
