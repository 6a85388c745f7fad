"""Days in a grid: a week with its hours, a month, a year."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING

from envs.phone.apps.calendar.event import Occurrence
from envs.phone.apps.calendar.lists import found, rows
from envs.phone.apps.calendar.texts import clock, day_title
from envs.phone.apps.pickers.date_picker import month_days, weekday_letters
from envs.phone.ui import Block, Card, DayCell, Grid, Header, Spacer, Text, Timetable, Widget

if TYPE_CHECKING:
    from envs.phone.apps.calendar.main import Calendar

SHORTEST = 30
"""Minutes that an event takes in the timetable at least."""


def on_days(events: list[Occurrence], first: dt.date, last: dt.date) -> dict[dt.date, list[Occurrence]]:
    """What is on each day of `first..last`; an event of several days is on each of them."""
    days: defaultdict[dt.date, list[Occurrence]] = defaultdict(list)
    for one in events:
        begin = max(first, one.start.date())
        for n in range((min(last, one.last_day) - begin).days + 1):
            days[begin + dt.timedelta(n)].append(one)
    return days


def month(app: Calendar) -> list[Widget]:
    return [_month_grid(app, 92)]


def month_and_day(app: Calendar) -> list[Widget]:
    return [_month_grid(app, 46), Header(day_title(app.day, app.today)), *rows(app, found(app))]


def _month_grid(app: Calendar, height: float) -> Grid:
    """Whole weeks, with the days of the months before and after; a low grid also chooses a day."""
    weekday, low = app.preferences.first_weekday, height < 64
    days = month_days(app.day, weekday)
    first = app.day.replace(day=1) - dt.timedelta(days.count(None))
    count = -(-len(days) // 7) * 7
    last = first + dt.timedelta(count - 1)
    on, types = on_days(app.store.occurrences(first, last), first, last), app.store.types()

    def cell(day: dt.date) -> DayCell:
        return DayCell(
            day.day,
            [(one.event.title, app.store.color(one.event, types)) for one in on.get(day, ())],
            height=height,
            today=day == app.today,
            selected=low and day == app.day,
            faded=day.month != app.day.month,
            on_tap=partial(app.select_day if low else app.open_day, day),
            label=day_title(day, app.today),
            id=f"day_{day:%Y%m%d}",
        )

    cells = [cell(first + dt.timedelta(n)) for n in range(count)]
    return Grid([*weekday_letters(weekday), *cells], columns=7)


def week(app: Calendar) -> list[Widget]:
    first, types, now = app.week_start, app.store.types(), app.device.now()
    days = [first + dt.timedelta(n) for n in range(7)]
    blocks = []
    for day, events in on_days(app.store.occurrences(first, days[-1]), first, days[-1]).items():
        midnight = dt.datetime.combine(day, dt.time())
        for one in events:
            start, end = (int((moment - midnight).total_seconds()) // 60 for moment in (one.start, one.end))
            if one.event.all_day:
                start, end = 0, SHORTEST
            blocks.append(
                Block(
                    one.event.title,
                    (day - first).days,
                    max(0, start),
                    max(min(end, 24 * 60), max(0, start) + SHORTEST),
                    app.store.color(one.event, types),
                    faded=app.preferences.dim_past and one.end < now,
                    on_tap=partial(app.open, one),
                    id=f"event_{one.event.id}_{day:%Y%m%d}",
                )
            )
    hours = [clock(dt.datetime(2000, 1, 1, hour), app.full_day).replace(":00 ", " ") for hour in range(24)]
    return [
        Timetable(
            [f"{day:%a}\n{day.day}" for day in days],
            hours,
            blocks,
            today=(app.today - first).days,
            on_slot=lambda column, hour: app.add(dt.datetime.combine(days[column], dt.time(hour))),
            id="week_grid",
        )
    ]


def year(app: Calendar) -> list[Widget]:
    first, last = dt.date(app.day.year, 1, 1), dt.date(app.day.year, 12, 31)
    busy = set(on_days(app.store.occurrences(first, last), first, last))
    return [Grid([_small_month(app, first.replace(month=n), busy) for n in range(1, 13)], columns=2)]


def _small_month(app: Calendar, first: dt.date, busy: set[dt.date]) -> Card:
    """Days with events stand out."""
    weekday = app.preferences.first_weekday
    cells: list[Widget] = [
        Spacer(0)
        if day is None
        else Text(
            str(day.day),
            style="caption",
            align="center",
            color="error" if day == app.today else "primary" if day in busy else "on_surface_variant",
        )
        for day in month_days(first, weekday)
    ]
    name = Text(f"{first:%B}", style="label", align="center")
    return Card([name, Grid(cells, columns=7)], on_tap=partial(app.open_month, first), label=f"{first:%B} {first.year}")
