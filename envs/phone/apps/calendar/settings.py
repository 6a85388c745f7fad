"""The calendar's settings, and the page on which event types are made."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from envs.phone.apps.calendar.colors import COLORS
from envs.phone.apps.calendar.event import EventType
from envs.phone.apps.calendar.preferences import VIEWS
from envs.phone.apps.calendar.schema import OFF, ORANGE, PACKAGE, REGULAR
from envs.phone.apps.calendar.texts import DURATIONS, REMINDERS, minutes_text, reminder_text
from envs.phone.apps.pickers import Choice, ColorChoice, Confirm, LineOfText
from envs.phone.ui import Fab, Header, Icon, IconButton, ListItem, Screen, Switch

if TYPE_CHECKING:
    from envs.phone.apps.calendar.main import Calendar

ACTIVITY = f"{PACKAGE}.activities.SettingsActivity"
TYPES_ACTIVITY = f"{PACKAGE}.activities.ManageEventTypesActivity"


def settings_screen(app: Calendar) -> Screen:
    stored = app.preferences
    reminder = "No reminder" if stored.reminder == OFF else reminder_text(stored.reminder)

    def ask_reminder() -> None:
        options = [("No reminder", OFF), *((reminder_text(minutes), minutes) for minutes in REMINDERS)]
        app.asking = Choice(
            "Default reminder", options, stored.reminder, lambda m: setattr(stored, "reminder", m), app.close
        )

    def ask_duration() -> None:
        options = [(minutes_text(minutes), minutes) for minutes in DURATIONS]
        app.asking = Choice(
            "Default event duration", options, stored.duration, lambda m: setattr(stored, "duration", m), app.close
        )

    sunday = Switch(stored.first_weekday == 6, stored.start_on_sunday, id="settings_sunday_first")
    dim = Switch(stored.dim_past, lambda on: setattr(stored, "dim_past", on), id="settings_dim_past_events")
    return Screen(
        "Settings",
        [
            Header("General settings"),
            ListItem("Manage event types", on_tap=app.open_types, id="settings_manage_event_types"),
            ListItem("Start week on Sunday", trailing=sunday),
            ListItem("Default view", VIEWS[stored.view], on_tap=app.ask_view, id="settings_default_view"),
            Header("New events"),
            ListItem("Default reminder", reminder, on_tap=ask_reminder, id="settings_default_reminder"),
            ListItem("Default event duration", minutes_text(stored.duration), on_tap=ask_duration),
            Header("Events"),
            ListItem("Dim past events", trailing=dim),
        ],
        ACTIVITY,
        nav="back",
        dialog=app.asking.dialog() if app.asking else None,
    )


def types_screen(app: Calendar) -> Screen:
    rows = [
        ListItem(
            kind.title,
            leading=Icon("circle", color=kind.color),
            trailing=None
            if kind.id == REGULAR
            else IconButton("delete-outline", partial(_ask_delete, app, kind), label=f"Delete {kind.title}"),
            on_tap=partial(_ask_title, app, kind),
            id=f"event_type_{kind.id}",
        )
        for kind in app.store.types()
    ]
    return Screen(
        "Event types",
        rows,
        TYPES_ACTIVITY,
        nav="back",
        fab=Fab("plus", partial(_ask_title, app, EventType(0, "", ORANGE)), label="Add new type", id="add_event_type"),
        dialog=app.asking.dialog() if app.asking else None,
    )


def _ask_title(app: Calendar, kind: EventType) -> None:
    """First the title, then the colour."""

    def title_known(title: str) -> None:
        app.asking = ColorChoice("Color", COLORS, kind.color, partial(color_known, title), app.close)

    def color_known(title: str, color: tuple[int, int, int]) -> None:
        app.store.save_type(replace(kind, title=title, color=color))

    heading = "Edit type" if kind.id else "Add new type"
    app.asking = LineOfText(heading, "Title", kind.title, title_known, app.close)


def _ask_delete(app: Calendar, kind: EventType) -> None:
    text = f"Delete “{kind.title}”? Its events become regular events."
    app.asking = Confirm(text, partial(app.store.delete_type, kind.id), app.close)
