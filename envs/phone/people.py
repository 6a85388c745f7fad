"""The contacts provider: people in Android's own `contacts2.db`, where `content query` looks.

Tables and columns are a subset of those of Android 13 (AOSP ContactsProvider, ContactsDatabaseHelper); one raw contact
stands behind each contact. Rows changed by anyone else (`sqlite3`, `content insert`) show at the next read.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agentkit.errors import EnvError

if TYPE_CHECKING:
    from envs.phone.files import Files

PACKAGE = "com.android.providers.contacts"
PATH = f"/data/data/{PACKAGE}/databases/contacts2.db"
NAME = "vnd.android.cursor.item/name"
PHONE = "vnd.android.cursor.item/phone_v2"
EMAIL = "vnd.android.cursor.item/email_v2"
ORGANIZATION = "vnd.android.cursor.item/organization"
PHONE_TYPES = {1: "Home", 2: "Mobile", 3: "Work", 12: "Main", 7: "Other"}
"""ContactsContract.CommonDataKinds.Phone: `data2` of a phone row -> what a person reads."""
EMAIL_TYPES = {1: "Home", 2: "Work", 3: "Other"}
SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (
    _id INTEGER PRIMARY KEY AUTOINCREMENT, account_name TEXT, account_type TEXT, data_set TEXT);
CREATE TABLE IF NOT EXISTS mimetypes (_id INTEGER PRIMARY KEY AUTOINCREMENT, mimetype TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS raw_contacts (
    _id INTEGER PRIMARY KEY AUTOINCREMENT, account_id INTEGER, sourceid TEXT, version INTEGER NOT NULL DEFAULT 1,
    dirty INTEGER NOT NULL DEFAULT 0, deleted INTEGER NOT NULL DEFAULT 0, contact_id INTEGER,
    starred INTEGER NOT NULL DEFAULT 0, display_name TEXT, display_name_alt TEXT, sort_key TEXT, sort_key_alt TEXT);
CREATE TABLE IF NOT EXISTS contacts (
    _id INTEGER PRIMARY KEY AUTOINCREMENT, name_raw_contact_id INTEGER, photo_id INTEGER, lookup TEXT,
    starred INTEGER NOT NULL DEFAULT 0, has_phone_number INTEGER NOT NULL DEFAULT 0,
    contact_last_updated_timestamp INTEGER);
CREATE TABLE IF NOT EXISTS data (
    _id INTEGER PRIMARY KEY AUTOINCREMENT, mimetype_id INTEGER NOT NULL, raw_contact_id INTEGER NOT NULL,
    is_primary INTEGER NOT NULL DEFAULT 0, is_super_primary INTEGER NOT NULL DEFAULT 0,
    data_version INTEGER NOT NULL DEFAULT 0,
    data1 TEXT, data2 TEXT, data3 TEXT, data4 TEXT, data5 TEXT, data6 TEXT, data7 TEXT, data8 TEXT, data9 TEXT,
    data10 TEXT, data11 TEXT, data12 TEXT, data13 TEXT, data14 TEXT, data15 TEXT);
CREATE INDEX IF NOT EXISTS data_raw_contact_id ON data (raw_contact_id);
CREATE VIEW IF NOT EXISTS view_data AS SELECT
    data._id AS _id, raw_contacts.contact_id AS contact_id, data.raw_contact_id AS raw_contact_id, mimetype,
    is_primary, is_super_primary, data1, data2, data3, data4, data5, data6, data7, data8, data9, data10, data11,
    data12, data13, data14, data15,
    raw_contacts.display_name AS display_name, raw_contacts.starred AS starred
    FROM data JOIN mimetypes ON data.mimetype_id = mimetypes._id
    JOIN raw_contacts ON data.raw_contact_id = raw_contacts._id WHERE raw_contacts.deleted = 0;
INSERT OR IGNORE INTO mimetypes (mimetype) VALUES
    ('vnd.android.cursor.item/email_v2'), ('vnd.android.cursor.item/im'), ('vnd.android.cursor.item/nickname'),
    ('vnd.android.cursor.item/organization'), ('vnd.android.cursor.item/phone_v2'),
    ('vnd.android.cursor.item/sip_address'), ('vnd.android.cursor.item/name'),
    ('vnd.android.cursor.item/postal-address_v2'), ('vnd.android.cursor.item/identity'),
    ('vnd.android.cursor.item/photo'), ('vnd.android.cursor.item/group_membership'), ('vnd.android.cursor.item/note');
"""


@dataclass(frozen=True, slots=True)
class Person:
    """One contact. `id` is its `contacts._id`; 0 for one that is not stored yet."""

    first: str = ""
    last: str = ""
    phones: tuple[tuple[str, int], ...] = ()
    """(number as typed, key of PHONE_TYPES)."""
    emails: tuple[tuple[str, int], ...] = ()
    """(address, key of EMAIL_TYPES)."""
    company: str = ""
    starred: bool = False
    id: int = 0

    @property
    def name(self) -> str:
        """The display name: as Android, the first of name, company, number and address that there is."""
        spare = [self.company, *(n for n, _ in self.phones), *(a for a, _ in self.emails)]
        return f"{self.first} {self.last}".strip() or next((s for s in spare if s), "")


