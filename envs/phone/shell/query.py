"""Running a client's SQL on the phone's databases, and only there."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

MAX_OPERATIONS = 20_000_000
"""Steps of sqlite's virtual machine that one statement may take."""
MAX_VALUE = 16 << 20
"""Bytes of one value."""
MAX_RESULT = 64 << 20
"""Bytes of all rows of one statement."""
MAX_PAGES = 1 << 16
MAX_HEAP = 1 << 29
"""Bytes that all of sqlite may take in this process, once a client's SQL has run in it."""
QUOTED_OR_END = re.compile(r"""'[^']*(?:'|$)|"[^"]*(?:"|$)|`[^`]*(?:`|$)|--[^\n]*|/\*.*?(?:\*/|$)|;""", re.DOTALL)
FORBIDDEN_PRAGMAS = frozenset(
    {"temp_store_directory", "data_store_directory", "journal_mode", "mmap_size", "temp_store", "max_page_count"}
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

    connection.execute(f"PRAGMA hard_heap_limit = {MAX_HEAP}")
    connection.execute(f"PRAGMA max_page_count = {MAX_PAGES}")
    connection.execute("PRAGMA temp_store = MEMORY")  # a big sort must not spill to a file of the host
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
    start = 0
    for found in QUOTED_OR_END.finditer(sql):
        if found[0] == ";" and sqlite3.complete_statement(sql[start : found.end()]):  # a trigger's body goes on
            yield sql[start : found.end()]
            start = found.end()
    if sql[start:].strip():
        yield sql[start:]


def run(connection: sqlite3.Connection, sql: str, values: Sequence[object] = ()) -> tuple[list[str], list[tuple]]:
    """(column names, rows) of one statement. Raises sqlite3.Error."""
    try:
        cursor = connection.execute(sql, values)
    except MemoryError:
        raise sqlite3.OperationalError("out of memory") from None
    try:
        rows, size = [], 0
        for row in cursor:
            size += sum(len(value) if isinstance(value, (str, bytes)) else 8 for value in row)
            if size > MAX_RESULT:
                raise sqlite3.OperationalError(f"the result has more than {MAX_RESULT >> 20} MiB")
            rows.append(row)
    except MemoryError:
        raise sqlite3.OperationalError("out of memory") from None
    else:
        return [column[0] for column in cursor.description or ()], rows
    finally:
        cursor.close()
