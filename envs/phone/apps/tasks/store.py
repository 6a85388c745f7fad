"""What Tasks.org keeps: the table `tasks` that AndroidWorld's checkers read, and the lists that tasks are in."""

from __future__ import annotations

import datetime as dt
import random
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from envs.phone.apps.epoch import from_ms, to_ms
from envs.phone.apps.preferences import Preferences
from envs.phone.words import words

if TYPE_CHECKING:
    from envs.phone.app import Device

PACKAGE = "org.tasks"
PATH = f"/data/data/{PACKAGE}/databases/database"
SCHEMA = """
CREATE TABLE IF NOT EXISTS tasks (
    _id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, title TEXT, importance INTEGER NOT NULL, dueDate INTEGER NOT NULL,
    hideUntil INTEGER NOT NULL, created INTEGER NOT NULL, modified INTEGER NOT NULL, completed INTEGER NOT NULL,
    deleted INTEGER NOT NULL, notes TEXT, estimatedSeconds INTEGER NOT NULL, elapsedSeconds INTEGER NOT NULL,
    timerStart INTEGER NOT NULL, notificationFlags INTEGER NOT NULL, lastNotified INTEGER NOT NULL, recurrence TEXT,
    repeat_from INTEGER NOT NULL DEFAULT 0, calendarUri TEXT, remoteId TEXT, collapsed INTEGER NOT NULL,
    parent INTEGER NOT NULL, `order` INTEGER, read_only INTEGER NOT NULL DEFAULT 0);
CREATE UNIQUE INDEX IF NOT EXISTS t_rid ON tasks (remoteId);
CREATE INDEX IF NOT EXISTS active_and_visible ON tasks (completed, deleted, hideUntil);
CREATE TABLE IF NOT EXISTS caldav_lists (
    cdl_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, cdl_account TEXT, cdl_uuid TEXT, cdl_name TEXT,
    cdl_color INTEGER NOT NULL, cdl_ctag TEXT, cdl_url TEXT, cdl_icon INTEGER, cdl_order INTEGER NOT NULL,
    cdl_access INTEGER NOT NULL, cdl_last_sync INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS caldav_tasks (
    cd_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, cd_task INTEGER NOT NULL, cd_calendar TEXT, cd_object TEXT,
    cd_remote_id TEXT, cd_etag TEXT, cd_last_sync INTEGER NOT NULL, cd_deleted INTEGER NOT NULL, cd_remote_parent TEXT);
"""
PRIORITIES = ("High", "Medium", "Low", "None")
"""By the value of `importance`."""
DEFAULT_PRIORITY = 2
DEFAULT_LIST = "Default list"
DATE_HOUR = dt.time(12)
"""A date without a time is stored as this time of that day, to the full minute; one with a time has a second more."""
_WITH_TIME_MS = 1000


@dataclass(frozen=True, slots=True)
class Task:
    title: str = ""
    notes: str = ""
    priority: int = DEFAULT_PRIORITY
    """Index of PRIORITIES."""
    due_ms: int = 0
    """0 is none, as for the other times."""
    start_ms: int = 0
    """Until then the task counts as not started."""
    completed_ms: int = 0
    list_uuid: str = ""
    """Empty: the default list."""
    created_ms: int = 0
    modified_ms: int = 0
    id: int = 0

    @property
    def due(self) -> dt.datetime | None:
        return from_ms(self.due_ms) if self.due_ms else None

    def overdue(self, now: dt.datetime) -> bool:
        """A task without a time is due until the end of its day."""
        due = self.due
        if due is None or self.completed_ms:
            return False
        return due < now if has_time(self.due_ms) else due.date() < now.date()


def has_time(stamp: int) -> bool:
    """Whether a stored date means a time of day, too."""
    return stamp % 60_000 > 0


def stamp_of(day: dt.date, time: dt.time | None = None) -> int:
    """A date, or a date with a time, as it is stored."""
    return to_ms(dt.datetime.combine(day, time or DATE_HOUR)) + (_WITH_TIME_MS if time else 0)


