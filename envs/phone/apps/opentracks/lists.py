"""The screens over all tracks: the list with its search, the aggregated statistics, the settings."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from envs.phone.apps.epoch import day_text
from envs.phone.apps.opentracks.record import Track
from envs.phone.apps.opentracks.store import DEFAULT_ACTIVITY
from envs.phone.apps.opentracks.units import UNIT_SYSTEMS, activity_icon, distance_text, duration_text, speed_text
from envs.phone.apps.pickers import time_text
from envs.phone.ui import Card, Fab, Icon, IconButton, ListItem, Menu, Screen, Text, TextField, Widget

if TYPE_CHECKING:
    from envs.phone.apps.opentracks.main import OpenTracks


def tracks(app: OpenTracks) -> Screen:
    recording, found = app.store.recording, app.listed()
    body: list[Widget] = []
    if app.query is not None:
        body.append(TextField(app.query, app.set_query, hint="Search", autofocus=True, id="search_src_text"))
    body += [_row(app, track, track.id == recording) for track in found]
    if not found and app.query is None:
        body.append(Text("Start recording your first track.", align="center", color="on_surface_variant"))
    record = Fab("record-circle", app.start_recording, label="Record", id="track_list_fab_action")
    plain = not app.selected and app.query is None
    return Screen(
        f"{len(app.selected)} selected" if app.selected else "OpenTracks" if app.query is None else "Search",
        body,
        name=app.activity,
        nav="close" if app.selected else "none" if app.query is None else "back",
        actions=_actions(app),
        fab=record if plain and not recording else None,
        menu=_menu(app) if app.menu_open else None,
        dialog=None if app.asking is None else app.asking.dialog(),
        scroll_key="tracks" if app.query is None else "search",
    )


def _row(app: OpenTracks, track: Track, recording: bool) -> ListItem:
    start = track.start
    length = f"{duration_text(track.total_ms)} ({distance_text(track.distance, app.store.imperial)})"
    when = f"{day_text(start.date(), app.device.now().date())}\n{_clock(app, track)}"
    return ListItem(
        track.name,
        f"{track.category}\n{length}" if track.category else length,
        leading=Icon("record-circle", color="error") if recording else Icon(activity_icon(track.category)),
        trailing=Text("Recording", style="caption", color="error") if recording else Text(when, style="caption"),
        on_tap=partial(app.open, track),
        on_long_press=partial(app.select, track),
        selected=track.id in app.selected,
        id=f"track_{track.id}",
    )


def _clock(app: OpenTracks, track: Track) -> str:
    return time_text(track.start.hour, track.start.minute, full_day=app.full_day)


def _actions(app: OpenTracks) -> list[IconButton]:
    more = IconButton("dots-vertical", app.open_menu, label="More options")
    if app.selected:
        return [IconButton("delete-outline", partial(app.ask_delete, set(app.selected)), label="Delete"), more]
    return [] if app.query is not None else [IconButton("magnify", app.start_search, label="Search"), more]


def _menu(app: OpenTracks) -> Menu:
    if app.selected:
        return Menu([("Select all", app.select_all)], on_dismiss=app.close)
    return Menu(
        [("Aggregated statistics", partial(app.show, "statistics")), ("Settings", partial(app.show, "settings"))],
        on_dismiss=app.close,
    )


def statistics(app: OpenTracks) -> Screen:
    """One card for each kind of activity, the most frequent first."""
    kinds: dict[str, list[Track]] = {}
    for track in app.store.tracks():
        kinds.setdefault(track.category, []).append(track)
    body: list[Widget] = []
    for kind, held in sorted(kinds.items(), key=lambda item: (-len(item[1]), item[0])):
        distance, time = sum(t.distance for t in held), sum(t.total_ms for t in held)
        speed = speed_text(distance / (time / 1000) if time else 0.0, app.store.imperial)
        count = f"{len(held)} track" + "s" * (len(held) > 1)
        facts = (
            ("Distance", distance_text(distance, app.store.imperial)),
            ("Time", duration_text(time)),
            ("Avg. speed", speed),
        )
        rows: list[Widget] = [ListItem(kind or "unknown", count, leading=Icon(activity_icon(kind), color="primary"))]
        rows += [Text(f"{name}: {value}") for name, value in facts]
        body.append(Card(rows))
    if not body:
        body.append(Text("No tracks", align="center", color="on_surface_variant"))
    name = ".ui.aggregatedStatistics.AggregatedStatisticsActivity"
    return Screen("Aggregated statistics", body, name=name, nav="back")


def settings(app: OpenTracks) -> Screen:
    units = UNIT_SYSTEMS["IMPERIAL" if app.store.imperial else "METRIC"]
    activity = app.store.preferences.text(DEFAULT_ACTIVITY) or "None"
    icon = Icon(activity_icon(activity))
    return Screen(
        "Settings",
        [
            ListItem("Preferred units", units, leading=Icon("ruler"), on_tap=app.ask_units),
            ListItem("Default activity type", activity, leading=icon, on_tap=app.ask_default_activity),
        ],
        name=".settings.SettingsActivity",
        nav="back",
        dialog=None if app.asking is None else app.asking.dialog(),
    )
