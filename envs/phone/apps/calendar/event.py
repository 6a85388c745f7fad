"""An event, when it occurs, and how a row of the table `events` says so.

Times are naive and the phone's (UTC), as its clock is; the database holds seconds since 1970.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from functools import lru_cache

from envs.phone.apps.calendar.repetition import Repetition
from envs.phone.apps.calendar.schema import ALL_DAY, LATEST, OFF, REGULAR
from envs.phone.apps.epoch import from_ms, to_ms

ONCE = Repetition()
LONGEST = 366
"""Days: an occurrence of a repeating event that is longer is looked for no further back."""


@dataclass(frozen=True, slots=True)
class EventType:
    id: int
    title: str
    color: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Event:
    start: dt.datetime
    end: dt.datetime
    title: str = ""
    location: str = ""
    description: str = ""
    all_day: bool = False
    reminders: tuple[int, ...] = ()
    """Minutes before the start, at most three."""
    repetition: Repetition = ONCE
    exceptions: tuple[str, ...] = ()
    """Days on which it does not repeat, "20231015"."""
    kind: int = REGULAR
    """Id of its event type."""
    parent: int = 0
    """The repeating event that this one was taken from."""
    color: int = 0
    """As stored; 0 takes the event type's."""
    id: int = 0

    def days(self, first: dt.date, last: dt.date) -> list[dt.date]:
        """The days in `first..last` on which it begins."""
        days = self.repetition.days(self.start.date(), first, last)
        return [day for day in days if day_code(day) not in self.exceptions]

    def occurrences(self, first: dt.date, last: dt.date) -> list[Occurrence]:
        """What of it covers any of the days `first..last`."""
        if not self.repetition.unit:
            found = [Occurrence(self, self.start)] if self.start.date() <= last else []
        else:
            lead = min((self.end.date() - self.start.date()).days, LONGEST)
            found = [self.on(day) for day in self.days(first - dt.timedelta(lead), last)]
        return [one for one in found if one.last_day >= first]

    def on(self, day: dt.date) -> Occurrence:
        return Occurrence(self, dt.datetime.combine(day, self.start.time()))


@dataclass(frozen=True, slots=True)
class Occurrence:
    event: Event
    start: dt.datetime

    @property
    def key(self) -> tuple[int, dt.datetime]:
        return self.event.id, self.start

    @property
    def end(self) -> dt.datetime:
        return self.start + (self.event.end - self.event.start)

    @property
    def last_day(self) -> dt.date:
        """The last day that it covers: an end at midnight does not reach into the next one."""
        return max(self.start, self.end - dt.timedelta(seconds=1)).date()


def day_code(day: dt.date) -> str:
    """ "20231015", as `repetition_exceptions` names a day."""
    return f"{day:%Y%m%d}"


def stamp(when: dt.datetime) -> int:
    return to_ms(when) // 1000


def day_stamp(day: dt.date) -> int:
    return stamp(dt.datetime.combine(day, dt.time()))


def _time(seconds: object) -> dt.datetime:
    return from_ms(1000 * min(number(seconds), LATEST))


def number(value: object) -> int:
    """A column's number; what others wrote there and is none counts as 0."""
    return value if isinstance(value, int) else 0


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def to_row(event: Event) -> tuple[int | str, ...]:
    reminders = (*sorted(event.reminders), OFF, OFF, OFF)[:3]
    repetition = event.repetition
    return (
        stamp(event.start), stamp(event.end), event.title, event.location, event.description,
        ALL_DAY if event.all_day else 0, *reminders, repetition.interval, repetition.rule, repetition.limit,
        json.dumps(event.exceptions), event.kind, event.parent, event.color,
    )  # fmt: skip


@lru_cache(maxsize=4096)  # every screen reads the same rows anew
def from_row(row: tuple[object, ...]) -> Event:
    start, end, title, location, description, flags, *reminders = row[:9]
    interval, rule, limit, exceptions, kind, parent, color, key = row[9:]
    begin = _time(start)
    return Event(
        begin,
        max(begin, _time(end)),
        _text(title),
        _text(location),
        _text(description),
        bool(number(flags) & ALL_DAY),
        tuple(minutes for minutes in map(number, reminders) if minutes >= 0),
        Repetition(number(interval), number(rule), number(limit)),
        _days(_text(exceptions)),
        number(kind),
        number(parent),
        number(color),
        number(key),
    )


def _days(stored: str) -> tuple[str, ...]:
    try:
        days = json.loads(stored or "[]")
    except (ValueError, RecursionError):
        return ()
    return tuple(str(day) for day in days) if isinstance(days, list) else ()
