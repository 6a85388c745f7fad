"""Simple Calendar's database: its tables, and the numbers that their columns hold."""

from __future__ import annotations

PACKAGE = "com.simplemobiletools.calendar.pro"
PATH = f"/data/data/{PACKAGE}/databases/events.db"
ORANGE = (245, 124, 0)
REGULAR = 1
"""Id of the event type that is always there."""
OFF = -1
"""`reminder_N_minutes` of a reminder that is not set."""
ALL_DAY = 1
"""Bit of `flags`."""
LATEST = 4_102_444_799
"""The last second of 2099: later stamps are shown as that."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY AUTOINCREMENT, start_ts INTEGER NOT NULL, end_ts INTEGER NOT NULL, title TEXT NOT NULL,
    location TEXT NOT NULL, description TEXT NOT NULL, reminder_1_minutes INTEGER NOT NULL,
    reminder_2_minutes INTEGER NOT NULL, reminder_3_minutes INTEGER NOT NULL, reminder_1_type INTEGER NOT NULL,
    reminder_2_type INTEGER NOT NULL, reminder_3_type INTEGER NOT NULL, repeat_interval INTEGER NOT NULL,
    repeat_rule INTEGER NOT NULL, repeat_limit INTEGER NOT NULL, repetition_exceptions TEXT NOT NULL,
    attendees TEXT NOT NULL, import_id TEXT NOT NULL, time_zone TEXT NOT NULL, flags INTEGER NOT NULL,
    event_type INTEGER NOT NULL, parent_id INTEGER NOT NULL, last_updated INTEGER NOT NULL, source TEXT NOT NULL,
    availability INTEGER NOT NULL, color INTEGER NOT NULL, type INTEGER NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS index_events_id ON events (id);
CREATE TABLE IF NOT EXISTS event_types (
    id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL, color INTEGER NOT NULL,
    caldav_calendar_id INTEGER NOT NULL, caldav_display_name TEXT NOT NULL, caldav_email TEXT NOT NULL,
    type INTEGER NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS index_event_types_id ON event_types (id);
CREATE TABLE IF NOT EXISTS widgets (
    id INTEGER PRIMARY KEY AUTOINCREMENT, widget_id INTEGER NOT NULL, period INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS tasks (
    id INTEGER PRIMARY KEY AUTOINCREMENT, task_id INTEGER NOT NULL, start_ts INTEGER NOT NULL, flags INTEGER NOT NULL);
INSERT OR IGNORE INTO event_types VALUES (1, 'Regular event', -689152, 0, '', '', 0);
"""
"""The regular event type is orange, `argb(ORANGE)`."""
COLUMNS = (
    "start_ts", "end_ts", "title", "location", "description", "flags", "reminder_1_minutes", "reminder_2_minutes",
    "reminder_3_minutes", "repeat_interval", "repeat_rule", "repeat_limit", "repetition_exceptions", "event_type",
    "parent_id", "color",
)  # fmt: skip
"""What `Event` knows of a row, in the order of `event.to_row`."""


def argb(color: tuple[int, int, int]) -> int:
    """A colour as Android stores it: opaque, a signed 32-bit number."""
    return (0xFF << 24 | color[0] << 16 | color[1] << 8 | color[2]) - (1 << 32)


def rgb(stored: int) -> tuple[int, int, int]:
    return stored >> 16 & 255, stored >> 8 & 255, stored & 255
