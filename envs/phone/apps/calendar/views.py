"""The main screen: one of the views, or the search, with its bar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from envs.phone.apps.calendar import grids, lists
from envs.phone.apps.calendar.preferences import View
from envs.phone.apps.calendar.texts import day_title, month_title
from envs.phone.ui import Fab, IconButton, Line, Menu, Screen, Text, Widget

if TYPE_CHECKING:
    from envs.phone.apps.calendar.main import Calendar

PAGES: dict[View, str] = {
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "monthly_daily": "month",
    "yearly": "year",
}
"""What the arrows of a view turn by; a list has none."""
BODIES: dict[View, Callable[[Calendar], list[Widget]]] = {
    "daily": lists.day,
    "weekly": grids.week,
    "monthly": grids.month,
    "monthly_daily": grids.month_and_day,
    "yearly": grids.year,
    "list": lists.upcoming,
}


def screen(app: Calendar) -> Screen:
    if app.query is not None:
        return _frame(app, "Search", lists.searched(app), "search")
    view = app.view
    head = [_page_row(app, view)] if view in PAGES else []
    return _frame(app, "Calendar", [*head, *BODIES[view](app)], f"{view}/{title(app, view)}")


def title(app: Calendar, view: View) -> str:
    """What the view shows: "October", "October 15 (Sun)", "October 15 - 21", "2023"."""
    if view == "daily":
        return day_title(app.day, app.today)
    if view == "weekly":
        first, last = app.week_start, app.week_start + dt.timedelta(6)
        same = first.month == last.month
        return f"{month_title(first, app.today)} {first.day} - {'' if same else f'{last:%B} '}{last.day}"
    return str(app.day.year) if view == "yearly" else month_title(app.day, app.today)


def _page_row(app: Calendar, view: View) -> Line:
    what = PAGES[view]
    arrows: list[Widget] = [
        IconButton("chevron-left", partial(app.turn, -1), label=f"Previous {what}", id="top_left_arrow"),
        IconButton("chevron-right", partial(app.turn, 1), label=f"Next {what}", id="top_right_arrow"),
    ]
    return Line([Text(title(app, view), style="title", on_tap=app.ask_day, id="top_value"), Line(arrows, spread=False)])


def _frame(app: Calendar, name: str, body: list[Widget], scroll_key: str) -> Screen:
    dialog = app.asking.dialog() if app.asking else None
    if app.chosen:
        actions = [
            IconButton("delete-outline", app.delete_selected, label="Delete", id="cab_delete"),
            IconButton("select-all", app.select_all, label="Select all", id="cab_select_all"),
        ]
        chosen = f"{len(app.selected())} / {len(lists.found(app))}"
        return Screen(chosen, body, app.activity, "close", actions=actions, dialog=dialog, scroll_key=scroll_key)
    if app.query is not None:
        return Screen(name, body, app.activity, "back", dialog=dialog, scroll_key=scroll_key)
    return Screen(
        name,
        body,
        app.activity,
        "back" if app.over else "none",
        actions=[
            IconButton("magnify", app.open_search, label="Search", id="search"),
            IconButton("calendar-today", app.go_to_today, label="Go to today", id="go_to_today"),
            IconButton("view-grid-outline", app.ask_view, label="Change view", id="change_view"),
            IconButton("dots-vertical", app.open_menu, label="More options"),
        ],
        fab=Fab("plus", app.add_here, label="New Event", id="calendar_fab"),
        dialog=dialog,
        menu=_menu(app) if app.menu else None,
        scroll_key=scroll_key,
    )


def _menu(app: Calendar) -> Menu:
    items = [
        ("Go to date", partial(app.from_menu, app.ask_day)),
        ("Manage event types", partial(app.from_menu, app.open_types)),
        ("Settings", partial(app.from_menu, app.open_settings)),
    ]
    return Menu(items, app.close_menu)
