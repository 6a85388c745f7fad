"""The call scanner: what it reads, what it refuses, and that no text can slow it down or crash it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentkit.grammar import Call, CallSyntaxError, parse_call, render_call

texts = st.text(max_size=60) | st.text(alphabet="'\"\\(),=|</> \n\tnrx_1", max_size=40)
names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,10}", fullmatch=True)
numbers = st.integers(-(10**6), 10**6).map(float) | st.floats(-1e6, 1e6).map(lambda x: round(x, 6) + 0.0)
values = texts | numbers | st.lists(numbers, max_size=4).map(tuple) | st.lists(texts, min_size=1, max_size=4).map(tuple)


@given(name=names, args=st.dictionaries(names, values, max_size=4))
def test_whatever_is_rendered_reads_back(name: str, args: dict) -> None:
    call = Call(name, args)
    assert parse_call(render_call(call)) == call
    assert parse_call("\n " + render_call(call) + " \n") == call


@given(st.text(max_size=200) | st.text(alphabet="Clickbox=(),'\"[]\\ \n-.0123456789", max_size=80))
def test_no_text_crashes_the_scanner(text: str) -> None:
    try:
        assert isinstance(parse_call(text), Call)
    except CallSyntaxError as error:
        assert str(error)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Type(content='it's')", "it's"),
        ("Type(content='ends in '')", "ends in '"),
        ("Type(content='it\\'s')", "it's"),
        ('Type(content="double")', "double"),
        ('Type(content="both \' and " here")', "both ' and \" here"),
        ("Type(content='f(x), g(y) | h')", "f(x), g(y) | h"),
        ("Type(content='f('x')')", "f('x')"),
        ("Type(content='two\nlines')", "two\nlines"),
        ("Type(content='two\\nlines')", "two\nlines"),
        ("Type(content='C:\\dir')", "C:\\dir"),
        ("Type(content='häßlich 日本 🙂')", "häßlich 日本 🙂"),
        ("Type(content='')", ""),
        (" Type (\n content = 'x' )\n", "x"),
    ],
)
def test_strings_as_models_write_them(text: str, value: str) -> None:
    assert parse_call(text) == Call("Type", {"content": value})


@pytest.mark.parametrize(
    ("text", "args"),
    [
        ("F(a=(1, -2.5))", {"a": (1.0, -2.5)}),
        ("F(a=( .5 ,+3 ))", {"a": (0.5, 3.0)}),
        ("F(a=['ctrl', \"c\"])", {"a": ("ctrl", "c")}),
        ("F(a='x', b='y')", {"a": "x", "b": "y"}),
        ("F(a=5,b=(1,2) , c='z')", {"a": 5.0, "b": (1.0, 2.0), "c": "z"}),
        ("F()", {}),
    ],
)
def test_values(text: str, args: dict) -> None:
    assert parse_call(text) == Call("F", args)


@pytest.mark.parametrize(
    "text",
    [
        "", "F", "F(", "F)", "F(a)", "F(a=)", "F(a=1", "F(a='x)", "F(a=(1,2)", "F(a=1 b=2)", "F(1)", "F(a=1)G()",
        "F(a=1); F(a=2)", "F(a=1, a=2)", "F(a=[1])", "F(a=('x'))", "F(a=1e5)", "F(a=1.2.3)", "F(a=--1)", "F(a=nan)",
        "F(a=None)", "F(a=G())", "F(a=((1)))", "F(a=[['x']])", "__import__('os').system('true')", "F(a=9999999999999)",
        "F(a=٣)", "1F()", "F(,)",
    ],
)  # fmt: skip
def test_refused(text: str) -> None:
    with pytest.raises(CallSyntaxError):
        parse_call(text)


def test_the_fault_names_the_place() -> None:
    with pytest.raises(CallSyntaxError, match=r"expected '=' at 5, found ': 3\)'"):
        parse_call("F(abc: 3)")
    with pytest.raises(CallSyntaxError, match=r"expected ',' or '\)' at 7, found the end"):
        parse_call("F(abc=3")


@pytest.mark.parametrize(
    "unit",
    [
        "'",
        "' ",
        "',a",
        "', a=",
        "\\",
        "\\'",
        "(",
        "[",
        "(1,",
        "a=",
        "a='x', ",
        "9",
        "9.",
        " ",
        "')",
        "' ) ",
        "['x',",
        "\n'",
    ],
)
@pytest.mark.parametrize("head", ["", "F(a='", "F(a=", "F(a=[", "F("])
def test_time_is_linear_on_hostile_text(unit: str, head: str) -> None:
    hostile = head + unit * (100_000 // len(unit))
    started = time.perf_counter()
    try:
        parse_call(hostile)
    except CallSyntaxError as error:
        assert len(str(error)) < 300
    assert time.perf_counter() - started < 1.0
