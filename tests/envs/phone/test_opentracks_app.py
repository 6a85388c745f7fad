"""OpenTracks: its table is what AndroidWorld's checkers read; recordings follow the phone's clock."""

from __future__ import annotations

import datetime as dt
import math
import random
from itertools import pairwise

import pytest

from envs.phone.apps.epoch import to_ms
from envs.phone.apps.opentracks import OpenTracks
from envs.phone.apps.opentracks.course import METRES_PER_DEGREE, Course
from envs.phone.apps.opentracks.record import POINTS
from envs.phone.apps.opentracks.store import PATH
from envs.phone.apps.opentracks.units import (
    ACTIVITIES,
    DEFAULT_ICON,
    distance_text,
    duration_text,
    height_text,
    speed_text,
)
from envs.phone.device import EPOCH, Phone
from envs.phone.fonts import icon_names
from fingers import assert_inside, press, stored, texts, wander

TRACKS = "SELECT name, category, activity_type, description, totaltime, totaldistance FROM tracks ORDER BY starttime"


@pytest.fixture
def phone() -> Phone:
    phone = Phone([OpenTracks], screen="medium")
    _db(phone).executescript("DELETE FROM tracks; DELETE FROM trackpoints;")
    phone.launch("OpenTracks")
    return phone


def _db(phone: Phone):
    return phone.files.open_database(PATH)


def _push(phone: Phone, name: str, category: str, start: dt.datetime, minutes: int, metres: float) -> None:
    _db(phone).execute(
        "INSERT INTO tracks (name, category, starttime, stoptime, totaltime, movingtime, totaldistance, avgspeed) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, 0.000001)",
        (name, category, to_ms(start), to_ms(start) + minutes * 60_000, minutes * 60_000, minutes * 60_000, metres),
    )
    phone.invalidate()


def _pass(phone: Phone, **time: float) -> None:
    phone.set_now(phone.now() + dt.timedelta(**time))


def test_the_list_says_kind_duration_distance_and_day(phone: Phone) -> None:
    _push(phone, "Lake", "rowing", dt.datetime(2023, 10, 12, 8, 30), 75, 8047)
    _push(phone, "Track", "running", dt.datetime(2023, 10, 15, 7), 5, 805)
    shown = texts(phone)
    assert {"rowing\n1:15:00 (5.00 mi)", "Thu, Oct 12\n8:30 AM"} <= set(shown)
    assert {"running\n5:00 (2641.08 ft)", "Today\n7:00 AM"} <= set(shown)
    assert shown.index("Track") < shown.index("Lake")


def test_speeds_are_worked_out_from_distance_and_time(phone: Phone) -> None:
    _push(phone, "Lake", "rowing", dt.datetime(2023, 10, 12, 8, 30), 60, 16093.44)
    press(phone, text="Lake")
    assert {"rowing", "10.0 mph", "1:00:00", "10.00 mi", "Thu, Oct 12, 2023, 8:30 AM"} <= set(texts(phone))


def test_a_recording_goes_on_while_the_app_is_away_and_is_stored_when_it_ends(phone: Phone) -> None:
    press(phone, label="Record")
    assert phone.foreground()[1] == ".TrackRecordingActivity"
    phone.key("HOME")
    _pass(phone, minutes=20)
    phone.launch("OpenTracks")
    press(phone, label="Stop")
    press(phone, id="fields_activity_type")
    press(phone, text="hiking")
    press(phone, id="fields_name")
    phone.type_text(" hill")
    press(phone, text="Finish")
    [(name, category, kind, _, total, distance)] = stored(phone, PATH, TRACKS)
    assert (name, category, kind) == ("2023-10-15 15:34 hill", "hiking", "hiking")
    assert total == pytest.approx(20 * 60_000, abs=5000)
    assert 1000 < distance < 3000  # twenty minutes at walking pace
    [(points, first, last, listed)] = stored(
        phone,
        PATH,
        "SELECT count(*), min(time), max(time), max(numpoints) FROM trackpoints JOIN tracks ON tracks._id = trackid",
    )
    assert points == listed == total // 10_000 + 1
    assert last - first == pytest.approx(total, abs=10_000)
    assert stored(phone, PATH, "SELECT maxelevation > minelevation, elevationgain > 0 FROM tracks") == [(1, 1)]
    assert "Record" in [e.label for e in phone.elements()]


