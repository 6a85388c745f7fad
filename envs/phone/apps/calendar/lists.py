"""Events below each other: a day, everything to come, what a search found."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from envs.phone.apps.calendar.event import Occurrence
from envs.phone.apps.calendar.texts import day_title, span
from envs.phone.apps.pickers.date_picker import add_months
from envs.phone.ui import Appointment, Button, Column, Header, Text, TextField, Widget

if TYPE_CHECKING:
    from envs.phone.apps.calendar.main import Calendar

SHORTEST = 2
"""Letters that a search needs."""


def rows(app: Calendar, events: Sequence[Occurrence]) -> list[Widget]:
    """One coloured row for each; a long press selects."""
    types, today, now = app.store.types(), app.today, app.device.now()
    return [
        Appointment(
            one.event.title,
            [span(one, today, app.full_day), *filter(None, [one.event.description or one.event.location])],
            app.store.color(one.event, types),
            faded=app.preferences.dim_past and one.end < now,
            selected=one.key in app.chosen,
            on_tap=partial(app.toggle if app.chosen else app.open, one),
            on_long_press=partial(app.toggle, one),
            id=f"event_item_{one.event.id}",
        )
        for one in events
    ]


def by_day(app: Calendar, events: Sequence[Occurrence]) -> list[Widget]:
    """Under a heading for each day on which something begins."""
    shown: list[Widget] = []
    for date, group in groupby(zip(events, rows(app, events), strict=True), lambda pair: pair[0].start.date()):
        shown += [Header(day_title(date, app.today)), *(row for _, row in group)]
    return shown


def found(app: Calendar) -> list[Occurrence]:
    """What the list in view holds: a search, everything to come or a day."""
    if app.query is not None:
        return app.store.search(app.query.strip(), app.today) if len(app.query.strip()) >= SHORTEST else []
    if app.view == "list":
        return app.store.occurrences(*(add_months(app.today, months) for months in app.reach))
    return app.store.occurrences(app.day, app.day)


def day(app: Calendar) -> list[Widget]:
    return rows(app, found(app)) or [nothing("No events on this day")]


def upcoming(app: Calendar) -> list[Widget]:
    """From today on, as far as the list reaches; both ends lead on."""
    earlier = Button("Show earlier events", app.look_back, kind="text", id="show_earlier")
    later = Button("Show later events", app.look_ahead, kind="text", id="show_later")
    return [earlier, *(by_day(app, found(app)) or [nothing("No upcoming events")]), later]


def searched(app: Calendar) -> list[Widget]:
    query = app.query or ""
    short = len(query.strip()) < SHORTEST
    hint = f"Type in at least {SHORTEST} characters to start the search" if short else "No items found"
    field = TextField(query, app.set_query, hint="Search", autofocus=True, id="search")
    return [Column([field]), *(by_day(app, found(app)) or [nothing(hint)])]


def nothing(text: str) -> Text:
    return Text(text, align="center", color="on_surface_variant")