class People:
    """Reads and writes the provider's database on `files`."""

    def __init__(self, files: Files) -> None:
        self.files = files

    @property
    def db(self) -> sqlite3.Connection:
        return self.files.database(PATH, SCHEMA)

    def all(self) -> list[Person]:
        """Every contact by display name."""
        db = self.db
        rows = db.execute("SELECT _id, contact_id, starred FROM raw_contacts WHERE deleted = 0").fetchall()
        people = {raw: Person(id=contact or raw, starred=bool(star)) for raw, contact, star in rows}
        data = db.execute(
            "SELECT raw_contact_id, mimetype, data1, data2, data3 FROM data "
            "JOIN mimetypes ON mimetype_id = mimetypes._id ORDER BY data._id"
        )
        for raw, mimetype, one, two, three in data.fetchall():
            if raw in people:
                people[raw] = _with(people[raw], mimetype, one or "", two or "", three or "")
        return sorted((p for p in people.values() if p.name), key=lambda p: (p.name.casefold(), p.id))

    def get(self, contact_id: int) -> Person | None:
        return next((p for p in self.all() if p.id == contact_id), None)

    def named(self, name: str) -> list[Person]:
        """Contacts with this display name, case and spacing aside."""
        wanted = " ".join(name.casefold().split())
        return [p for p in self.all() if " ".join(p.name.casefold().split()) == wanted]

    def save(self, person: Person) -> int:
        """Insert (`id` 0) or overwrite a contact; its id. Raises EnvError for one with nothing to show."""
        if not person.name:
            raise EnvError(f"a contact needs a name, company, number or address, got {person}")
        db = self.db
        name, alt = person.name, ", ".join(part for part in (person.last, person.first) if part) or person.name
        shown = (name, alt, name, alt, int(person.starred))
        if person.id:
            raw = self._raw(person.id)
            db.execute(
                "UPDATE raw_contacts SET display_name = ?, display_name_alt = ?, sort_key = ?, sort_key_alt = ?, "
                "starred = ?, version = version + 1, dirty = 1 WHERE _id = ?",
                (*shown, raw),
            )
            contact = person.id
        else:
            row = db.execute(
                "INSERT INTO raw_contacts (display_name, display_name_alt, sort_key, sort_key_alt, starred, "
                "account_id, dirty) VALUES (?, ?, ?, ?, ?, ?, 1) RETURNING _id",
                (*shown, self._account()),
            ).fetchone()
            raw = int(row[0])
            row = db.execute("INSERT INTO contacts (name_raw_contact_id) VALUES (?) RETURNING _id", (raw,)).fetchone()
            contact = int(row[0])
            db.execute("UPDATE raw_contacts SET contact_id = ? WHERE _id = ?", (contact, raw))
        db.execute(
            "UPDATE contacts SET starred = ?, has_phone_number = ?, lookup = ? WHERE _id = ?",
            (int(person.starred), int(bool(person.phones)), f"0r{raw}-{name.encode().hex().upper()}", contact),
        )
        db.execute("DELETE FROM data WHERE raw_contact_id = ?", (raw,))
        self._insert_data(raw, person)
        db.commit()
        return contact

    def star(self, contact_id: int, on: bool) -> None:
        db = self.db
        db.execute("UPDATE contacts SET starred = ? WHERE _id = ?", (int(on), contact_id))
        db.execute("UPDATE raw_contacts SET starred = ? WHERE contact_id = ?", (int(on), contact_id))
        db.commit()

    def delete(self, contact_id: int) -> None:
        db = self.db
        db.execute(
            "DELETE FROM data WHERE raw_contact_id IN (SELECT _id FROM raw_contacts WHERE contact_id = ?)",
            (contact_id,),
        )
        db.execute("DELETE FROM raw_contacts WHERE contact_id = ?", (contact_id,))
        db.execute("DELETE FROM contacts WHERE _id = ?", (contact_id,))
        db.commit()

    def clear(self) -> None:
        """Forget everyone: what `pm clear com.android.providers.contacts` does."""
        for table in ("data", "raw_contacts", "contacts", "accounts"):
            self.db.execute(f"DELETE FROM {table}")  # noqa: S608
        self.db.commit()

    def _raw(self, contact_id: int) -> int:
        row = self.db.execute("SELECT _id FROM raw_contacts WHERE contact_id = ?", (contact_id,)).fetchone()
        if row is None:
            raise EnvError(f"no contact has the id {contact_id}")
        return int(row[0])

    def _account(self) -> int:
        row = self.db.execute("SELECT _id FROM accounts WHERE account_name IS NULL").fetchone()
        return int(
            row[0] if row else self.db.execute("INSERT INTO accounts DEFAULT VALUES RETURNING _id").fetchone()[0]
        )

    def _insert_data(self, raw: int, person: Person) -> None:
        rows: list[tuple[str, Sequence[str | None]]] = []
        if person.first or person.last:
            rows.append((NAME, (f"{person.first} {person.last}".strip(), person.first or None, person.last or None)))
        rows += [(PHONE, (n, str(kind), None, re.sub(r"[^+\d]", "", n))) for n, kind in person.phones]
        rows += [(EMAIL, (address, str(kind))) for address, kind in person.emails]
        if person.company:
            rows.append((ORGANIZATION, (person.company, "1")))
        for mimetype, values in rows:
            padded = [*values, None, None, None][:4]
            self.db.execute(
                "INSERT INTO data (mimetype_id, raw_contact_id, data1, data2, data3, data4) "
                "VALUES ((SELECT _id FROM mimetypes WHERE mimetype = ?), ?, ?, ?, ?, ?)",
                (mimetype, raw, *padded),
            )


def _with(person: Person, mimetype: str, one: str, two: str, three: str) -> Person:
    """The person with one more row of `data`."""
    if mimetype == NAME:
        if two or three:
            return replace(person, first=two, last=three)
        first, _, last = one.partition(" ")
        return replace(person, first=first, last=last)
    if mimetype == PHONE:
        return replace(person, phones=(*person.phones, (one, int(two) if two.isdigit() else 7)))
    if mimetype == EMAIL:
        return replace(person, emails=(*person.emails, (one, int(two) if two.isdigit() else 3)))
    return replace(person, company=one) if mimetype == ORGANIZATION else person
