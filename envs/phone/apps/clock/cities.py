"""The Clock tab: local time, chosen cities, and the page that adds one. Cities keep standard time all year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

from envs.phone.ui import Button, Column, Dialog, Divider, ListItem, Screen, Spacer, Text, TextField, Widget

if TYPE_CHECKING:
    from envs.phone.apps.clock.main import Clock

CITIES: dict[str, tuple[str, float]] = {
    "Amsterdam": ("Netherlands", 1),
    "Athens": ("Greece", 2),
    "Auckland": ("New Zealand", 12),
    "Bangkok": ("Thailand", 7),
    "Berlin": ("Germany", 1),
    "Buenos Aires": ("Argentina", -3),
    "Cairo": ("Egypt", 2),
    "Chicago": ("United States", -6),
    "Delhi": ("India", 5.5),
    "Denver": ("United States", -7),
    "Dubai": ("United Arab Emirates", 4),
    "Helsinki": ("Finland", 2),
    "Hong Kong": ("China", 8),
    "Honolulu": ("United States", -10),
    "Istanbul": ("Turkey", 3),
    "Jakarta": ("Indonesia", 7),
    "Lagos": ("Nigeria", 1),
    "Lima": ("Peru", -5),
    "Lisbon": ("Portugal", 0),
    "London": ("United Kingdom", 0),
    "Los Angeles": ("United States", -8),
    "Madrid": ("Spain", 1),
    "Mexico City": ("Mexico", -6),
    "Nairobi": ("Kenya", 3),
    "New York": ("United States", -5),
    "Oslo": ("Norway", 1),
    "Paris": ("France", 1),
    "Rome": ("Italy", 1),
    "São Paulo": ("Brazil", -3),
    "Seoul": ("South Korea", 9),
    "Singapore": ("Singapore", 8),
    "Sydney": ("Australia", 10),
    "Tokyo": ("Japan", 9),
    "Toronto": ("Canada", -5),
    "Vancouver": ("Canada", -8),
    "Vienna": ("Austria", 1),
}
"""City -> (country, hours ahead of UTC)."""


def rows(app: Clock) -> list[Widget]:
    now = app.device.now()
    shown: list[Widget] = [
        Spacer(24),
        Text(app.clock_text(now), style="display", align="center", id="digital_clock"),
        Text(now.strftime("%a, %b %-d"), style="body", align="center", id="date"),
        Spacer(24),
    ]
    chosen = app.store.cities()
    if chosen:
        shown.append(Divider())
    return shown + [_row(app, name, now) for name in chosen]


def search(app: Clock) -> Screen:
    """The page behind "Add city"."""
    query = app.city_query or ""
    needle = query.strip().casefold()
    chosen = app.store.cities()
    found = [n for n, (country, _) in CITIES.items() if needle in n.casefold() or needle in country.casefold()]
    field = TextField(
        id="search_src_text",
        hint="Search for a city",
        value=query,
        on_change=lambda text: setattr(app, "city_query", text),
    )
    listed: list[Widget] = [
        ListItem(title=n, subtitle=CITIES[n][0], on_tap=_adder(app, n)) for n in found if n not in chosen
    ]
    if not found:
        listed = [Text("No cities found", align="center", color="on_surface_variant")]
    return Screen(
        "Add city",
        [Column([field]), *listed],
        "com.android.deskclock.worldclock.CitySelectionActivity",
        nav="back",
        scroll_key="cities",
    )


def remove_dialog(app: Clock) -> Dialog | None:
    name = app.removing
    if name is None:
        return None

    def close() -> None:
        app.removing = None

    def remove() -> None:
        app.store.set_cities([c for c in app.store.cities() if c != name])
        close()

    return Dialog(
        f"Remove {name}?",
        [Text("The city will no longer be shown with its time.")],
        [Button("Cancel", on_tap=close, kind="text"), Button("Remove", on_tap=remove, kind="text")],
        on_dismiss=close,
    )


def _row(app: Clock, name: str, now: dt.datetime) -> ListItem:
    hours = CITIES.get(name, ("", 0))[1]
    there = now + dt.timedelta(hours=hours)
    day = {0: "Today", 1: "Tomorrow", -1: "Yesterday"}[(there.date() - now.date()).days]
    gap = (
        "same time"
        if not hours
        else f"{abs(hours):g} hr{'s' if abs(hours) != 1 else ''} {'ahead' if hours > 0 else 'behind'}"
    )
    return ListItem(
        title=name,
        subtitle=f"{day}, {gap}",
        trailing=Text(app.clock_text(there), style="title"),
        on_long_press=lambda: setattr(app, "removing", name),
    )


def _adder(app: Clock, name: str) -> Callable[[], None]:
    def add() -> None:
        app.store.set_cities([*app.store.cities(), name])
        app.city_query = None

    return add
