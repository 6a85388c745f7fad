"""Text fields: the drawn keyboard and type_text agree; caret, selection, clipboard, focus."""

from __future__ import annotations

import pytest

from envs.phone.elements import centre
from envs.phone.keyboard import PACKAGE
from toolkit_demo import demo_phone, find, shows, tap


def form(focus: str = "name", **what):
    phone, app = demo_phone(**what)
    tap(phone, "Form")
    tap(phone, focus, "input")
    return phone, app


def keyboard_shows(phone) -> bool:
    return any(e.package == PACKAGE for e in phone.elements())


def press(phone, key: str) -> None:
    [e] = [e for e in phone.elements() if e.package == PACKAGE and key in (e.text, e.label)]
    phone.tap(*centre(e.bounds))


def press_all(phone, text: str) -> None:
    for char in text:
        if char == " ":
            press(phone, "Space")
        elif char.isupper():
            press(phone, "Shift")
            press(phone, char)
        elif char.isalpha() or char in ",.":
            press(phone, char)
        else:
            press(phone, "Symbols")
            press(phone, char)
            press(phone, "Letters")


@pytest.mark.parametrize("screen", ["small", "tall", "tablet"])
def test_tapping_keys_equals_type_text(screen: str) -> None:
    text = "Hello, Mr X. 42 (a-b) & #1!"
    tapped, app = form(screen=screen)
    press_all(tapped, text)
    typed, other = form(screen=screen)
    typed.type_text(text)
    assert app.text["name"] == other.text["name"] == text
    typed.set_now(tapped.now())
    assert tapped.screenshot().tobytes() == typed.screenshot().tobytes()


def test_keyboard_appears_pushes_content_and_goes_with_back() -> None:
    phone, _ = demo_phone(font_scale=1.4)
    tap(phone, "Form")
    assert not keyboard_shows(phone)
    covered = find(phone, "number", "input").bounds
    tap(phone, "number", "input")
    assert keyboard_shows(phone)
    top = min(e.bounds[1] for e in phone.elements() if e.package == PACKAGE)
    field = find(phone, "number", "input")
    assert covered[3] > top, "the field must start where the keyboard will be"
    assert field.focused and field.bounds[3] <= top and field.bounds[3] - field.bounds[1] == covered[3] - covered[1], (
        "the focused field must not lie under the keyboard"
    )
    phone.key("BACK")
    assert not keyboard_shows(phone) and find(phone, "number", "input").focused
    assert phone.foreground()[1] == ".FormActivity"
    phone.key("BACK")
    assert phone.foreground()[1] == ".MainActivity"


def test_number_fields_get_the_number_pad() -> None:
    phone, app = form("number")
    for digit in "3.50":
        press(phone, digit)
    press(phone, "Delete")
    assert app.text["number"] == "3.5" and not any(e.text == "q" for e in phone.elements())


def test_text_goes_nowhere_without_focus() -> None:
    phone, app = demo_phone()
    before = phone.screenshot()
    phone.type_text("lost\n")
    phone.key("DEL")
    assert phone.screenshot() is before and set(app.text.values()) == {"", "hunter2", "one\ntwo"}


def test_caret_moves_and_edits_in_place() -> None:
    phone, app = form()
    phone.type_text("held")
    for key in ("DPAD_LEFT", "DPAD_LEFT"):
        phone.key(key)
    phone.type_text("LO")
    assert app.text["name"] == "heLOld"
    phone.key("DEL")
    phone.key("FORWARD_DEL")
    assert app.text["name"] == "heLd"
    phone.key("MOVE_HOME")
    phone.key("DEL")
    phone.type_text("<")
    phone.key("KEYCODE_MOVE_END")
    phone.type_text(">")
    assert app.text["name"] == "<heLd>"


