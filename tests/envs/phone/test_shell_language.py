"""The shell's grammar by example, and words that come back as they were quoted."""

import shlex

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envs.phone.device import Phone
from envs.phone.shell import Shell
from envs.phone.shell.arithmetic import evaluate
from shells import out


@pytest.fixture(scope="module")
def phone() -> Phone:
    return Phone(screen="small")


@pytest.fixture
def shell(phone) -> Shell:
    return Shell(phone)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("i=0; while [ $i -lt 3 ]; do i=$((i+1)); echo $i; done; echo $?", "1\n2\n3\n0\n"),
        ("until [ -n \"$x\" ]; do x=1; echo once; done", "once\n"),
        ("while :; do echo a; break; done; while false; do :; done; echo $?", "a\n0\n"),
        ("for i in 1 2 3; do [ $i = 2 ] && continue; echo $i; done", "1\n3\n"),
        ("for i in 1 2; do for j in a b; do [ $j = b ] && continue 2; echo $i$j; done; done", "1a\n2a\n"),
        ("for i in 1 2; do for j in a b; do break 2; done; echo no; done; echo end", "end\n"),
        ("printf 'a b\\nc d e\\n' | while read x y; do echo \"$y-$x\"; done", "b-a\nd e-c\n"),
        ("printf 'one\\ntwo\\n' > /sdcard/l; while read -r x; do echo [$x]; done < /sdcard/l", "[one]\n[two]\n"),
        ("for i in 1 2; do echo $i; done > /sdcard/o; cat /sdcard/o", "1\n2\n"),
        ("case a.txt in *.png|*.jpg) echo pic;; *.txt) echo text;; *) echo other; esac", "text\n"),
        ("case '*' in '?') echo q;; \\*) echo star;; esac; case z in a) :;; esac; echo $?", "star\n0\n"),
        ("x='a b'; [[ $x == a* && -n $x ]] && echo y; [[ $x == 'a*' ]] || echo n; [[ b > a ]] && echo g", "y\nn\ng\n"),
        ("[[ -d /sdcard && ( 1 -eq 2 || ! -f /x ) ]]; echo $?", "0\n"),
        ("[ -d /sdcard ] && [ ! -d /nope ] && [ 1 -ne 2 -o x = y ]; echo $?", "0\n"),
        ("[ 1 -eq x ] 2>/dev/null; echo $?; [ ]; echo $?; test a; echo $?", "2\n1\n0\n"),
        ("x=a.b.c; echo ${x%.*} ${x%%.*} ${x#*.} ${x##*.} ${#x}", "a.b a b.c c 5\n"),
        ("echo ${n:-d} ${n:=e} $n ${n:+s} \"${z:-a  b}\" ${z:-${n}!}", "d e e s a  b e!\n"),
        ("e=; echo \"[${e-d}]\" \"[${e:-d}]\" \"[${u-d}]\"", "[] [d] [d]\n"),
        ("echo $((1+2*3)) $(( (1+2)*3 )) $((-7/2)) $((7%-3)) $((1<<4|3)) $((5>3?10:20))", "7 9 -3 1 19 10\n"),
        ("x=4; echo $((x*x)) $((0x1f)) $((010)) $((!0)) $((~0)) \"$(( $(echo 2) + `echo 3` ))\"", "16 31 8 1 -1 5\n"),
        ("(exit 3); echo $?; { false; true; }; echo $?; ! false && echo y", "3\n0\ny\n"),
        ("echo a & echo b", "a\nb\n"),
        ("echo a#b '#c' #d", "a#b #c\n"),
        ("echo a\\\nb; echo 'a\\\nb'", "ab\na\\\nb\n"),
        ("a=1 b=2 sh -c 'echo $a$b'; echo \"[$a]\"", "12\n[]\n"),
        ("a=1; a=5 c=$a; echo $a $c", "5 5\n"),
        ("set -- x 'y z'; for p in \"$@\"; do echo \"<$p>\"; done; shift; echo $# $1", "<x>\n<y z>\n1 y z\n"),
        ("echo one two 2>&1 >/dev/null; ls /nope > /dev/null 2>&1; echo $?", "1\n"),
        ("ls /nope 2> /sdcard/e; cat /sdcard/e", "ls: /nope: No such file or directory\n"),
        ("cd /sdcard; echo D*d Mus*; echo '*' \"M*\" \\M\\*", "Download Music\n* M* M*\n"),
        ("cd /sdcard; echo [D]ownloa? /sdcard/[A-C]*ms", "Download /sdcard/Alarms\n"),
        ("type cd ls", "cd is a shell builtin\nls is /system/bin/ls\n"),
        ("command -v cat; which nope; echo $?", "/system/bin/cat\n1\n"),
        ("toybox echo hi; busybox expr 2 + 3; expr 7 / 2 \\* 2; expr abc : 'a\\(.*\\)'", "hi\n5\n6\nbc\n"),
        ("eval 'x=5; echo $x'; echo $(( x + 1 ))", "5\n6\n"),
        ("echo -n a; echo -e 'b\\tc\\x41\\c'; echo; printf '%05d|%-4s|%x\\n' 42 ab 255", "ab\tcA\n00042|ab  |ff\n"),
        ("dirname /a/b/c; basename /a/b.txt .txt; readlink -f /storage/emulated/0/x/..", "/a/b\nb\n/sdcard\n"),
        ("seq 3 | xargs echo; echo 'a b' | xargs -I % echo '<%>'; seq 2 | xargs -n 1 expr 1 +", "1 2 3\n<a b>\n2\n3\n"),
    ],
)  # fmt: skip
def test_language(shell, command, expected):
    assert out(shell, command) == expected


