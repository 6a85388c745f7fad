"""A sqlite database that is a file of the phone: apps hold its connection, clients read and replace its bytes."""

from __future__ import annotations

import functools
import sqlite3

HEADER = b"SQLite format 3\x00"
_VERSIONS = slice(18, 20)
"""Header bytes that say whether the file needs a write-ahead log (2) or not (1)."""


def connect() -> sqlite3.Connection:
    """An empty in-memory database in autocommit mode, so that its bytes are always a committed state.

    It may be used from any thread; the phone's lock serialises the users.
    """
    return sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)


@functools.lru_cache(maxsize=256)
def _image(schema: str) -> bytes:
    """The bytes of a fresh database with `schema`; loading them is several times faster than running the script."""
    connection = connect()
    try:
        connection.executescript(schema)
        connection.execute("VACUUM")  # an untouched database has no pages, and sqlite refuses to serialise it
        return connection.serialize()
    finally:
        connection.close()


class Database:
    """One connection for the life of the phone. Loading a file changes what the connection sees, not its identity."""

    __slots__ = ("connection", "schema")

    def __init__(self, schema: str) -> None:
        self.schema = schema
        self.connection = connect()
        self.reset()

    def reset(self) -> None:
        """Back to the empty schema, as an app that finds its database missing creates it again."""
        self.connection.deserialize(_image(self.schema))

    def dump(self) -> bytes:
        """The database file as sqlite would write it to disk."""
        return self.connection.serialize()

    def load(self, data: bytes) -> bool:
        """Replace the content by that of a database file. False, and an empty schema, when it is not one."""
        if not data.startswith(HEADER):
            self.reset()
            return False
        if data[_VERSIONS] != b"\x01\x01":  # an in-memory database cannot open a write-ahead log
            data = data[:18] + b"\x01\x01" + data[20:]
        self.connection.deserialize(data)
        try:
            self.connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.DatabaseError:
            self.reset()
            return False
        return True

    @property
    def changes(self) -> int:
        """A counter that moves whenever a statement changes a row."""
        return self.connection.total_changes
