"""What the calendar keeps, in Simple Calendar's database."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from envs.phone.apps.calendar.event import Event, EventType, Occurrence, day_code, day_stamp, from_row, number, to_row
from envs.phone.apps.calendar.schema import ALL_DAY, COLUMNS, ORANGE, PATH, REGULAR, SCHEMA, argb, rgb
from envs.phone.apps.epoch import to_ms

if TYPE_CHECKING:
    from envs.phone.app import Device


class Store:
    def __init__(self, device: Device) -> None:
        self.device = device

    @property
    def db(self) -> sqlite3.Connection:
        return self.device.files.database(PATH, SCHEMA)

    # Reading

    def event(self, key: int) -> Event | None:
        return next(self._events("id = ?", key), None)

    def occurrences(self, first: dt.date, last: dt.date) -> list[Occurrence]:
        """What covers any of the days `first..last`, by start; all-day events lead their day."""
        low, high = day_stamp(first), day_stamp(last + dt.timedelta(1))
        where = "start_ts < ? AND (repeat_interval != 0 OR end_ts >= ?)"
        found = [one for event in self._events(where, high, low) for one in event.occurrences(first, last)]
        return sorted(found, key=lambda o: (o.start.date(), not o.event.all_day, o.start, o.end, o.event.id))

    def search(self, text: str, today: dt.date) -> list[Occurrence]:
        """Events whose title, location or description holds `text`; a repeating one at its next time."""
        needle, found = text.casefold(), []
        for event in self._events("1"):
            if needle in "\n".join((event.title, event.location, event.description)).casefold():
                coming = event.days(today, today + dt.timedelta(366)) if event.repetition.unit else ()
                found.append(event.on(next(iter(coming), event.start.date())))
        return sorted(found, key=lambda o: (o.start, o.event.id))

    def types(self) -> list[EventType]:
        """The regular one first, the others by name."""
        rows = self.db.execute(
            "SELECT id, title, color FROM event_types ORDER BY id != ?, lower(title), id", (REGULAR,)
        )
        return [EventType(int(key), str(title or ""), rgb(number(color))) for key, title, color in rows]

    def color(self, event: Event, types: Sequence[EventType]) -> tuple[int, int, int]:
        if event.color:
            return rgb(event.color)
        return next((kind.color for kind in types if kind.id == event.kind), ORANGE)

    # Writing

    def save(self, event: Event) -> int:
        """Insert (`id` 0) or overwrite; the event's id."""
        now = to_ms(self.device.now())
        values = (*to_row(event), now)
        if event.id:
            flags = f"flags & ~{ALL_DAY} | ?"
            changes = ", ".join(f"{name} = {flags if name == 'flags' else '?'}" for name in COLUMNS)
            self.db.execute(f"UPDATE events SET {changes}, last_updated = ? WHERE id = ?", (*values, event.id))  # noqa: S608
            return event.id
        import_id = f"{self.device.random.getrandbits(128):032x}{now}"
        names = ", ".join(COLUMNS)
        row = self.db.execute(
            f"INSERT INTO events ({names}, last_updated, import_id, reminder_1_type, reminder_2_type, reminder_3_type, "  # noqa: S608
            "attendees, time_zone, source, availability, type) "
            f"VALUES ({', '.join('?' * len(values))}, ?, 0, 0, 0, '[]', 'UTC', 'simple-calendar', 0, 0) RETURNING id",
            (*values, import_id),
        ).fetchone()
        return int(row[0])

    def delete(self, key: int) -> None:
        """An event with all that was taken from it."""
        self.db.execute("DELETE FROM events WHERE id = ? OR parent_id = ? AND parent_id != 0", (key, key))

    def skip(self, event: Event, day: dt.date) -> None:
        """Take the occurrence on `day` out of a repeating event."""
        self.save(replace(event, exceptions=(*event.exceptions, day_code(day))))

    def end_before(self, event: Event, day: dt.date) -> None:
        """Let a repeating event end before `day`; one that would have no occurrence left is deleted."""
        if day <= event.start.date():
            return self.delete(event.id)
        self.save(replace(event, repetition=replace(event.repetition, limit=day_stamp(day) - 1)))

    def save_type(self, kind: EventType) -> int:
        """Insert (`id` 0) or overwrite; the type's id."""
        if kind.id:
            self.db.execute(
                "UPDATE event_types SET title = ?, color = ? WHERE id = ?", (kind.title, argb(kind.color), kind.id)
            )
            return kind.id
        row = self.db.execute(
            "INSERT INTO event_types (title, color, caldav_calendar_id, caldav_display_name, caldav_email, type) "
            "VALUES (?, ?, 0, '', '', 0) RETURNING id",
            (kind.title, argb(kind.color)),
        ).fetchone()
        return int(row[0])

    def delete_type(self, key: int) -> None:
        """Its events become regular ones; the regular type stays."""
        if key != REGULAR:
            self.db.execute("UPDATE events SET event_type = ? WHERE event_type = ?", (REGULAR, key))
            self.db.execute("DELETE FROM event_types WHERE id = ?", (key,))

    def _events(self, where: str, *arguments: int) -> Iterator[Event]:
        """`where` is one of this file's own conditions."""
        query = f"SELECT {', '.join(COLUMNS)}, id FROM events WHERE {where}"  # noqa: S608
        return map(from_row, self.db.execute(query, arguments).fetchall())
