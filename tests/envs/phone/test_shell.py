"""The phone's shell: grammar, commands, and that nothing of it reaches the host."""

import contextlib
import os
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envs.phone.device import Phone
from envs.phone.shell import Shell, ShellSyntaxError
from envs.phone.shell.interpreter import command_table
from envs.phone.shell.syntax import parse

SMS = "/data/data/com.android.providers.telephony/databases/mmssms.db"


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
