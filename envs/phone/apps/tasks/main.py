"""The Tasks app: which list is in front, what is selected, and the dialogs over it."""

from __future__ import annotations

from functools import partial
from typing import Literal

from envs.phone.app import App, Device
from envs.phone.apps.pickers import Asking, Choice, Confirm, LineOfText
from envs.phone.apps.tasks import lists
from envs.phone.apps.tasks.editor import Editor
from envs.phone.apps.tasks.lists import FILTERS, MY_TASKS
from envs.phone.apps.tasks.order import DEFAULT_ORDER, ORDERS
from envs.phone.apps.tasks.store import PACKAGE, PATH, Store, Task, stamp_of
from envs.phone.ui import Screen


class Tasks(App):
    package = PACKAGE
    label = "Tasks"
    icon = "check-circle-outline"
    color = (30, 136, 229)
    activity = "com.todoroo.astrid.activity.MainActivity"

    def __init__(self, device: Device) -> None:
        super().__init__(device)
        self.store = Store(device)
        self.stop()

    def install(self) -> None:
        if not self.device.files.exists(PATH):
            self.store.fill()

    def stop(self) -> None:
        self.filter = MY_TASKS
        """Name of one of FILTERS; empty while a list is in front."""
        self.list_uuid = ""
        """The list in front while `filter` is empty."""
        self.drawer = False
        self.editor: Editor | None = None
        self.query: str | None = None
        """Text of the search; None when it is closed."""
        self.selected: set[int] = set()
        self.completed_open = False
        """The rows under "Completed" are shown."""
        self.close()

    def close(self) -> None:
        """Close the menu and the question."""
        self.menu_open = False
        self.asking: Asking | None = None

    def back(self) -> bool:
        if self.editor is not None:
            self.editor.back()
        elif self.menu_open or self.asking is not None:
            self.close()
        elif self.selected:
            self.selected = set()
        elif self.drawer:
            self.drawer = False
        elif self.query is not None:
            self.query = None
        elif self.filter != MY_TASKS:
            self.show(MY_TASKS)
        else:
            return False
        return True

    def screen(self) -> Screen:
        if self.editor is not None:
            return self.editor.screen()
        return lists.drawer(self) if self.drawer else lists.tasks(self)

    # What is shown

    @property
    def full_day(self) -> bool:
        """The phone's 24-hour setting."""
        return self.device.settings.get("system", "time_12_24") == "24"

    @property
    def title(self) -> str:
        return self.filter or dict(self.store.lists()).get(self.list_uuid, "")

    @property
    def order(self) -> str:
        stored = self.store.preferences.text("sort", DEFAULT_ORDER)
        return stored if stored in ORDERS else DEFAULT_ORDER

    @property
    def shows_completed(self) -> bool:
        return self.store.preferences.flag("show_completed", True)

    @property
    def shows_unstarted(self) -> bool:
        return self.store.preferences.flag("show_unstarted", True)

    def matching(self) -> list[Task]:
        """Every task of the filter, list or search in front, also completed ones and those not started."""
        if self.query is not None:
            needle = self.query.strip().casefold()
            return [t for t in self.store.tasks() if needle in f"{t.title}\n{t.notes}".casefold()]
        return self.held_by(self.filter) if self.filter else self.in_list(self.list_uuid)

    def held_by(self, name: str) -> list[Task]:
        holds, now = FILTERS[name][1], self.device.now()
        return [t for t in self.store.tasks() if holds(t, now)]

    def in_list(self, uuid: str) -> list[Task]:
        known = {uuid for uuid, _ in self.store.lists()}
        return [t for t in self.store.tasks() if (t.list_uuid if t.list_uuid in known else "") == uuid]

    def visible(self, task: Task) -> bool:
        """Whether the settings let it be seen; a search finds everything."""
        if self.query is not None:
            return True
        started = task.start_ms <= self.store.now_ms
        return (self.shows_completed or not task.completed_ms) and (self.shows_unstarted or started)

    # What taps do

    def show(self, name: str, uuid: str = "") -> None:
        """Bring a filter, or with an empty name a list, to the front."""
        self.filter, self.list_uuid, self.drawer = name, uuid, False
        self.selected, self.completed_open = set(), False

    def open_drawer(self) -> None:
        self.drawer = True

    def add(self) -> None:
        due = stamp_of(self.device.now().date()) if self.filter == "Today" else 0
        self._edit(Task(due_ms=due, list_uuid=self.list_uuid))

    def open(self, task: Task) -> None:
        """Edit the task; while some are selected, select it or not."""
        if self.selected:
            self.select(task)
        else:
            self._edit(task)

    def _edit(self, task: Task) -> None:
        self.editor = Editor(self, task)

    def select(self, task: Task) -> None:
        self.selected ^= {task.id}

    def select_all(self) -> None:
        self.close()
        self.selected = {t.id for t in self.matching() if self.visible(t)}

    def complete(self, task: Task, done: bool) -> None:
        self.store.complete(task.id, done)
        self.device.toast("Task completed" if done else "Task not completed")

    def toggle_completed(self) -> None:
        self.completed_open = not self.completed_open

    def open_menu(self) -> None:
        self.menu_open = True

    def toggle_preference(self, name: Literal["show_completed", "show_unstarted"]) -> None:
        self.store.preferences.put(name, not self.store.preferences.flag(name, True))
        self.close()

    def start_search(self) -> None:
        self.query = ""

    def set_query(self, text: str) -> None:
        self.query = text

    # What is asked

    def ask_order(self) -> None:
        names = [(name, order) for order, name in ORDERS.items()]
        self.asking = Choice("Sort", names, self.order, partial(self.store.preferences.put, "sort"), self.close)

    def ask_new_list(self) -> None:
        self.asking = LineOfText(
            "Create new list", "Display name", "", lambda name: self.show("", self.store.add_list(name)), self.close
        )

    def ask_delete(self) -> None:
        self.asking = self._deletion("Delete selected tasks?", sorted(self.selected))

    def ask_clear(self) -> None:
        self.close()
        done = [task.id for task in self.matching() if task.completed_ms]
        self.asking = self._deletion(f"Delete {len(done)} completed tasks?", done)

    def _deletion(self, question: str, keys: list[int]) -> Confirm:
        def delete() -> None:
            self.store.delete(keys)
            self.selected = set()
            self.device.toast(f"{len(keys)} deleted")

        return Confirm(question, delete, self.close, yes="Delete", no="Cancel")
