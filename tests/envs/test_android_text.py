"""Text typed through `input text` arrives as it was: the quoting, tested against the phone's own shell and field."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from envs.android.text import command_line, device_quote, is_typable, typing_commands
from envs.phone.app import App
from envs.phone.device import Phone
from envs.phone.shell import Shell
from envs.phone.ui import Screen, TextField


class Pad(App):
    """One text field, and what is in it."""

    package = "org.test.pad"
    label = "Pad"
    icon = "pencil"

    def __init__(self, device) -> None:
        super().__init__(device)
        self.text = ""

    def screen(self) -> Screen:
        return Screen("Pad", [TextField(self.text, self._set, id="text", label="Text", multiline=True, autofocus=True)])

    def _set(self, text: str) -> None:
        self.text = text


@pytest.fixture(scope="module")
def pad() -> tuple[Pad, Shell]:
    phone = Phone([Pad], screen="small")
    phone.launch("Pad")
    app = phone.app(Pad.package)
    field = next(e for e in phone.elements() if e.role == "input")
    phone.tap((field.bounds[0] + field.bounds[2]) // 2, (field.bounds[1] + field.bounds[3]) // 2)
    return app, Shell(phone)


PRINTABLE = "".join(chr(c) for c in range(0x20, 0x7F))


@given(st.text(PRINTABLE + "\n", max_size=80))
@example(PRINTABLE)
@example("%s %%s %s%s s%s %")
@example("$(reboot) `id` ${HOME} $? ; rm -rf / & echo > /sdcard/x | cat \\ \\\\ '\"'\"'")
@example('it\'s "so" #1! ~ * ? [a-z] {a,b} -n --help')
@example("-5")
@example("a" * 450 + "%s")
@settings(max_examples=400)
def test_what_is_typed_is_what_arrives(pad, text):
    app, shell = pad
    app.text = ""
    shell.phone.invalidate()
    before = dict(shell.phone.settings.items("global")), shell.phone.files.list("/sdcard")
    shell.phone.key("MOVE_END")
    for argv in typing_commands(text):
        assert argv[0] == "input"
        assert shell.run(command_line(argv)) == type(shell.run("true"))(b"", b"", 0)
    assert app.text == text
    assert (dict(shell.phone.settings.items("global")), shell.phone.files.list("/sdcard")) == before


@given(
    st.lists(st.text(st.characters(blacklist_characters="\0", blacklist_categories=("Cs",)), max_size=30), min_size=1)
)
def test_words_survive_a_shell(words):
    assert shlex.split(command_line(words)) == words


def test_what_cannot_be_typed():
    assert is_typable(PRINTABLE + "\n\t")
    assert not is_typable("é")
    assert not is_typable("\x1b")
    with pytest.raises(ValueError, match="NUL"):
        device_quote("a\0b")
