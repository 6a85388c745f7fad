"""The phone's shell: grammar, commands, and that nothing of it reaches the host."""

import contextlib
import os
import sqlite3
import struct
import time
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from envs.phone.device import Phone
from envs.phone.shell import Shell, ShellSyntaxError
from envs.phone.shell.interpreter import command_table
from envs.phone.shell.syntax import parse

SMS = "/data/data/com.android.providers.telephony/databases/mmssms.db"


@pytest.fixture
def shell() -> Shell:
    return Shell(Phone(screen="small"))


def out(shell: Shell, command: str, stdin: bytes = b"") -> str:
    result = shell.run(command, stdin)
    assert result.stderr == b"", result.stderr
    return result.text


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("echo a  b", "a b\n"),
        ("""echo "a  b" 'c $HOME' \\$x a\\ b""", "a  b c $HOME $x a b\n"),
        ('x="1  2"; echo $x "$x" ${x} ${y:-d} "${y:-d e}"', "1 2 1  2 1 2 d d e\n"),
        ("false; echo $?; true && echo yes || echo no; ! true; echo $?", "1\nyes\n1\n"),
        ("false && echo a || echo b && echo c", "b\nc\n"),
        ("echo $(echo in) `echo tick` \"$(printf 'a\\n\\n')\"", "in tick a\n"),
        ("for f in x 'y z'; do echo \"<$f>\"; done", "<x>\n<y z>\n"),
        ("if [ -d /sdcard ]; then echo d; elif true; then echo e; else echo f; fi", "d\n"),
        ("if false\nthen echo a\nelse\n  echo b\nfi", "b\n"),
        ("[ 3 -gt 2 -a ! -e /x ] && test a != b && [ -n x ] && [ -z '' ]; echo $?", "0\n"),
        ("echo a; # comment\necho b", "a\nb\n"),
        ("(cd /sdcard; pwd); pwd", "/sdcard\n/\n"),
        ("{ echo a; echo b; } | wc -l", "2\n"),
        ("echo hi > /sdcard/f; echo you >> /sdcard/f; cat < /sdcard/f", "hi\nyou\n"),
        ("ls /nope 2>/dev/null; echo $?", "1\n"),
        ("ls /nope 2>&1 | cat", "ls: /nope: No such file or directory\n"),
        ("echo x > /dev/null", ""),
        ("a=1 b=2; echo $a$b", "12\n"),
        ("x=$(false); echo $?", "1\n"),
        ("sh -c 'echo $1-$#' name one two", "one-2\n"),
        ("echo a b c | xargs -n 2 echo +", "+ a b\n+ c\n"),
        ("echo '*' \"*\" \\*", "* * *\n"),
        ("echo /sdcard/D*nts", "/sdcard/Documents\n"),
        ("echo /sdcard/zzz*", "/sdcard/zzz*\n"),
        ("touch '/sdcard/g*1' /sdcard/gx1; echo /sdcard/'g*'?", "/sdcard/g*1\n"),
        ("printf '%s=%d;' a 1 b 2", "a=1;b=2;"),
        ("seq 5 | sed -n '2,3p' | tr '\\n' ,", "2,3,"),
        ("echo one two | cut -d ' ' -f 2", "two\n"),
        ("printf 'b\\na\\nb\\n' | sort -u", "a\nb\n"),
        ("echo abc | sed 's/b/[&]/;s/c$/\\\\/'", "a[b]\\\n"),
        ("seq 20 | head -3 | tail -n 1", "3\n"),
        ("printf 'x1\\ny\\n' | grep -c '[0-9]'", "1\n"),
        ("echo 'a(b' | grep 'a(b'", "a(b\n"),
        ("echo foo.bar | grep -oE '[a-z]+$'", "bar\n"),
        ("echo hi | base64 | base64 -d", "hi\n"),
        ("printf abc | md5sum", "900150983cd24fb0d6963f7d28e17f72  -\n"),
        ("whoami; id -u; true; pwd", "root\n0\n/\n"),
        ("eval 'echo $(( '", None),
        ("echo a |", None),
        ("f() { echo; }", None),
    ("cat <<X\nX", None),
        ("echo 'open", None),
    ],
)
def test_grammar_and_filters(shell, command, expected):
    result = shell.run(command)
    if expected is None:
        assert result.code == 1
        assert b"syntax error" in result.stderr
    else:
        assert (result.text, result.stderr) == (expected, b"")


def test_unknown_commands_answer_as_a_device(shell):
    result = shell.run("frobnicate --now; echo $?")
    assert result.stderr == b"/system/bin/sh: frobnicate: inaccessible or not found\n"
    assert result.text == "127\n"
    assert shell.run("exit 300").code == 300 & 0xFF
    assert shell.run("/system/bin/echo hi").text == "hi\n"
    assert shell.run("/sdcard/Download").code == 126