def test_a_recording_is_resumed_where_it_ended_and_discarded(phone: Phone) -> None:
    press(phone, label="Record")
    _pass(phone, minutes=5)
    press(phone, label="Stop")
    [(*_, before, _)] = stored(phone, PATH, TRACKS)
    _pass(phone, hours=3)
    press(phone, text="Resume")
    _pass(phone, minutes=5)
    press(phone, label="Stop")
    [(*_, after, _)] = stored(phone, PATH, TRACKS)
    assert after - before == pytest.approx(5 * 60_000, abs=3000)
    press(phone, text="Discard")
    press(phone, text="Yes")
    assert stored(phone, PATH, TRACKS) == stored(phone, PATH, "SELECT 1 FROM trackpoints") == []


def test_stopping_the_app_ends_the_recording_and_keeps_it(phone: Phone) -> None:
    press(phone, label="Record")
    _pass(phone, minutes=5)
    phone.force_stop(OpenTracks.package)
    _pass(phone, hours=1)
    phone.launch("OpenTracks")
    assert "Recording" not in texts(phone)
    [(*_, total, _)] = stored(phone, PATH, TRACKS)
    assert total == pytest.approx(5 * 60_000, abs=3000)


def test_a_recording_whose_row_others_removed_is_none(phone: Phone) -> None:
    press(phone, label="Record")
    _db(phone).execute("DELETE FROM tracks")
    phone.invalidate()
    assert "OpenTracks" in texts(phone) and "Record" in [e.label for e in phone.elements()]
    phone.force_stop(OpenTracks.package)
    assert stored(phone, PATH, TRACKS) == []


def test_a_clock_that_is_set_back_or_far_ahead_does_no_harm(phone: Phone) -> None:
    press(phone, label="Record")
    phone.set_now(EPOCH - dt.timedelta(days=40))
    assert "0:00" in texts(phone)
    press(phone, label="Stop")
    assert [row[4:] for row in stored(phone, PATH, TRACKS)] == [(0, 0.0)]
    press(phone, text="Resume")
    phone.set_now(EPOCH + dt.timedelta(days=400))
    press(phone, label="Stop")
    [(points,)] = stored(phone, PATH, "SELECT count(*) FROM trackpoints")
    assert POINTS // 2 < points <= POINTS + 2  # both ends of it, and the point of the part that took no time


def test_a_track_is_edited_and_found_by_its_description(phone: Phone) -> None:
    _push(phone, "Lake", "rowing", dt.datetime(2023, 10, 12, 8, 30), 75, 8047)
    _push(phone, "Hill", "hiking", dt.datetime(2023, 10, 13, 8, 30), 75, 8047)
    press(phone, text="Lake")
    press(phone, label="Edit")
    press(phone, id="fields_description")
    phone.type_text("windy")
    press(phone, label="Save")
    phone.key("BACK")
    press(phone, label="Search")
    phone.type_text("WIND")
    assert "Lake" in texts(phone) and "Hill" not in texts(phone)
    assert stored(phone, PATH, TRACKS)[0][:4] == ("Lake", "rowing", "rowing", "windy")


def test_selected_tracks_are_deleted_with_their_points(phone: Phone) -> None:
    for n in range(3):
        _push(phone, f"T{n}", "rowing", dt.datetime(2023, 10, 12, 8 + n), 75, 8047)
        _db(phone).execute("INSERT INTO trackpoints (trackid) SELECT max(_id) FROM tracks")
    press(phone, text="T0", long=True)
    press(phone, text="T2")
    press(phone, label="Delete")
    press(phone, text="Delete")
    assert [row[0] for row in stored(phone, PATH, TRACKS)] == ["T1"]
    assert len(stored(phone, PATH, "SELECT 1 FROM trackpoints")) == 1


