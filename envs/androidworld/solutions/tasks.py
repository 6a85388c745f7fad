"""Solutions of the questions about Tasks.org: read the rows of its list and say their titles or their number."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Generator

from agentkit.actions import Action
from envs.androidworld.solutions.answers import date_of, say
from envs.androidworld.solutions.reading import PAGE, PAGES, Row, all_rows, go_to, rows
from envs.androidworld.task import AndroidWorldTask
from envs.phone import oracle
from envs.phone.apps.epoch import day_text
from envs.phone.device import Phone
from envs.phone.oracle import Steps

Solution = Callable[[Phone, AndroidWorldTask], Steps]
ROW, COMPLETED = "task_", "header_completed"
DAYS = 400
"""How long a task can be overdue."""


def _due(phone: Phone, row: Row, day: dt.date) -> bool:
    """Whether the row says that its task is due on this day."""
    text = day_text(day, phone.now().date())
    return row[-1] == text or row[-1].startswith(f"{text}, ")


def _open_rows(phone: Phone) -> Generator[Action, None, list[Row]]:
    """The tasks that are left to do, each with its due date last."""
    yield from oracle.launch("Tasks")
    return list((yield from all_rows(phone, ROW)).values())


def _due_on_date(phone: Phone, task: AndroidWorldTask) -> Steps:
    found = yield from _open_rows(phone)
    yield from say(row[0] for row in found if _due(phone, row, date_of(task, "date")))


def _due_next_week(phone: Phone, task: AndroidWorldTask) -> Steps:
    found = yield from _open_rows(phone)
    today = phone.now().date()
    monday = today + dt.timedelta(7 - today.weekday())
    week = [monday + dt.timedelta(n) for n in range(7)]
    yield from say([str(sum(any(_due(phone, row, day) for day in week) for row in found))])


def _incomplete_by_date(phone: Phone, task: AndroidWorldTask) -> Steps:
    found = yield from _open_rows(phone)
    last = date_of(task, "date")
    days = [last - dt.timedelta(n) for n in range(DAYS)]
    yield from say(row[0] for row in found if any(_due(phone, row, day) for day in days))


def _completed_for_date(phone: Phone, task: AndroidWorldTask) -> Steps:
    """Unfold the completed tasks below the others and go down until as many were met as the header counts."""
    yield from oracle.launch("Tasks")
    yield from go_to(phone, id=COMPLETED)
    count = int(re.sub(r"\D", "", oracle.read(phone, COMPLETED)))
    others = rows(phone, ROW)
    yield from oracle.tap_id(phone, COMPLETED)
    met: dict[str, Row] = {}
    for _ in range(PAGES):
        met |= {id: row for id, row in rows(phone, ROW).items() if id not in others and len(row) > 1}
        if len(met) == count:
            break
        yield PAGE
    yield from say(row[0] for row in met.values() if _due(phone, row, date_of(task, "date")))


def _high_rows(phone: Phone) -> Generator[Action, None, list[Row]]:
    """The tasks under the header of the highest priority, which comes first when they are sorted by it."""
    yield from oracle.launch("Tasks")
    yield from oracle.tap_label(phone, "Sort")
    yield from oracle.tap_text(phone, "Priority")
    met: dict[str, Row] = {}
    while True:
        shown = phone.elements()
        below = [e.bounds[1] for e in shown if e.role == "text" and e.text in ("Medium", "Low", "None")]
        edge = min(below, default=phone.size[1])
        high = {e.id for e in shown if e.role == "list_item" and e.bounds[1] < edge}
        met |= {id: row for id, row in rows(phone, ROW).items() if id in high and len(row) >= len(met.get(id, ()))}
        if below:
            return list(met.values())
        before = phone.elements()
        yield PAGE
        if phone.elements() == before:
            return list(met.values())


def _high_priority(phone: Phone, task: AndroidWorldTask) -> Steps:
    found = yield from _high_rows(phone)
    yield from say(row[0] for row in found)


def _high_priority_due(phone: Phone, task: AndroidWorldTask) -> Steps:
    found = yield from _high_rows(phone)
    yield from say(row[0] for row in found if _due(phone, row, date_of(task, "date")))


SOLUTIONS: dict[str, Solution] = {
    "TasksCompletedTasksForDate": _completed_for_date,
    "TasksDueNextWeek": _due_next_week,
    "TasksDueOnDate": _due_on_date,
    "TasksHighPriorityTasks": _high_priority,
    "TasksHighPriorityTasksDueOnDate": _high_priority_due,
    "TasksIncompleteTasksOnDate": _incomplete_by_date,
}
