"""The screen of the event form."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from envs.phone.apps.calendar.colors import COLORS
from envs.phone.apps.calendar.form import Edge, EventForm
from envs.phone.apps.calendar.repeat_rows import repeat_rows
from envs.phone.apps.calendar.schema import OFF, PACKAGE, argb
from envs.phone.apps.calendar.texts import REMINDERS, clock, day_title, reminder_text
from envs.phone.apps.pickers import Choice, ColorChoice
from envs.phone.ui import (
    Column,
    Divider,
    Icon,
    IconButton,
    ListItem,
    Menu,
    Screen,
    Switch,
    Text,
    TextField,
    Widget,
)

if TYPE_CHECKING:
    pass

ACTIVITY = f"{PACKAGE}.activities.EventActivity"
MOST_REMINDERS = 3


def form_screen(form: EventForm) -> Screen:
    app, event = form.app, form.event
    one = form.occurrence
    actions = [IconButton("check", form.save, label="Save", id="save")]
    if one is not None:
        actions += [
            IconButton("delete-outline", partial(app.delete, [one]), label="Delete", id="delete"),
            IconButton("dots-vertical", app.open_menu, label="More options"),
        ]
    fields = Column(
        [
            TextField(event.title, form.put("title"), hint="Title", autofocus=form.fresh, id="event_title"),
            TextField(event.location, form.put("location"), hint="Location", id="event_location"),
            TextField(
                event.description, form.put("description"), hint="Description", multiline=True, id="event_description"
            ),
        ]
    )
    return Screen(
        "Edit Event" if one else "New Event",
        [fields, *_times(form), Divider(), *_reminders(form), Divider(), *repeat_rows(form), Divider(), *_looks(form)],
        ACTIVITY,
        nav="back",
        on_nav=form.leave,
        actions=actions,
        menu=Menu([("Duplicate event", partial(app.from_menu, form.duplicate))], app.close_menu) if app.menu else None,
        dialog=app.asking.dialog() if app.asking else None,
        scroll_key="event",
    )


def _times(form: EventForm) -> list[Widget]:
    event = form.event
    switch = Switch(event.all_day, form.set_all_day, label="All-day", id="event_all_day")
    late = event.end < event.start
    return [
        ListItem("All-day", leading=Icon("clock-outline"), trailing=switch),
        _edge(form, "start"),
        _edge(form, "end"),
        *([Text("The event cannot end earlier than it starts", style="caption", color="error")] if late else []),
    ]


def _edge(form: EventForm, edge: Edge) -> ListItem:
    moment = form.event.start if edge == "start" else form.event.end
    time = clock(moment, form.app.full_day)
    return ListItem(
        day_title(moment.date(), form.app.today),
        leading=Icon("calendar" if edge == "start" else "arrow-right"),
        trailing=None
        if form.event.all_day
        else Text(time, on_tap=partial(form.pick_time, edge), id=f"event_{edge}_time"),
        on_tap=partial(form.pick_day, edge),
        id=f"event_{edge}_date",
    )


def _reminders(form: EventForm) -> list[Widget]:
    """A row for each, and one more to add another."""
    event = form.event

    def row(number: int, title: str, minutes: int | None) -> ListItem:
        return ListItem(
            title,
            leading=Icon("bell-outline"),
            on_tap=partial(_ask_reminder, form, minutes),
            id=f"event_reminder_{number}",
        )

    shown = [row(n, reminder_text(minutes), minutes) for n, minutes in enumerate(event.reminders, 1)]
    if len(shown) < MOST_REMINDERS:
        shown.append(row(len(shown) + 1, "Add another reminder" if shown else "No reminder", None))
    return list(shown)


def _ask_reminder(form: EventForm, minutes: int | None) -> None:
    others = tuple(m for m in form.event.reminders if m != minutes)

    def done(chosen: int) -> None:
        form.set_reminders(others if chosen == OFF else (*others, chosen))

    choices = sorted({*REMINDERS, *([] if minutes is None else [minutes])})
    options = [("No reminder", OFF), *((reminder_text(m), m) for m in choices)]
    form.app.asking = Choice("Reminder", options, OFF if minutes is None else minutes, done, form.app.close)


def _looks(form: EventForm) -> list[Widget]:
    app, event = form.app, form.event
    types = app.store.types()
    kind = next((kind for kind in types if kind.id == event.kind), types[0] if types else None)

    def ask_kind() -> None:
        app.asking = Choice(
            "Event type", [(t.title, t.id) for t in types], kind.id if kind else None, form.set_kind, app.close
        )

    def ask_color() -> None:
        own = app.store.color(replace(event, color=0), types)
        options = [("As the event type", own), *((name, color) for name, color in COLORS if color != own)]
        app.asking = ColorChoice(
            "Color",
            options,
            app.store.color(event, types),
            lambda color: form.set_color(0 if color == own else argb(color)),
            app.close,
        )

    return [
        ListItem(
            kind.title if kind else "Regular event",
            leading=Icon("label-outline"),
            trailing=Icon("circle", color=app.store.color(replace(event, color=0), types)),
            on_tap=ask_kind,
            id="event_type",
        ),
        ListItem(
            "Event color",
            leading=Icon("palette-outline"),
            trailing=Icon("circle", color=app.store.color(event, types)),
            on_tap=ask_color,
            id="event_color",
        ),
    ]
