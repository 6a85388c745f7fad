"""The phone's file tree and its live databases."""

import datetime as dt
import sqlite3

import pytest

from envs.phone.files import Files
from envs.phone.globbing import glob
from envs.phone.paths import normalise

NOW = dt.datetime(2023, 10, 15, 15, 34)
EPOCH = 1697384040
DB = "/data/data/org.app/databases/notes.db"
SCHEMA = "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT); INSERT INTO notes (text) VALUES ('first');"


@pytest.fixture
def files() -> Files:
    return Files(lambda: NOW)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/storage/emulated/0/Download/a b", "/sdcard/Download/a b"),
        ("//storage/emulated/0//x", "/sdcard/x"),
        ("/data/media/0", "/sdcard"),
        ("/mnt/sdcard/x/", "/sdcard/x"),
        ("/storage/self/primary/DCIM", "/sdcard/DCIM"),
        ("/data/user/0/p/files", "/data/data/p/files"),
        ("/storage/emulated/01", "/storage/emulated/01"),
        ("/sdcard/../../../etc/passwd", "/etc/passwd"),
        ("/sdcard/x/../../storage/emulated/0/y", "/sdcard/y"),
        ("", "/"),
    ],
)
def test_every_alias_has_one_name(path, name):
    assert normalise(path) == name


def test_relative_paths_and_bad_ones():
    assert normalise("../Music/./a", "/sdcard/Download") == "/sdcard/Music/a"
    with pytest.raises(ValueError, match="NUL"):
        normalise("/sdcard/a\0b")
    with pytest.raises(OSError, match="File name too long"):
        normalise("/sdcard/" + "é" * 128)
    assert normalise("/sdcard/" + "é" * 127)


def test_write_read_stat_through_aliases(files):
    files.write("/storage/emulated/0/Notes/a.txt", "grüße", mode=0o600)
    assert files.read("/sdcard/Notes/a.txt") == "grüße".encode()
    stat = files.stat("/mnt/sdcard/Notes/a.txt")
    assert (stat.size, stat.mode, stat.mtime, stat.is_dir) == (7, 0o100600, EPOCH, False)
    files.append("/sdcard/Notes/a.txt", b"!")
    assert files.read_text("/sdcard/Notes/a.txt") == "grüße!"
    assert files.stat("/sdcard/Notes/a.txt").mode == 0o100600
    assert files.list("/sdcard/Notes") == ["a.txt"]


def test_times_follow_the_phones_clock():
    now = NOW
    files = Files(lambda: now)
    files.write("/sdcard/a", b"")
    now += dt.timedelta(hours=1)
    files.write("/sdcard/b", b"")
    files.touch("/sdcard/c", 7)
    assert [files.stat(f"/sdcard/{n}").mtime for n in "abc"] == [EPOCH, EPOCH + 3600, 7]


def test_errors_are_the_devices(files):
    files.write("/sdcard/f", b"")
    cases = [
        (FileNotFoundError, "No such file or directory", lambda: files.read("/sdcard/nope")),
        (IsADirectoryError, "Is a directory", lambda: files.read("/sdcard")),
        (IsADirectoryError, "Is a directory", lambda: files.write("/sdcard", b"")),
        (NotADirectoryError, "Not a directory", lambda: files.list("/sdcard/f")),
        (NotADirectoryError, "Not a directory", lambda: files.read("/sdcard/f/g")),
        (NotADirectoryError, "Not a directory", lambda: files.make_dirs("/sdcard/f/g")),
        (FileExistsError, "File exists", lambda: files.make_dirs("/sdcard/f")),
        (FileNotFoundError, "No such file or directory", lambda: files.write("/no/x", b"", parents=False)),
        (OSError, "Directory not empty", lambda: files.remove("/sdcard")),
        (OSError, "Device or resource busy", lambda: files.remove("/", recursive=True)),
        (OSError, "Invalid argument", lambda: files.copy("/sdcard", "/sdcard/Music/x")),
    ]
    for kind, text, act in cases:
        with pytest.raises(kind, match=text):
            act()


def test_trees_are_copied_moved_and_removed(files):
    files.write("/sdcard/a/deep/x.txt", b"1", mtime=5)
    files.write("/sdcard/a/y.txt", b"2")
    files.copy("/sdcard/a", "/sdcard/b", preserve=True)
    assert list(files.walk("/sdcard/b")) == [("/sdcard/b", ["deep"], ["y.txt"]), ("/sdcard/b/deep", [], ["x.txt"])]
    assert files.stat("/sdcard/b/deep/x.txt").mtime == 5
    files.rename("/sdcard/b", "/sdcard/c")
    assert not files.exists("/sdcard/b")
    assert files.read("/sdcard/c/deep/x.txt") == b"1"
    files.remove("/sdcard/c", recursive=True)
    assert not files.exists("/sdcard/c/y.txt")
    assert files.read("/sdcard/a/y.txt") == b"2"


