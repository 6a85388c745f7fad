"""VLC's media library: the files that a scan finds, and the playlists made of them, in one database."""

from __future__ import annotations

import posixpath
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from envs.phone.apps.epoch import to_ms
from envs.phone.audio import read_mp3
from envs.phone.video import read_mp4

if TYPE_CHECKING:
    from envs.phone.app import Device

PACKAGE = "org.videolan.vlc"
PATH = f"/data/data/{PACKAGE}/app_db/vlc_media.db"
STORAGE, SHARED = "/storage/emulated/0", "/sdcard"
"""The shared storage as apps name it, and as the file tree does."""
VIDEO, AUDIO = 1, 2
"""Values of the column Media.type."""
KINDS = {".mp4": VIDEO, ".m4v": VIDEO, ".3gp": VIDEO, ".mov": VIDEO, ".mp3": AUDIO}
SCHEMA = """
CREATE TABLE IF NOT EXISTS Folder (
    id_folder INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT UNIQUE, name TEXT COLLATE NOCASE, parent_id UNSIGNED INTEGER,
    is_banned BOOLEAN NOT NULL DEFAULT 0, device_id UNSIGNED INTEGER, is_removable BOOLEAN NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS Media (
    id_media INTEGER PRIMARY KEY AUTOINCREMENT, type INTEGER, subtype INTEGER NOT NULL DEFAULT 0,
    duration INTEGER DEFAULT -1, last_position REAL DEFAULT -1, last_time INTEGER DEFAULT -1,
    play_count UNSIGNED INTEGER NOT NULL DEFAULT 0, last_played_date UNSIGNED INTEGER,
    insertion_date UNSIGNED INTEGER, release_date UNSIGNED INTEGER, title TEXT COLLATE NOCASE,
    filename TEXT COLLATE NOCASE, is_favorite BOOLEAN NOT NULL DEFAULT 0, is_present BOOLEAN NOT NULL DEFAULT 1,
    device_id INTEGER, nb_playlists UNSIGNED INTEGER NOT NULL DEFAULT 0, folder_id UNSIGNED INTEGER,
    import_type UNSIGNED INTEGER NOT NULL DEFAULT 0, group_id UNSIGNED INTEGER,
    forced_title BOOLEAN NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS File (
    id_file INTEGER PRIMARY KEY AUTOINCREMENT, media_id UNSIGNED INT, mrl TEXT UNIQUE, type UNSIGNED INTEGER,
    last_modification_date UNSIGNED INT, size UNSIGNED INT, folder_id UNSIGNED INTEGER,
    is_removable BOOLEAN NOT NULL DEFAULT 0, is_external BOOLEAN NOT NULL DEFAULT 0,
    is_network BOOLEAN NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS Playlist (
    id_playlist INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT COLLATE NOCASE, file_id UNSIGNED INT DEFAULT NULL,
    creation_date UNSIGNED INT NOT NULL, artwork_mrl TEXT, nb_video UNSIGNED INT NOT NULL DEFAULT 0,
    nb_audio UNSIGNED INT NOT NULL DEFAULT 0, nb_unknown UNSIGNED INT NOT NULL DEFAULT 0,
    duration UNSIGNED INT NOT NULL DEFAULT 0, is_favorite BOOLEAN NOT NULL DEFAULT FALSE);
CREATE TABLE IF NOT EXISTS PlaylistMediaRelation (
    media_id INTEGER, playlist_id INTEGER, position INTEGER);
CREATE INDEX IF NOT EXISTS playlist_position_pl_id_idx ON PlaylistMediaRelation (playlist_id, position);
"""
_COLUMNS = "id_media, Media.type, Media.title, filename, duration, mrl, last_played_date"
_MEDIA = f"SELECT {_COLUMNS} FROM Media JOIN File ON media_id = id_media"  # noqa: S608  our own column names


@dataclass(frozen=True, slots=True)
class Media:
    id: int
    type: int
    title: str
    file_name: str
    duration_ms: int
    path: str
    played_ms: int
    """When it was last played; 0 for never."""

    @property
    def folder(self) -> str:
        return posixpath.dirname(self.path)


