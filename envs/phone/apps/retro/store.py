"""Retro Music's songs, playlists and playing queue: audio files on the shared storage, and two databases."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

from envs.phone.apps.epoch import to_ms
from envs.phone.apps.playback import clock
from envs.phone.audio import Audio, read_mp3

if TYPE_CHECKING:
    from envs.phone.app import Device

PACKAGE = "code.name.monkey.retromusic"
PLAYLISTS = f"/data/data/{PACKAGE}/databases/playlist.db"
PLAYBACK = f"/data/data/{PACKAGE}/databases/music_playback_state.db"
STORAGE, SHARED = "/storage/emulated/0", "/sdcard"
"""The shared storage as apps name it, and as the file tree does."""
UNKNOWN = "<unknown>"
FAVORITES = "Favorites"
_SONG = """
    id INTEGER NOT NULL, title TEXT NOT NULL, track_number INTEGER NOT NULL, year INTEGER NOT NULL,
    duration INTEGER NOT NULL, data TEXT NOT NULL, date_modified INTEGER NOT NULL, album_id INTEGER NOT NULL,
    album_name TEXT NOT NULL, artist_id INTEGER NOT NULL, artist_name TEXT NOT NULL, composer TEXT, album_artist TEXT"""
PLAYLISTS_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS PlaylistEntity (
    playlist_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, playlist_name TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS SongEntity (
    song_key INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, playlist_creator_id INTEGER NOT NULL, {_SONG});
CREATE UNIQUE INDEX IF NOT EXISTS index_SongEntity_playlist_creator_id_id ON SongEntity (playlist_creator_id, id);
CREATE TABLE IF NOT EXISTS HistoryEntity (time_played INTEGER NOT NULL, {_SONG}, PRIMARY KEY (id));
CREATE TABLE IF NOT EXISTS PlayCountEntity (
    time_played INTEGER NOT NULL, play_count INTEGER NOT NULL, {_SONG}, PRIMARY KEY (id));
"""
_QUEUED = """(
    _id LONG NOT NULL, title TEXT NOT NULL, track LONG NOT NULL, year LONG NOT NULL, duration LONG NOT NULL,
    _data TEXT NOT NULL, date_modified LONG NOT NULL, album_id LONG NOT NULL, album TEXT NOT NULL,
    artist_id LONG NOT NULL, artist TEXT NOT NULL, composer TEXT, album_artist TEXT);"""
