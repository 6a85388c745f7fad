"""What OpenTracks keeps: the table `tracks` that AndroidWorld's checkers read, points of recordings, and settings.

A recording is a track like any other; the preferences say which one it is and since when it runs. What it has covered
follows from the phone's clock, so it goes on while the app is away.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING

from envs.phone.apps.epoch import to_ms
from envs.phone.apps.opentracks.record import POINT_S, Track, points, went_on
from envs.phone.apps.opentracks.units import ACTIVITIES, UNIT_SYSTEMS
from envs.phone.apps.preferences import Preferences
from envs.phone.words import words

if TYPE_CHECKING:
    from collections.abc import Collection

    from envs.phone.app import Device

PACKAGE = "de.dennisguse.opentracks"
PATH = f"/data/data/{PACKAGE}/databases/database.db"
SCHEMA = """
CREATE TABLE IF NOT EXISTS tracks (
    _id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, description TEXT, category TEXT, starttime INTEGER,
    stoptime INTEGER, numpoints INTEGER, totaldistance FLOAT, totaltime INTEGER, movingtime INTEGER, avgspeed FLOAT,
    avgmovingspeed FLOAT, maxspeed FLOAT, minelevation FLOAT, maxelevation FLOAT, elevationgain FLOAT, icon TEXT,
    uuid BLOB, elevationloss FLOAT, starttime_offset INTEGER, activity_type TEXT);
CREATE UNIQUE INDEX IF NOT EXISTS tracks_uuid_index ON tracks (uuid);
CREATE TABLE IF NOT EXISTS trackpoints (
    _id INTEGER PRIMARY KEY AUTOINCREMENT, trackid INTEGER NOT NULL, longitude INTEGER, latitude INTEGER, time INTEGER,
    elevation FLOAT, accuracy FLOAT, speed FLOAT, bearing FLOAT, sensor_heartrate FLOAT, sensor_cadence FLOAT,
    sensor_power FLOAT, elevation_gain FLOAT, elevation_loss FLOAT, type TEXT, sensor_distance FLOAT,
    accuracy_vert FLOAT);
CREATE INDEX IF NOT EXISTS trackpoints_trackid_index ON trackpoints (trackid);
CREATE TABLE IF NOT EXISTS markers (
    _id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, description TEXT, category TEXT, icon TEXT,
    trackid INTEGER NOT NULL, longitude INTEGER, latitude INTEGER, time INTEGER, elevation FLOAT, accuracy FLOAT,
    bearing FLOAT, photoUrl TEXT);
