"""What OsmAnd keeps: favourites in a GPX file, tracks in one file each, map markers in a database.

Places and columns are those of OsmAnd 4.6, where AndroidWorld's checkers look.
"""

from __future__ import annotations

import posixpath
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from envs.phone.app import Device
from envs.phone.apps.epoch import to_ms
from envs.phone.apps.osmand import gpx
from envs.phone.apps.osmand.geography import At
from envs.phone.apps.osmand.gpx import Waypoint

PACKAGE = "net.osmand"
FOLDER = f"/sdcard/Android/data/{PACKAGE}/files"
FAVOURITES = f"{FOLDER}/favorites/favorites.gpx"
BACKUP = f"/data/data/{PACKAGE}/files/favourites_bak.gpx"
BACKUPS = f"/data/data/{PACKAGE}/files/backup"
TRACKS = f"{FOLDER}/tracks"
MARKERS = f"/data/data/{PACKAGE}/databases/map_markers_db"
SCHEMA = """
CREATE TABLE IF NOT EXISTS map_markers (
    marker_id TEXT PRIMARY KEY, marker_lat DOUBLE, marker_lon DOUBLE, marker_description TEXT, marker_active INT,
    marker_added LONG, marker_visited LONG, group_name TEXT, group_key TEXT, marker_color INT, marker_next_key TEXT,
    marker_disabled INT, marker_selected INT, marker_map_object_name TEXT, title TEXT);
CREATE TABLE IF NOT EXISTS map_markers_groups (
    group_id TEXT PRIMARY KEY, group_name TEXT, group_type TEXT, group_disabled INT, group_categories TEXT);
"""
COLORS = ((216, 55, 42), (236, 150, 20), (66, 150, 60), (44, 120, 200), (150, 70, 160), (0, 140, 140), (90, 90, 90))
"""Of markers, by `marker_color`."""


@dataclass(frozen=True, slots=True)
class Marker:
    id: str
    at: At
    name: str
    color: int
    passed: bool


class Store:
    def __init__(self, device: Device) -> None:
        self.device = device

    def install(self) -> None:
        for folder in (posixpath.dirname(FAVOURITES), TRACKS, BACKUPS):
            self.device.files.make_dirs(folder)
        self._write_favourites(self.favourites())
        self.db  # noqa: B018  the app makes its database when it starts

    @property
    def db(self) -> sqlite3.Connection:
        return self.device.files.database(MARKERS, SCHEMA)

    # Favourites

    def favourites(self) -> list[Waypoint]:
        files = self.device.files
        return gpx.waypoints(files.read(FAVOURITES)) if files.is_file(FAVOURITES) else []

    def save_favourite(self, waypoint: Waypoint, instead: Waypoint | None = None) -> None:
        """Add one, in place of another where that is given."""
        kept = [w for w in self.favourites() if w != instead]
        self._write_favourites([*kept, waypoint])

    def delete_favourite(self, waypoint: Waypoint) -> None:
        self._write_favourites([w for w in self.favourites() if w != waypoint])

    def _write_favourites(self, waypoints: Sequence[Waypoint]) -> None:
        text = gpx.favourites_text(waypoints, self._stamp)
        self.device.files.write(FAVOURITES, text)
        self.device.files.write(BACKUP, text)

    # Markers

    def markers(self) -> list[Marker]:
        """The latest first."""
        rows = self.db.execute(
            "SELECT marker_id, marker_lat, marker_lon, marker_description, marker_color, marker_active "
            "FROM map_markers ORDER BY marker_added DESC, rowid DESC"
        ).fetchall()
        return [
            Marker(
                str(key), At(float(lat), float(lon)), str(said or "").partition("#")[2], int(color or 0), active != 1
            )
            for key, lat, lon, said, color, active in rows
            if isinstance(lat, (int, float)) and isinstance(lon, (int, float)) and abs(lat) <= 90 and abs(lon) <= 180
        ]

    def add_marker(self, at: At, name: str) -> None:
        added = to_ms(self.device.now())
        count = self.db.execute("SELECT count(*) FROM map_markers").fetchone()[0]
        self.db.execute(
            "INSERT INTO map_markers (marker_id, marker_lat, marker_lon, marker_description, marker_active, "
            "marker_added, marker_visited, marker_color, marker_disabled, marker_selected, marker_map_object_name, "
            "title) VALUES (?, ?, ?, ?, 1, ?, 0, ?, 0, 0, ?, ?)",
            (f"{added}{count}", at.lat, at.lon, f"location#{name}", added, count % len(COLORS), name, name),
        )

    def pass_marker(self, marker: Marker) -> None:
        """Move it to the history, or back."""
        now = 0 if marker.passed else to_ms(self.device.now())
        self.db.execute(
            "UPDATE map_markers SET marker_active = ?, marker_visited = ? WHERE marker_id = ?",
            (int(marker.passed), now, marker.id),
        )

    def delete_marker(self, marker: Marker) -> None:
        self.db.execute("DELETE FROM map_markers WHERE marker_id = ?", (marker.id,))

    # Tracks

    def tracks(self) -> list[str]:
        """Names without the extension."""
        files = self.device.files
        names = files.list(TRACKS) if files.is_dir(TRACKS) else ()
        return sorted((n.removesuffix(".gpx") for n in names if n.endswith(".gpx")), key=str.casefold)

    def track(self, name: str) -> Sequence[At]:
        path = f"{TRACKS}/{name}.gpx"
        return gpx.track_points(self.device.files.read(path)) if self.device.files.is_file(path) else []

    def save_track(self, name: str, points: Sequence[At]) -> str:
        """The name under which it was saved: the next free one like it."""
        name = file_name(name)
        taken, free, number = set(self.tracks()), name, 2
        while free in taken:
            free, number = f"{name} ({number})", number + 1
        self.device.files.write(f"{TRACKS}/{free}.gpx", gpx.track_text(free, points, self._stamp))
        return free

    def delete_track(self, name: str) -> None:
        self.device.files.remove(f"{TRACKS}/{name}.gpx")

    @property
    def _stamp(self) -> str:
        return f"{self.device.now():%Y-%m-%dT%H:%M:%SZ}"


def file_name(name: str) -> str:
    """What of a name may be a file's."""
    return re.sub(r'[/\\:*?"<>|\x00-\x1f]', "_", name).strip(". ")[:60] or "track"