def test_nothing_reaches_the_host(shell, tmp_path, monkeypatch):
    def forbidden(*args, **kwargs):
        raise AssertionError(f"the shell touched the host: {args}")

    marker = tmp_path / "marker"
    before = time.time()
    for name in ("system", "popen", "remove", "mkdir", "kill"):
        monkeypatch.setattr(os, name, forbidden)
    monkeypatch.setattr("subprocess.Popen", forbidden)
    monkeypatch.setattr("builtins.open", forbidden)
    for command in (
        "date 1015153423.00",
        f"echo x > {marker}; cat /etc/passwd; rm -rf /; touch {marker}; kill 1; reboot",
        f"sqlite3 {marker}.db 'create table t(a)'; sqlite3 :memory: \"ATTACH '{marker}' AS x\"",
        f"sqlite3 :memory: \"VACUUM INTO '{marker}'\"",
        f"sqlite3 {SMS} \"ATTACH '/etc/passwd' AS x\"",
        "sqlite3 :memory: \"SELECT load_extension('x')\"; sqlite3 :memory: \"PRAGMA temp_store_directory='/'\"",
        f"content query --uri content://sms --where \"1) ; ATTACH '{marker}' AS x; --\"",
        f"cp /sdcard/Download {marker}; mv /sdcard {marker}; find / -delete",
    ):
        shell.run(command)
    monkeypatch.undo()
    assert list(tmp_path.iterdir()) == []
    assert abs(time.time() - before) < 60


def test_sql_cannot_attach_and_cannot_run_for_ever(shell):
    denied = shell.run(f"sqlite3 {SMS} \"ATTACH '/tmp/x' AS x\"")
    assert (denied.code, denied.stderr) == (1, b"Error: not authorized\n")
    endless = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r"
    assert shell.run(f'sqlite3 :memory: "{endless}"').stderr == b"Error: the statement takes too long\n"
    shell.phone.files.open_database(SMS).execute("ATTACH ':memory:' AS x")  # the app itself is not restricted


def test_limits_end_a_runaway_command(shell):
    loop = "for a in $(seq 1000); do for b in $(seq 1000); do :; done; done"
    assert shell.run(loop).code == 137
    assert shell.run("x=xxxxxxxx; for i in $(seq 60); do x=$x$x; done; echo $x").code == 137
    assert shell.run("(" * 100 + "echo" + ")" * 100).code == 1
    nested = "echo hi"
    for _ in range(6):
        nested = "sh -c " + "'" + nested.replace("'", "'\"'\"'") + "'"
    assert shell.run(nested).text == "hi\n"
    assert shell.run("echo fine").text == "fine\n"


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_parses_or_is_a_syntax_error(text):
    with contextlib.suppress(ShellSyntaxError):
        parse(text)


WORD = st.text(st.characters(blacklist_characters="\0", blacklist_categories=("Cs",)), max_size=20)


@given(st.lists(WORD, min_size=1, max_size=4))
@settings(max_examples=200, deadline=None)
def test_quoted_words_arrive_as_they_were(words):
    import shlex

    shell = _shared_shell()
    line = "printf '%s\\0' " + " ".join(map(shlex.quote, words))
    assert shell.run(line).stdout.decode().split("\0")[:-1] == words


_SHARED: list[Shell] = []


def _shared_shell() -> Shell:
    if not _SHARED:
        _SHARED.append(Shell(Phone(screen="small")))
    return _SHARED[0]


def test_every_command_survives_odd_arguments(shell):
    """No arguments, a flag nobody has, a missing file: an answer, never an exception."""
    for name in command_table():
        for args in ("", "--nonsense", "/no/such/file", "-x -y -z", "'' ''", "1 2 3 4 5"):
            shell.phone.reset_to_home()
            result = shell.run(f"{name} {args}" if name != "exit" else "exit x")
            assert 0 <= result.code <= 255, name


# Files, as AndroidWorld handles them.


