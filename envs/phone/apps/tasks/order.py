"""How a list of tasks is arranged: sections by due date or priority, plain orders, the words for dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import groupby

from envs.phone.apps.epoch import day_text, from_ms
from envs.phone.apps.pickers import time_text
from envs.phone.apps.tasks.store import PRIORITIES, Task, has_time

ORDERS = {
    "due": "Due date",
    "priority": "Priority",
    "title": "Alphabetical",
    "created": "Created",
    "modified": "Last modified",
}
"""Stored value of the sort preference -> what the dialog calls it. The first is that of a fresh phone."""
DEFAULT_ORDER = "due"
Section = tuple[str, list[Task]]
"""Header, empty where the order has none, and its tasks."""


def sections(tasks: list[Task], order: str, now: dt.datetime) -> list[Section]:
    if order == "priority":
        return _grouped(sorted(tasks, key=lambda t: (t.priority, *_by_due(t))), lambda t: PRIORITIES[t.priority])
    if order == "due":
        return _grouped(sorted(tasks, key=_by_due), lambda t: _due_header(t, now))
    if order == "title":
        return [("", sorted(tasks, key=lambda t: (t.title.casefold(), t.id)))]
    stamp: Callable[[Task], int] = (lambda t: t.created_ms) if order == "created" else (lambda t: t.modified_ms)
    return [("", sorted(tasks, key=lambda t: (-stamp(t), -t.id)))]


def _grouped(tasks: list[Task], header: Callable[[Task], str]) -> list[Section]:
    return [(name, list(group)) for name, group in groupby(tasks, header)]


def _by_due(task: Task) -> tuple[bool, int, int, int]:
    return not task.due_ms, task.due_ms, task.priority, task.id


def _due_header(task: Task, now: dt.datetime) -> str:
    due = task.due
    if due is None:
        return "No due date"
    return "Overdue" if due.date() < now.date() else day_text(due.date(), now.date())


def date_text(stamp: int, now: dt.datetime, full_day: bool) -> str:
    """A stored date as people read it: "Tomorrow", "Tue, Oct 17, 9:00 AM"; nothing for none."""
    if not stamp:
        return ""
    when = from_ms(stamp)
    day = day_text(when.date(), now.date())
    return f"{day}, {time_text(when.hour, when.minute, full_day=full_day)}" if has_time(stamp) else day
