"""How Simple Calendar words days and times."""

from __future__ import annotations

import datetime as dt

from envs.phone.apps.calendar.event import Occurrence
from envs.phone.apps.pickers import time_text
from envs.phone.apps.pickers.date_picker import add_months

REMINDERS = (0, 5, 10, 15, 30, 60, 120, 1440)
"""Minutes before the start that the app offers."""
DURATIONS = (0, 15, 30, 45, 60, 120)
"""Minutes that a new event can last by default."""


def month_title(day: dt.date, today: dt.date) -> str:
    """ "October", or with the year where it is another: "October 2024"."""
    return f"{day:%B}" + ("" if day.year == today.year else f" {day.year}")


def day_title(day: dt.date, today: dt.date) -> str:
    """ "October 15 (Sun)", or with the year where it is another: "October 15 2024 (Tue)"."""
    return f"{day:%B} {day.day}{'' if day.year == today.year else f' {day.year}'} ({day:%a})"


def clock(moment: dt.datetime, full_day: bool) -> str:
    return time_text(moment.hour, moment.minute, full_day=full_day)


def span(one: Occurrence, today: dt.date, full_day: bool) -> str:
    """ "10:00 - 11:00"; with the days where it covers several, without the times where it lasts all day."""
    first, last = one.start.date(), one.last_day
    if one.event.all_day:
        return "All-day" if first == last else f"{day_title(first, today)} - {day_title(last, today)}"
    if one.start == one.end:
        return clock(one.start, full_day)
    end = clock(one.end, full_day)
    return f"{clock(one.start, full_day)} - {end if first == last else f'{day_title(one.end.date(), today)}, {end}'}"


def minutes_text(minutes: int) -> str:
    """90 -> "90 minutes", 120 -> "2 hours", 1440 -> "1 day"."""
    for size, unit in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes and minutes % size == 0:
            number = minutes // size
            return f"{number} {unit}{'' if number == 1 else 's'}"
    return "0 minutes"


def reminder_text(minutes: int) -> str:
    return f"{minutes_text(minutes)} before" if minutes else "At start"


def month_after(day: dt.date, months: int, today: dt.date) -> dt.date:
    """Where the calendar stands some months on: on today, or on the first of another month."""
    there = add_months(day, months)
    return today if (there.year, there.month) == (today.year, today.month) else there.replace(day=1)
