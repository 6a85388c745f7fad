"""The rows of the event form that say when an event repeats, and the dialogs behind them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Literal

from envs.phone.apps.calendar.event import day_stamp
from envs.phone.apps.calendar.form import EventForm
from envs.phone.apps.calendar.repetition import WEEKDAYS, Repetition, Unit, rule_names
from envs.phone.apps.calendar.texts import day_title
from envs.phone.apps.pickers import Choice, DatePicker, LineOfText, Ticks
from envs.phone.ui import Icon, ListItem, Widget

Limit = Literal["forever", "until", "times"]
EVERY: tuple[tuple[str, Unit], ...] = (
    ("No repetition", ""),
    ("Daily", "day"),
    ("Weekly", "week"),
    ("Monthly", "month"),
    ("Yearly", "year"),
)
CUSTOM = "Custom"
MOST = 99
"""Units between two occurrences, or occurrences in all, that the app takes."""


def repeat_rows(form: EventForm) -> list[Widget]:
    repetition, begin = form.event.repetition, form.event.start.date()
    shown: list[Widget] = [
        ListItem(
            repetition.text(), leading=Icon("repeat"), on_tap=partial(_ask_repetition, form), id="event_repetition"
        )
    ]
    if repetition.unit in ("week", "month", "year"):
        title = "Repeat on" if repetition.unit == "week" else "Repeat"
        shown.append(
            ListItem(
                title,
                repetition.rule_text(begin),
                leading=Icon("calendar-week"),
                on_tap=partial(_ask_rule, form),
                id="event_repetition_rule",
            )
        )
    if repetition.unit:
        shown.append(
            ListItem(
                "Repeat till",
                limit_text(repetition, form.app.today),
                leading=Icon("calendar-range"),
                on_tap=partial(_ask_limit, form),
                id="event_repetition_limit",
            )
        )
    return shown


def limit_text(repetition: Repetition, today: dt.date) -> str:
    if repetition.limit > 0:
        return day_title((dt.datetime(1970, 1, 1) + dt.timedelta(seconds=min(repetition.limit, 1 << 33))).date(), today)
    if repetition.limit < 0:
        return f"{-repetition.limit} time{'' if repetition.limit == -1 else 's'}"
    return "Forever"


def _ask_repetition(form: EventForm) -> None:
    begin, now = form.event.start.date(), form.event.repetition

    def done(name: str) -> None:
        if name == CUSTOM:
            _ask_number(form)
        else:
            form.set_repetition(Repetition.every(dict(EVERY)[name], begin))

    chosen = now.text() if now.number < 2 else CUSTOM
    options = [(name, name) for name in (*(name for name, _ in EVERY), CUSTOM)]
    form.app.asking = Choice("Repetition", options, chosen, done, form.app.close)


def _ask_number(form: EventForm) -> None:
    """First how many, then of what."""

    def number_known(number: str) -> None:
        units: list[tuple[str, Unit]] = [("Days", "day"), ("Weeks", "week"), ("Months", "month"), ("Years", "year")]
        form.app.asking = Choice("Repeat every", units, None, partial(unit_known, int(number)), form.app.close)

    def unit_known(number: int, unit: Unit) -> None:
        form.set_repetition(Repetition.every(unit, form.event.start.date(), number))

    _ask_count(form, "Repeat every", "Number", number_known)


def _ask_rule(form: EventForm) -> None:
    repetition, app = form.event.repetition, form.app

    def done(rule: int) -> None:
        if rule:
            form.set_repetition(replace(repetition, rule=rule))

    if repetition.unit == "week":
        first = app.preferences.first_weekday
        days = [(WEEKDAYS[(first + n) % 7], (first + n) % 7) for n in range(7)]
        app.asking = Ticks("Repeat on", days, repetition.rule, done, app.close)
    else:
        options = [(name, rule) for rule, name in rule_names(form.event.start.date()).items()]
        app.asking = Choice("Repeat", options, repetition.rule, done, app.close)


def _ask_limit(form: EventForm) -> None:
    repetition, app = form.event.repetition, form.app

    def put(limit: int) -> None:
        form.set_repetition(replace(repetition, limit=limit))

    def done(limit: Limit) -> None:
        if limit == "forever":
            put(0)
        elif limit == "times":
            _ask_count(form, "Repeat", "Number of times", lambda text: put(-int(text)))
        else:
            start = form.event.start.date()
            app.asking = DatePicker(
                start,
                lambda day: put(day_stamp(max(day, start) + dt.timedelta(1)) - 1),
                app.close,
                first_weekday=app.preferences.first_weekday,
            )

    options: list[tuple[str, Limit]] = [
        ("Repeat forever", "forever"),
        ("Repeat until a day", "until"),
        ("Repeat a number of times", "times"),
    ]
    chosen: Limit = "forever" if not repetition.limit else "until" if repetition.limit > 0 else "times"
    app.asking = Choice("Repeat till", options, chosen, done, app.close)


def _ask_count(form: EventForm, title: str, hint: str, done: Callable[[str], None]) -> None:
    def fits(text: str) -> bool:
        return text.isascii() and text.isdecimal() and 1 <= int(text) <= MOST

    form.app.asking = LineOfText(title, hint, "", done, form.app.close, fits=fits, number=True)