"""
RECORDING, SINCE, UNITS, DEFAULT_ACTIVITY = "recording_track_id", "recording_since", "stats_units", "default_activity"
MADE_UP_POINT_S = 120
"""As `POINT_S`, for the tracks of a fresh phone: fewer points make it sooner ready."""
_COLUMNS = (
    "name, description, category, starttime, stoptime, totaldistance, totaltime, movingtime, maxspeed, elevationgain, "
    "elevationloss, _id"
)


class Store:
    """The tracks on one device, the recording among them, and how they are shown."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.preferences = Preferences(device.files, PACKAGE)

    @property
    def db(self) -> sqlite3.Connection:
        return self.device.files.database(PATH, SCHEMA)

    @property
    def now_ms(self) -> int:
        return to_ms(self.device.now())

    @property
    def imperial(self) -> bool:
        return self.preferences.text(UNITS, next(iter(UNIT_SYSTEMS))) != "METRIC"

    def tracks(self) -> list[Track]:
        """Every track, the latest start first; a recording as it is now."""
        rows = self.db.execute(f"SELECT {_COLUMNS} FROM tracks ORDER BY starttime DESC, _id DESC")  # noqa: S608
        return [self._now(_track(row)) for row in rows]

    def track(self, key: int) -> Track | None:
        track = self._stored(key)
        return None if track is None else self._now(track)

    def _stored(self, key: int) -> Track | None:
        """As its row says, also while it is being recorded."""
        row = self.db.execute(f"SELECT {_COLUMNS} FROM tracks WHERE _id = ?", (key,)).fetchone()  # noqa: S608
        return None if row is None else _track(row)

    def describe(self, key: int, name: str, category: str, description: str) -> None:
        """What a person says of a track."""
        self.db.execute(
            "UPDATE tracks SET name = ?, category = ?, activity_type = ?, description = ? WHERE _id = ?",
            (name, category, category, description, key),
        )

    def delete(self, keys: Collection[int]) -> None:
        for key in keys:
            if key == self.recording:
                self.preferences.remove(RECORDING, SINCE)
            self.db.execute("DELETE FROM trackpoints WHERE trackid = ?", (key,))
            self.db.execute("DELETE FROM markers WHERE trackid = ?", (key,))
            self.db.execute("DELETE FROM tracks WHERE _id = ?", (key,))

    # Recording

    @property
    def recording(self) -> int:
        """Id of the track that is being recorded; 0 when there is none, also when its row is gone."""
        key = self.preferences.number(RECORDING)
        known = key and self.db.execute("SELECT 1 FROM tracks WHERE _id = ?", (key,)).fetchone()
        return key if known else 0

    def start(self) -> int:
        """Begin a new track now; its id."""
        category, now = self.preferences.text(DEFAULT_ACTIVITY), self.now_ms
        name = f"{self.device.now():%Y-%m-%d %H:%M}"
        key = self._insert(name, category, now)
        self.resume(key)
        return key

    def _insert(self, name: str, category: str, start_ms: int) -> int:
        [key] = self.db.execute(
            "INSERT INTO tracks (name, description, category, activity_type, starttime, stoptime, numpoints, "
            "totaldistance, totaltime, movingtime, avgspeed, avgmovingspeed, maxspeed, minelevation, maxelevation, "
            "elevationgain, elevationloss, uuid, starttime_offset) "
            "VALUES (?, '', ?, ?, ?, ?, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ?, 0) RETURNING _id",
            (name, category, category, start_ms, start_ms, self.device.random.randbytes(16)),
        ).fetchone()
        return int(key)

    def resume(self, key: int) -> None:
        """Go on with a track from where it ended."""
        self.preferences.put(RECORDING, key)
        self.preferences.put(SINCE, self.now_ms)

    def stop(self) -> int:
        """End the recording; the id of its track, 0 when there is none."""
        before = self._stored(self.recording)
        after = None if before is None else self._now(before)
        self.preferences.remove(RECORDING, SINCE)
        if before is None or after is None:
            return 0
        self._write(before, after)
        return after.id

    def _now(self, track: Track) -> Track:
        """The track being recorded has come further than its row says."""
        if track.id != self.preferences.number(RECORDING):
            return track
        since, now = self.preferences.number(SINCE), self.now_ms
        return went_on(replace(track, stop_ms=since), now - since)

    def _write(self, before: Track, after: Track, every_s: int = POINT_S) -> None:
        """Store what a track has covered, and the points of its course that are new."""
        self.db.executemany(
            "INSERT INTO trackpoints (trackid, longitude, latitude, time, elevation, accuracy, speed, bearing, type) "
            "VALUES (?, ?, ?, ?, ?, 5, ?, ?, 'TRACKPOINT')",
            [
                (
                    *(after.id, round(fix.longitude * 1e6), round(fix.latitude * 1e6)),
                    *(time_ms, fix.elevation, fix.speed, fix.bearing),
                )
                for time_ms, fix in points(before, after, every_s)
            ],
        )
        self.db.execute(
            "UPDATE tracks SET stoptime = ?, totaldistance = ?, totaltime = ?, movingtime = ?, avgspeed = ?, "
            "avgmovingspeed = ?, maxspeed = ?, elevationgain = ?, elevationloss = ?, (numpoints, minelevation, "
            "maxelevation) = (SELECT count(*), min(elevation), max(elevation) FROM trackpoints AS p "
            "WHERE p.trackid = tracks._id) WHERE _id = ?",
            (
                *(after.stop_ms, after.distance, after.total_ms, after.moving_ms, after.speed, after.moving_speed),
                *(after.max_speed, after.gain, after.loss, after.id),
            ),
        )

    def fill(self) -> None:
        """Tracks of a fresh phone, drawn from its own chance."""
        rng = self.device.random
        say = words(rng)
        kinds = sorted(ACTIVITIES)
        for _ in range(rng.randint(4, 7)):
            start = self.now_ms - rng.randint(3 * 60, 14 * 24 * 60) * 60_000
            name = rng.choice((f"{say.adjective()} {say.place()}", f"To the {say.place()} with {say.first_name()}"))
            before = self._stored(self._insert(name.capitalize(), rng.choice(kinds), start))
            assert before is not None
            self._write(before, went_on(before, rng.randint(12, 150) * 60_000), MADE_UP_POINT_S)


def _track(row: tuple) -> Track:
    name, description, category, *numbers = row
    return Track(name or "", description or "", category or "", *(number or 0 for number in numbers))
