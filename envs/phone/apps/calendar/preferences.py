"""The calendar's own settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from envs.phone.apps.calendar.schema import OFF, PACKAGE
from envs.phone.apps.preferences import Preferences

if TYPE_CHECKING:
    from envs.phone.files import Files

View: TypeAlias = Literal["daily", "weekly", "monthly", "monthly_daily", "yearly", "list"]

VIEWS: dict[View, str] = {
    "daily": "Daily view",
    "weekly": "Weekly view",
    "monthly": "Monthly view",
    "monthly_daily": "Monthly and daily view",
    "yearly": "Yearly view",
    "list": "Simple event list",
}
"""In the order of the dialog."""
_NUMBERS: dict[View, int] = {"monthly": 1, "yearly": 2, "list": 3, "weekly": 4, "daily": 5, "monthly_daily": 7}
"""As the app stores them."""


class CalendarPreferences:
    def __init__(self, files: Files) -> None:
        self._stored = Preferences(files, PACKAGE)

    @property
    def view(self) -> View:
        number = self._stored.number("view", 1)
        return next((view for view, n in _NUMBERS.items() if n == number), "monthly")

    @view.setter
    def view(self, view: View) -> None:
        self._stored.put("view", _NUMBERS[view])

    @property
    def first_weekday(self) -> int:
        """0 is Monday, 6 Sunday."""
        return 6 if self._stored.flag("week_starts_on_sunday", True) else 0

    def start_on_sunday(self, on: bool) -> None:
        self._stored.put("week_starts_on_sunday", on)

    @property
    def dim_past(self) -> bool:
        return self._stored.flag("dim_past_events", True)

    @dim_past.setter
    def dim_past(self, on: bool) -> None:
        self._stored.put("dim_past_events", on)

    @property
    def duration(self) -> int:
        """Minutes that a new event lasts."""
        return min(1440, max(0, self._stored.number("default_duration", 0)))

    @duration.setter
    def duration(self, minutes: int) -> None:
        self._stored.put("default_duration", minutes)

    @property
    def reminder(self) -> int:
        """Minutes before a new event; `OFF` without."""
        return max(OFF, self._stored.number("default_reminder_1", OFF))

    @reminder.setter
    def reminder(self, minutes: int) -> None:
        self._stored.put("default_reminder_1", minutes)