def test_sessions_keep_their_state_and_share_the_phone(phone):
    one, two = Shell(phone), Shell(phone)
    out(one, "cd /sdcard; x=1; setprop debug.shared yes")
    assert out(one, "pwd; echo $x") == "/sdcard\n1\n"
    assert out(two, "pwd; echo [$x]; getprop debug.shared") == "/\n[]\nyes\n"
    one.run("false")
    assert out(one, "echo $?") == "1\n"


@pytest.mark.parametrize(
    ("command", "complaint"),
    [
        ("if true; then", "unexpected 'end of file'"),
        ("while true; do", "unexpected 'end of file'"),
        ("case x in a", "expected ')'"),
        ("done", "unexpected 'done'"),
        ("echo )", "unexpected ')'"),
        ("a; ; b", "unexpected ';'"),
        ("echo 'x", "no closing quote"),
        ("echo $((1", "no closing '))'"),
        ("echo ${x", "bad substitution"),
        ("f() { :; }", "unexpected '('"),
        ("cat << X", "'<<' is not supported"),
        ("[[ a", "expected ']]'"),
    ],
)
def test_syntax_errors_say_what_was_met(shell, command, complaint):
    result = shell.run(command)
    assert (result.stdout, result.code) == (b"", 1)
    assert complaint in result.stderr.decode()
    assert result.stderr.startswith(b"/system/bin/sh: ")


@pytest.mark.parametrize("bad", ["1/0", "1+", "()", "x y", "1 ? 2", "9" * 30, "a=1"])
def test_bad_arithmetic_fails_that_command_only(shell, bad):
    result = shell.run(f"echo $(({bad})); echo next")
    assert result.text == "next\n"
    assert result.stderr


@given(st.integers(-(1 << 63), (1 << 63) - 1), st.integers(1, 1 << 40), st.sampled_from("+-*"))
def test_arithmetic_wraps_at_64_bits(a, b, sign):
    exact = {"+": a + b, "-": a - b, "*": a * b}[sign]
    assert evaluate(f"x {sign} y", {"x": str(a), "y": str(b)}) == (exact + (1 << 63)) % (1 << 64) - (1 << 63)


_SHELL = Shell(_PHONE := Phone(screen="small"))
TEXT = st.text(st.characters(blacklist_characters="\0", blacklist_categories=("Cs",)), max_size=40)


@given(TEXT)
@settings(max_examples=300, deadline=None)
def test_a_quoted_word_is_echoed_exactly(text):
    assert out(_SHELL, f"printf %s {shlex.quote(text)}") == text
    assert out(_SHELL, f'x={shlex.quote(text)}; printf %s "$x"') == text
    if not text.startswith("-"):
        assert out(_SHELL, f"echo {shlex.quote(text)}") == text + "\n"


@given(TEXT)
@settings(max_examples=200, deadline=None)
def test_double_quotes_and_backslashes_protect_too(text):
    doubled = "".join("\\" + c if c in '$`"\\' else c for c in text)
    assert out(_SHELL, f'printf %s "{doubled}"') == text
    escaped = "".join(f"'{c}'" if c == "\n" else "\\" + c for c in text)
    if text:
        assert out(_SHELL, f"printf %s {escaped}") == text
