"""What AndroidDevice does to the simulated phone over the real wire: taps, text, apps, files."""

from __future__ import annotations

import pytest

from envs.android import AndroidDevice, CannotDo
from envs.android.apps import find_package
from envs.phone.adb import AdbServer


def open_contact_form(server: AdbServer, device: AndroidDevice) -> None:
    device.launch("Contacts")
    with server.lock:
        fab = next(e for e in server.phone.elements() if "Create" in (e.label + e.text))
    device.tap(*_middle(fab.bounds))
    with server.lock:
        field = next(e for e in server.phone.elements() if e.role == "input")
    device.tap(field.bounds[0] + 9, (field.bounds[1] + field.bounds[3]) // 2)


def _middle(bounds) -> tuple[int, int]:
    return (bounds[0] + bounds[2]) // 2, (bounds[1] + bounds[3]) // 2


def field_text(server: AdbServer) -> str:
    with server.lock:
        return next(e for e in server.phone.elements() if e.role == "input").text


@pytest.fixture
def words(server, device) -> tuple[int, int]:
    """A place in the first of two words that stand in a text field with the keyboard."""
    open_contact_form(server, device)
    device.type_text("first second")
    with server.lock:
        x1, y1, _, y2 = next(e for e in server.phone.elements() if e.role == "input").bounds
    return x1 + 30, (y1 + y2) // 2


def test_a_double_tap_selects_a_word(server, device, words):
    device.double_tap(*words)
    assert server.phone.editing.selection == (0, 5)
    assert any(e.text == "Cut" for e in server.phone.elements())
    device.tap(*words)
    device.tap(*words)  # two command lines
    start, end = server.phone.editing.selection
    assert start == end


@pytest.mark.parametrize(
    ("between", "selected"),
    [
        ("", True),
        ("sleep 0.29;", True),
        ("sleep 0.3;", False),
        ("input keyevent SHIFT_LEFT;", False),
        ("input tap 1 300;", False),
        ("am start -n com.android.settings/.Settings; am start -n com.google.android.contacts/.Editor;", False),
    ],
)
def test_what_may_lie_between_the_taps_of_a_double_tap(server, device, words, between, selected):
    x, y = words
    device._console.pipe(f"input tap {x} {y}; {between} input tap {x + 4} {y + 2}")
    start, end = server.phone.editing.selection
    assert (end - start == 5) == selected


def test_a_third_tap_begins_anew(server, device, words):
    device._console.pipe(f"for n in 1 2 3; do input tap {words[0]} {words[1]}; done")
    start, end = server.phone.editing.selection
    assert start == end
    device._console.pipe(f"for n in 1 2 3 4; do input tap {words[0]} {words[1]}; done")
    assert server.phone.editing.selection == (0, 5)


def test_a_double_tap_elsewhere_is_two_taps_but_never_on_two_screens(server, device, words):
    key = next(e for e in server.phone.elements() if e.role == "key" and e.text == "l")
    device.double_tap(*_middle(key.bounds))
    assert field_text(server).count("l") == 2
    here, beside = (next(e for e in server.phone.elements() if e.role == "key" and e.text == c) for c in "op")
    line = " && ".join("input tap {} {}".format(*_middle(key.bounds)) for key in (here, beside))
    device._console.pipe(line)
    assert "op" in field_text(server)
    device.press("HOME")
    icon = next(e for e in server.phone.elements() if e.text == "Settings")
    device.double_tap(*_middle(icon.bounds))
    assert server.phone.foreground() == ("com.android.settings", ".Settings")


def test_text_of_every_kind(server, device):
    open_contact_form(server, device)
    hard = "a'b\"c $(reboot) `id` %s 50%sure \\ ; | & < > * ? ~ ! {x} [y] # -n"
    device.type_text(hard)
    assert field_text(server) == hard
    device.clear_text()
    assert field_text(server) == ""
    device.type_text("Zoë 日本 'q'")
    assert field_text(server) == "Zoë 日本 'q'"
    device.clear_text()
    device.type_text("plain again")
    assert field_text(server) == "plain again"
    device.press("DEL", "KEYCODE_DEL", "67")
    assert field_text(server) == "plain ag"
    assert "adbkeyboard" in server.phone.settings.get("secure", "default_input_method")
    device.close()
    assert "latin" in server.phone.settings.get("secure", "default_input_method")


def test_what_cannot_be_typed_is_said(server, device, monkeypatch):
    with pytest.raises(CannotDo, match="control characters"):
        device.type_text("a\x1bb")
    look = device._console.look
    monkeypatch.setattr(
        device._console, "look", lambda argv, **kw: "other/.Ime\n" if argv[0] == "ime" else look(argv, **kw)
    )
    with pytest.raises(CannotDo, match="ADB keyboard"):
        device.type_text("é")
    with pytest.raises(CannotDo, match="NUL"):
        device.shell(["echo", "a\0"])
    with pytest.raises(CannotDo, match="key"):
        device.press("BACK; reboot")


def test_shell_quotes_every_word(device):
    words = ["$(id)", "a b", "; reboot", "'", '"', "*", "\\", "", "é\n2"]
    assert device.shell(["printf", "%s\\0", *words]).split("\0")[:-1] == words
    with pytest.raises(CannotDo, match="status 1"):
        device.shell(["ls", "/nope"])


def test_apps_by_name(device):
    assert device.launch("SMS Messenger") == "com.simplemobiletools.smsmessenger"
    assert device.launch("com.google.android.deskclock") == "com.google.android.deskclock"
    assert device.current_activity()[0] == "com.google.android.deskclock"
    with pytest.raises(CannotDo, match="'Frobnicator; reboot'"):
        device.launch("Frobnicator; reboot")
    assert find_package("Chrome app", ["com.android.chrome"]) == "com.android.chrome"
    assert find_package("frob", ["org.a.frob"]) == "org.a.frob"
    assert find_package("frob", ["org.a.frob", "org.b.frob"]) is None


def test_files(device):
    data = bytes(range(256)) * 2000
    device.push(data, "/sdcard/Download/a b.bin")
    assert device.pull("/sdcard/Download/a b.bin") == data
    with pytest.raises(CannotDo, match="No such file"):
        device.pull("/sdcard/nope")
