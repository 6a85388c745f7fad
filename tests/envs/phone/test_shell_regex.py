"""The shell's regular expressions: POSIX syntax, Python's own engine as the judge, and time linear in the text."""

import random
import re
import time

import pytest

from envs.phone.device import Phone
from envs.phone.shell import Shell
from envs.phone.shell.regex import Regex, RegexError
from shells import out


@pytest.fixture(scope="module")
def shell() -> Shell:
    return Shell(Phone(screen="small"))


def pattern(chance: random.Random, depth: int = 0) -> str:
    kind = chance.randrange(8) if depth < 3 else 0
    if kind < 2:
        return chance.choice("abc.")
    if kind == 2:
        return chance.choice(["[ab]", "[^a]", "[a-b]", "^", "$", "[^^]", "[b-]"])
    one = pattern(chance, depth + 1)
    if kind == 3:
        return f"({one}|{pattern(chance, depth + 1)})"
    if kind == 4:
        return f"({one})" + chance.choice(["*", "+", "?", "{2}", "{1,2}", "{0,}"])
    return one + pattern(chance, depth + 1)


def test_it_finds_what_python_finds():
    chance = random.Random(3)
    compared = 0
    for _ in range(4000):
        source, text = pattern(chance), "".join(chance.choice("abc") for _ in range(chance.randrange(9)))
        expected, found = re.search(source, text), Regex(source, extended=True).search(text)
        assert (found is None) == (expected is None), (source, text)
        if found is not None and expected is not None:
            assert found.start() == expected.start(), (source, text)
            if expected.end() > expected.start():  # POSIX goes on where Python's loops stop at an empty turn
                assert found.end() == expected.end(), (source, text)
                compared += 1
    assert compared > 1000


@pytest.mark.parametrize("source", [r"(a+)+$", r"(a|a)*b", r"(a|aa)+b", "a*a*a*a*a*a*a*a*b", r"([a-z]*)*[0-9]"])
def test_patterns_that_explode_elsewhere_are_quick(source):
    start = time.perf_counter()
    assert Regex(source, extended=True).search("a" * 3000 + "!") is None
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize(
    "source",
    ["((a{1,1000}){1,1000}){1,1000}", "(" * 5000, "a{99999999}", "[", "a\\", "(a)\\1", "[[:foo:]]", "(", "a)", "[b-a]"],
)
def test_bad_patterns_are_refused(source):
    with pytest.raises(RegexError):
        Regex(source, extended=True)
    assert Shell(Phone(screen="small")).run(f"echo a | grep -E '{source}'").code == 2


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("printf 'a+b\\naab\\n' | grep 'a+b'", "a+b\n"),
        ("printf 'a+b\\naab\\n' | grep -E 'a+b'", "aab\n"),
        ("printf 'aab\\n' | grep 'a\\+b'", "aab\n"),
        ("printf 'x(y)\\n' | grep '(y)' | sed 's/\\((.*)\\)/[\\1]/'", "x[(y)]\n"),
        ("printf 'Ab\\nab\\nB\\n' | grep -i a | wc -l", "2\n"),
        ("printf 'a\\nb\\n' | grep -v a; printf 'a\\nb\\n' | grep -n b; printf 'a\\n' | grep -c a", "b\n2:b\n1\n"),
        ("printf 'foo bar\\n' | grep -ow 'ba.'; printf 'foobar\\n' | grep -w bar; echo $?", "bar\n1\n"),
        ("printf 'ab\\nabc\\n' | grep -x ab; printf 'a.c\\nabc\\n' | grep -F a.c", "ab\na.c\n"),
        ("printf 'k=1\\nk=22\\n' | grep -oE '[[:digit:]]+$'", "1\n22\n"),
        ("echo hello | sed -E 's/(l+)(o)/<\\2\\1>/'; echo aXbXc | sed 's/X/-/2'", "he<oll>\naXb-c\n"),
        ("echo foo | sed 's/o*/x/g'; echo abcabc | sed 's/b//2;s/^/>/'", "xfx\n>abcac\n"),
        ("seq 9 | sed -n '2,3p;$p'; seq 9 | sed '/[3-8]/d'; echo /a/b | sed 's|/a|&&|'", "2\n3\n9\n1\n2\n9\n/a/a/b\n"),
        ("echo a | grep -q a; echo $?; echo a | grep -q b; echo $?", "0\n1\n"),
    ],
)  # fmt: skip
def test_grep_and_sed(shell, command, expected):
    assert out(shell, command) == expected
