"""What the Clock keeps: alarms in `alarms.db` (AOSP DeskClock's `alarm_templates`), the rest in shared preferences.

Timers and the stopwatch store when they began, never a count, so that they run on the phone's clock alone.
"""

from __future__ import annotations

import datetime as dt
import html
import json
import re
import sqlite3
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from envs.phone.app import Device
    from envs.phone.files import Files

PACKAGE = "com.google.android.deskclock"
DATABASE = f"/data/data/{PACKAGE}/databases/alarms.db"
PREFERENCES = f"/data/data/{PACKAGE}/shared_prefs/{PACKAGE}_preferences.xml"
SCHEMA = """
CREATE TABLE IF NOT EXISTS alarm_templates (
    _id INTEGER PRIMARY KEY AUTOINCREMENT, hour INTEGER NOT NULL, minutes INTEGER NOT NULL, daysofweek INTEGER NOT NULL,
    enabled INTEGER NOT NULL, vibrate INTEGER NOT NULL, label TEXT NOT NULL, ringtone TEXT,
    delete_after_use INTEGER NOT NULL DEFAULT 0);
"""
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
"""In the order of the bits of `daysofweek`, Monday the lowest."""


@dataclass(frozen=True, slots=True)
class Alarm:
    hour: int
    minutes: int
    days: int = 0
    """Bit i set: rings on DAYS[i]; 0 rings once."""
    enabled: bool = True
    vibrate: bool = True
    label: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class Timer:
    id: int
    length_s: float
    state: Literal["running", "paused"]
    left_s: float
    """What was left at `since`."""
    since: float
    """Phone time (`seconds`) of the last start, pause or reset."""

    def remaining_s(self, now: float) -> float:
        """Seconds left; negative once it rang."""
        return self.left_s - (now - self.since) if self.state == "running" else self.left_s


@dataclass(frozen=True, slots=True)
class Stopwatch:
    running: bool = False
    counted_s: float = 0.0
    """Seconds counted before `since`."""
    since: float = 0.0
    laps: tuple[float, ...] = field(default_factory=tuple)
    """Total time at the end of each lap, seconds."""

    def elapsed_s(self, now: float) -> float:
        return self.counted_s + (now - self.since if self.running else 0.0)


class Store:
    """The Clock's lasting state on one device."""

    def __init__(self, device: Device) -> None:
        self.device = device

    @property
    def files(self) -> Files:
        return self.device.files

    @property
    def now(self) -> float:
        """The phone's clock in seconds."""
        return seconds(self.device.now())

    @property
    def db(self) -> sqlite3.Connection:
        return self.files.database(DATABASE, SCHEMA)

    def alarms(self) -> list[Alarm]:
        """Every alarm by time of day."""
        rows = self.db.execute(
            "SELECT hour, minutes, daysofweek, enabled, vibrate, label, _id FROM alarm_templates "
            "ORDER BY hour, minutes, _id"
        )
        return [Alarm(h, m, days, bool(on), bool(buzz), label or "", key) for h, m, days, on, buzz, label, key in rows]

    def save_alarm(self, alarm: Alarm) -> int:
        """Insert (`id` 0) or overwrite; its id."""
        values = (alarm.hour, alarm.minutes, alarm.days, int(alarm.enabled), int(alarm.vibrate), alarm.label)
        db = self.db
        if alarm.id:
            db.execute(
                "UPDATE alarm_templates SET hour = ?, minutes = ?, daysofweek = ?, enabled = ?, vibrate = ?, label = ? "
                "WHERE _id = ?",
                (*values, alarm.id),
            )
            key = alarm.id
        else:
            row = db.execute(
                "INSERT INTO alarm_templates (hour, minutes, daysofweek, enabled, vibrate, label) "
                "VALUES (?, ?, ?, ?, ?, ?) RETURNING _id",
                values,
            ).fetchone()
            key = int(row[0])
        db.commit()
        return key

    def delete_alarm(self, alarm_id: int) -> None:
        self.db.execute("DELETE FROM alarm_templates WHERE _id = ?", (alarm_id,))
        self.db.commit()

    def clear_alarms(self) -> None:
        self.db.execute("DELETE FROM alarm_templates")
        self.db.commit()

    def cities(self) -> list[str]:
        """Chosen cities in the order they were added."""
        return list(self._read("cities", []))

    def set_cities(self, names: list[str]) -> None:
        self._write("cities", names)

    def timers(self) -> list[Timer]:
        return [Timer(**t) for t in self._read("timers", [])]

    def set_timers(self, timers: list[Timer]) -> None:
        self._write("timers", [asdict(t) for t in timers])

    def add_timer(self, length_s: float) -> Timer:
        """A new running timer."""
        timers = self.timers()
        timer = Timer(max((t.id for t in timers), default=0) + 1, length_s, "running", length_s, self.now)
        self.set_timers([*timers, timer])
        return timer

    def change_timer(self, timer: Timer, **changes: Any) -> None:
        """Overwrite fields of one timer; `since` becomes now."""
        changed = replace(timer, since=self.now, **changes)
        self.set_timers([changed if t.id == timer.id else t for t in self.timers()])

    def stopwatch(self) -> Stopwatch:
        stored = self._read("stopwatch", {})
        return Stopwatch(**{**stored, "laps": tuple(stored.get("laps", ()))})

    def set_stopwatch(self, stopwatch: Stopwatch) -> None:
        self._write("stopwatch", asdict(stopwatch))

    def _read(self, name: str, default: Any) -> Any:
        text = self._preferences().get(name)
        return default if text is None else json.loads(text)

    def _write(self, name: str, value: Any) -> None:
        entries = {**self._preferences(), name: json.dumps(value)}
        rows = "".join(f'    <string name="{k}">{html.escape(v)}</string>\n' for k, v in entries.items())
        text = f"<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n<map>\n{rows}</map>\n"
        self.files.write(PREFERENCES, text.encode())

    def _preferences(self) -> dict[str, str]:
        if not self.files.exists(PREFERENCES):
            return {}
        text = self.files.read(PREFERENCES).decode()
        return {k: html.unescape(v) for k, v in re.findall(r'<string name="(\w+)">(.*?)</string>', text)}


def seconds(moment: dt.datetime) -> float:
    """Seconds since 1970 of a naive UTC time."""
    return moment.replace(tzinfo=dt.UTC).timestamp()
