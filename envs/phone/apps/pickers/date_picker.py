"""Android's date picker: a month to page through, and its years behind a tap on the year."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable
from functools import partial

from envs.phone.ui import Button, Dialog, Grid, IconButton, Line, Spacer, Text, Widget

YEARS = range(1900, 2101)
"""What Android's picker offers."""
PAGE = 15
"""Years shown at once."""


def month_days(month: dt.date, first_weekday: int) -> list[dt.date | None]:
    """The days of the month of `month`, led by None for the columns before the 1st; `first_weekday` 0 is Monday."""
    count = calendar.monthrange(month.year, month.month)[1]
    lead = (month.replace(day=1).weekday() - first_weekday) % 7
    return [None] * lead + [month.replace(day=n + 1) for n in range(count)]


def weekday_letters(first_weekday: int) -> list[Widget]:
    """What stands over the columns of a month."""
    names = [calendar.day_abbr[(first_weekday + n) % 7] for n in range(7)]
    return [Text(name[0], style="caption", align="center", color="on_surface_variant") for name in names]


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day some months on; the last one of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


class DatePicker:
    """`done` is called with the day when OK is tapped, `close` when the dialog goes away in any way."""

    def __init__(
        self, day: dt.date, done: Callable[[dt.date], None], close: Callable[[], None], *, first_weekday: int = 6
    ) -> None:
        year = min(max(day.year, YEARS[0]), YEARS[-1])
        self.chosen = add_months(day, 12 * (year - day.year))
        self.shown = self.chosen.replace(day=1)
        """First day of the month in view."""
        self.years: int | None = None
        """First year of the page of years; None while a month is in view."""
        self.first_weekday = first_weekday
        self.done = done
        self.close = close

    def dialog(self) -> Dialog:
        chosen = self.chosen
        body: list[Widget] = [
            Text(str(chosen.year), style="label", color="on_surface_variant", id="year", on_tap=self.open_years),
            Text(f"{chosen:%a, %b} {chosen.day}", style="headline", id="date", on_tap=self.open_month),
            *(self._month() if self.years is None else self._year_page(self.years)),
        ]
        buttons = [Button("Cancel", self.close, kind="text"), Button("OK", self.confirm, kind="text")]
        return Dialog("", body, buttons, on_dismiss=self.close, id="date_picker")

    def _month(self) -> list[Widget]:
        title = f"{self.shown:%B} {self.shown.year}"
        days: list[Widget] = [
            Spacer(0) if day is None else self._day(day) for day in month_days(self.shown, self.first_weekday)
        ]
        return [
            self._arrows(title, "month", self.page_months),
            Grid([*weekday_letters(self.first_weekday), *days], columns=7),
        ]

    def _day(self, day: dt.date) -> Button:
        return Button(
            str(day.day),
            partial(self.choose, day),
            kind="filled" if day == self.chosen else "text",
            label=f"{day.day} {day:%B} {day.year}",
        )

    def _year_page(self, first: int) -> list[Widget]:
        years: list[Widget] = [
            Button(str(year), partial(self.choose_year, year), kind="filled" if year == self.chosen.year else "text")
            for year in range(first, first + PAGE)
            if year in YEARS
        ]
        return [self._arrows(f"{first} to {first + PAGE - 1}", "years", self.page_years), Grid(years, columns=3)]

    def _arrows(self, title: str, what: str, turn: Callable[[int], None]) -> Line:
        arrows: list[Widget] = [
            IconButton("chevron-left", partial(turn, -1), label=f"Previous {what}", id="prev"),
            IconButton("chevron-right", partial(turn, 1), label=f"Next {what}", id="next"),
        ]
        return Line([Text(title, style="label", id="month_title"), Line(arrows, spread=False)])

    # What taps do

    def confirm(self) -> None:
        self.close()
        self.done(self.chosen)

    def choose(self, day: dt.date) -> None:
        self.chosen = day

    def page_months(self, by: int) -> None:
        shown = add_months(self.shown, by)
        if shown.year in YEARS:
            self.shown = shown

    def open_month(self) -> None:
        self.years = None

    def open_years(self) -> None:
        self.years = self.chosen.year - (self.chosen.year - YEARS[0]) % PAGE

    def page_years(self, by: int) -> None:
        first = (self.years or YEARS[0]) + by * PAGE
        if first in YEARS:
            self.years = first

    def choose_year(self, year: int) -> None:
        self.chosen = add_months(self.chosen, 12 * (year - self.chosen.year))
        self.shown, self.years = self.chosen.replace(day=1), None
