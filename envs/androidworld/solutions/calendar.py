"""Solutions of the tasks in Simple Calendar Pro."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from agentkit.actions import Action, Type
from agentkit.errors import EnvError
from envs.androidworld.solutions.reading import PAGE, PAGES, all_rows, rows
from envs.androidworld.task import AndroidWorldTask
from envs.phone import oracle
from envs.phone.apps.calendar import Calendar
from envs.phone.device import Phone
from envs.phone.oracle import Steps

Params: TypeAlias = Mapping[str, Any]
Solution: TypeAlias = Callable[[Phone, AndroidWorldTask], Steps]
ROW = "event_item_"
EVENING = dt.time(20)
"""The end of the range that "between ... and 8pm" means."""
NEXT_WEEK = dt.date(2023, 10, 16), dt.date(2023, 10, 22)
"""Monday to Sunday after AndroidWorld's date."""
_HEADING = re.compile(r"([A-Z][a-z]+) (\d{1,2})(?: (\d{4}))? \([A-Z][a-z]{2}\)")
_TIME = re.compile(r"\d{1,2}:\d{2}(?: [AP]M)?")


@dataclass(frozen=True)
class Shown:
    """An event as a list shows it."""

    title: str
    start: dt.datetime
    end: dt.datetime

    def covers(self, time: dt.time) -> bool:
        """Whether it is on at this time of its first day."""
        return self.start <= dt.datetime.combine(self.start.date(), time) < self.end


def _clock(text: str) -> dt.time:
    """A time of day as the goals and the screen say it: "9:45am", "12pm", "21:45", "9:45 AM"."""
    tidy = text.replace(" ", "").upper()
    for form in ("%H:%M", "%I:%M%p", "%I%p"):
        try:
            return dt.datetime.strptime(tidy, form).time()
        except ValueError:
            continue
    raise EnvError(f"a time of day must be like '9:45am' or '21:45', got {text!r}")


def _date(text: str) -> dt.date:
    return dt.datetime.strptime(text, "%B %d %Y").date()


def _shown(row: tuple[str, ...], day: dt.date) -> Shown:
    """`row` is title and span: "10:00 - 11:00", "10:00", or with the last day in "23:00 - October 16 (Mon), 00:30"."""
    times = [dt.datetime.combine(day, _clock(text)) for text in _TIME.findall(row[1])]
    if not times:
        raise EnvError(f"a row must show its times below its title, got {row}")
    start, end = times[0], times[-1]
    return Shown(row[0], start, end + dt.timedelta(_HEADING.search(row[1]) is not None))


def _open_day(phone: Phone, day: dt.date) -> Steps:
    """From the month in which the app opens to one day of it."""
    yield from oracle.launch(Calendar.label)
    yield from oracle.tap_label(phone, f"{day:%B} {day.day} ({day:%a})")


def _read_day(phone: Phone, day: dt.date) -> Generator[Action, None, list[Shown]]:
    yield from _open_day(phone, day)
    found = yield from all_rows(phone, ROW)
    return [_shown(row, day) for row in found.values()]


def _read_list(phone: Phone, wanted: Callable[[Shown], bool], last: dt.date) -> Generator[Action, None, list[Shown]]:
    """Go down a list with a heading for each day until it is past `last`; what of it is wanted."""
    met: dict[Shown, None] = {}
    day: dt.date | None = None
    for _ in range(PAGES):
        before, shown = phone.elements(), rows(phone, ROW)
        for element in before:
            if heading := _HEADING.fullmatch(element.text):
                month, number, year = heading.groups()
                day = _date(f"{month} {number} {year or phone.now().year}")
            elif day is not None and len(row := shown.get(element.id, ())) > 1 and _TIME.search(row[1]):
                met[_shown(row, day)] = None
        if day is None or day > last or not any(e.scrollable for e in before):
            break
        yield PAGE
        if phone.elements() == before:
            break
    return [one for one in met if wanted(one)]


def _answer_titles(found: list[Shown]) -> Steps:
    yield from oracle.answer(", ".join(one.title for one in found))


# Questions


def _on_day(wanted: Callable[[Shown, Params], bool], first_only: bool = False) -> Solution:
    """Answer with the titles of what is wanted on the day that the task names."""

    def solve(phone: Phone, task: AndroidWorldTask) -> Steps:
        found = yield from _read_day(phone, _date(task.params["date"]))
        found = [one for one in found if wanted(one, task.params)]
        yield from _answer_titles(found[:1] if first_only else found)

    return solve


