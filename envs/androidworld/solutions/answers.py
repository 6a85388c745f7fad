"""How the questions that are answered in words name their dates, and how they take their answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from envs.androidworld.task import AndroidWorldTask
from envs.phone import oracle
from envs.phone.oracle import Steps

DATE = "%B %d %Y"
"""As AndroidWorld writes a day in a task's parameters."""


def date_of(task: AndroidWorldTask, name: str) -> dt.date:
    return dt.datetime.strptime(task.params[name], DATE).date()


def say(found: Iterable[str]) -> Steps:
    """Answer with everything found, comma separated."""
    yield from oracle.answer(", ".join(found))
