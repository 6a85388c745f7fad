"""The dialogs that apps share: the date picker and the small questions."""

from __future__ import annotations

import datetime as dt

import pytest

from envs.phone.app import App
from envs.phone.apps.pickers import Asking, Choice, ColorChoice, Confirm, DatePicker, LineOfText, Ticks
from envs.phone.apps.pickers.date_picker import add_months, month_days
from envs.phone.device import Phone
from envs.phone.ui import Screen
from fingers import press, texts


class Asker(App):
    package = "org.example.asker"
    label = "Asker"
    icon = "help"
    asking: Asking | None = None

    def close(self) -> None:
        self.asking = None

    def screen(self) -> Screen:
        return Screen("Asker", dialog=self.asking.dialog() if self.asking else None)


@pytest.fixture
def phone() -> Phone:
    phone = Phone([Asker], screen="small")
    phone.launch("Asker")
    return phone


@pytest.fixture
def got() -> list[object]:
    return []


@pytest.fixture
def app(phone: Phone) -> Asker:
    app = phone.app(Asker.package)
    assert isinstance(app, Asker)
    return app


def test_a_date_is_picked_in_another_month_and_year(phone: Phone, app: Asker, got: list[object]) -> None:
    app.asking = DatePicker(dt.date(2023, 10, 31), got.append, app.close)
    phone.invalidate()
    press(phone, label="Next month")
    assert "November 2023" in texts(phone) and "31" not in texts(phone)
    press(phone, text="2023")
    press(phone, label="Next years")
    press(phone, text="2040")
    assert "October 2040" in texts(phone) and "Wed, Oct 31" in texts(phone)
    press(phone, label="7 October 2040")
    press(phone, text="OK")
    assert got == [dt.date(2040, 10, 7)] and app.asking is None


def test_a_cancelled_date_is_not_taken(phone: Phone, app: Asker, got: list[object]) -> None:
    app.asking = DatePicker(dt.date(2023, 10, 15), got.append, app.close)
    phone.invalidate()
    press(phone, label="20 October 2023")
    press(phone, text="Cancel")
    assert got == [] and app.asking is None


def test_the_date_picker_ends_where_its_years_end(app: Asker, got: list[object]) -> None:
    picker = DatePicker(dt.date(2100, 12, 31), got.append, app.close)
    picker.page_months(1)
    assert picker.shown == dt.date(2100, 12, 1)
    early = DatePicker(dt.date(1850, 2, 28), got.append, app.close)
    assert early.chosen == dt.date(1900, 2, 28)
    early.open_years()
    early.page_years(-1)
    assert early.years == 1900


def test_months_in_a_grid() -> None:
    sunday_first, monday_first = (month_days(dt.date(2023, 10, 15), first) for first in (6, 0))
    assert sunday_first[0] == dt.date(2023, 10, 1) and len(sunday_first) == 31
    assert monday_first[:7] == [None] * 6 + [dt.date(2023, 10, 1)]
    assert add_months(dt.date(2024, 1, 31), 1) == dt.date(2024, 2, 29)
    assert add_months(dt.date(2023, 1, 15), -1) == dt.date(2022, 12, 15)


def test_a_choice_is_made_by_a_tap_or_by_its_button(phone: Phone, app: Asker, got: list[object]) -> None:
    options = [("One", 1), ("Two", 2)]
    app.asking = Choice("Which?", options, 1, got.append, app.close)
    phone.invalidate()
    press(phone, text="Two")
    assert got == [2] and app.asking is None
    app.asking = Choice("Which?", options, None, got.append, app.close, confirm="Yes", text="Choose.")
    phone.invalidate()
    assert not next(e for e in phone.elements() if e.text == "Yes").enabled
    press(phone, text="One")
    assert app.asking is not None
    press(phone, text="Yes")
    assert got == [2, 1] and app.asking is None


def test_ticks_are_bits(phone: Phone, app: Asker, got: list[object]) -> None:
    app.asking = Ticks("Days", [("Sun", 6), ("Mon", 0), ("Tue", 1)], 0b1000001, got.append, app.close)
    phone.invalidate()
    press(phone, text="Tue")
    press(phone, text="Sun")
    press(phone, text="OK")
    assert got == [0b0000011]


def test_a_line_must_fit(phone: Phone, app: Asker, got: list[object]) -> None:
    app.asking = LineOfText("Number", "Times", "", got.append, app.close, fits=str.isdecimal, number=True)
    phone.invalidate()
    phone.type_text("x")
    press(phone, text="OK")
    assert got == [] and app.asking is not None
    phone.key("DEL")
    phone.type_text("12 \n")
    assert got == ["12"] and app.asking is None


def test_yes_no_and_neither(phone: Phone, app: Asker, got: list[object]) -> None:
    for button in ("Yes", "No"):
        app.asking = Confirm("Sure?", lambda: got.append("yes"), app.close, refused=lambda: got.append("no"))
        phone.invalidate()
        press(phone, text=button)
    assert got == ["yes", "no"]
    app.asking = Confirm("Sure?", lambda: got.append("yes"), app.close)
    app.asking.refuse()
    assert got == ["yes", "no"] and app.asking is None


def test_a_colour_is_shown_as_it_is(phone: Phone, app: Asker, got: list[object]) -> None:
    red, blue = (200, 30, 30), (30, 60, 200)
    app.asking = ColorChoice("Colour", [("Red", red), ("Blue", blue)], red, got.append, app.close)
    phone.invalidate()
    box = next(e for e in phone.elements() if e.text == "Blue").bounds
    assert blue in {color for _, color in phone.screenshot().crop(box).getcolors(1 << 16)}
    press(phone, text="Blue")
    assert got == [blue]
