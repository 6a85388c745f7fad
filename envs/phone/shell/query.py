"""Running a client's SQL on the phone's databases, and only there."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

MAX_OPERATIONS = 20_000_000
"""Steps of sqlite's virtual machine that one statement may take."""
MAX_VALUE = 64 << 20
"""Bytes of one value."""
FORBIDDEN_PRAGMAS = frozenset(
    {"temp_store_directory", "data_store_directory", "journal_mode", "mmap_size", "temp_store"}
)


def _allowed(action: int, one: str | None, two: str | None, database: str | None, source: str | None) -> int:
    """ATTACH (also how VACUUM INTO opens its file) would reach the host; so would some pragmas and extensions."""
    if action in (sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH):
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_PRAGMA and (one or "").lower() in FORBIDDEN_PRAGMAS and two is not None:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_FUNCTION and (two or "").lower() == "load_extension":
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


@contextmanager
def guarded(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """The connection, restricted inside the block: no host files, bounded work, bounded values."""
    steps = 0

    def tick() -> int:
        nonlocal steps
        steps += 100_000
        return int(steps > MAX_OPERATIONS)

    previous = connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE)
    connection.set_authorizer(_allowed)
    connection.set_progress_handler(tick, 100_000)
    try:
        yield connection
    finally:
        connection.set_progress_handler(None, 0)
        connection.set_authorizer(None)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, previous)
        if connection.in_transaction:
            connection.rollback()


def statements(sql: str) -> Iterator[str]:
    """The statements of a script, one by one; the last needs no semicolon."""
    start = at = 0
    while (at := sql.find(";", at)) >= 0:
        at += 1
        if sqlite3.complete_statement(sql[start:at]):
            yield sql[start:at]
            start = at
    if sql[start:].strip():
        yield sql[start:]


def run(connection: sqlite3.Connection, sql: str, values: Sequence[object] = ()) -> tuple[list[str], list[tuple]]:
    """(column names, rows) of one statement. Raises sqlite3.Error."""
    cursor = connection.execute(sql, values)
    try:
        return [column[0] for column in cursor.description or ()], cursor.fetchall()
    finally:
        cursor.close()
