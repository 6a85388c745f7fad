"""The screens with a map: the map itself with the card of a point or the route that is planned, and a saved track."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PIL.Image import Image

from envs.phone.apps.osmand import drawing
from envs.phone.apps.osmand.drawing import Pin
from envs.phone.apps.osmand.geography import At, Place, distance_text, length_of, metres
from envs.phone.apps.osmand.store import COLORS
from envs.phone.ui import Button, Icon, IconButton, Line, ListItem, Menu, Picture, Screen, Spacer, Text, Widget

if TYPE_CHECKING:
    from envs.phone.apps.osmand.main import OsmAnd

FAVOURITE, CHOSEN, HERE = (238, 180, 24), (216, 55, 42), (40, 120, 230)
FINGER = 0.07
"""How far from a place a tap may be to mean it, as a share of the map's width."""


def screen(app: OsmAnd) -> Screen:
    planning = app.route is not None
    actions = [IconButton("magnify", partial(app.open, "search"), label="Search", id="map_search_button")]
    if planning:
        actions.append(IconButton("check", app.ask_name, label="Done", id="done"))
    footer: list[Widget] = []
    if app.chosen is not None:
        footer = _card(app, app.chosen)
    elif planning:
        footer = _route(app)
    footer.append(_tools(app))
    return Screen(
        "Plan a route" if planning else "OsmAnd",
        [_map(app, [*_kept(app), *drawing.pins(app.route or (), drawing.ROUTE)], app.way)],
        name=app.activity,
        nav="close" if planning else "menu",
        on_nav=None if planning else app.open_menu,
        actions=actions,
        menu=_menu(app) if app.menu_open else None,
        dialog=None if app.asking is None else app.asking.dialog(),
        footer=footer,
        scroll_key="map",
    )


def _menu(app: OsmAnd) -> Menu:
    return Menu(
        [
            ("Favorites", partial(app.open, "favourites")),
            ("Tracks", partial(app.open, "tracks")),
            ("Map markers", partial(app.open, "markers")),
            ("Plan a route", app.plan),
            ("Settings", partial(app.open, "settings")),
        ],
        on_dismiss=app.close,
    )


def _map(app: OsmAnd, pins: list[Pin], line: tuple[At, ...]) -> Picture:
    """The picture, and what a finger does on it."""
    last = (1, 1, 1.0)

    def paint(width: int, height: int, scale: float) -> Image:
        nonlocal last
        last = width, height, scale
        return drawing.draw(app.camera, *last, app.dark, tuple(pins), line)

    def point(x: float, y: float) -> At:
        width, height, density = last
        return app.camera.point(x * width, y * height, width, height, density)

    def reach() -> float:
        return FINGER * last[0] * app.camera.metres_per_pixel(last[2])

    return Picture(
        paint,
        id="map",
        label="Map",
        on_touch=lambda x, y: app.touch(point(x, y), reach()),
        on_hold=lambda x, y: app.hold(point(x, y), reach()),
        on_swipe=lambda dx, dy: app.pan(point(0.5 - dx, 0.5 - dy)),
    )


def _kept(app: OsmAnd) -> list[Pin]:
    pins = [Pin(w.at, "star", FAVOURITE) for w in app.store.favourites()]
    pins += [Pin(m.at, "flag", COLORS[m.color % len(COLORS)]) for m in app.store.markers() if not m.passed]
    pins.append(Pin(At(*app.device.location), "", HERE, 16.0))
    if app.chosen is not None:
        pins.append(Pin(app.chosen.at, "map-marker", CHOSEN, 30.0))
    return pins


def _card(app: OsmAnd, place: Place) -> list[Widget]:
    """What is known of a point and what can be done with it."""
    head = ListItem(
        place.name,
        f"{place.details} • {distance_text(metres(app.camera.centre, place.at))}" if place.country else "Location",
        leading=Icon("map-marker", color="primary"),
        trailing=IconButton("close", app.dismiss, label="Close"),
        id="context_menu_title",
    )
    if app.route is not None:
        add = partial(app.add_corner, place.at)
        return [head, Line([Button("Add point", add, icon="plus", id="add_point")], padding=16)]
    return [
        head,
        Text(str(place.at), style="caption", align="center", color="on_surface_variant"),
        Line(
            [
                Button(
                    "Add", partial(app.add_favourite, place), kind="text", icon="star-outline", label="Add to favorites"
                ),
                Button("Marker", partial(app.add_marker, place), kind="text", icon="flag", label="Add marker"),
            ]
        ),
    ]


def _route(app: OsmAnd) -> list[Widget]:
    corners, way = app.route or (), app.way
    length = length_of(way)
    if not corners:
        says = "Tap the map or search to add points"
    else:
        says = f"{distance_text(length)}, {len(corners)} point" + ("s" if len(corners) > 1 else "")
    return [
        Text(says, align="center", id="route_info"),
        Line(
            [
                IconButton("undo", app.undo, label="Undo", enabled=bool(corners)),
                Button(app.profile, app.switch_profile, kind="outlined", icon="routes", label=f"Route: {app.profile}"),
                Button("Add point", partial(app.add_corner, app.camera.centre), icon="plus", id="add_centre"),
            ],
            spread=False,
        ),
    ]


def _tools(app: OsmAnd) -> Line:
    return Line(
        [
            IconButton("crosshairs-gps", app.locate, label="Where am I"),
            IconButton("minus", partial(app.zoom, -1), label="Zoom out"),
            IconButton("plus", partial(app.zoom, 1), label="Zoom in"),
        ]
    )


def track(app: OsmAnd) -> Screen:
    points = tuple(app.store.track(app.track_name))
    length = length_of(points)
    delete = IconButton("delete-outline", partial(app.delete_track, app.track_name), label="Delete")
    return Screen(
        app.track_name,
        [_map(app, drawing.pins(points[:1] + points[-1:], drawing.ROUTE), points)],
        name=app.activity,
        nav="back",
        actions=[delete],
        subtitle=f"{distance_text(length)}, {len(points)} points",
        dialog=None if app.asking is None else app.asking.dialog(),
        footer=[Spacer(4), _tools(app)],
        scroll_key="track",
    )
