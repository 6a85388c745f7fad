"""The form of a new or an existing event: what it holds, and what its rows change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from envs.phone.apps.calendar.event import ONCE, Event, Occurrence
from envs.phone.apps.calendar.repetition import Repetition
from envs.phone.apps.pickers import Choice, Confirm, DatePicker, TimePicker

if TYPE_CHECKING:
    from envs.phone.apps.calendar.main import Calendar

Edge = Literal["start", "end"]
Reach = Literal["one", "future", "all"]
REPEATING = "The selection contains a repeating event."


class EventForm:
    """`occurrence` is what is edited; None for a new event."""

    def __init__(self, app: Calendar, event: Event, occurrence: Occurrence | None = None) -> None:
        self.app = app
        self.occurrence = occurrence
        self.event = event
        """As the form holds it now. An edited event has the times of its occurrence."""
        self._before = event
        self.fresh = occurrence is None
        """Nothing was asked yet: the keyboard is up, ready for the title."""

    @classmethod
    def new(cls, app: Calendar, start: dt.datetime) -> EventForm:
        preferences = app.preferences
        reminders = (preferences.reminder,) if preferences.reminder >= 0 else ()
        return cls(app, Event(start, start + dt.timedelta(minutes=preferences.duration), reminders=reminders))

    @classmethod
    def of(cls, app: Calendar, one: Occurrence) -> EventForm:
        return cls(app, replace(one.event, start=one.start, end=one.end), one)

    @property
    def changed(self) -> bool:
        return self.event != self._before

    # What rows change

    def put(self, name: Literal["title", "location", "description"]) -> Callable[[str], None]:
        """What a text field calls with its new text."""
        return lambda text: self._change(**{name: text})

    def set_all_day(self, on: bool) -> None:
        self._change(all_day=on)

    def set_reminders(self, reminders: tuple[int, ...]) -> None:
        self._change(reminders=tuple(sorted(set(reminders))))

    def set_repetition(self, repetition: Repetition) -> None:
        self._change(repetition=repetition)

    def set_kind(self, kind: int) -> None:
        self._change(kind=kind)

    def set_color(self, color: int) -> None:
        self._change(color=color)

    def _change(self, **changes: object) -> None:
        self.event = replace(self.event, **changes)  # type: ignore[arg-type]

    # Days and times

    def pick_day(self, edge: Edge) -> None:
        moment = self._edge(edge)
        self.app.asking = DatePicker(
            moment.date(),
            lambda day: self._move(edge, dt.datetime.combine(day, moment.time())),
            self.app.close,
            first_weekday=self.app.preferences.first_weekday,
        )

    def pick_time(self, edge: Edge) -> None:
        moment = self._edge(edge)
        self.app.asking = TimePicker(
            moment.hour,
            moment.minute,
            self.app.full_day,
            lambda hour, minute: self._move(edge, moment.replace(hour=hour, minute=minute)),
            self.app.close,
        )

    def _edge(self, edge: Edge) -> dt.datetime:
        return self.event.start if edge == "start" else self.event.end

    def _move(self, edge: Edge, moment: dt.datetime) -> None:
        """The end keeps its distance from a start that moves, and a weekly event its weekday."""
        event = self.event
        if edge == "end":
            return self._change(end=moment)
        self._change(start=moment, end=moment + (event.end - event.start))
        repetition = event.repetition
        if repetition.unit == "week" and repetition.rule == 1 << event.start.weekday():
            self._change(repetition=replace(repetition, rule=1 << moment.weekday()))

    # Leaving

    def save(self) -> None:
        """Store the event; of a repeating one, asks first how much of it is meant."""
        event, device = self.event, self.app.device
        if event.all_day:
            noon = dt.datetime.combine(event.end.date(), dt.time(12))
            event = replace(event, start=dt.datetime.combine(event.start.date(), dt.time()), end=noon)
        event = replace(event, title=event.title.strip())
        if not event.title:
            return device.toast("Event title cannot be empty")
        if event.end < event.start:
            return device.toast("The event cannot end earlier than it starts")
        whole = self.occurrence.event if self.occurrence else event
        if not whole.repetition.unit or self.occurrence is None:
            return self._finish(lambda: self.app.store.save(event))
        options: list[tuple[str, Reach]] = [
            ("Update the selected occurrence only", "one"),
            ("Update this and all future occurrences", "future"),
            ("Update all occurrences", "all"),
        ]
        self.app.asking = Choice(
            "", options, None, lambda reach: self._update(event, reach), self.app.close, confirm="OK", text=REPEATING
        )

    def _update(self, event: Event, reach: Reach) -> None:
        assert self.occurrence is not None
        one, store = self.occurrence, self.app.store
        whole, fresh = one.event, replace(event, id=0, exceptions=(), parent=0)

        def write() -> None:
            if reach == "one":
                store.skip(whole, one.start.date())
                store.save(replace(fresh, repetition=ONCE, parent=whole.id))
            elif reach == "future":
                store.end_before(whole, one.start.date())
                store.save(fresh)
            else:
                start = whole.start + (event.start - one.start)
                store.save(replace(event, start=start, end=start + (event.end - event.start)))

        self._finish(write)

    def _finish(self, write: Callable[[], object]) -> None:
        write()
        self.app.close_form()

    def leave(self) -> None:
        """Back: asks about changes that are not saved."""
        if not self.changed:
            return self.app.close_form()
        self.app.asking = Confirm(
            "Your changes are not saved. Do you want to save them?",
            self.save,
            self.app.close,
            yes="Save",
            no="Discard",
            refused=self.app.close_form,
        )

    def duplicate(self) -> None:
        """Go on with a copy, as a new event."""
        event = replace(self.event, id=0, parent=0, exceptions=())
        self.app.form = EventForm(self.app, event)