class Store:
    def __init__(self, device: Device) -> None:
        self.device = device

    @property
    def db(self) -> sqlite3.Connection:
        return self.device.files.database(PATH, SCHEMA)

    # Media

    def scan(self) -> None:
        """Make the library what the shared storage holds. What is gone leaves the playlists, too."""
        files, found = self.device.files, {}
        for folder, _, names in files.walk(SHARED):
            if folder.startswith(f"{SHARED}/Android/") or "/." in folder:
                continue
            for name in names:
                kind = KINDS.get(posixpath.splitext(name)[1].lower())
                if kind is not None and not name.startswith("."):
                    found[f"{STORAGE}{folder.removeprefix(SHARED)}/{name}"] = kind
        known = {media.path: media for media in self._read(_MEDIA)}
        for path in known.keys() - found.keys():
            self._forget(known[path])
        for path, kind in sorted(found.items()):
            stat = files.stat(path)
            mrl = f"file://{path}"
            same = "SELECT 1 FROM File WHERE mrl = ? AND last_modification_date = ? AND size = ?"
            if path in known and self.db.execute(same, (mrl, stat.mtime, stat.size)).fetchone():
                continue
            duration = _duration_ms(files.read(path), kind)
            if path in known:
                self.db.execute("UPDATE Media SET duration = ? WHERE id_media = ?", (duration, known[path].id))
                self.db.execute(
                    "UPDATE File SET last_modification_date = ?, size = ? WHERE mrl = ?", (stat.mtime, stat.size, mrl)
                )
            else:
                self._add(path, kind, duration, stat.mtime, stat.size)

    def _add(self, path: str, kind: int, duration: int, modified: int, size: int) -> None:
        folder, name = posixpath.split(path)
        self.db.execute(
            "INSERT OR IGNORE INTO Folder (path, name) VALUES (?, ?)", (f"file://{folder}/", posixpath.basename(folder))
        )
        key = self.db.execute("SELECT id_folder FROM Folder WHERE path = ?", (f"file://{folder}/",)).fetchone()[0]
        media = self.db.execute(
            "INSERT INTO Media (type, duration, insertion_date, title, filename, folder_id) VALUES (?, ?, ?, ?, ?, ?)",
            (kind, duration, to_ms(self.device.now()) // 1000, posixpath.splitext(name)[0], name, key),
        ).lastrowid
        self.db.execute("DELETE FROM File WHERE mrl = ?", (f"file://{path}",))
        self.db.execute(
            "INSERT INTO File (media_id, mrl, type, last_modification_date, size, folder_id) VALUES (?, ?, 1, ?, ?, ?)",
            (media, f"file://{path}", modified, size, key),
        )

    def _forget(self, media: Media) -> None:
        playlists = self.db.execute(
            "SELECT DISTINCT playlist_id FROM PlaylistMediaRelation WHERE media_id = ?", (media.id,)
        ).fetchall()
        for table, column in (("PlaylistMediaRelation", "media_id"), ("File", "media_id"), ("Media", "id_media")):
            self.db.execute(f"DELETE FROM {table} WHERE {column} = ?", (media.id,))  # noqa: S608  our own names
        for (playlist,) in playlists:
            self._count(playlist, [found.id for found in self.in_playlist(playlist)])

    def _read(self, query: str, values: tuple[object, ...] = ()) -> list[Media]:
        return [
            Media(key, kind, title or name, name, max(0, length or 0), mrl.removeprefix("file://"), played or 0)
            for key, kind, title, name, length, mrl, played in self.db.execute(query, values)
        ]

    def media(self, kind: int) -> list[Media]:
        """All videos, or all audio, by title."""
        found = self._read(f"{_MEDIA} WHERE Media.type = ?", (kind,))
        return sorted(found, key=lambda media: (media.title.casefold(), media.id))

    def in_folder(self, folder: str) -> list[Media]:
        """What lies in a folder itself, by file name."""
        found = [media for media in self._read(_MEDIA) if media.folder == folder]
        return sorted(found, key=lambda media: (media.file_name.casefold(), media.id))

    def history(self) -> list[Media]:
        """The last played first."""
        return self._read(f"{_MEDIA} WHERE last_played_date > 0 ORDER BY last_played_date DESC, id_media")

    def count_play(self, media: Media) -> None:
        self.db.execute(
            "UPDATE Media SET play_count = play_count + 1, last_played_date = ? WHERE id_media = ?",
            (to_ms(self.device.now()), media.id),
        )

    # Playlists

    def playlists(self) -> dict[int, str]:
        """Id -> name, by name."""
        rows = self.db.execute("SELECT id_playlist, name FROM Playlist").fetchall()
        return dict(sorted(rows, key=lambda row: ((row[1] or "").casefold(), row[0])))

    def in_playlist(self, playlist: int) -> list[Media]:
        """In order; what is there twice is listed twice."""
        return self._read(
            f"SELECT {_COLUMNS} FROM PlaylistMediaRelation AS place JOIN Media ON id_media = place.media_id "  # noqa: S608
            "JOIN File ON File.media_id = id_media WHERE playlist_id = ? ORDER BY position",
            (playlist,),
        )

    def add_playlist(self, name: str) -> int:
        """The new playlist's id."""
        created = to_ms(self.device.now()) // 1000
        cursor = self.db.execute("INSERT INTO Playlist (name, creation_date) VALUES (?, ?)", (name, created))
        return cursor.lastrowid or 0

    def rename_playlist(self, playlist: int, name: str) -> None:
        self.db.execute("UPDATE Playlist SET name = ? WHERE id_playlist = ?", (name, playlist))

    def delete_playlist(self, playlist: int) -> None:
        self.db.execute("DELETE FROM PlaylistMediaRelation WHERE playlist_id = ?", (playlist,))
        self.db.execute("DELETE FROM Playlist WHERE id_playlist = ?", (playlist,))

    def append(self, playlist: int, media: Iterable[Media]) -> None:
        self._count(playlist, [found.id for found in self.in_playlist(playlist)] + [added.id for added in media])

    def remove(self, playlist: int, at: Iterable[int]) -> None:
        """Take out what stands at these places."""
        gone = set(at)
        self._count(playlist, [found.id for n, found in enumerate(self.in_playlist(playlist)) if n not in gone])

    def _count(self, playlist: int, media: list[int]) -> None:
        """Write a playlist's media at the places 0, 1, ..., and what its own row says of them."""
        self.db.execute("DELETE FROM PlaylistMediaRelation WHERE playlist_id = ?", (playlist,))
        self.db.executemany(
            "INSERT INTO PlaylistMediaRelation (media_id, playlist_id, position) VALUES (?, ?, ?)",
            [(key, playlist, place) for place, key in enumerate(media)],
        )
        found = self.in_playlist(playlist)
        videos = sum(one.type == VIDEO for one in found)
        self.db.execute(
            "UPDATE Playlist SET nb_video = ?, nb_audio = ?, duration = ? WHERE id_playlist = ?",
            (videos, len(found) - videos, sum(one.duration_ms for one in found), playlist),
        )


def _duration_ms(data: bytes, kind: int) -> int:
    """-1 where the file does not say."""
    found = read_mp3(data) if kind == AUDIO else read_mp4(data)
    return -1 if found is None else found.duration_ms
