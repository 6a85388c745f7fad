"""Text typed on a device arrives as it was: quoting, wire, shell, keyboard and field of the phone together."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from envs.android import AndroidDevice
from envs.android.text import command_line, device_quote, is_typable
from envs.phone.adb import AdbServer
from envs.phone.app import App
from envs.phone.device import Phone
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


class Typist:
    """A device over the wire with the pad in front, its field focused."""

    def __init__(self, device: AndroidDevice, server: AdbServer) -> None:
        self.device, self.server = device, server
        self.app = server.phone.app(Pad.package)

    def types(self, text: str) -> str:
        """What is in the field after typing `text` into it, empty before."""
        with self.server.lock:
            self.app.text = ""
            self.server.phone.invalidate()
            self.server.phone.key("MOVE_END")
        self.device.type_text(text)
        with self.server.lock:
            return self.app.text

    def state(self) -> tuple[dict[str, str], list[str]]:
        """What a word that broke out of its quotes would change."""
        with self.server.lock:
            phone = self.server.phone
            return dict(phone.settings.items("global")), phone.files.list("/sdcard")


@pytest.fixture(scope="module")
def typist() -> Iterator[Typist]:
    phone = Phone([Pad], screen="small")
    phone.launch("Pad")
    field = next(e for e in phone.elements() if e.role == "input")
    phone.tap((field.bounds[0] + field.bounds[2]) // 2, (field.bounds[1] + field.bounds[3]) // 2)
    with AdbServer(phone) as server, AndroidDevice(server.address) as device:
        yield Typist(device, server)


PRINTABLE = "".join(chr(c) for c in range(0x20, 0x7F))


@given(st.text(PRINTABLE + "\n", max_size=80))
@example(PRINTABLE)
@example("%s %%s %s%s s%s %")
@example("$(reboot) `id` ${HOME} $? ; rm -rf / & echo > /sdcard/x | cat \\ \\\\ '\"'\"'")
@example('it\'s "so" #1! ~ * ? [a-z] {a,b} -n --help')
@example("-5")
@example(" ")
@example("glint-status:0")
@example("a" * 450 + "%s")
@settings(max_examples=300, deadline=None)
def test_what_is_typed_is_what_arrives(typist, text):
    before = typist.state()
    assert typist.types(text) == text
    assert typist.state() == before


@given(st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="\0"), min_size=1, max_size=20))
@example("Zoë, 日本語 and 🙂")
@settings(max_examples=50, deadline=None)
def test_any_script_arrives_through_the_adb_keyboard(typist, text):
    assert typist.types(text) == text


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
