"""Tasks.org: its table is what AndroidWorld's checkers read."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from envs.phone.apps.epoch import to_ms
from envs.phone.apps.tasks import Tasks
from envs.phone.apps.tasks.order import date_text, sections
from envs.phone.apps.tasks.store import PATH, Store, Task, has_time, stamp_of
from envs.phone.device import EPOCH, Phone
from fingers import assert_inside, press, stored, texts, wander

TODAY = EPOCH.date()
ROWS = "SELECT title, importance, dueDate, hideUntil, completed, notes FROM tasks ORDER BY _id"


@pytest.fixture
def phone() -> Phone:
    phone = Phone([Tasks], screen="medium")
    phone.files.open_database(PATH).executescript("DELETE FROM tasks; DELETE FROM caldav_lists;")  # type: ignore[union-attr]
    phone.launch("Tasks")
    return phone


@pytest.fixture
def store(phone: Phone) -> Store:
    return Store(phone)


def test_a_task_is_added_edited_completed_and_deleted(phone: Phone) -> None:
    press(phone, label="Create new task")
    phone.type_text("Water the fern")
    phone.key("BACK")
    press(phone, text="High")
    press(phone, id="due_date")
    press(phone, text="Tomorrow")
    press(phone, id="notes")
    phone.type_text("twice")
    press(phone, label="Save")
    tomorrow = to_ms(dt.datetime(2023, 10, 16, 12))
    assert stored(phone, PATH, ROWS) == [("Water the fern", 0, tomorrow, 0, 0, "twice")]
    assert {"Water the fern", "twice", "Tomorrow"} <= set(texts(phone))
    press(phone, label="Water the fern")
    [(completed,)] = stored(phone, PATH, "SELECT completed FROM tasks")
    assert to_ms(EPOCH) < completed <= to_ms(phone.now())
    assert "Water the fern" not in texts(phone)
    press(phone, text="Completed (1)")
    press(phone, text="Water the fern")
    press(phone, label="Delete")
    press(phone, text="Delete")
    assert stored(phone, PATH, ROWS) == []


def test_a_date_takes_a_time_and_loses_it_again(phone: Phone, store: Store) -> None:
    store.save(Task("Call", due_ms=stamp_of(TODAY)))
    phone.invalidate()
    press(phone, text="Call")
    press(phone, id="due_date")
    press(phone, text="Pick a time")
    press(phone, id="hour_text_input")
    phone.type_text("9")
    press(phone, id="minute_text_input")
    phone.type_text("30")
    press(phone, text="AM")
    press(phone, text="OK")
    press(phone, label="Save")
    [(due,)] = stored(phone, PATH, "SELECT dueDate FROM tasks")
    assert due == to_ms(dt.datetime(2023, 10, 15, 9, 30)) + 1000
    assert "Today, 9:30 AM" in texts(phone)
    press(phone, text="Call")
    press(phone, id="due_date")
    press(phone, text="Pick a date")
    press(phone, label="20 October 2023")
    press(phone, text="OK")
    press(phone, label="Save")
    assert "Fri, Oct 20, 9:30 AM" in texts(phone)
    press(phone, text="Call")
    press(phone, id="due_date")
    press(phone, text="No time")
    press(phone, label="Save")
    assert stored(phone, PATH, "SELECT dueDate FROM tasks") == [(stamp_of(dt.date(2023, 10, 20)),)]


def test_leaving_a_changed_task_asks(phone: Phone, store: Store) -> None:
    store.save(Task("Call"))
    phone.invalidate()
    press(phone, text="Call")
    phone.key("BACK")
    press(phone, text="Call")
    press(phone, text="High")
    press(phone, label="Close")
    press(phone, text="Keep editing")
    press(phone, label="Close")
    press(phone, text="Discard")
    assert stored(phone, PATH, "SELECT importance FROM tasks") == [(2,)]
    assert "My Tasks" in texts(phone)


def test_sections_by_due_date_and_by_priority() -> None:
    now = EPOCH
    tasks = [
        Task("later", priority=0, due_ms=stamp_of(dt.date(2023, 10, 24)), id=1),
        Task("sometime", priority=0, id=2),
        Task("missed", priority=3, due_ms=stamp_of(dt.date(2023, 10, 10)), id=3),
        Task("this noon", priority=1, due_ms=stamp_of(TODAY, dt.time(12)), id=4),
        Task("soon", priority=2, due_ms=stamp_of(dt.date(2023, 10, 16)), id=5),
    ]
    due = [(header, [t.title for t in group]) for header, group in sections(tasks, "due", now)]
    assert due == [
        ("Overdue", ["missed"]),
        ("Today", ["this noon"]),
        ("Tomorrow", ["soon"]),
        ("Tue, Oct 24", ["later"]),
        ("No due date", ["sometime"]),
    ]
    priority = [(header, [t.title for t in group]) for header, group in sections(tasks, "priority", now)]
    assert priority == [
        ("High", ["later", "sometime"]),
        ("Medium", ["this noon"]),
        ("Low", ["soon"]),
        ("None", ["missed"]),
    ]


def test_a_task_without_a_time_is_due_until_its_day_ends() -> None:
    assert not Task(due_ms=stamp_of(TODAY)).overdue(EPOCH)
    assert Task(due_ms=stamp_of(TODAY, dt.time(15, 33))).overdue(EPOCH)
    assert not Task(due_ms=stamp_of(TODAY, dt.time(15, 33)), completed_ms=1).overdue(EPOCH)
    assert Task(due_ms=stamp_of(TODAY - dt.timedelta(1))).overdue(EPOCH)


def test_dates_of_others_to_the_full_minute_have_no_time() -> None:
    pushed = to_ms(dt.datetime(2023, 10, 17, 21, 45))
    assert not has_time(pushed)
    assert date_text(pushed, EPOCH, True) == "Tue, Oct 17"
    assert date_text(pushed + 1000, EPOCH, True) == "Tue, Oct 17, 21:45"
    assert date_text(0, EPOCH, True) == ""


def test_hidden_are_the_completed_and_the_unstarted_if_so_chosen(phone: Phone, store: Store) -> None:
    store.save(Task("done", completed_ms=5))
    store.save(Task("later", start_ms=stamp_of(TODAY + dt.timedelta(3))))
    phone.invalidate()
    assert {"later", "Starts Wed, Oct 18", "Completed (1)"} <= set(texts(phone))
    for item in ("Hide completed", "Hide unstarted"):
        press(phone, label="More options")
        press(phone, text=item)
    assert "There are no tasks here." in texts(phone)
    phone.force_stop(Tasks.package)
    phone.launch("Tasks")
    assert "There are no tasks here." in texts(phone)
    press(phone, label="Search")
    assert {"later", "Completed (1)"} <= set(texts(phone))


def test_completed_tasks_are_cleared_on_request_only(phone: Phone, store: Store) -> None:
    store.save(Task("done", completed_ms=5))
    store.save(Task("open"))
    phone.invalidate()
    press(phone, label="More options")
    press(phone, text="Clear completed")
    press(phone, text="Cancel")
    assert len(stored(phone, PATH, ROWS)) == 2
    press(phone, label="More options")
    press(phone, text="Clear completed")
    press(phone, text="Delete")
    assert stored(phone, PATH, "SELECT title FROM tasks") == [("open",)]


def test_a_new_list_holds_what_is_added_to_it(phone: Phone) -> None:
    press(phone, label="Open menu")
    press(phone, text="Create new list")
    phone.type_text("Garden")
    press(phone, text="OK")
    press(phone, label="Create new task")
    phone.type_text("Mow")
    press(phone, label="Save")
    joined = "tasks JOIN caldav_tasks ON cd_task = _id JOIN caldav_lists ON cdl_uuid = cd_calendar"
    assert stored(phone, PATH, f"SELECT cdl_name, title FROM {joined}") == [("Garden", "Mow")]
    press(phone, label="Open menu")
    press(phone, text="Default list")
    assert "Mow" not in texts(phone)


def test_selected_tasks_are_deleted_together(phone: Phone, store: Store) -> None:
    for title in ("one", "two", "three"):
        store.save(Task(title))
    phone.invalidate()
    press(phone, text="one", long=True)
    press(phone, text="three")
    assert "2 selected" in texts(phone)
    press(phone, label="Delete")
    press(phone, text="Delete")
    assert stored(phone, PATH, "SELECT title FROM tasks") == [("two",)]


def test_rows_that_others_write_show_at_once_and_odd_values_do_no_harm(phone: Phone) -> None:
    phone.files.open_database(PATH).execute(  # type: ignore[union-attr]
        "INSERT INTO tasks (title, importance, dueDate, hideUntil, created, modified, completed, deleted, "
        "estimatedSeconds, elapsedSeconds, timerStart, notificationFlags, lastNotified, collapsed, parent) "
        "VALUES (NULL, 99, 9000000000000000, -5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)"
    )
    phone.invalidate()
    assert {"(No title)", "Fri, Dec 31, 9999"} <= set(texts(phone))


def test_a_fresh_phone_has_tasks_and_clearing_draws_others() -> None:
    phone = Phone([Tasks], screen="small", seed=4)
    before = stored(phone, PATH, ROWS)
    assert len(before) >= 5
    phone.clear_app(Tasks.package)
    assert stored(phone, PATH, ROWS) != before


@pytest.mark.parametrize(("screen", "dark"), [("small", True), ("tall", False), ("tablet_small", True)])
def test_random_walk(screen: str, dark: bool) -> None:
    rng = random.Random(f"tasks/{screen}")
    phone = Phone([Tasks], screen=screen, seed=rng.randrange(99), dark=dark)
    for _ in range(15):
        wander(phone, Tasks.package, rng, 15)
        assert_inside(phone)
        assert phone.screenshot().size == phone.size