def test_file_commands_of_androidworld(shell):
    base = "/storage/emulated/0/aw"
    check = 'if [ -d "{}" ]; then\n    echo "Exists"\nelse\n    echo "Does not exist"\nfi\n'
    assert out(shell, check.format(base)) == "Does not exist\n"
    assert out(shell, f"mkdir -p {base}/sub && echo 'it'\"'\"'s' > {base}/note.md && chmod 777 {base}/note.md") == ""
    assert out(shell, check.format(base)) == "Exists\n"
    assert out(shell, f"ls -1 {base}") == "note.md\nsub\n"
    listing = out(shell, f"ls {base} -ll -au").splitlines()
    row = next(line for line in listing if line.endswith("note.md")).split(" ")
    assert row[0] == "-rwxrwxrwx"
    assert row[-5:] == ["5", "2023-10-15", "15:34:00.000000000", "+0000", "note.md"]
    assert [line.split(" ")[-1] for line in listing[1:3]] == [".", ".."]
    assert out(shell, f"find {base} -type f -o -type d") == f"{base}\n{base}/note.md\n{base}/sub\n"
    assert out(shell, f"mkdir /sdcard/copy; cp -a {base}/. /sdcard/copy/") == ""
    assert out(shell, "cat /sdcard/copy/note.md") == "it's\n"
    assert out(shell, "find /sdcard/copy -mindepth 1 -type f -delete; ls -R /sdcard/copy") == (
        "/sdcard/copy:\nsub\n\n/sdcard/copy/sub:\n"
    )
    assert out(shell, f"rm -r {base}/*; ls {base}; restorecon -RD {base}") == ""
    failed = shell.run(f"rm -r {base}/*")
    assert (failed.code, failed.stderr) == (1, f"rm: {base}/*: No such file or directory\n".encode())


def test_the_clock_is_the_phones_own(shell):
    assert out(shell, "date +%s") == "1697384040\n"
    assert out(shell, "date 1231235923.58") == "Sun Dec 31 23:59:58 UTC 2023\n"
    assert out(shell, "sleep 3; date '+%Y-%m-%d %H:%M:%S'") == "2024-01-01 00:00:01\n"
    assert shell.phone.now().year == 2024
    assert out(shell, "date -d @0 +%F") == "1970-01-01\n"
    assert shell.run("date 9999").code == 1
    assert out(shell, "touch -d '2020-02-03 04:05:06' /sdcard/t; stat -c '%Y %a' /sdcard/t") == "1580702706 660\n"


# The system.


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


def test_content_providers_are_the_apps_databases(shell):
    assert out(shell, "content delete --uri content://sms; content query --uri content://sms") == "No result found.\n"
    out(
        shell,
        "content insert --uri content://sms/inbox --bind address:s:5550100 --bind 'body:s:hi, you' --bind date:l:9",
    )
    assert out(shell, "content query --uri content://sms/inbox --projection address:body:type:person") == (
        "Row: 0 address=5550100, body=hi, you, type=1, person=NULL\n"
    )
    assert out(shell, "content query --uri content://sms/sent") == "No result found.\n"
    out(shell, "content update --uri content://sms --bind read:i:1 --where \"address='5550100'\"")
    assert out(shell, f"sqlite3 {SMS} 'SELECT read, body FROM sms'") == "1|hi, you\n"
    assert "Could not find provider" in shell.run("content query --uri content://nope").stderr.decode()
    people = out(shell, "content query --uri content://contacts/phones/ --projection display_name:number")
    assert people.startswith("Row: 0 display_name=")
    assert out(shell, "pm clear com.android.providers.contacts") == "Success\n"
    assert out(shell, "content query --uri content://contacts/phones/") == "No result found.\n"


def test_sqlite_on_plain_files(shell):
    path = "/sdcard/plain.db"
    assert out(shell, f"sqlite3 {path} 'CREATE TABLE t (a, b); INSERT INTO t VALUES (1, NULL), (2.5, \"x;y\");'") == ""
    assert out(shell, f"sqlite3 {path} 'SELECT * FROM t'") == "1|\n2.5|x;y\n"
    assert out(shell, f"sqlite3 -header -csv {path} 'SELECT * FROM t'") == "a,b\r\n1,\r\n2.5,x;y\r\n"
    assert out(shell, f"sqlite3 -json {path} 'SELECT a FROM t'") == '[{"a":1},\n{"a":2.5}]\n'
    assert out(shell, f"echo '.tables' | sqlite3 {path}") == "t\n"
    copy = sqlite3.connect(":memory:")
    copy.deserialize(shell.phone.files.read(path))
    assert copy.execute("SELECT count(*) FROM t").fetchone() == (2,)
    assert shell.run("echo no > /sdcard/x; sqlite3 /sdcard/x .tables").stderr == b"Error: file is not a database\n"


def test_pm_clear_gives_an_app_a_fresh_start(shell):
    path = "/data/data/com.google.android.deskclock"
    before = out(shell, f"find {path} -type f")
    assert before
    out(shell, f"rm -rf {path}")
    assert out(shell, "pm clear com.google.android.deskclock") == "Success\n"
    assert out(shell, f"find {path} -type f") == before
    assert shell.run("pm clear no.such.app").text == "Failed\n"