def test_statistics_add_up_each_kind_and_units_can_be_metric(phone: Phone) -> None:
    _push(phone, "a", "rowing", dt.datetime(2023, 10, 12, 8), 30, 4000)
    _push(phone, "b", "rowing", dt.datetime(2023, 10, 13, 8), 60, 5000)
    _push(phone, "c", "hiking", dt.datetime(2023, 10, 14, 8), 60, 500)
    press(phone, label="More options")
    press(phone, text="Settings")
    press(phone, text="Preferred units")
    press(phone, text="Metric (km, m)")
    phone.key("BACK")
    press(phone, label="More options")
    press(phone, text="Aggregated statistics")
    shown = texts(phone)
    assert {"2 tracks", "Distance: 9.00 km", "Time: 1:30:00", "Avg. speed: 6.0 km/h", "1 track"} <= set(shown)
    assert shown.index("rowing") < shown.index("hiking")


def test_a_course_is_as_long_as_its_path_and_climbs_as_much_as_its_heights_say() -> None:
    course = Course(11, 2.5)
    fixes = [course.at(float(t)) for t in range(3001)]
    path = gain = loss = 0.0
    for a, b in pairwise(fixes):
        north = (b.latitude - a.latitude) * METRES_PER_DEGREE
        east = (b.longitude - a.longitude) * METRES_PER_DEGREE * math.cos(math.radians(a.latitude))
        path += math.hypot(north, east)
        gain += max(0.0, b.elevation - a.elevation)
        loss += max(0.0, a.elevation - b.elevation)
        assert (path, gain, loss) == pytest.approx((b.distance, b.gain, b.loss), rel=1e-3, abs=0.01)
    assert fixes[-1].distance == pytest.approx(2.5 * 3000, rel=0.05)
    assert max(fix.speed for fix in fixes) <= course.top_speed
    assert (fixes[0].distance, fixes[0].gain) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("metres", "imperial", "text"),
    [
        (1609.344, True, "5280.00 ft"),
        (1610, True, "1.00 mi"),
        (1000, False, "1000.00 m"),
        (12006, False, "12.01 km"),
        (0, True, "0.00 ft"),
    ],
)
def test_distances(metres: float, imperial: bool, text: str) -> None:
    assert distance_text(metres, imperial) == text


def test_other_quantities() -> None:
    assert [duration_text(ms) for ms in (0, 59_999, 3_600_000, -1)] == ["0:00", "0:59", "1:00:00", "0:00"]
    assert (height_text(100, True), height_text(100, False)) == ("328 ft", "100 m")
    assert (speed_text(10, True), speed_text(10, False)) == ("22.4 mph", "36.0 km/h")


def test_every_kind_has_an_icon_that_ships() -> None:
    assert {*ACTIVITIES.values(), DEFAULT_ICON} <= set(icon_names())


def test_a_fresh_phone_has_tracks_and_clearing_draws_others() -> None:
    phone = Phone([OpenTracks], screen="small", seed=4)
    before = stored(phone, PATH, TRACKS)
    assert len(before) >= 4 and all(row[4] > 0 and row[5] > 0 for row in before)
    phone.clear_app(OpenTracks.package)
    assert stored(phone, PATH, TRACKS) != before


@pytest.mark.parametrize(("screen", "dark"), [("small", True), ("tall", False), ("tablet_small", True)])
def test_random_walk(screen: str, dark: bool) -> None:
    rng = random.Random(f"opentracks/{screen}")
    phone = Phone([OpenTracks], screen=screen, seed=rng.randrange(99), dark=dark)
    for _ in range(15):
        wander(phone, OpenTracks.package, rng, 15)
        assert_inside(phone)
        assert phone.screenshot().size == phone.size