def test_globs(files):
    for name in ("a1.txt", "a2.txt", "b.txt", ".hidden.txt", "we[i]rd"):
        files.write(f"/sdcard/g/{name}", b"")
    assert glob(files, "/sdcard/g/a?.txt") == ["/sdcard/g/a1.txt", "/sdcard/g/a2.txt"]
    assert glob(files, "*.txt", "/sdcard/g") == ["a1.txt", "a2.txt", "b.txt"]
    assert glob(files, "/sdcard/*/b.txt") == ["/sdcard/g/b.txt"]
    assert glob(files, "/sdcard/g/.h*") == ["/sdcard/g/.hidden.txt"]
    assert glob(files, "/sdcard/g/[!a]*.txt") == ["/sdcard/g/b.txt"]
    assert glob(files, "/sdcard/g/nothing*") == []
    assert glob(files, "/storage/emulated/0/g/b*") == ["/storage/emulated/0/g/b.txt"]


def rows(connection: sqlite3.Connection) -> list[str]:
    return [text for (text,) in connection.execute("SELECT text FROM notes ORDER BY id")]


def open_bytes(data: bytes) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.deserialize(data)
    return connection


def test_a_database_is_a_file(files):
    notes = files.database(DB, SCHEMA)
    notes.execute("INSERT INTO notes (text) VALUES ('second')")
    assert rows(open_bytes(files.read(DB))) == ["first", "second"]
    assert files.stat(DB).size == len(files.read(DB))
    assert files.database("/data/user/0/org.app/databases/notes.db", SCHEMA) is notes
    assert files.open_database(DB) is notes


def test_pushing_a_database_reaches_the_apps_connection(files):
    notes = files.database(DB, SCHEMA)
    other = open_bytes(files.read(DB))
    other.execute("INSERT INTO notes (text) VALUES ('from outside')")
    other.commit()
    files.write(DB, other.serialize())
    assert rows(notes) == ["first", "from outside"]
    notes.execute("DELETE FROM notes")
    assert rows(open_bytes(files.read(DB))) == []


def test_a_database_in_write_ahead_mode_can_be_pushed(files, tmp_path):
    notes = files.database(DB, SCHEMA)
    path = tmp_path / "wal.db"
    other = sqlite3.connect(path)
    other.execute("PRAGMA journal_mode=WAL")
    other.executescript("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT); INSERT INTO notes VALUES (1, 'wal');")
    other.close()
    assert path.read_bytes()[18] == 2
    files.write(DB, path.read_bytes())
    assert rows(notes) == ["wal"]


def test_a_removed_database_is_empty_and_comes_back_when_its_app_writes(files):
    notes = files.database(DB, SCHEMA)
    notes.execute("INSERT INTO notes (text) VALUES ('second')")
    files.remove("/data/data/org.app", recursive=True)
    assert not files.exists(DB)
    assert rows(notes) == ["first"]
    assert files.open_database(DB) is None
    notes.execute("INSERT INTO notes (text) VALUES ('after')")
    assert rows(open_bytes(files.read(DB))) == ["first", "after"]
    files.remove(DB)
    assert files.database(DB, SCHEMA) is notes
    assert files.exists(DB)


def test_garbage_pushed_over_a_database_leaves_the_app_a_fresh_one(files):
    notes = files.database(DB, SCHEMA)
    notes.execute("INSERT INTO notes (text) VALUES ('second')")
    for garbage in (b"garbage", b"SQLite format 3\x00" + b"\xff" * 5000):
        files.write(DB, garbage)
        assert files.read(DB) == garbage
        assert rows(notes) == ["first"]
    notes.execute("INSERT INTO notes (text) VALUES ('again')")
    assert rows(open_bytes(files.read(DB))) == ["first", "again"]


def test_snapshots_of_databases_are_restored_by_copying(files):
    notes = files.database(DB, SCHEMA)
    files.copy("/data/data/org.app", "/data/data/snapshots/org.app", preserve=True)
    notes.execute("DELETE FROM notes")
    files.remove("/data/data/org.app", recursive=True)
    notes.execute("DELETE FROM notes")
    files.copy("/data/data/snapshots/org.app", "/data/data/org.app", preserve=True)
    assert rows(notes) == ["first"]
    files.rename(DB, "/data/data/org.app/databases/old.db")
    assert not files.exists(DB)
    assert rows(open_bytes(files.read("/data/data/org.app/databases/old.db"))) == ["first"]


def test_a_file_pushed_before_its_app_asked_is_adopted(files):
    source = Files(lambda: NOW)
    source.database(DB, SCHEMA).execute("UPDATE notes SET text = 'adopted'")
    files.write(DB, source.read(DB))
    assert rows(files.database(DB, SCHEMA)) == ["adopted"]


def test_an_empty_schema_is_a_database(files):
    files.database("/data/data/org.app/empty.db", "")
    assert files.read("/data/data/org.app/empty.db").startswith(b"SQLite format 3")
