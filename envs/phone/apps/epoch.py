"""Milliseconds since 1970, as Android's apps store moments, and the phone's naive UTC times."""

from __future__ import annotations

import datetime as dt

LATEST = 253_402_300_799_000
"""The last second of the year 9999."""


def to_ms(when: dt.datetime) -> int:
    return int(when.replace(tzinfo=dt.UTC).timestamp() * 1000)


def from_ms(stamp: int | None) -> dt.datetime:
    """None counts as 0; a stamp before 1970 or after 9999 becomes the nearest that a calendar shows."""
    return dt.datetime.fromtimestamp(min(max(stamp or 0, 0), LATEST) / 1000, dt.UTC).replace(tzinfo=None)


def day_text(day: dt.date, today: dt.date) -> str:
    """ "Today", "Tomorrow", "Yesterday", "Tue, Oct 17", or with the year where it is another: "Tue, Oct 17, 2024"."""
    near = {0: "Today", 1: "Tomorrow", -1: "Yesterday"}.get((day - today).days)
    if near is not None:
        return near
    return f"{day:%a, %b} {day.day}" + ("" if day.year == today.year else f", {day.year}")
