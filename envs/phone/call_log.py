"""The call log provider: calls in Android's own `calllog.db`, behind `content://call_log/calls`.

Columns are a subset of those of Android 13 (AOSP ContactsProvider, CallLogDatabaseHelper). Rows changed by anyone else
show at the next read.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from envs.phone.apps.epoch import from_ms, to_ms

if TYPE_CHECKING:
    from envs.phone.files import Files

PATH = "/data/data/com.android.providers.contacts/databases/calllog.db"
SCHEMA = """
CREATE TABLE IF NOT EXISTS calls (
    _id INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT, presentation INTEGER NOT NULL DEFAULT 1, date INTEGER,
    duration INTEGER, features INTEGER NOT NULL DEFAULT 0, type INTEGER, name TEXT, numbertype INTEGER,
    numberlabel TEXT, countryiso TEXT, geocoded_location TEXT, is_read INTEGER, new INTEGER,
    subscription_id TEXT DEFAULT '1');
"""


class Kind(IntEnum):
    """`calls.type`."""

    INCOMING = 1
    OUTGOING = 2
    MISSED = 3
    REJECTED = 5


@dataclass(frozen=True, slots=True)
class LoggedCall:
    number: str
    begin: dt.datetime
    """Naive, the phone's local time (UTC)."""
    seconds: int
    kind: Kind
    id: int = 0


class CallLog:
    """Reads and writes the provider's database on `files`."""

    def __init__(self, files: Files) -> None:
        self.files = files

    @property
    def db(self) -> sqlite3.Connection:
        return self.files.database(PATH, SCHEMA)

    def add(self, call: LoggedCall) -> None:
        new = int(call.kind == Kind.MISSED)
        self.db.execute(
            "INSERT INTO calls (number, date, duration, type, is_read, new) VALUES (?, ?, ?, ?, ?, ?)",
            (call.number, to_ms(call.begin), call.seconds, int(call.kind), 1 - new, new),
        )

    def all(self) -> list[LoggedCall]:
        """The latest first. Rows of a type that a phone call has not count as incoming."""
        rows = self.db.execute("SELECT number, date, duration, type, _id FROM calls ORDER BY date DESC, _id DESC")
        kinds = {kind.value: kind for kind in Kind}
        return [
            LoggedCall(number or "", from_ms(date), seconds or 0, kinds.get(kind, Kind.INCOMING), key)
            for number, date, seconds, kind, key in rows.fetchall()
        ]

    def delete(self, number: str | None = None) -> None:
        """The calls with one number, or all."""
        where, values = ("", ()) if number is None else (" WHERE number = ?", (number,))
        self.db.execute(f"DELETE FROM calls{where}", values)  # noqa: S608
