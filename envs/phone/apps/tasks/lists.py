"""The screens that list tasks, and the drawer that lists filters and lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Literal

from envs.phone.apps.tasks.order import date_text, sections
from envs.phone.apps.tasks.store import Task, stamp_of
from envs.phone.ui import (
    Checkbox,
    Divider,
    Fab,
    Handler,
    Header,
    Icon,
    IconButton,
    ListItem,
    Menu,
    Screen,
    Text,
    TextField,
    Widget,
)

if TYPE_CHECKING:
    from envs.phone.apps.tasks.main import Tasks

MY_TASKS = "My Tasks"
FILTERS: dict[str, tuple[str, Callable[[Task, dt.datetime], bool]]] = {
    MY_TASKS: ("inbox", lambda task, now: True),
    "Today": ("calendar-today", lambda task, now: task.due is not None and task.due.date() <= now.date()),
    "Recently modified": (
        "clock-outline",
        lambda task, now: task.modified_ms > stamp_of(now.date() - dt.timedelta(1), now.time()),
    ),
}
"""Name -> icon and which tasks it holds."""
INKS = ((219, 68, 55), (244, 160, 0), (66, 133, 244), None)
"""Colours of the check boxes by priority: red, amber, blue, and the theme's own."""


def tasks(app: Tasks) -> Screen:
    """The filter, list or search in front. Completed tasks are folded away below the others."""
    names = dict(app.store.lists())
    shown = [task for task in app.matching() if app.visible(task)]
    body: list[Widget] = []
    if app.query is not None:
        body.append(TextField(app.query, app.set_query, hint="Search", autofocus=True, id="search_src_text"))
    for header, group in sections([t for t in shown if not t.completed_ms], app.order, app.device.now()):
        if header:
            body.append(Header(header))
        body += [_row(app, task, names) for task in group]
    done = sorted((t for t in shown if t.completed_ms), key=lambda t: (-t.completed_ms, t.id))
    if done:
        chevron = "chevron-up" if app.completed_open else "chevron-down"
        body += [
            Divider(),
            ListItem(
                f"Completed ({len(done)})", trailing=Icon(chevron), on_tap=app.toggle_completed, id="header_completed"
            ),
        ]
        if app.completed_open:
            body += [_row(app, task, names) for task in done]
    if not shown:
        body.append(Text("There are no tasks here.", align="center", color="on_surface_variant"))
    return Screen(
        f"{len(app.selected)} selected" if app.selected else app.title if app.query is None else "",
        body,
        name=app.activity,
        nav="close" if app.selected else "menu" if app.query is None else "back",
        on_nav=None if app.selected or app.query is not None else app.open_drawer,
        actions=_actions(app),
        fab=None if app.selected or app.query is not None else Fab("plus", app.add, label="Create new task", id="fab"),
        menu=_menu(app) if app.menu_open else None,
        dialog=None if app.asking is None else app.asking.dialog(),
        scroll_key="search" if app.query is not None else f"{app.filter}/{app.list_uuid}/{app.order}",
    )


def _row(app: Tasks, task: Task, lists: dict[str, str]) -> ListItem:
    now = app.device.now()
    color: Literal["error", "on_surface_variant", "primary"] = "on_surface_variant" if task.completed_ms else "primary"
    if task.overdue(now):
        color = "error"
    facts = [
        f"Starts {date_text(task.start_ms, now, app.full_day)}" if task.start_ms > app.store.now_ms else "",
        lists.get(task.list_uuid, "") if task.list_uuid and app.filter else "",
        " ".join(task.notes.split()),
    ]
    due = date_text(task.due_ms, now, app.full_day)
    return ListItem(
        task.title or "(No title)",
        " · ".join(filter(None, facts)),
        leading=Checkbox(bool(task.completed_ms), partial(app.complete, task), INKS[task.priority]),
        trailing=Text(due, style="caption", color=color) if due else None,
        on_tap=partial(app.open, task),
        on_long_press=partial(app.select, task),
        selected=task.id in app.selected,
        id=f"task_{task.id}",
    )


def _actions(app: Tasks) -> list[IconButton]:
    more = IconButton("dots-vertical", app.open_menu, label="More options")
    if app.selected:
        return [IconButton("delete-outline", app.ask_delete, label="Delete", id="delete"), more]
    if app.query is not None:
        return []
    return [
        IconButton("magnify", app.start_search, label="Search", id="menu_search"),
        IconButton("sort", app.ask_order, label="Sort", id="menu_sort"),
        more,
    ]


def _menu(app: Tasks) -> Menu:
    if app.selected:
        return Menu([("Select all", app.select_all)], on_dismiss=app.close)
    items: list[tuple[str, Handler]] = [
        (_toggled("unstarted", app.shows_unstarted), partial(app.toggle_preference, "show_unstarted")),
        (_toggled("completed", app.shows_completed), partial(app.toggle_preference, "show_completed")),
        ("Clear completed", app.ask_clear),
    ]
    return Menu(items, on_dismiss=app.close)


def _toggled(what: str, shown: bool) -> str:
    return f"{'Hide' if shown else 'Show'} {what}"


def drawer(app: Tasks) -> Screen:
    """Filters and lists with the number of tasks that are left to do in each."""
    body: list[Widget] = [Header("Filters")]
    for name, (icon, _) in FILTERS.items():
        body.append(_place(app, name, icon, app.held_by(name), partial(app.show, name), name == app.filter))
    body.append(Header("Local lists"))
    for uuid, name in app.store.lists():
        chosen = not app.filter and uuid == app.list_uuid
        show = partial(app.show, "", uuid)
        body.append(_place(app, name, "format-list-bulleted", app.in_list(uuid), show, chosen))
    body.append(ListItem("Create new list", leading=Icon("plus"), on_tap=app.ask_new_list))
    return Screen(
        "Tasks",
        body,
        name=app.activity,
        nav="back",
        dialog=None if app.asking is None else app.asking.dialog(),
        scroll_key="drawer",
    )


def _place(app: Tasks, name: str, icon: str, held: list[Task], show: Handler, chosen: bool) -> ListItem:
    left = sum(not task.completed_ms and app.visible(task) for task in held)
    count = Text(str(left), style="label", color="on_surface_variant") if left else None
    return ListItem(name, leading=Icon(icon), trailing=count, on_tap=show, selected=chosen)
