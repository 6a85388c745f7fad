"""OsmAnd: what its map shows and does, and the files and the table in which AndroidWorld's checkers look."""

from __future__ import annotations

import random

import pytest

from envs.phone.apps.osmand import OsmAnd
from envs.phone.apps.osmand.camera import MAX_ZOOM, MIN_ZOOM, Camera, fitting
from envs.phone.apps.osmand.geography import BY_NAME, PLACES, At, along_roads, coordinates, metres, search
from envs.phone.apps.osmand.gpx import Waypoint, favourites_text, track_points, track_text, waypoints
from envs.phone.apps.osmand.store import FAVOURITES, MARKERS, TRACKS, file_name
from envs.phone.device import Phone
from envs.phone.shell import Shell
from fingers import assert_inside, press, stored, texts, wander

SCHAAN, MALBUN = BY_NAME["Schaan"].at, BY_NAME["Malbun"].at


@pytest.fixture
def phone() -> Phone:
    phone = Phone([OsmAnd], screen="medium")
    phone.launch("OsmAnd")
    return phone


def app(phone: Phone) -> OsmAnd:
    found = phone.app(OsmAnd.package)
    assert isinstance(found, OsmAnd)
    return found


def find(phone: Phone, text: str) -> None:
    press(phone, label="Search")
    phone.type_text(text)
    press(phone, id=next(e for e in phone.elements() if e.id.startswith("place_")).id)


def map_point(phone: Phone, at: At) -> tuple[float, float]:
    """Where on the screen a point is."""
    x1, y1, x2, y2 = next(e for e in phone.elements() if e.id == "map").bounds
    x, y = app(phone).camera.pixel(at, x2 - x1, y2 - y1, phone.spec.density / 160)
    return x1 + x, y1 + y


def test_a_place_that_was_found_becomes_a_favourite(phone: Phone) -> None:
    find(phone, "Schönberg, Liechtenstein")
    press(phone, label="Add to favorites")
    press(phone, id="description_edit")
    phone.type_text("Fog & <sun>")
    phone.key("BACK")
    press(phone, id="save")
    [kept] = waypoints(phone.files.read("/data/media/0/Android/data/net.osmand/files/favorites/favorites.gpx"))
    assert kept == Waypoint("Schönberg", BY_NAME["Schönberg"].at, "Fog & <sun>")
    press(phone, label="Open menu")
    press(phone, text="Favorites")
    assert {"Schönberg", "Fog & <sun>"} <= set(texts(phone))
    press(phone, label="Edit Schönberg")
    press(phone, label="Delete")
    press(phone, text="Yes")
    assert waypoints(phone.files.read(FAVOURITES)) == []


def test_coordinates_become_a_marker(phone: Phone) -> None:
    find(phone, "47.2122151, 9.5062101")
    press(phone, label="Add marker")
    columns = "marker_lat, marker_lon, marker_active, title"
    assert stored(phone, MARKERS, f"SELECT {columns} FROM map_markers") == [
        (47.2122151, 9.5062101, 1, "47.21222, 9.50621")
    ]
    press(phone, label="Open menu")
    press(phone, text="Map markers")
    press(phone, label="Mark as passed: 47.21222, 9.50621")
    assert "No map markers" in texts(phone)
    press(phone, text="History")
    press(phone, label="Restore: 47.21222, 9.50621")
    assert stored(phone, MARKERS, "SELECT marker_active, marker_visited FROM map_markers") == [(1, 0)]


def test_a_route_is_planned_and_saved_as_a_track(phone: Phone) -> None:
    press(phone, label="Open menu")
    press(phone, text="Plan a route")
    press(phone, label="Done")
    assert "Please add at least two points" in texts(phone)
    for name in ("Ruggell", "Malbun", "Balzers"):
        find(phone, name)
        press(phone, id="add_point")
    assert any(text.endswith(", 3 points") for text in texts(phone))
    press(phone, label="Undo")
    press(phone, label="Done")
    press(phone, text="OK")
    assert "Ruggell to Malbun" in texts(phone)
    assert list(track_points(phone.files.read(f"{TRACKS}/Ruggell to Malbun.gpx"))) == [BY_NAME["Ruggell"].at, MALBUN]
    press(phone, label="Delete")
    press(phone, text="Yes")
    assert phone.files.list(TRACKS) == []


def test_driving_follows_the_roads(phone: Phone) -> None:
    app(phone).plan()
    app(phone).add_corner(SCHAAN)
    app(phone).add_corner(MALBUN)
    straight = app(phone).way
    app(phone).switch_profile()
    driven = app(phone).way
    assert straight == (SCHAAN, MALBUN)
    names = ("Schaan", "Vaduz", "Rotenboden", "Triesenberg", "Steg", "Malbun")
    assert driven == tuple(BY_NAME[name].at for name in names)
    assert along_roads(SCHAAN, At(40.0, 9.0)) == [SCHAAN, At(40.0, 9.0)]


def test_every_place_can_be_driven_to() -> None:
    for place in PLACES:
        if place.name not in ("Grauspitz", "Schaan"):  # a summit without a road
            assert len(along_roads(SCHAAN, place.at)) >= 2
            assert metres(along_roads(SCHAAN, place.at)[-1], place.at) == 0
            assert len(along_roads(SCHAAN, place.at)) > 2 or place.name in (
                "Vaduz",
                "Nendeln",
                "Buchs",
                "Bendern",
                "Oberplanken",
            )