def _next_event(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from oracle.launch(Calendar.label)
    yield from oracle.tap_label(phone, "Change view")
    yield from oracle.tap_text(phone, "Simple event list")
    now = phone.now()
    found = yield from _read_list(phone, lambda one: one.start >= now, now.date())
    yield from _answer_titles(found[:1])


def _next_week(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from oracle.launch(Calendar.label)
    yield from oracle.tap_label(phone, "Change view")
    yield from oracle.tap_text(phone, "Simple event list")
    first, last = NEXT_WEEK
    found = yield from _read_list(phone, lambda one: first <= one.start.date() <= last, last)
    yield from _answer_titles(found)


def _search(phone: Phone, text: str) -> Steps:
    yield from oracle.launch(Calendar.label)
    yield from oracle.tap_label(phone, "Search")
    yield Type(text)


def _meeting(phone: Phone, task: AndroidWorldTask) -> Steps:
    """The next one, or the last one where all are over: AndroidWorld draws some in the past."""
    person = task.params["person"]
    yield from _search(phone, person)
    found = yield from _read_list(phone, lambda one: person in one.title, dt.date.max)
    coming = [one for one in found if one.start >= phone.now()]
    yield from oracle.answer(f"{(coming or found[-1:])[0].start:%B %d %Y %H:%M}")


def _location(phone: Phone, task: AndroidWorldTask) -> Steps:
    title = task.params["title"]
    yield from _search(phone, title)
    yield from oracle.tap(phone, text=title, role="list_item")
    yield from oracle.answer(oracle.read(phone, "event_location"))


# Acts


def _set_time(phone: Phone, edge: str, moment: dt.datetime) -> Steps:
    yield from oracle.tap_id(phone, f"event_{edge}_time")
    half = oracle.seen(phone, id="period_am")
    yield Type(str((moment.hour - 1) % 12 + 1 if half else moment.hour))
    yield from oracle.type_into(phone, "minute_text_input", f"{moment.minute:02d}")
    if half:
        yield from oracle.tap_text(phone, "AM" if moment.hour < 12 else "PM")
    yield from oracle.tap_text(phone, "OK")


def _set_day(phone: Phone, edge: str, day: dt.date) -> Steps:
    yield from oracle.tap_id(phone, f"event_{edge}_date")
    yield from oracle.tap_label(phone, f"{day.day} {day:%B} {day.year}")
    yield from oracle.tap_text(phone, "OK")


def _add(phone: Phone, task: AndroidWorldTask) -> Steps:
    row = task.params["row_objects"][0]
    start, end = (dt.datetime.fromtimestamp(row[name], dt.UTC) for name in ("start_ts", "end_ts"))
    yield from oracle.launch(Calendar.label)
    yield from oracle.tap_label(phone, "New Event")
    yield Type(row["title"])
    yield from oracle.type_into(phone, "event_description", row["description"])
    if start.date() != phone.now().date():
        yield from _set_day(phone, "start", start.date())
    yield from _set_time(phone, "start", start)
    if end.date() != start.date():
        yield from _set_day(phone, "end", end.date())
    yield from _set_time(phone, "end", end)
    if row["repeat_interval"]:
        yield from oracle.tap_id(phone, "event_repetition")
        yield from oracle.tap_text(phone, task.params["repeat_rule"].capitalize())
    yield from oracle.tap_label(phone, "Save")


def _delete_selected(phone: Phone) -> Steps:
    yield from oracle.delete_selected(phone, "Yes")


def _delete_day(phone: Phone, task: AndroidWorldTask) -> Steps:
    day = dt.date(*(int(task.params[name]) for name in ("year", "month", "day")))
    yield from _open_day(phone, day)
    first = next(iter(rows(phone, ROW)))
    yield from oracle.long_press(phone, id=first)
    yield from oracle.tap_label(phone, "Select all")
    yield from _delete_selected(phone)


def _delete_one(phone: Phone, task: AndroidWorldTask) -> Steps:
    day = dt.date(*(int(task.params[name]) for name in ("year", "month", "day")))
    yield from _open_day(phone, day)
    yield from oracle.long_press(phone, text=task.params["event_title"])
    yield from _delete_selected(phone)


SOLUTIONS: dict[str, Solution] = {
    "SimpleCalendarAddOneEvent": _add,
    "SimpleCalendarAddOneEventInTwoWeeks": _add,
    "SimpleCalendarAddOneEventRelativeDay": _add,
    "SimpleCalendarAddOneEventTomorrow": _add,
    "SimpleCalendarAddRepeatingEvent": _add,
    "SimpleCalendarDeleteEvents": _delete_day,
    "SimpleCalendarDeleteEventsOnRelativeDay": _delete_day,
    "SimpleCalendarDeleteOneEvent": _delete_one,
    "SimpleCalendarAnyEventsOnDate": _on_day(lambda one, params: True),
    "SimpleCalendarEventsOnDate": _on_day(lambda one, params: True),
    "SimpleCalendarEventOnDateAtTime": _on_day(lambda one, params: one.covers(_clock(params["time"]))),
    "SimpleCalendarEventsInTimeRange": _on_day(
        lambda one, params: _clock(params["start_time"]) <= one.start.time() < EVENING
    ),
    "SimpleCalendarFirstEventAfterStartTime": _on_day(
        lambda one, params: one.start.time() >= _clock(params["time"]), first_only=True
    ),
    "SimpleCalendarEventsInNextWeek": _next_week,
    "SimpleCalendarLocationOfEvent": _location,
    "SimpleCalendarNextEvent": _next_event,
    "SimpleCalendarNextMeetingWithPerson": _meeting,
}
