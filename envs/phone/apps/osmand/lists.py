"""The screens without a map: search, favourites and their form, markers, tracks, settings."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from envs.phone.apps.osmand.geography import PLACES, Place, distance_text, length_of
from envs.phone.apps.osmand.geography import search as found
from envs.phone.apps.osmand.store import COLORS
from envs.phone.ui import Button, Column, Header, Icon, IconButton, ListItem, Screen, Tabs, Text, TextField, Widget

if TYPE_CHECKING:
    from envs.phone.apps.osmand.main import OsmAnd

ICONS = {
    "capital": "city",
    "town": "city",
    "village": "home",
    "hamlet": "home",
    "peak": "terrain",
    "point": "map-marker",
}


def search(app: OsmAnd) -> Screen:
    """Without a text, the places around by distance."""
    places = found(app.query) if app.query.strip() else sorted(PLACES, key=lambda place: app.far(place.at))[:12]
    rows: list[Widget] = [
        TextField(
            app.query, app.set_query, hint="Type city, address, or coordinates", autofocus=True, id="searchEditText"
        )
    ]
    rows += [_place_row(app, place) for place in places]
    if not places:
        rows.append(Text("Nothing found on the map that is on this device", align="center", color="on_surface_variant"))
    return Screen("Search", rows, name=app.activity, nav="back", scroll_key="search")


def _place_row(app: OsmAnd, place: Place) -> ListItem:
    return ListItem(
        place.name,
        place.details if place.country else "Location",
        leading=Icon(ICONS[place.kind]),
        trailing=Text(distance_text(app.far(place.at)), style="caption"),
        on_tap=partial(app.show, place),
        id=f"place_{place.name}",
    )


def favourites(app: OsmAnd) -> Screen:
    rows: list[Widget] = []
    groups: dict[str, list[Widget]] = {}
    for n, waypoint in enumerate(app.store.favourites()):
        place = Place(waypoint.name, waypoint.at, "point", "")
        groups.setdefault(waypoint.group or "Favorites", []).append(
            ListItem(
                waypoint.name or str(waypoint.at),
                waypoint.description or distance_text(app.far(waypoint.at)),
                leading=Icon("star", color=(238, 180, 24)),
                trailing=IconButton("pencil", partial(app.edit_favourite, waypoint), label=f"Edit {waypoint.name}"),
                on_tap=partial(app.show, place),
                id=f"favorite_{n}",
            )
        )
    for group in sorted(groups):
        rows += [Header(group), *groups[group]]
    if not rows:
        rows = _empty("You don't have any favorites yet", "Add one from the card of a point on the map")
    return _list(app, "Favorites", rows)


def favourite_form(app: OsmAnd) -> Screen:
    assert app.editing is not None
    before, now = app.editing

    def field(name: str, hint: str, value: str, *, autofocus: bool = False) -> TextField:
        def change(text: str) -> None:
            app.change_favourite(**{name: text})

        return TextField(value, change, hint=hint, label=hint, autofocus=autofocus, id=f"{name}_edit")

    fields: list[Widget] = [
        field("name", "Name", now.name),
        field("description", "Description", now.description),
        field("group", "Group", now.group),
        Text(str(now.at), color="on_surface_variant"),
        Button("Save", app.save_favourite, icon="check", id="save", enabled=bool(now.name.strip())),
    ]
    delete = (
        [] if before is None else [IconButton("delete-outline", partial(app.delete_favourite, before), label="Delete")]
    )
    return Screen(
        "Add favorite" if before is None else "Edit favorite",
        [Column(fields)],
        name=app.activity,
        nav="close",
        actions=delete,
        dialog=None if app.asking is None else app.asking.dialog(),
        scroll_key="favourite",
    )


def markers(app: OsmAnd) -> Screen:
    rows: list[Widget] = []
    for marker in app.store.markers():
        if marker.passed != app.history:
            continue
        again = "restore" if marker.passed else "check"
        rows.append(
            ListItem(
                marker.name or str(marker.at),
                distance_text(app.far(marker.at)),
                leading=Icon("flag", color=COLORS[marker.color % len(COLORS)]),
                trailing=IconButton(
                    again,
                    partial(app.store.pass_marker, marker),
                    label=f"{'Restore' if marker.passed else 'Mark as passed'}: {marker.name}",
                ),
                on_tap=partial(app.show, Place(marker.name or str(marker.at), marker.at, "point", "")),
                id=f"marker_{marker.id}",
            )
        )
    if not rows:
        rows = _empty(
            "No marker has been passed" if app.history else "No map markers", "Add one from the card of a point"
        )
    tabs = Tabs(("Active", "History"), int(app.history), lambda tab: app.set_history(bool(tab)))
    return _list(app, "Map markers", rows, tabs)


def tracks(app: OsmAnd) -> Screen:
    rows: list[Widget] = []
    for name in app.store.tracks():
        points = app.store.track(name)
        length = length_of(points)
        rows.append(
            ListItem(
                name,
                f"{distance_text(length)} • {len(points)} points",
                leading=Icon("map-marker-path"),
                on_tap=partial(app.open_track, name),
                id=f"track_{name}",
            )
        )
    if not rows:
        rows = _empty("You don't have any tracks yet", "Plan a route and save it")
    return _list(app, "Tracks", rows)


def settings(app: OsmAnd) -> Screen:
    rows: list[Widget] = [
        Header("Maps on this device"),
        ListItem("Liechtenstein", "Standard map, Europe", leading=Icon("map")),
        Header("Profiles"),
        ListItem("Browse map", leading=Icon("map-marker-outline")),
        ListItem("Driving", leading=Icon("car")),
    ]
    return _list(app, "Settings", rows)


def _list(app: OsmAnd, title: str, rows: list[Widget], tabs: Tabs | None = None) -> Screen:
    return Screen(title, rows, name=app.activity, nav="back", tabs=tabs, scroll_key=title)


def _empty(says: str, hint: str) -> list[Widget]:
    return [Text(says, style="title", align="center"), Text(hint, align="center", color="on_surface_variant")]
