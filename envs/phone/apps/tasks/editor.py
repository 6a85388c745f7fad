"""The screen that shows one task and changes it; nothing is stored before it is saved."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Literal

from envs.phone.apps.epoch import day_text, from_ms
from envs.phone.apps.pickers import Asking, Choice, Confirm, DatePicker, TimePicker
from envs.phone.apps.tasks.order import date_text
from envs.phone.apps.tasks.store import PRIORITIES, Task, has_time, stamp_of
from envs.phone.ui import (
    Checkbox,
    Chip,
    Dialog,
    Icon,
    IconButton,
    Line,
    ListItem,
    Screen,
    Text,
    TextField,
    Widget,
)

if TYPE_CHECKING:
    from envs.phone.apps.tasks.main import Tasks

Which = Literal["due", "start"]
NAMES: dict[Which, str] = {"due": "Due date", "start": "Start date"}
NOON = (12, 0)


class Editor:
    """One task being edited; `app.editor` while it is open."""

    def __init__(self, app: Tasks, task: Task) -> None:
        self.app = app
        self.stored, self.task = task, task
        self.dating: Which | None = None
        """Which of the dates is being chosen."""
        self.asking: Asking | None = None
        """Lies over the dialog of that date when it is a picker."""

    def screen(self) -> Screen:
        task = self.task
        actions = [IconButton("check", self.save, label="Save", id="save")]
        if task.id:
            actions.insert(0, IconButton("delete-outline", self.ask_delete, label="Delete", id="delete"))
        return Screen(
            "" if task.id else "New task",
            self._body(),
            name=self.app.activity,
            nav="close",
            actions=actions,
            dialog=self._dialog(),
            scroll_key=f"edit/{task.id}",
        )

    def _body(self) -> list[Widget]:
        task, now = self.task, self.app.device.now()
        body: list[Widget] = [
            TextField(task.title, partial(self.set_text, "title"), hint="Task name", autofocus=not task.id, id="title")
        ]
        if task.id:
            box = Checkbox(bool(task.completed_ms), self.set_completed)
            body.append(ListItem("Completed", self._moment(task.completed_ms), leading=box, id="completed"))
        body += [
            self._date("due", task.due_ms, "calendar", overdue=task.overdue(now)),
            self._date("start", task.start_ms, "clock-outline"),
            Text("Priority", style="label", color="on_surface_variant"),
            Line(
                [
                    Chip(name, n == task.priority, partial(self.set_priority, n), id=f"priority_{name.lower()}")
                    for n, name in enumerate(PRIORITIES)
                ],
                spread=False,
            ),
            ListItem(
                dict(self.app.store.lists()).get(task.list_uuid, ""),
                "List",
                leading=Icon("format-list-bulleted"),
                on_tap=self.ask_list,
                id="list",
            ),
            TextField(task.notes, partial(self.set_text, "notes"), hint="Description", multiline=True, id="notes"),
        ]
        if task.id:
            created = f"Created {self._moment(task.created_ms)}"
            body.append(Text(created, style="caption", color="on_surface_variant"))
        return body

    def _moment(self, stamp: int) -> str:
        return f"{from_ms(stamp):%b %d, %Y %H:%M}" if stamp else ""

    def _date(self, which: Which, stamp: int, icon: str, *, overdue: bool = False) -> ListItem:
        name = NAMES[which]
        none = f"No {name.lower()}"
        clear = IconButton("close", partial(self.set_date, which, 0), label=f"Remove {name.lower()}")
        return ListItem(
            date_text(stamp, self.app.device.now(), self.app.full_day) or none,
            f"{name} · overdue" if overdue else name if stamp else "",
            leading=Icon(icon, color="error" if overdue else "on_surface_variant"),
            trailing=clear if stamp else None,
            on_tap=partial(self.open_date, which),
            id=f"{which}_date",
        )

    def _dialog(self) -> Dialog | None:
        if self.asking is not None:
            return self.asking.dialog()
        return None if self.dating is None else self._date_dialog(self.dating)

    def _date_dialog(self, which: Which) -> Dialog:
        today, stamp = self.app.device.now().date(), self._stamp(which)
        rows: list[Widget] = [
            ListItem(name, leading=Icon(icon), trailing=_caption(day, today), on_tap=partial(self.set_day, which, day))
            for name, icon, day in (
                ("Today", "calendar-today", today),
                ("Tomorrow", "weather-sunny", today + dt.timedelta(1)),
                ("Next week", "calendar-week", today + dt.timedelta(7)),
            )
        ]
        rows.append(ListItem("Pick a date", leading=Icon("calendar"), on_tap=partial(self.pick_day, which)))
        if stamp:
            rows.append(ListItem("Pick a time", leading=Icon("clock-outline"), on_tap=partial(self.pick_time, which)))
        if has_time(stamp):
            day = from_ms(stamp).date()
            rows.append(ListItem("No time", leading=Icon("close"), on_tap=partial(self.set_date, which, stamp_of(day))))
        rows.append(ListItem("No date", leading=Icon("calendar-remove"), on_tap=partial(self.set_date, which, 0)))
        return Dialog(NAMES[which], rows, on_dismiss=self.dismiss)

    # What taps do

    def back(self) -> None:
        if self.asking is not None:
            self.drop_question()
        elif self.dating is not None:
            self.dismiss()
        elif self.task != self.stored:
            self.asking = Confirm("Discard changes?", self.close, self.drop_question, yes="Discard", no="Keep editing")
        else:
            self.close()

    def drop_question(self) -> None:
        self.asking = None

    def dismiss(self) -> None:
        self.asking, self.dating = None, None

    def close(self) -> None:
        self.app.editor = None

    def ask_delete(self) -> None:
        self.asking = Confirm("Delete task?", self.delete, self.drop_question, yes="Delete", no="Cancel")

    def ask_list(self) -> None:
        names = [(name, uuid) for uuid, name in self.app.store.lists()]
        self.asking = Choice("List", names, self.task.list_uuid, self.set_list, self.drop_question)

    def open_date(self, which: Which) -> None:
        self.dating = which

    def set_text(self, field: Literal["title", "notes"], text: str) -> None:
        self.task = replace(self.task, title=text) if field == "title" else replace(self.task, notes=text)

    def set_priority(self, priority: int) -> None:
        self.task = replace(self.task, priority=priority)

    def set_list(self, uuid: str) -> None:
        self.task = replace(self.task, list_uuid=uuid)

    def set_completed(self, on: bool) -> None:
        self.task = replace(self.task, completed_ms=self.app.store.now_ms if on else 0)

    def _stamp(self, which: Which) -> int:
        return self.task.due_ms if which == "due" else self.task.start_ms

    def set_date(self, which: Which, stamp: int) -> None:
        self.task = replace(self.task, due_ms=stamp) if which == "due" else replace(self.task, start_ms=stamp)
        self.dismiss()

    def set_day(self, which: Which, day: dt.date) -> None:
        """Another day; a time that was chosen stays."""
        stamp = self._stamp(which)
        self.set_date(which, stamp_of(day, from_ms(stamp).time().replace(second=0) if has_time(stamp) else None))

    def pick_day(self, which: Which) -> None:
        stamp = self._stamp(which)
        start = from_ms(stamp) if stamp else self.app.device.now()
        self.asking = DatePicker(start.date(), partial(self.set_day, which), self.drop_question)

    def pick_time(self, which: Which) -> None:
        stamp = self._stamp(which)
        day = from_ms(stamp)
        hour, minute = (day.hour, day.minute) if has_time(stamp) else NOON

        def done(hour: int, minute: int) -> None:
            self.set_date(which, stamp_of(day.date(), dt.time(hour, minute)))

        self.asking = TimePicker(hour, minute, self.app.full_day, done, self.drop_question)

    def save(self) -> None:
        """Store what was entered, trimmed. A new task that says nothing is dropped."""
        task = replace(self.task, title=self.task.title.strip(), notes=self.task.notes.strip())
        if task.id or task.title or task.notes:
            self.app.store.save(task)
        self.close()

    def delete(self) -> None:
        self.app.store.delete([self.task.id])
        self.app.device.toast("Task deleted")
        self.close()


def _caption(day: dt.date, today: dt.date) -> Text:
    text = day_text(day, today)
    return Text(f"{day:%a}" if text in ("Today", "Tomorrow") else text, style="caption", color="on_surface_variant")
