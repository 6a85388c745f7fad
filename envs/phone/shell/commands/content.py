"""`content`: the providers of text messages, contacts and settings, over the databases of the phone's apps."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass

from envs.phone import call_log, people, telephony
from envs.phone.call_log import CallLog
from envs.phone.people import People
from envs.phone.shell.call import Call, Command, UsageError
from envs.phone.shell.query import guarded, run
from envs.phone.telephony import Telephony


@dataclass(frozen=True, slots=True)
class Table:
    """What stands behind a URI."""

    database: str
    """File of the database."""
    select: str
    """A table, view or parenthesised query."""
    write: str = ""
    """The table that insert, update and delete change; empty for read-only."""
    where: str = "1"
    """Which of its rows the URI means."""
    order: str = ""
    """How they come when nobody says so."""


PHONES = (
    "(SELECT _id, contact_id, display_name, display_name AS name, data1, data1 AS number, data2 AS type, "
    "data4 AS normalized_number, starred FROM view_data WHERE mimetype = 'vnd.android.cursor.item/phone_v2')"
)
EMAILS = PHONES.replace("phone_v2", "email_v2").replace("AS number", "AS address")
CONTACTS = (
    "(SELECT contacts._id AS _id, raw_contacts.display_name AS display_name, contacts.starred AS starred, "
    "has_phone_number, lookup, name_raw_contact_id FROM contacts "
    "JOIN raw_contacts ON raw_contacts._id = contacts.name_raw_contact_id WHERE raw_contacts.deleted = 0)"
)
LATEST = "date DESC, _id DESC"
SMS, PEOPLE, CALLS = telephony.PATH, people.PATH, call_log.PATH
PROVIDERS: dict[str, type[Telephony | People | CallLog]] = {SMS: Telephony, PEOPLE: People, CALLS: CallLog}
URIS: dict[str, Table] = {
    "call_log/calls": Table(CALLS, "calls", "calls", order=LATEST),
    "sms": Table(SMS, "sms", "sms", order=LATEST),
    "sms/inbox": Table(SMS, "sms", "sms", "type = 1", LATEST),
    "sms/sent": Table(SMS, "sms", "sms", "type = 2", LATEST),
    "sms/draft": Table(SMS, "sms", "sms", "type = 3", LATEST),
    "sms/conversations": Table(SMS, "(SELECT _id AS thread_id, message_count AS msg_count, snippet FROM threads)"),
    "mms-sms/conversations": Table(SMS, "threads"),
    "com.android.contacts/contacts": Table(PEOPLE, CONTACTS, "contacts"),
    "com.android.contacts/raw_contacts": Table(PEOPLE, "raw_contacts", "raw_contacts"),
    "com.android.contacts/data": Table(PEOPLE, "view_data", "data"),
    "com.android.contacts/data/phones": Table(PEOPLE, PHONES),
    "com.android.contacts/data/emails": Table(PEOPLE, EMAILS),
    "contacts/people": Table(PEOPLE, CONTACTS, "contacts"),
    "contacts/phones": Table(PEOPLE, PHONES),
}
BOX_OF = {"sms/inbox": 1, "sms/sent": 2, "sms/draft": 3}


def content(call: Call) -> int:
    verb, *rest = call.args or [""]
    if verb not in ("query", "insert", "update", "delete"):
        return call.error_line(f"[ERROR] Unsupported command: {verb}")
    try:
        arguments, binds = _arguments(rest)
        uri = arguments.get("uri", "")
        path = re.sub(r"^content://|\?.*$|/+$", "", uri)
        if path.partition("/")[0] == "settings":
            return _settings(call, verb, path, arguments, binds)
        table, row = _table(call, path)
        if table is None:
            name = path.partition("/")[0]
            call.error_line(
                f"Error while accessing provider:{name}\n"
                f"java.lang.IllegalStateException: Could not find provider: {name}"
            )
            return 0
        return _carry_out(call, verb, path, table, row, arguments, binds)
    except (UsageError, sqlite3.Error, sqlite3.Warning) as error:
        call.error_line(f"Error while accessing provider\nandroid.database.sqlite.SQLiteException: {error}")
        return 0  # Android's `content` prints the exception and returns 0


def _arguments(words: list[str]) -> tuple[dict[str, str], dict[str, object]]:
    found: dict[str, str] = {}
    binds: dict[str, object] = {}
    words = list(words)
    while words:
        name = words.pop(0)
        if name not in (
            "--uri",
            "--projection",
            "--where",
            "--sort",
            "--bind",
            "--user",
            "--extra",
            "--method",
            "--arg",
        ):
            raise UsageError(f"Unsupported argument: {name}")
        if not words:
            raise UsageError(f"Argument expected after {name}")
        value = words.pop(0)
        if name == "--bind":
            column, _, typed = value.partition(":")
            binds[column] = _bound(typed)
        else:
            found[name[2:]] = value
    return found, binds


def _bound(typed: str) -> object:
    """`s:TEXT`, `i:1`, `l:1`, `b:true`, `f:1.5`, `d:1.5`, `n:`."""
    kind, _, value = typed.partition(":")
    try:
        return {
            "s": lambda: value,
            "i": lambda: int(value),
            "l": lambda: int(value),
            "b": lambda: int(value.lower() == "true"),
            "f": lambda: float(value),
            "d": lambda: float(value),
            "n": lambda: None,
        }[kind]()
    except (KeyError, ValueError):
        raise UsageError(f"Unsupported bind: {typed}") from None


def _table(call: Call, path: str) -> tuple[Table | None, int | None]:
    """The table of a URI path and the row that its last segment names."""
    head, _, tail = path.rpartition("/")
    row = int(tail) if head and tail.isascii() and tail.isdigit() and len(tail) < 19 else None
    table = URIS.get(head if row is not None else path)
    if table is not None:  # the providers make their databases when first asked
        PROVIDERS[table.database](call.files).db  # noqa: B018
    return table, row


def _name(column: str) -> str:
    if not re.fullmatch(r"\w+", column, re.ASCII):
        raise UsageError(f"Invalid column {column}")
    return f'"{column}"'


def _carry_out(
    call: Call, verb: str, path: str, table: Table, row: int | None, arguments: dict[str, str], binds: dict[str, object]
) -> int:
    connection = call.files.open_database(table.database)
    if connection is None:
        raise UsageError(f"{table.database} is no database")
    where = f"({table.where})" + (f" AND _id = {row}" if row is not None else "")
    where += f" AND ({arguments['where']})" if arguments.get("where") else ""
    if verb != "query" and not table.write:
        raise UsageError(f"cannot {verb} content://{path}")
    with guarded(connection):
        if verb == "query":
            projection = [_name(part) for part in re.split(r"[:,]", arguments.get("projection", "")) if part]
            sort = arguments.get("sort") or table.order
            order = f" ORDER BY {sort}" if sort else ""
            columns, rows = run(
                connection,
                f"SELECT {', '.join(projection) or '*'} FROM {table.select} WHERE {where}{order}",  # noqa: S608
            )
            _print(call, columns, rows)
        elif verb == "delete":
            run(connection, f"DELETE FROM {table.write} WHERE {where}")  # noqa: S608
        elif not binds:
            raise UsageError("Argument expected: --bind")
        elif verb == "update":
            changes = ", ".join(f"{_name(column)} = ?" for column in binds)
            run(connection, f"UPDATE {table.write} SET {changes} WHERE {where}", list(binds.values()))  # noqa: S608
        else:
            if path in BOX_OF:
                binds = {"type": BOX_OF[path], **binds}
            elif table.database == PEOPLE:
                binds = _contact_row(connection, table.write, binds)
            names = ", ".join(map(_name, binds))
            marks = ", ".join("?" * len(binds))
            run(connection, f"INSERT INTO {table.write} ({names}) VALUES ({marks})", list(binds.values()))  # noqa: S608
    return 0


def _contact_row(connection: sqlite3.Connection, table: str, binds: dict[str, object]) -> dict[str, object]:
    """The row that the contacts provider makes of an insert: a contact behind each raw contact, mimetypes by number,
    and the name where lists look for it. Accounts are not modelled."""
    binds = {column: value for column, value in binds.items() if column not in ("account_type", "account_name")}
    if table == "raw_contacts":
        _, rows = run(connection, "INSERT INTO contacts (starred) VALUES (0) RETURNING _id")
        _, raw = run(connection, "SELECT coalesce(max(_id), 0) + 1 FROM raw_contacts")
        run(connection, "UPDATE contacts SET name_raw_contact_id = ? WHERE _id = ?", (raw[0][0], rows[0][0]))
        return {"_id": raw[0][0], "contact_id": rows[0][0], **binds}
    mimetype, owner = binds.pop("mimetype", None), binds.get("raw_contact_id")
    if mimetype is not None:
        _, found = run(connection, "SELECT _id FROM mimetypes WHERE mimetype = ?", (mimetype,))
        if not found:
            raise UsageError(f"unknown mimetype {mimetype}")
        binds["mimetype_id"] = found[0][0]
    if mimetype == people.NAME:
        shown = binds.get("data1") or " ".join(str(binds[k]) for k in ("data2", "data3") if binds.get(k))
        binds = {**binds, "data1": shown}
        run(connection, "UPDATE raw_contacts SET display_name = ?, sort_key = ? WHERE _id = ?", (shown, shown, owner))
    elif mimetype == people.PHONE:
        run(connection, "UPDATE contacts SET has_phone_number = 1 WHERE name_raw_contact_id = ?", (owner,))
    return binds


def _print(call: Call, columns: list[str], rows: list[tuple]) -> None:
    if not rows:
        call.line("No result found.")
    for n, row in enumerate(rows):
        values = ", ".join(f"{c}={'NULL' if v is None else v}" for c, v in zip(columns, row, strict=True))
        call.line(f"Row: {n} {values}")


def _settings(call: Call, verb: str, path: str, arguments: dict[str, str], binds: dict[str, object]) -> int:
    """`content://settings/NAMESPACE`: insert and query; `--where "name='KEY'"` picks one."""
    space = path.split("/")[1] if "/" in path else ""
    store = call.phone.settings
    match = re.fullmatch(r"\s*name\s*=\s*['\"](\w+)['\"]\s*", arguments.get("where", ""))
    if verb in ("insert", "update"):
        name = str(binds.get("name") or (match[1] if match else ""))
        if not name or "value" not in binds:
            raise UsageError("Argument expected: --bind name:s:NAME --bind value:s:VALUE")
        store.put(space, name, str(binds["value"]))
    elif verb == "delete":
        if match is not None:
            store.delete(space, match[1])
    else:
        items = [(key, value) for key, value in sorted(store.items(space).items()) if match is None or key == match[1]]
        _print(call, ["_id", "name", "value"], [(n, key, value) for n, (key, value) in enumerate(items, 1)])
    return 0


TABLE: dict[str, Command] = {"content": content}