class Store:
    """The tasks and lists on one device, and how they are shown."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.preferences = Preferences(device.files, PACKAGE)

    @property
    def db(self) -> sqlite3.Connection:
        return self.device.files.database(PATH, SCHEMA)

    @property
    def now_ms(self) -> int:
        return to_ms(self.device.now())

    def tasks(self) -> list[Task]:
        """Every task that is not deleted, oldest id first."""
        rows = self.db.execute(
            "SELECT t.title, t.notes, t.importance, t.dueDate, t.hideUntil, t.completed, coalesce(c.cd_calendar, ''), "
            "t.created, t.modified, t._id FROM tasks AS t LEFT JOIN caldav_tasks AS c ON c.cd_task = t._id "
            "WHERE t.deleted = 0 GROUP BY t._id ORDER BY t._id"
        )
        return [_task(row) for row in rows]

    def save(self, task: Task) -> int:
        """Insert (`id` 0) or overwrite; its id. Either way it counts as modified now."""
        now = self.now_ms
        values = (task.title, task.notes, task.priority, task.due_ms, task.start_ms, task.completed_ms, now)
        if task.id:
            self.db.execute(
                "UPDATE tasks SET title = ?, notes = ?, importance = ?, dueDate = ?, hideUntil = ?, completed = ?, "
                "modified = ? WHERE _id = ?",
                (*values, task.id),
            )
            key = task.id
        else:
            [key] = self.db.execute(
                "INSERT INTO tasks (title, notes, importance, dueDate, hideUntil, completed, modified, created, "
                "deleted, estimatedSeconds, elapsedSeconds, timerStart, notificationFlags, lastNotified, remoteId, "
                "collapsed, parent) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, 0, ?, 0, 0) RETURNING _id",
                (*values, now, str(self.device.random.getrandbits(63))),
            ).fetchone()
        self._move(key, task.list_uuid)
        return key

    def _move(self, key: int, list_uuid: str) -> None:
        self.db.execute("DELETE FROM caldav_tasks WHERE cd_task = ?", (key,))
        if list_uuid:
            self.db.execute(
                "INSERT INTO caldav_tasks (cd_task, cd_calendar, cd_last_sync, cd_deleted) VALUES (?, ?, 0, 0)",
                (key, list_uuid),
            )

    def complete(self, key: int, done: bool) -> None:
        now = self.now_ms
        self.db.execute("UPDATE tasks SET completed = ?, modified = ? WHERE _id = ?", (now if done else 0, now, key))

    def delete(self, keys: list[int]) -> None:
        for key in keys:
            self.db.execute("DELETE FROM tasks WHERE _id = ?", (key,))
            self.db.execute("DELETE FROM caldav_tasks WHERE cd_task = ?", (key,))

    def lists(self) -> list[tuple[str, str]]:
        """(uuid, name) of every list, the default one, which has no uuid here, first."""
        rows = self.db.execute("SELECT cdl_uuid, cdl_name FROM caldav_lists ORDER BY cdl_order, cdl_id").fetchall()
        return [("", DEFAULT_LIST), *((uuid or "", name or "") for uuid, name in rows)]

    def add_list(self, name: str) -> str:
        """The new list's uuid."""
        uuid = str(self.device.random.getrandbits(63))
        self.db.execute(
            "INSERT INTO caldav_lists (cdl_account, cdl_uuid, cdl_name, cdl_color, cdl_order, cdl_access, "
            "cdl_last_sync) VALUES ('local', ?, ?, 0, 0, 0, 0)",
            (uuid, name),
        )
        return uuid

    def fill(self) -> None:
        """Lists and tasks of a fresh phone, drawn from its own chance."""
        rng, today = self.device.random, self.device.now().date()
        say = words(rng)
        uuids = ["", *(self.add_list(name.capitalize()) for name in say.distinct("topic", rng.randint(1, 2)))]
        for _ in range(rng.randint(5, 9)):
            day = today + dt.timedelta(rng.randint(-4, 12))
            time = rng.choice((None, None, dt.time(rng.randint(8, 20), rng.choice((0, 30)))))
            done = rng.random() < 0.25
            self.save(
                Task(
                    _made_up_title(rng),
                    say.sentence() if rng.random() < 0.4 else "",
                    rng.choice((0, 1, 2, 2, 3)),
                    stamp_of(day, time) if rng.random() < 0.8 else 0,
                    completed_ms=self.now_ms - rng.randint(1, 5) * 86_400_000 if done else 0,
                    list_uuid=rng.choice(uuids),
                )
            )


def _made_up_title(rng: random.Random) -> str:
    say = words(rng)
    forms = (f"{say.verb()} the {say.thing()}", f"{say.verb()} {say.topic()} with {say.first_name()}")
    title = rng.choice(forms)
    return title[0].upper() + title[1:]


def _task(row: tuple) -> Task:
    title, notes, priority, due, start, completed, list_uuid, created, modified, key = row
    known = min(max(priority or 0, 0), len(PRIORITIES) - 1)
    return Task(title or "", notes or "", known, due, start, completed, list_uuid, created, modified, key)
