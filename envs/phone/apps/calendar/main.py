"""The calendar app: which view is in front, what is selected, and what taps do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Literal

from envs.phone.app import App, Device
from envs.phone.apps.calendar import lists, made_up, views
from envs.phone.apps.calendar.event import Occurrence
from envs.phone.apps.calendar.form import REPEATING, EventForm, Reach
from envs.phone.apps.calendar.form_screen import form_screen
from envs.phone.apps.calendar.preferences import VIEWS, CalendarPreferences, View
from envs.phone.apps.calendar.schema import PACKAGE, PATH
from envs.phone.apps.calendar.settings import settings_screen, types_screen
from envs.phone.apps.calendar.store import Store
from envs.phone.apps.calendar.texts import month_after
from envs.phone.apps.pickers import Asking, Choice, Confirm, DatePicker
from envs.phone.apps.pickers.date_picker import YEARS, add_months
from envs.phone.ui import Handler, Screen

REACH, MOST_MONTHS = 2, 120
"""Months that the event list looks ahead at first and further with each tap, and at most."""


class Calendar(App):
    package = PACKAGE
    label = "Simple Calendar Pro"
    icon = "calendar-month"
    color = (245, 124, 0)
    activity = f"{PACKAGE}.activities.MainActivity"

    def __init__(self, device: Device) -> None:
        super().__init__(device)
        self.store = Store(device)
        self.preferences = CalendarPreferences(device.files)
        self.stop()

    def install(self) -> None:
        self.stop()
        if not self.device.files.exists(PATH):
            made_up.fill(self.store, self.device)

    def stop(self) -> None:
        self._day: dt.date | None = None
        """Where the view stands; today until somebody turns its pages."""
        self.over: list[View] = []
        """Views opened from the one that is set: a day from a month, a month from a year."""
        self.form: EventForm | None = None
        self.query: str | None = None
        """Text of the search; None when it is closed."""
        self.pages: list[Literal["settings", "types"]] = []
        """Open pages of settings, the last one in front."""
        self.reach = (0, REACH)
        """Months from today between which the event list lists."""
        self.chosen: frozenset[tuple[int, dt.datetime]] = frozenset()
        """Keys of the selected occurrences."""
        self.asking: Asking | None = None
        self.menu = False

    def back(self) -> bool:
        if self.asking or self.menu:
            self.close()
            self.close_menu()
        elif self.form:
            self.form.leave()
        elif self.chosen:
            self.chosen = frozenset()
        elif self.pages:
            self.pages.pop()
        elif self.query is not None:
            self.query = None
        elif self.over:
            self.over.pop()
        else:
            return False
        return True

    def screen(self) -> Screen:
        if self.form is not None:
            return form_screen(self.form)
        if self.pages:
            return settings_screen(self) if self.pages[-1] == "settings" else types_screen(self)
        return views.screen(self)

    # State

    @property
    def today(self) -> dt.date:
        return self.device.now().date()

    @property
    def day(self) -> dt.date:
        """Where the view stands."""
        return self._day or self.today

    @property
    def week_start(self) -> dt.date:
        return self.day - dt.timedelta((self.day.weekday() - self.preferences.first_weekday) % 7)

    @property
    def view(self) -> View:
        return self.over[-1] if self.over else self.preferences.view

    @property
    def full_day(self) -> bool:
        """The phone's 24-hour setting."""
        return self.device.settings.get("system", "time_12_24") == "24"

    # Moving

    def go(self, day: dt.date) -> None:
        if day.year in YEARS:
            self._day = day
            self.chosen = frozenset()

    def turn(self, by: int) -> None:
        """To the next or the previous page of the view."""
        if self.view in ("monthly", "monthly_daily"):
            self.go(month_after(self.day, by, self.today))
        elif self.view == "yearly":
            self.go(add_months(self.day, 12 * by))
        else:
            self.go(self.day + dt.timedelta(by * (7 if self.view == "weekly" else 1)))

    def go_to_today(self) -> None:
        self.go(self.today)

    def ask_day(self) -> None:
        self.asking = DatePicker(self.day, self.go, self.close, first_weekday=self.preferences.first_weekday)

    def select_day(self, day: dt.date) -> None:
        self.go(day)

    def open_day(self, day: dt.date) -> None:
        self.go(day)
        self.over.append("daily")

    def open_month(self, first: dt.date) -> None:
        self.go(month_after(first, 0, self.today))
        self.over.append("monthly")

    def ask_view(self) -> None:
        options = [(name, view) for view, name in VIEWS.items()]
        self.asking = Choice("Change view", options, self.view, self.set_view, self.close)

    def set_view(self, view: View) -> None:
        self.preferences.view = view
        self.over, self.chosen = [], frozenset()

    def look_back(self) -> None:
        self.reach = (max(-MOST_MONTHS, self.reach[0] - 1), self.reach[1])

    def look_ahead(self) -> None:
        self.reach = (self.reach[0], min(MOST_MONTHS, self.reach[1] + REACH))

    # Events

    def add(self, start: dt.datetime) -> None:
        self.form = EventForm.new(self, start)

    def add_here(self) -> None:
        """A new event on the day in view, at the next full hour."""
        hour = self.device.now().replace(minute=0, second=0, microsecond=0) + dt.timedelta(hours=1)
        self.add(hour + (self.day - self.today))

    def open(self, one: Occurrence) -> None:
        self.form = EventForm.of(self, one)

    def close_form(self) -> None:
        self.form = None
        self.close()

    def toggle(self, one: Occurrence) -> None:
        """Select an occurrence, or give it up."""
        self.chosen = self.chosen ^ {one.key}

    def select_all(self) -> None:
        self.chosen = frozenset(one.key for one in lists.found(self))

    def selected(self) -> list[Occurrence]:
        """Those that still exist."""
        return [one for one in lists.found(self) if one.key in self.chosen]

    def delete_selected(self) -> None:
        self.delete(self.selected())

    def delete(self, events: Sequence[Occurrence]) -> None:
        """Ask, and of repeating events how much is meant."""
        if not any(one.event.repetition.unit for one in events):
            text = "Are you sure you want to proceed with the deletion?"
            self.asking = Confirm(text, lambda: self._delete(events, "all"), self.close)
            return
        options: list[tuple[str, Reach]] = [
            ("Delete the selected occurrence only", "one"),
            ("Delete this and all future occurrences", "future"),
            ("Delete all occurrences", "all"),
        ]
        self.asking = Choice(
            "", options, "one", lambda reach: self._delete(events, reach), self.close, confirm="Yes", text=REPEATING
        )

    def _delete(self, events: Sequence[Occurrence], reach: Reach) -> None:
        for one in events:
            event = self.store.event(one.event.id)  # several occurrences of one event may go, one after the other
            if event is None:
                continue
            if reach == "all" or not event.repetition.unit:
                self.store.delete(event.id)
            elif reach == "one":
                self.store.skip(event, one.start.date())
            else:
                self.store.end_before(event, one.start.date())
        self.chosen = frozenset()
        self.close_form()

    # Pages, dialogs, menus

    def open_search(self) -> None:
        self.query, self.chosen = "", frozenset()

    def set_query(self, text: str) -> None:
        self.query = text

    def open_settings(self) -> None:
        self.pages.append("settings")

    def open_types(self) -> None:
        self.pages.append("types")

    def close(self) -> None:
        self.asking = None
        if self.form is not None:
            self.form.fresh = False

    def open_menu(self) -> None:
        self.menu = True

    def close_menu(self) -> None:
        self.menu = False

    def from_menu(self, act: Handler) -> None:
        """What a menu item does: the menu closes first."""
        self.close_menu()
        act()
