"""Hostile command texts: an answer soon, a phone that still works, nothing of the host touched."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envs.phone.device import Phone
from envs.phone.shell import Shell
from envs.phone.shell import call as limits
from shells import out

TEXT_BYTES = 100_000


@pytest.fixture(scope="module")
def phone() -> Phone:
    return Phone(screen="small")


@pytest.fixture
def shell(phone) -> Shell:
    return Shell(phone)


def garbage(alphabet: str, seed: int) -> str:
    chance = random.Random(seed)
    return "".join(chance.choice(alphabet) for _ in range(TEXT_BYTES))


@pytest.mark.parametrize(
    "text",
    [
        garbage("abc \n;|&<>()'\"$`\\{}[]*?!#=~0123456789-", 1),
        garbage("\x00\x01\x7f\n\r\tÄ漢🙂 'e", 2),
        garbage("ab ;\n", 3),
        "(" * TEXT_BYTES,
        "$(" * TEXT_BYTES,
        "`" * TEXT_BYTES,
        "{ " * TEXT_BYTES,
        "if " * TEXT_BYTES,
        "! " * TEXT_BYTES + "true",
        "echo " + "${x:-" * TEXT_BYTES,
        "echo $((" + "(" * TEXT_BYTES + "1" + ")" * TEXT_BYTES + "))",
        "echo $((" + "-" * TEXT_BYTES + "1))",
        "echo " + "a" * TEXT_BYTES,
        "echo " + "a " * TEXT_BYTES,
        "[ " + "! " * TEXT_BYTES + "]",
        "[ " + "( " * 2000 + "]",
        "expr " + "( " * 400,
        "find / " + "! " * 5000,
        "case x in " + "a|" * TEXT_BYTES + "b) :;; esac",
        "x=" + "*?" * 500 + "; echo /sdcard/$x",
        "echo " + "/*/.." * 50,
        "while :; do :; done",
        "until false; do echo y > /sdcard/y; done",
        "for i in $(seq 9999); do for j in $(seq 9999); do x=$i; done; done",
        "while :; do x=$x$x$x; [ -z $x ] && x=x; done",
        "while :; do input tap 5 5; done",
        "while :; do uiautomator dump; done",
        "sh() { sh; }; sh",
        "x='eval \"$x\"'; eval \"$x\"",
        "echo 'sh /sdcard/f' > /sdcard/f; sh /sdcard/f",
        "seq 99999 | xargs -n 1 echo",
        f"seq 3000 | tr '\\n' a | grep -E '{'(a*)*' * 20}b'",
        "seq 9999 | tr '\\0-\U0010ffff' x",
        "printf '%99999999d' 1",
        "sqlite3 :memory: \"" + "; " * TEXT_BYTES + "\"",
        "sqlite3 :memory: \"SELECT '" + ";" * TEXT_BYTES + "'\"",
        "date 010100009999.59; date -s @99999999999999; sleep 99999999; sleep 31000000",
        "mkdir -p /sdcard/" + "d/" * 1500 + "; find /sdcard | tail -1; du /sdcard | tail -1; ls -R /sdcard | wc -l",
        "cp -r /sdcard /sdcard/Download/x; mv / /sdcard; rm -rf / /sdcard",
        "cat /dev/zero; cat /proc/self/environ; head -c 999999999 /dev/urandom",
        "printf 'x%.0s' $(seq 2000) > /sdcard/p; touch -d @-1 /sdcard/p; chown 99999999999 /sdcard/p",
    ],
    ids=lambda text: text[:28],
)  # fmt: skip
def test_it_comes_back(shell, text, monkeypatch):
    monkeypatch.setattr(limits, "MAX_CPU_S", 1.0)
    start = time.thread_time()
    result = shell.run(text)
    assert time.thread_time() - start < 4
    assert 0 <= result.code <= 255
    assert result.code != 134, result.stderr[-300:]  # that would be a fault of ours
    assert out(shell, "echo fine; cd /; ls -d /sdcard 2>/dev/null || mkdir /sdcard") in ("fine\n/sdcard\n", "fine\n")
    shell.phone.tap(5, 5)


def test_memory_of_sql_is_bounded(shell):
    rows = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r LIMIT 9999) "
    result = shell.run(f'sqlite3 :memory: "{rows} SELECT zeroblob(16000000) FROM r"')
    assert result.stderr == b"Error: the result has more than 64 MiB\n"
    made = f"CREATE TABLE t(a); INSERT INTO t {rows} SELECT zeroblob(9000000) FROM r"
    result = shell.run(f'sqlite3 /sdcard/b.db "{made}"')
    assert result.stderr == b"Error: database or disk is full\n"


def test_a_fault_of_an_app_is_an_answer(shell, monkeypatch):
    def broken(*args: object) -> None:
        raise RuntimeError("an app's bug")

    monkeypatch.setattr(shell.phone, "tap", broken)
    result = shell.run("echo before; input tap 1 1")
    assert (result.stdout, result.code) == (b"before\n", 134)
    assert result.stderr == b"/system/bin/sh: aborted: RuntimeError: an app's bug\n"
    assert out(shell, "echo fine") == "fine\n"


_SHELL = Shell(_PHONE := Phone(screen="small"))
SYMBOLS = """; | && || & ( ) { } ! > < >> 2>&1 ' " ` $( $(( )) ${ } [ ] [[ ]] = * ? -n -e if then else fi for in do done
while case esac x $x $? 1 /sdcard echo cat ls test read sed grep"""


@given(st.lists(st.sampled_from([*SYMBOLS.split(), "\n"]), max_size=25))
@settings(max_examples=400, deadline=None)
def test_any_sequence_of_symbols_is_answered(words):
    result = _SHELL.run(" ".join(words), b"in\n")
    assert 0 <= result.code <= 255
    assert result.code != 134, (words, result.stderr)


@pytest.mark.parametrize(
    ("command", "complaint"),
    [
        ("while :; do :; done", "killed: more than 50000 commands"),
        ("x=yy; while :; do x=$x$x; done", "killed: more than 256 MiB of text and output"),
        (f"printf 'a%.0s' $(seq 4000) | grep -E '{'a?' * 900}b'", "killed: a regular expression takes too long"),
        ("date 010100009999.59", "expected 1970 to 2037"),
        ("date -s @99999999999999", "bad date"),
        ("echo x | tr '\\0-\U0010ffff' y", "at most 5000 characters"),
        ("seq 1 999999999", "at most 100000 numbers"),
        ("printf '%99999999d' 1", "bad width"),
        ("echo /*/../*/../*/../*/../*/..", "Argument list too long"),
    ],
)
def test_limits_say_what_they_are(shell, command, complaint):
    result = shell.run(command)
    assert result.code != 0
    assert complaint in result.stderr.decode()


def test_the_clock_stays_where_times_fit_32_bits(shell):
    before = shell.phone.now()
    out(shell, "date 123123592037.59; sleep 31000000; sleep 31000000; sleep 31000000")
    assert shell.phone.now().year == 2038
    shell.phone.tap(5, 5)
    shell.phone.set_now(before)
