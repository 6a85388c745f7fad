"""OsmAnd (net.osmand): a map with search, favourites, markers, and routes that are planned and saved as tracks.

A tap or long press on the map chooses a point; what can be done with it is on a card below. What is kept is read from
its files at every look.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Literal

from envs.phone.app import App, Device
from envs.phone.apps.osmand import lists, map_screen
from envs.phone.apps.osmand.camera import Camera, fitting
from envs.phone.apps.osmand.geography import At, Place, along_roads, coordinates, metres, nearest
from envs.phone.apps.osmand.gpx import Waypoint
from envs.phone.apps.osmand.store import PACKAGE, Marker, Store
from envs.phone.apps.pickers.choices import Asking, Confirm, LineOfText
from envs.phone.ui import Screen

START = Camera(At(47.15, 9.545), 11)
"""The whole country, which is all there is on the map."""
LINEAR, BY_CAR = "Straight line", "Driving"


class OsmAnd(App):
    package = PACKAGE
    label = "OsmAnd"
    icon = "map"
    color = (245, 130, 31)
    activity = "net.osmand.plus.activities.MapActivity"

    def __init__(self, device: Device) -> None:
        super().__init__(device)
        self.store = Store(device)
        self.stop()

    # State

    def install(self) -> None:
        self.store.install()
        self.stop()

    def stop(self) -> None:
        self.view: Literal["map", "search", "favourites", "markers", "tracks", "track", "favourite", "settings"] = "map"
        self.camera = START
        self.chosen: Place | None = None
        """The point whose card is open."""
        self.query = ""
        self.editing: tuple[Waypoint | None, Waypoint] | None = None
        """What the form of a favourite began with, None for a new one, and what it says now."""
        self.route: tuple[At, ...] | None = None
        """Corners of the route that is being planned."""
        self.profile = LINEAR
        self.track_name = ""
        self.history = False
        """The list of markers shows those that were passed."""
        self.menu_open = False
        self.asking: Asking | None = None

    def start(self, extras: Mapping[str, str]) -> None:
        """`geo:LAT,LON` shows a point, `geo:0,0?q=TEXT` searches."""
        scheme, _, rest = extras.get("data", "").partition(":")
        if scheme != "geo":
            return
        where, _, options = rest.partition("?")
        query = next((part[2:] for part in options.split("&") if part.startswith("q=")), "")
        at = coordinates(where)
        self.close()
        if query:
            self.view, self.query = "search", query.replace("+", " ")
        elif at is not None:
            self.show(self.place_at(at))

    def back(self) -> bool:
        if self.menu_open or self.asking is not None:
            self.close()
        elif self.view == "track":
            self.view = "tracks"
        elif self.view != "map":
            self.view, self.editing, self.query = "map", None, ""
        elif self.chosen is not None:
            self.chosen = None
        elif self.route:
            self.ask_discard()
        elif self.route is not None:
            self.route = None
        else:
            return False
        return True

    def close(self) -> None:
        self.menu_open, self.asking = False, None

    def screen(self) -> Screen:
        match self.view:
            case "map":
                return map_screen.screen(self)
            case "search":
                return lists.search(self)
            case "favourites":
                return lists.favourites(self)
            case "favourite":
                return lists.favourite_form(self)
            case "markers":
                return lists.markers(self)
            case "tracks":
                return lists.tracks(self)
            case "track":
                return map_screen.track(self)
            case "settings":
                return lists.settings(self)

    @property
    def dark(self) -> bool:
        return self.device.settings.get("secure", "ui_night_mode") == "2"

    @property
    def way(self) -> tuple[At, ...]:
        """The route as it is drawn and saved: its corners, and between them the roads where it is driven."""
        corners = self.route or ()
        if self.profile == LINEAR or len(corners) < 2:
            return corners
        points = [corners[0]]
        for start, end in pairwise(corners):
            points += along_roads(start, end)[1:]
        return tuple(points)

    # The map

    def place_at(self, at: At, within: float = 300.0) -> Place:
        """The place at a point, or the point itself."""
        return nearest(at, within) or Place(str(at), at, "point", "")

    def touch(self, at: At, within: float) -> None:
        """A tap means the place near it; without one, it puts the card away."""
        place = nearest(at, within)
        if place is not None:
            self.chosen = place
        elif self.chosen is not None:
            self.chosen = None
        elif self.route is not None:
            self.add_corner(at)

    def hold(self, at: At, within: float) -> None:
        self.chosen = self.place_at(at, within)

    def pan(self, centre: At) -> None:
        self.camera = Camera(centre, self.camera.zoom)

    def zoom(self, by: int) -> None:
        self.camera = self.camera.zoomed(by)

    def locate(self) -> None:
        self.camera = Camera(At(*self.device.location), max(self.camera.zoom, 13))

    def show(self, place: Place) -> None:
        """The map with a place in its middle and its card below."""
        self.view, self.chosen, self.query = "map", place, ""
        self.camera = Camera(place.at, max(self.camera.zoom, 14))

    def dismiss(self) -> None:
        self.chosen = None

    def open(self, view: Literal["map", "search", "favourites", "markers", "tracks", "settings"]) -> None:
        self.close()
        self.view, self.query, self.history = view, "", False

    def open_menu(self) -> None:
        self.menu_open = True

    def set_query(self, text: str) -> None:
        self.query = text

    def far(self, at: At) -> float:
        """Metres from the middle of the map."""
        return metres(self.camera.centre, at)

    # Favourites

    def add_favourite(self, place: Place) -> None:
        self.view, self.editing = "favourite", (None, Waypoint(place.name, place.at))

    def edit_favourite(self, waypoint: Waypoint) -> None:
        self.view, self.editing = "favourite", (waypoint, waypoint)

    def change_favourite(self, **what: str) -> None:
        if self.editing is not None:
            before, now = self.editing
            fields = {"name": now.name, "description": now.description, "group": now.group, **what}
            self.editing = before, Waypoint(fields["name"], now.at, fields["description"], fields["group"])

    def save_favourite(self) -> None:
        if self.editing is None or not self.editing[1].name.strip():
            return
        before, now = self.editing
        self.store.save_favourite(now, before)
        self.view, self.editing = "map" if before is None else "favourites", None
        self.device.toast("Favorite point has been added" if before is None else "Favorite point has been edited")

    def delete_favourite(self, waypoint: Waypoint) -> None:
        def delete() -> None:
            self.store.delete_favourite(waypoint)
            self.view, self.editing = "favourites", None

        self.asking = Confirm(f"Delete favorite point '{waypoint.name}'?", delete, self.close)

    # Markers

    def add_marker(self, place: Place) -> None:
        self.store.add_marker(place.at, place.name)
        self.device.toast("Map marker has been added")

    def delete_marker(self, marker: Marker) -> None:
        self.store.delete_marker(marker)

    def set_history(self, shown: bool) -> None:
        self.history = shown

    # Routes and tracks

    def plan(self) -> None:
        self.open("map")
        self.chosen, self.route, self.profile = None, (), LINEAR

    def add_corner(self, at: At) -> None:
        self.route = (*(self.route or ()), at)
        self.chosen = None

    def undo(self) -> None:
        self.route = (self.route or ())[:-1]

    def switch_profile(self) -> None:
        self.profile = BY_CAR if self.profile == LINEAR else LINEAR

    def ask_discard(self) -> None:
        def discard() -> None:
            self.route = None

        self.asking = Confirm("Discard the changes to this route?", discard, self.close, yes="Discard", no="Cancel")

    def ask_name(self) -> None:
        corners = self.route or ()
        if len(corners) < 2:
            self.device.toast("Please add at least two points")
            return
        name = f"{self.place_at(corners[0]).name} to {self.place_at(corners[-1]).name}"
        self.asking = LineOfText("Save as new track", "Track name", name, self.save_route, self.close)

    def save_route(self, name: str) -> None:
        saved = self.store.save_track(name, self.way)
        self.route = None
        self.open_track(saved)
        self.device.toast(f"Track {saved} saved")

    def open_track(self, name: str) -> None:
        points = self.store.track(name)
        self.view, self.track_name = "track", name
        if points:
            self.camera = fitting(points)

    def delete_track(self, name: str) -> None:
        def delete() -> None:
            if name in self.store.tracks():
                self.store.delete_track(name)
            self.view = "tracks"

        self.asking = Confirm(f"Delete track '{name}'?", delete, self.close)
