"""Clock: alarms are rows of DeskClock's database; timers and the stopwatch run on the phone's clock."""

from __future__ import annotations

import datetime as dt

import pytest

from envs.phone.apps.clock import Clock
from envs.phone.apps.clock.alarms import days_text
from envs.phone.apps.clock.cities import CITIES
from envs.phone.apps.clock.store import DATABASE, Alarm, Store
from envs.phone.apps.clock.timers import elapsed_text, entered, left_text, length_text
from envs.phone.apps.pickers import TimePicker, time_text
from envs.phone.device import Phone
from fingers import press, stored, texts


@pytest.fixture
def phone() -> Phone:
    return Phone([Clock], screen="small")


def test_an_alarm_made_on_the_screen_is_a_row_of_deskclock(phone: Phone) -> None:
    phone.launch("Clock")
    press(phone, label="Add alarm")
    phone.type_text("7")
    press(phone, id="minute_text_input")
    phone.type_text("05")
    press(phone, text="PM")
    press(phone, text="OK")
    assert "7:05 PM" in texts(phone) and "Today" in texts(phone)
    press(phone, label="Mon")
    query = "SELECT hour, minutes, daysofweek, enabled FROM alarm_templates WHERE hour = 19"
    assert stored(phone, DATABASE, query) == [(19, 5, 1, 1)]


def test_the_time_picker_knows_noon_midnight_and_nonsense() -> None:
    def chosen(full_day: bool, hour: str, minute: str, afternoon: bool = False) -> tuple[int, int] | None:
        picker = TimePicker(6, 0, full_day, lambda h, m: None, lambda: None)
        picker.hour_text, picker.minute_text, picker.afternoon = hour, minute, afternoon
        return picker.chosen()

    assert chosen(False, "12", "30") == (0, 30) and chosen(False, "12", "30", True) == (12, 30)
    assert chosen(False, "", "") == (6, 0) and chosen(False, "", "", True) == (18, 0)
    assert chosen(True, "23", "59") == (23, 59) and chosen(True, "0", "0") == (0, 0)
    for bad in ((False, "13", "0"), (False, "0", "0"), (True, "24", "0"), (True, "1", "60"), (True, "x", "1")):
        assert chosen(*bad) is None


def test_clock_texts() -> None:
    assert time_text(0, 5, full_day=False) == "12:05 AM" and time_text(12, 5, full_day=False) == "12:05 PM"
    assert time_text(0, 5, full_day=True) == "00:05"
    assert (
        days_text(Alarm(8, 0, 0b1100001), 9, 0) == "Sun, Mon, Sat" and days_text(Alarm(8, 0, 127), 9, 0) == "Every day"
    )
    assert days_text(Alarm(8, 0), 9, 0) == "Tomorrow" and days_text(Alarm(10, 0), 9, 0) == "Today"
    assert entered("") == (0, 0, 0) and entered("130") == (0, 1, 30) and entered("120000") == (12, 0, 0)
    assert length_text(5400) == "1h 30m Timer" and left_text(3661) == "1:01:01" and left_text(-7) == "-0:07"
    assert elapsed_text(63.5) == "01:03.50" and elapsed_text(3600) == "1:00:00.00"


def test_a_timer_runs_on_the_phones_clock(phone: Phone) -> None:
    store = Store(phone)
    timer = store.add_timer(300)
    phone.set_now(phone.now() + dt.timedelta(seconds=100))
    assert timer.remaining_s(store.now) == 200
    store.change_timer(timer, state="paused", left_s=timer.remaining_s(store.now))
    phone.set_now(phone.now() + dt.timedelta(seconds=500))
    [paused] = store.timers()
    assert paused.remaining_s(store.now) == 200


def test_the_stopwatch_shows_what_androidworld_looks_for(phone: Phone) -> None:
    phone.launch("Clock")
    press(phone, text="Stopwatch")
    assert sum(e.text == "Stopwatch" for e in phone.elements()) == 2
    press(phone, label="Start")
    labels = {e.label for e in phone.elements()}
    assert {"Pause", "Lap"} <= labels and "DeskClock" in phone.foreground()[1]
    press(phone, label="Lap")
    press(phone, label="Pause")
    watch = Store(phone).stopwatch()
    assert not watch.running and len(watch.laps) == 1 and watch.counted_s > watch.laps[0] > 0
    press(phone, label="Reset")
    assert Store(phone).stopwatch().elapsed_s(Store(phone).now) == 0


def test_every_city_can_be_shown() -> None:
    phone = Phone([Clock], screen="tall")
    phone.set_now(dt.datetime(2024, 1, 1, 0, 30))
    Store(phone).set_cities(list(CITIES))
    phone.launch("Clock")
    press(phone, text="Clock")
    phone.screenshot()
    assert any(text.startswith("Yesterday") or text.startswith("Today") for text in texts(phone))
