"""Solutions of the questions about OpenTracks: read kind, day, duration and distance of every track off its list."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Generator
from dataclasses import dataclass

from agentkit.actions import Action
from envs.androidworld.solutions.answers import date_of, say
from envs.androidworld.solutions.reading import Row, all_rows
from envs.androidworld.task import AndroidWorldTask
from envs.phone import oracle
from envs.phone.apps.epoch import day_text
from envs.phone.device import Phone
from envs.phone.oracle import Steps

Solution = Callable[[Phone, AndroidWorldTask], Steps]
METRES = {"mi": 1609.34, "ft": 0.3048, "km": 1000.0, "m": 1.0}
_LENGTH = re.compile(r"([\d:]+) \(([\d.]+) (mi|ft|km|m)\)")


@dataclass(frozen=True, slots=True)
class Activity:
    """What a row of the list says."""

    kind: str
    day: str
    """As the phone writes it."""
    minutes: float
    metres: float


def _activity(row: Row) -> Activity:
    _, facts, when = row
    kind, length = facts.split("\n")
    found = _LENGTH.fullmatch(length)
    assert found is not None, length
    seconds = 0
    for part in found[1].split(":"):
        seconds = 60 * seconds + int(part)
    return Activity(kind, when.split("\n")[0], seconds / 60, float(found[2]) * METRES[found[3]])


def _activities(phone: Phone, first: dt.date, last: dt.date) -> Generator[Action, None, list[Activity]]:
    """What was done from `first` to `last`."""
    yield from oracle.launch("OpenTracks")
    met = yield from all_rows(phone, "track_")
    today = phone.now().date()
    days = {day_text(first + dt.timedelta(n), today) for n in range((last - first).days + 1)}
    return [activity for activity in map(_activity, met.values()) if activity.day in days]


def _this_week(phone: Phone, task: AndroidWorldTask) -> Generator[Action, None, list[Activity]]:
    """Those of the task's kind since Monday."""
    today = phone.now().date()
    done = yield from _activities(phone, today - dt.timedelta(today.weekday()), today)
    return [activity for activity in done if activity.kind == task.params["category"]]


def _on_date(phone: Phone, task: AndroidWorldTask) -> Steps:
    day = date_of(task, "date")
    done = yield from _activities(phone, day, day)
    yield from say(activity.kind for activity in done)


def _duration(phone: Phone, task: AndroidWorldTask) -> Steps:
    day = date_of(task, "date")
    done = yield from _activities(phone, day, day)
    yield from say(f"{activity.minutes:.0f}" for activity in done if activity.kind == task.params["category"])


def _count(phone: Phone, task: AndroidWorldTask) -> Steps:
    done = yield from _this_week(phone, task)
    yield from say([str(len(done))])


def _total_duration(phone: Phone, task: AndroidWorldTask) -> Steps:
    done = yield from _this_week(phone, task)
    yield from say([f"{sum(activity.minutes for activity in done):.0f}"])


def _longest(phone: Phone, task: AndroidWorldTask) -> Steps:
    done = yield from _this_week(phone, task)
    yield from say([f"{max(activity.metres for activity in done):.0f}"])


def _total_distance(phone: Phone, task: AndroidWorldTask) -> Steps:
    done = yield from _activities(phone, date_of(task, "start_date"), date_of(task, "end_date"))
    metres = sum(activity.metres for activity in done if activity.kind == task.params["category"])
    yield from say([f"{metres:.0f}"])


SOLUTIONS: dict[str, Solution] = {
    "SportsTrackerActivitiesCountForWeek": _count,
    "SportsTrackerActivitiesOnDate": _on_date,
    "SportsTrackerActivityDuration": _duration,
    "SportsTrackerLongestDistanceActivity": _longest,
    "SportsTrackerTotalDistanceForCategoryOverInterval": _total_distance,
    "SportsTrackerTotalDurationForCategoryThisWeek": _total_duration,
}