PLAYBACK_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS playing_queue {_QUEUED}
CREATE TABLE IF NOT EXISTS original_playing_queue {_QUEUED}
"""
_SONG_COLUMNS = "id, title, track_number, year, duration, data, date_modified, album_name, artist_name"
_SONG_INSERT = f"{_SONG_COLUMNS}, album_id, artist_id, composer, album_artist"
_QUEUE_COLUMNS = "_id, title, track, year, duration, _data, date_modified, album, artist"


@dataclass(frozen=True, slots=True)
class Song:
    """In the order of `_SONG_COLUMNS`."""

    id: int
    title: str
    track: int
    year: int
    duration_ms: int
    path: str
    modified: int
    """Seconds since the epoch."""
    album: str
    artist: str

    @property
    def row(self) -> tuple[object, ...]:
        """The values of all columns of a table of songs."""
        return (*astuple(self), _key(self.album), _key(self.artist), "", self.artist)


def _key(text: str) -> int:
    return zlib.crc32(text.encode())


class Store:
    """Songs, playlists and queue of one device."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self._read: dict[str, tuple[bytes, Audio | None]] = {}
        """What each file's bytes said when they were last looked at."""

    # Songs

    def songs(self) -> list[Song]:
        """Every MP3 file outside of the apps' own folders, by title."""
        files, found, read = self.device.files, [], {}
        for folder, _, names in files.walk(SHARED):
            if folder.startswith(f"{SHARED}/Android/") or "/." in folder:
                continue
            for name in names:
                if not name.lower().endswith(".mp3"):
                    continue
                path = f"{STORAGE}{folder.removeprefix(SHARED)}/{name}"
                data = files.read(path)
                known = self._read.get(path)
                read[path] = known if known is not None and known[0] is data else (data, read_mp3(data))
                if (audio := read[path][1]) is not None:
                    found.append(_song(path, audio, files.stat(path).mtime))
        self._read = read
        return sorted(found, key=lambda song: (song.title.casefold(), song.id))

    # Playlists

    @property
    def playlists_db(self) -> sqlite3.Connection:
        return self.device.files.database(PLAYLISTS, PLAYLISTS_SCHEMA)

    def playlists(self) -> dict[int, str]:
        """Id -> name, by name."""
        rows = self.playlists_db.execute("SELECT playlist_id, playlist_name FROM PlaylistEntity").fetchall()
        return dict(sorted(rows, key=lambda row: (row[1].casefold(), row[0])))

    def playlist_songs(self, playlist: int) -> list[Song]:
        rows = self.playlists_db.execute(
            f"SELECT {_SONG_COLUMNS} FROM SongEntity WHERE playlist_creator_id = ? ORDER BY song_key",  # noqa: S608
            (playlist,),
        )
        return [Song(*row) for row in rows]

    def add_playlist(self, name: str) -> int:
        """The new playlist's id."""
        cursor = self.playlists_db.execute("INSERT INTO PlaylistEntity (playlist_name) VALUES (?)", (name,))
        return cursor.lastrowid or 0

    def rename_playlist(self, playlist: int, name: str) -> None:
        self.playlists_db.execute("UPDATE PlaylistEntity SET playlist_name = ? WHERE playlist_id = ?", (name, playlist))

    def delete_playlist(self, playlist: int) -> None:
        self.playlists_db.execute("DELETE FROM SongEntity WHERE playlist_creator_id = ?", (playlist,))
        self.playlists_db.execute("DELETE FROM PlaylistEntity WHERE playlist_id = ?", (playlist,))

    def add_to_playlist(self, playlist: int, songs: Iterable[Song]) -> None:
        """At its end; a song that is in it already stays where it is."""
        self.playlists_db.executemany(
            f"INSERT OR IGNORE INTO SongEntity (playlist_creator_id, {_SONG_INSERT}) "  # noqa: S608
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(playlist, *song.row) for song in songs],
        )

    def remove_from_playlist(self, playlist: int, songs: Iterable[Song]) -> None:
        self.playlists_db.executemany(
            "DELETE FROM SongEntity WHERE playlist_creator_id = ? AND id = ?", [(playlist, song.id) for song in songs]
        )

    def is_favorite(self, song: Song) -> bool:
        return any(
            song.id in (found.id for found in self.playlist_songs(key))
            for key, name in self.playlists().items()
            if name == FAVORITES
        )

    def toggle_favorite(self, song: Song) -> None:
        """Favourites are a playlist, made when it is first needed."""
        key = next((key for key, name in self.playlists().items() if name == FAVORITES), None)
        if self.is_favorite(song) and key is not None:
            self.remove_from_playlist(key, [song])
        else:
            self.add_to_playlist(self.add_playlist(FAVORITES) if key is None else key, [song])

    # What was played

    def count_play(self, song: Song) -> None:
        now = to_ms(self.device.now())
        marks = ", ".join("?" * len(song.row))
        known = self.playlists_db.execute("SELECT play_count FROM PlayCountEntity WHERE id = ?", (song.id,)).fetchone()
        self.playlists_db.execute(
            f"INSERT OR REPLACE INTO HistoryEntity (time_played, {_SONG_INSERT}) VALUES (?, {marks})",  # noqa: S608
            (now, *song.row),
        )
        self.playlists_db.execute(
            f"INSERT OR REPLACE INTO PlayCountEntity (time_played, play_count, {_SONG_INSERT}) "  # noqa: S608
            f"VALUES (?, ?, {marks})",
            (now, (known[0] if known else 0) + 1, *song.row),
        )

    def history(self) -> list[Song]:
        """The last played first."""
        query = f"SELECT {_SONG_COLUMNS} FROM HistoryEntity ORDER BY time_played DESC, id"  # noqa: S608
        return [Song(*row) for row in self.playlists_db.execute(query)]

    def most_played(self) -> list[Song]:
        query = f"SELECT {_SONG_COLUMNS} FROM PlayCountEntity ORDER BY play_count DESC, time_played DESC, id"  # noqa: S608
        return [Song(*row) for row in self.playlists_db.execute(query)]

    # The playing queue

    @property
    def playback_db(self) -> sqlite3.Connection:
        return self.device.files.database(PLAYBACK, PLAYBACK_SCHEMA)

    def queue(self, table: str = "playing_queue") -> list[Song]:
        return [Song(*row) for row in self.playback_db.execute(f"SELECT {_QUEUE_COLUMNS} FROM {table}")]  # noqa: S608

    def write_queue(self, songs: Sequence[Song], original: Sequence[Song] | None = None) -> None:
        """`original` is the order before it was shuffled; that of `songs` when None."""
        unmixed = songs if original is None else original
        for table, rows in (("playing_queue", songs), ("original_playing_queue", unmixed)):
            self.playback_db.execute(f"DELETE FROM {table}")  # noqa: S608
            self.playback_db.executemany(
                f"INSERT INTO {table} ({_QUEUE_COLUMNS}, album_id, artist_id, composer, album_artist) "  # noqa: S608
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [song.row for song in rows],
            )


def _song(path: str, audio: Audio, modified: int) -> Song:
    """What Android's media store makes of a file: its name stands for a missing title, its folder for an album."""
    folder, _, name = path.rpartition("/")
    return Song(
        _key(path),
        audio.title or name.rsplit(".", 1)[0],
        audio.track,
        audio.year,
        audio.duration_ms,
        path,
        modified,
        audio.album or folder.rpartition("/")[2],
        audio.artist or UNKNOWN,
    )


def m3u(songs: Iterable[Song]) -> str:
    """A playlist as a file that other players read."""
    lines = [f"#EXTINF:{song.duration_ms // 1000},{song.artist} - {song.title}\n{song.path}" for song in songs]
    return "\n".join(["#EXTM3U", *lines]) + "\n"


def summary(songs: Sequence[Song]) -> str:
    """As in "3 songs • 10:31"."""
    count = f"{len(songs)} song{'' if len(songs) == 1 else 's'}"
    return f"{count} • {clock(sum(song.duration_ms for song in songs))}"
