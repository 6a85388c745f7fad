"""When an event repeats, in Simple Calendar's encoding: an interval in seconds, a rule and a limit."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice
from typing import Literal, TypeAlias

Unit: TypeAlias = Literal["", "day", "week", "month", "year"]

DAY, WEEK, MONTH, YEAR = 86_400, 604_800, 2_592_001, 31_536_000
"""`repeat_interval` of one unit. A month is one second too long, so that no number of days equals it."""
SECONDS: dict[Unit, int] = {"day": DAY, "week": WEEK, "month": MONTH, "year": YEAR}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
"""In the order of the bits of a weekly rule, Monday the lowest."""
EVERY_DAY, WORKDAYS, WEEKEND = 0b1111111, 0b0011111, 0b1100000
SAME_DAY, LAST_WEEKDAY, LAST_DAY, SAME_WEEKDAY = 1, 2, 3, 4
"""Rules of monthly and yearly repetition: on the same day of the month, on its last Friday (say), on its last day, on
its second Friday (say)."""


@dataclass(frozen=True, slots=True)
class Repetition:
    interval: int = 0
    """Seconds; 0 does not repeat."""
    rule: int = 0
    """Weekly: a bit for each weekday. Monthly and yearly: one of the four rules."""
    limit: int = 0
    """0 for ever; positive: no occurrence begins after this time, seconds since 1970; negative: that many in all."""

    @classmethod
    def every(cls, unit: Unit, day: dt.date, number: int = 1) -> Repetition:
        """What the app sets when a unit is chosen for an event that begins on `day`."""
        if not unit:
            return cls()
        rule = {"week": 1 << day.weekday(), "month": SAME_DAY, "year": SAME_DAY}.get(unit, 0)
        return cls(number * SECONDS[unit], rule)

    @property
    def unit(self) -> Unit:
        return self._parts[0]

    @property
    def number(self) -> int:
        """How many units lie between two occurrences; 0 without repetition."""
        return self._parts[1]

    @property
    def _parts(self) -> tuple[Unit, int]:
        if self.interval <= 0:
            return "", 0
        units: tuple[Unit, ...] = ("year", "month", "week")
        for unit in units:
            if self.interval % SECONDS[unit] == 0:
                return unit, self.interval // SECONDS[unit]
        return "day", max(1, self.interval // DAY)

    def days(self, begin: dt.date, first: dt.date, last: dt.date) -> list[dt.date]:
        """The days in `first..last` on which an event that begins on `begin` occurs."""
        if not self.unit:
            return [begin] if first <= begin <= last else []
        if self.limit > 0:
            last = min(last, (dt.datetime(1970, 1, 1) + dt.timedelta(seconds=min(self.limit, 1 << 33))).date())
        occurrences = self._from(begin, begin if self.limit < 0 else first, last)
        limited = islice(occurrences, -self.limit) if self.limit < 0 else occurrences
        return [day for day in limited if day >= first]

    def _from(self, begin: dt.date, start: dt.date, last: dt.date) -> Iterator[dt.date]:
        """Occurrences up to `last`; those before `start` may be left out."""
        start = max(begin, start)
        match self.unit:
            case "week":
                monday, rule = begin - dt.timedelta(begin.weekday()), self.rule & EVERY_DAY or 1 << begin.weekday()
                for n in range((last - start).days + 1):
                    day = start + dt.timedelta(n)
                    if rule >> day.weekday() & 1 and (day - monday).days // 7 % self.number == 0:
                        yield day
            case "month" | "year":
                step = self.number * (12 if self.unit == "year" else 1)
                passed = (start.year - begin.year) * 12 + start.month - begin.month
                for n in count(max(0, passed // step)):
                    month = begin.year * 12 + begin.month - 1 + n * step
                    if month > last.year * 12 + last.month - 1:
                        return
                    day_or_none = self._in_month(begin, *divmod(month, 12))
                    if day_or_none is not None and begin <= day_or_none <= last:
                        yield day_or_none
            case _:
                skipped = -(-(start - begin).days // self.number)
                for n in range(skipped, (last - begin).days // self.number + 1):
                    yield begin + dt.timedelta(n * self.number)

    def _in_month(self, begin: dt.date, year: int, month: int) -> dt.date | None:
        """The occurrence in a month (0..11); None when it has no such day."""
        if not dt.MINYEAR <= year <= dt.MAXYEAR:
            return None
        length = calendar.monthrange(year, month + 1)[1]
        if self.rule == LAST_DAY:
            return dt.date(year, month + 1, length)
        if self.rule in (LAST_WEEKDAY, SAME_WEEKDAY):
            lead = (begin.weekday() - dt.date(year, month + 1, 1).weekday()) % 7
            of_month = range(1 + lead, length + 1, 7)
            nth = -1 if self.rule == LAST_WEEKDAY else (begin.day - 1) // 7
            return dt.date(year, month + 1, of_month[nth]) if nth < len(of_month) else None
        return dt.date(year, month + 1, begin.day) if begin.day <= length else None

    def text(self) -> str:
        """ "No repetition", "Weekly", "Every 2 weeks"."""
        if not self.unit:
            return "No repetition"
        if self.number == 1:
            return {"day": "Daily", "week": "Weekly", "month": "Monthly", "year": "Yearly"}[self.unit]
        return f"Every {self.number} {self.unit}s"

    def rule_text(self, begin: dt.date) -> str:
        """What the rule says of an event that begins on `begin`."""
        if self.unit == "week":
            days = self.rule & EVERY_DAY
            named = {EVERY_DAY: "Every day", WORKDAYS: "Workdays", WEEKEND: "Weekend"}
            return named.get(days) or ", ".join(WEEKDAYS[n][:3] for n in range(7) if days >> n & 1)
        return rule_names(begin).get(self.rule, "")


def rule_names(begin: dt.date) -> dict[int, str]:
    """The monthly rules that an event on `begin` can have, as the app offers them."""
    weekday, length = WEEKDAYS[begin.weekday()], calendar.monthrange(begin.year, begin.month)[1]
    names = {SAME_DAY: "On the same day"}
    nth = (begin.day - 1) // 7
    if nth < 4:
        names[SAME_WEEKDAY] = f"On every {('first', 'second', 'third', 'fourth')[nth]} {weekday}"
    if begin.day > length - 7:
        names[LAST_WEEKDAY] = f"On every last {weekday}"
    if begin.day == length:
        names[LAST_DAY] = "On the last day of the month"
    return names