def test_a_tap_puts_the_caret_where_the_finger_is() -> None:
    phone, app = form()
    phone.type_text("iiiiiiii")
    x1, y1, x2, y2 = find(phone, "name", "input").bounds
    phone.tap(x2 - 20, (y1 + y2) // 2)
    assert phone.editing.caret == 8
    phone.tap(x1 + 17, (y1 + y2) // 2)
    assert phone.editing.caret == 0
    phone.type_text("x")
    assert app.text["name"] == "xiiiiiiii"


def test_caret_is_drawn_and_moves() -> None:
    phone, _ = form()
    phone.type_text("ab")
    end = phone.screenshot()
    phone.key("DPAD_LEFT")
    assert phone.screenshot().tobytes() != end.tobytes()


def test_enter_is_a_newline_only_in_multiline_fields() -> None:
    phone, app = form("note")
    phone.key("ENTER")
    phone.type_text("a\nb")
    assert app.text["note"] == "one\ntwo\na\nb"
    phone, app = form("name")
    phone.type_text("x\ny")
    assert (app.text["name"], app.text["secret"]) == ("x", "hunter2y"), "Enter goes on to the next field"


def test_tab_goes_through_the_fields() -> None:
    phone, _ = form("name")
    order = []
    for _ in range(4):
        order.append(phone.editing.id)
        phone.key("TAB")
    assert order == ["name", "secret", "note", "number"]


def test_select_all_copy_cut_and_paste() -> None:
    phone, app = form()
    phone.type_text("copy me")
    phone.key_combination("CTRL_LEFT", "A")
    phone.key_combination("CTRL_LEFT", "C")
    assert phone.clipboard() == "copy me"
    phone.key_combination("CTRL_LEFT", "A")
    phone.type_text("new")
    assert app.text["name"] == "new"
    phone.key("PASTE")
    assert app.text["name"] == "newcopy me"
    phone.key_combination("CTRL_LEFT", "A")
    phone.key_combination("CTRL_LEFT", "X")
    assert app.text["name"] == "" and phone.clipboard() == "newcopy me"


def test_long_press_selects_a_word_and_offers_the_toolbar() -> None:
    phone, app = form()
    phone.type_text("first second")
    x1, y1, x2, y2 = find(phone, "name", "input").bounds
    phone.long_press(x1 + 20, (y1 + y2) // 2)
    assert phone.editing.selection == (0, 5)
    tap(phone, "Cut")
    assert app.text["name"] == " second" and phone.clipboard() == "first"
    phone.long_press(x2 - 20, (y1 + y2) // 2)
    tap(phone, "Paste")
    assert app.text["name"] == " firstsecond" or "first" in app.text["name"]
    phone.double_tap(x1 + 30, (y1 + y2) // 2)
    assert shows(phone, "Copy")
    phone.key("BACK")
    assert not shows(phone, "Copy") and keyboard_shows(phone)


def test_passwords_are_never_readable() -> None:
    phone, app = form("secret")
    phone.type_text("!")
    e = find(phone, "secret", "input")
    assert e.password and e.text == "•" * 8 and app.text["secret"] == "hunter2!"
    phone.key_combination("CTRL_LEFT", "A")
    phone.key_combination("CTRL_LEFT", "C")
    assert phone.clipboard() == "" and "hunter2" not in phone.dump_xml()


def test_an_app_may_refuse_or_alter_what_is_typed() -> None:
    phone, app = form()
    screen = app.screen

    def digits_only():
        shown = screen()
        shown.body[0].on_change = lambda value: app.text.update(name="".join(filter(str.isdigit, value)))
        return shown

    app.screen = digits_only
    phone.invalidate()
    phone.type_text("a1b2")
    assert app.text["name"] == "12" and phone.editing.caret <= 2
    phone.type_text("3")
    assert app.text["name"] == "123"


def test_focus_ends_with_its_field_and_autofocus_begins_with_it() -> None:
    phone, app = form()
    app.page = "widgets"
    phone.invalidate()
    assert not keyboard_shows(phone) and phone.editing.id == ""
    screen = app.screen

    def autofocus():
        shown = screen()
        shown.body[0].autofocus = True
        return shown

    app.page, app.screen = "form", autofocus
    phone.invalidate()
    assert keyboard_shows(phone) and phone.editing.id == "name"
    phone.key("BACK")
    assert not keyboard_shows(phone), "autofocus must not bring the keyboard back on every frame"


def test_shift_holds_for_one_letter() -> None:
    phone, app = form()
    press(phone, "Shift")
    press(phone, "A")
    press(phone, "b")
    assert app.text["name"] == "Ab"


def test_a_long_value_scrolls_with_the_caret() -> None:
    phone, _ = form()
    phone.type_text("w" * 60)
    end = phone.screenshot()
    phone.key("MOVE_HOME")
    assert phone.screenshot().tobytes() != end.tobytes()
    phone.type_text("x")
    assert phone.editing.caret == 1