def test_a_tap_means_the_place_under_it(phone: Phone) -> None:
    phone.tap(*map_point(phone, BY_NAME["Balzers"].at))
    assert "Balzers" in texts(phone)
    phone.tap(*map_point(phone, At(47.085, 9.575)))
    assert "Balzers" not in texts(phone)
    phone.long_press(*map_point(phone, At(47.085, 9.575)))
    assert "Location" in texts(phone)
    assert app(phone).chosen is not None
    assert metres(app(phone).chosen.at, At(47.085, 9.575)) < 200


def test_a_finger_drags_the_map_and_buttons_zoom(phone: Phone) -> None:
    before, (x, y) = phone.screenshot(), map_point(phone, SCHAAN)
    phone.swipe(x, y, x - 60, y + 90)
    moved = map_point(phone, SCHAAN)
    assert abs(moved[0] - (x - 60)) <= 1
    assert abs(moved[1] - (y + 90)) <= 1
    assert phone.screenshot() is not before
    for _ in range(MAX_ZOOM):
        press(phone, label="Zoom in")
    assert app(phone).camera.zoom == MAX_ZOOM
    for _ in range(MAX_ZOOM):
        press(phone, label="Zoom out")
    assert app(phone).camera.zoom == MIN_ZOOM
    press(phone, label="Where am I")
    assert app(phone).camera.centre == At(*phone.location)


@pytest.mark.parametrize("scale", [1.0, 2.625])
def test_pixels_and_points_are_each_others_inverse(scale: float) -> None:
    camera = Camera(At(47.1, 9.5), 13)
    for x, y in ((0.0, 0.0), (131.0, 477.0), (1079.0, 1.0)):
        assert camera.pixel(camera.point(x, y, 1080, 1999, scale), 1080, 1999, scale) == pytest.approx((x, y), abs=1e-3)
    for points in ([SCHAAN], [SCHAAN, MALBUN], [At(-85, -180), At(85, 180)]):
        assert MIN_ZOOM <= fitting(points).zoom <= 15


def test_search_takes_names_and_numbers() -> None:
    assert [p.name for p in search("plan")] == ["Planken"]
    assert [p.name for p in search("balzers, liechtenstein")] == ["Balzers"]
    assert search("nowhere") == [] == search("  ")
    assert coordinates("47.1 9.5") == At(47.1, 9.5)
    for text in ("47.1", "Route 47, 9", "99, 9", "47, 181", "1, 2, 3"):
        assert coordinates(text) is None


def test_intents_show_and_search(phone: Phone) -> None:
    shell = Shell(phone)
    assert shell.run("am start -a android.intent.action.VIEW -d geo:47.0688832,9.5061564").code == 0
    assert {"Balzers"} <= set(texts(phone))
    assert shell.run("am start -a android.intent.action.VIEW -d 'geo:0,0?q=Triesen'").code == 0
    assert {"Triesen", "Triesenberg"} <= set(texts(phone))


BOMB = b'<!DOCTYPE g [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;">]><gpx><wpt lat="1" lon="2"><name>&b;</name></wpt></gpx>'


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe", b"<gpx", BOMB, b"<gpx><wpt lat='x' lon='1'/><wpt lat='91' lon='1'/></gpx>"]
)
def test_files_that_make_no_sense_hold_nothing(phone: Phone, data: bytes) -> None:
    phone.files.write(FAVOURITES, data)
    phone.files.write(f"{TRACKS}/odd.gpx", data)
    phone.invalidate()
    assert waypoints(data) == []
    press(phone, label="Open menu")
    press(phone, text="Tracks")
    press(phone, text="odd")
    assert "0 m, 0 points" in texts(phone)
    phone.screenshot()


def test_gpx_is_read_under_any_prefix() -> None:
    text = track_text("A & B", [SCHAAN, MALBUN], "2023-10-15T15:34:00Z")
    other = text.replace("<", "<n:").replace("<n:/", "</n:").replace("<n:?", "<?").replace("xmlns=", "xmlns:n=")
    assert list(track_points(text.encode())) == list(track_points(other.encode())) == [SCHAAN, MALBUN]
    assert waypoints(favourites_text([Waypoint("", SCHAAN)], "").encode()) == [Waypoint("", SCHAAN)]


def test_names_of_tracks_stay_in_their_folder(phone: Phone) -> None:
    assert file_name("../../etc/passwd") == "_.._etc_passwd"
    assert file_name(" ./. ") == "_"
    assert file_name("") == "track"
    store = app(phone).store
    assert [store.save_track("Run", [SCHAAN]) for _ in range(3)] == ["Run", "Run (2)", "Run (3)"]


@pytest.mark.parametrize(("screen", "dark"), [("small", True), ("tablet_small", False), ("tall", False)])
def test_random_walk(screen: str, dark: bool) -> None:
    rng = random.Random(f"osmand/{screen}")
    phone = Phone([OsmAnd], screen=screen, seed=rng.randrange(99), dark=dark)
    for _ in range(12):
        wander(phone, OsmAnd.package, rng, 15)
        assert_inside(phone)
        assert phone.screenshot().size == phone.size
