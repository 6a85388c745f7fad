"""`sqlite3`: SQL on the databases of the file tree, through in-memory connections with an authorizer."""

from __future__ import annotations

import csv
import io
import json
import sqlite3 as sqlite
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from envs.phone import database
from envs.phone.shell.call import Call, Command, UsageError, decode
from envs.phone.shell.query import guarded, run, statements


@dataclass(slots=True)
class Output:
    mode: str = "list"
    separator: str = "|"
    header: bool = False
    null: str = ""


MODES = ("list", "csv", "json", "line", "column", "tabs", "quote")


def sqlite3(call: Call) -> int:
    """`sqlite3 [-header] [-csv|-json|-line|-column|-separator S] FILE [SQL...]`; SQL comes from stdin otherwise."""
    output, args = Output(), list(call.args)
    rest: list[str] = []
    commands: list[str] = []
    while args:
        word = args.pop(0)
        flag = word.lstrip("-")
        if not word.startswith("-") or rest:
            rest.append(word)
        elif flag in MODES:
            output.mode = flag
            output.separator = "\t" if flag == "tabs" else "," if flag == "csv" else output.separator
        elif flag in ("header", "noheader"):
            output.header = flag == "header"
        elif flag in ("separator", "nullvalue", "cmd") and args:
            value = args.pop(0)
            if flag == "cmd":
                commands.append(value)
            else:
                setattr(output, {"separator": "separator", "nullvalue": "null"}[flag], value)
        elif flag not in ("batch", "readonly", "bail"):
            return call.error_line(f"sqlite3: Error: unknown option: {word}")
    if not rest:
        raise UsageError("the simulated phone's sqlite3 needs a database file")
    text = rest[1:] or [decode(call.streams.stdin.read())]
    try:
        with _opened(call, rest[0]) as connection:
            for part in (*commands, *text):
                _script(call, connection, part, output)
    except (sqlite.Error, sqlite.Warning) as error:
        return call.error_line(f"Error: {_words(error)}")
    return 0


def _words(error: Exception) -> str:
    text = str(error)
    return {"interrupted": "the statement takes too long"}.get(text, text)


@contextmanager
def _opened(call: Call, name: str) -> Iterator[sqlite.Connection]:
    """A live database as its app sees it; any other file as a copy that is written back when it changed."""
    path = call.path(name) if name != ":memory:" else ""
    live = call.files.open_database(path) if path else None
    if live is not None:
        with guarded(live) as connection:
            yield connection
        return
    connection = database.connect()
    try:
        exists = bool(path) and call.files.exists(path)
        data = call.files.read(path) if exists else b""
        if data:
            if not data.startswith(database.HEADER):
                raise sqlite.DatabaseError("file is not a database")
            connection.deserialize(data[:18] + b"\x01\x01" + data[20:])
        with guarded(connection):
            yield connection
        if path and connection.total_changes + connection.execute("PRAGMA schema_version").fetchone()[0]:
            changed = connection.serialize()
            if changed != data:
                call.files.write(path, changed, parents=False)
    finally:
        connection.close()


def _script(call: Call, connection: sqlite.Connection, text: str, output: Output) -> None:
    pending: list[str] = []

    def flush() -> None:
        for statement in statements("\n".join(pending)):
            columns, rows = run(connection, statement)
            if columns:
                call.write(shown(columns, rows, output))
        pending.clear()

    for line in text.split("\n"):
        if line.startswith(".") and not "".join(pending).strip().rstrip(";"):
            flush()
            _dot(call, connection, line, output)
        else:
            pending.append(line)
            if line.rstrip().endswith(";") and sqlite.complete_statement("\n".join(pending)):
                flush()
    flush()


def shown(columns: list[str], rows: list[tuple], output: Output) -> str:
    """Rows as the command prints them in the mode of `output`."""
    if output.mode == "json":
        if not rows:
            return ""
        objects = [dict(zip(columns, map(_jsonable, row), strict=True)) for row in rows]
        return "[" + ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in objects) + "]\n"
    texts = [[_text(value, output.null) for value in row] for row in rows]
    if output.mode == "line":
        width = max(map(len, columns), default=0)
        blocks = ["".join(f"{n:>{width}} = {v}\n" for n, v in zip(columns, row, strict=True)) for row in texts]
        return "\n".join(blocks)
    if output.mode == "csv":
        out = io.StringIO()
        csv.writer(out, lineterminator="\r\n").writerows([columns, *texts] if output.header else texts)
        return out.getvalue()
    if output.mode == "quote":
        texts = [[_quoted(value) for value in row] for row in rows]
        return "".join(",".join(row) + "\n" for row in texts)
    if output.mode == "column":
        lines = [columns, ["-" * len(name) for name in columns], *texts]
        widths = [max(len(line[n]) for line in lines) for n in range(len(columns))]
        return "".join(
            "  ".join(v.ljust(w) for v, w in zip(line, widths, strict=True)).rstrip() + "\n" for line in lines
        )
    return "".join(output.separator.join(line) + "\n" for line in ([columns, *texts] if output.header else texts))


def _text(value: object, null: str) -> str:
    if value is None:
        return null
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return (
        f"{value:.15g}" + (".0" if value == int(value) and abs(value) < 1e15 else "")
        if isinstance(value, float)
        else str(value)
    )


def _jsonable(value: object) -> object:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _quoted(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f"X'{value.hex()}'"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else _text(value, "")


def _dot(call: Call, connection: sqlite.Connection, line: str, output: Output) -> None:
    name, *args = line.split()
    if name in (".quit", ".exit"):
        return
    if name in (".mode", ".headers", ".header", ".separator", ".nullvalue") and args:
        if name == ".mode":
            if args[0] not in MODES:
                raise sqlite.OperationalError(f"mode should be one of: {' '.join(MODES)}")
            output.mode = args[0]
        elif name.startswith(".header"):
            output.header = args[0] == "on"
        else:
            setattr(output, {".separator": "separator", ".nullvalue": "null"}[name], args[0].strip("\"'"))
        return
    if name in (".tables", ".schema"):
        wanted = args[0] if args else "%"
        column = "name" if name == ".tables" else "sql"
        kinds = "type IN ('table', 'view') AND" if name == ".tables" else "sql IS NOT NULL AND"
        _, rows = run(
            connection,
            f"SELECT {column} FROM sqlite_master WHERE {kinds} name NOT LIKE 'sqlite_%' "  # noqa: S608
            "AND tbl_name LIKE ? ORDER BY rowid",
            (wanted,),
        )
        for (value,) in rows:
            call.line(value if name == ".tables" else f"{value};")
        return
    if name == ".dump":
        for statement in connection.iterdump():
            call.line(statement)
        return
    raise sqlite.OperationalError(f'unknown command or invalid arguments:  "{name[1:]}"')


TABLE: dict[str, Command] = {"sqlite3": sqlite3}
