"""The telephony provider: text messages in Android's own `mmssms.db`, where `content query --uri content://sms` looks.

Tables and columns are those of Android 13 (AOSP TelephonyProvider, MmsSmsDatabaseHelper). Rows changed by anyone else
(`sqlite3`, `content insert`) are picked up at the next read: nothing is kept outside the database.
"""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from agentkit.errors import EnvError

if TYPE_CHECKING:
    from envs.phone.files import Files

PATH = "/data/data/com.android.providers.telephony/databases/mmssms.db"
SCHEMA = """
CREATE TABLE IF NOT EXISTS sms (
    _id INTEGER PRIMARY KEY AUTOINCREMENT, thread_id INTEGER, address TEXT, person INTEGER, date INTEGER,
    date_sent INTEGER DEFAULT 0, protocol INTEGER, read INTEGER DEFAULT 0, status INTEGER DEFAULT -1, type INTEGER,
    reply_path_present INTEGER, subject TEXT, body TEXT, service_center TEXT, locked INTEGER DEFAULT 0,
    sub_id INTEGER DEFAULT -1, error_code INTEGER DEFAULT 0, creator TEXT, seen INTEGER DEFAULT 0);
CREATE TABLE IF NOT EXISTS threads (
    _id INTEGER PRIMARY KEY AUTOINCREMENT, date INTEGER DEFAULT 0, message_count INTEGER DEFAULT 0, recipient_ids TEXT,
    snippet TEXT, snippet_cs INTEGER DEFAULT 0, read INTEGER DEFAULT 1, archived INTEGER DEFAULT 0,
    type INTEGER DEFAULT 0, error INTEGER DEFAULT 0, has_attachment INTEGER DEFAULT 0);
CREATE TABLE IF NOT EXISTS canonical_addresses (_id INTEGER PRIMARY KEY AUTOINCREMENT, address TEXT);
CREATE INDEX IF NOT EXISTS sms_thread ON sms (thread_id, date);
"""
_COLUMNS = "_id, thread_id, address, body, date, type, read"


class Box(IntEnum):
    """`sms.type`: which box a message lies in."""

    INBOX = 1
    SENT = 2


@dataclass(frozen=True, slots=True)
class Message:
    id: int
    thread_id: int
    address: str
    body: str
    date: dt.datetime
    """Naive, the phone's local time (UTC)."""
    box: int
    read: bool

    @property
    def mine(self) -> bool:
        return self.box != Box.INBOX


@dataclass(frozen=True, slots=True)
class Conversation:
    thread_id: int
    last: Message
    unread: int

    @property
    def address(self) -> str:
        return self.last.address


def normalise(number: str) -> str:
    """A dialable number without its punctuation, "+1 (317) 555-0142" -> "+13175550142"; a name passes unchanged."""
    number = number.strip()
    if re.search(r"[A-Za-z]", number) or not re.search(r"\d", number):
        return number
    return ("+" if number.startswith("+") else "") + re.sub(r"[^\d*#]", "", number)


def same_number(a: str, b: str) -> bool:
    """Whether two spellings reach the same subscriber: equal, or one is the other without its country code."""
    a, b = normalise(a).lstrip("+"), normalise(b).lstrip("+")
    short, long = sorted((a, b), key=len)
    return a == b or (len(short) >= 7 and long.endswith(short))


class Telephony:
    """Reads and writes the provider's database on `files`."""

    def __init__(self, files: Files) -> None:
        self.files = files

    @property
    def db(self) -> sqlite3.Connection:
        return self.files.database(PATH, SCHEMA)

    def insert(self, address: str, body: str, date: dt.datetime, box: Box, *, read: bool = True) -> int:
        """Store one message and return its `thread_id`."""
        address = normalise(address)
        if not address or not body:
            raise EnvError(f"a text message needs an address and a body, got {address!r} and {body!r}")
        thread = self.thread_for(address)
        stamp = int(date.replace(tzinfo=dt.UTC).timestamp() * 1000)
        self.db.execute(
            "INSERT INTO sms (thread_id, address, date, date_sent, protocol, read, status, type, body, sub_id, seen) "
            "VALUES (?, ?, ?, ?, ?, ?, -1, ?, ?, 1, ?)",
            (thread, address, stamp, stamp, 0 if box == Box.INBOX else None, int(read), int(box), body, int(read)),
        )
        self._summarise(thread)
        return thread

    def thread_for(self, address: str) -> int:
        """The thread of a number, made when there is none."""
        known = self.db.execute(
            "SELECT DISTINCT thread_id, address FROM sms WHERE thread_id IS NOT NULL UNION "
            "SELECT t._id, c.address FROM threads t JOIN canonical_addresses c ON t.recipient_ids = CAST(c._id AS TEXT)"
        )
        for thread, number in known.fetchall():
            if same_number(number or "", address):
                return int(thread)
        recipient = self.db.execute(
            "INSERT INTO canonical_addresses (address) VALUES (?) RETURNING _id", (normalise(address),)
        ).fetchone()[0]
        new = self.db.execute("INSERT INTO threads (recipient_ids) VALUES (?) RETURNING _id", (str(recipient),))
        thread = int(new.fetchone()[0])
        return thread

    def conversations(self) -> list[Conversation]:
        """Every thread that has messages, the most recent first."""
        self._adopt()
        last: dict[int, Message] = {}
        unread: dict[int, int] = {}
        for row in self.db.execute(f"SELECT {_COLUMNS} FROM sms ORDER BY date DESC, _id DESC"):  # noqa: S608
            message = _message(row)
            last.setdefault(message.thread_id, message)
            unread[message.thread_id] = unread.get(message.thread_id, 0) + (not message.read)
        return [Conversation(thread, message, unread[thread]) for thread, message in last.items()]

    def messages(self, thread_id: int | None = None) -> list[Message]:
        """The messages of a thread, or all, the oldest first."""
        where, values = ("", ()) if thread_id is None else ("WHERE thread_id = ?", (thread_id,))
        query = f"SELECT {_COLUMNS} FROM sms {where} ORDER BY date, _id"  # noqa: S608
        return [_message(row) for row in self.db.execute(query, values)]

    def search(self, text: str) -> list[Message]:
        """Messages whose body holds `text`, case aside, the most recent first."""
        needle = text.casefold()
        return [m for m in reversed(self.messages()) if needle in m.body.casefold()]

    def mark_read(self, thread_id: int) -> None:
        self.db.execute("UPDATE sms SET read = 1, seen = 1 WHERE thread_id = ? AND read = 0", (thread_id,))
        self.db.execute("UPDATE threads SET read = 1 WHERE _id = ?", (thread_id,))

    def delete_message(self, message_id: int) -> None:
        row = self.db.execute("DELETE FROM sms WHERE _id = ? RETURNING thread_id", (message_id,)).fetchone()
        if row is not None:
            self._summarise(row[0])

    def delete_thread(self, thread_id: int) -> None:
        self.db.execute("DELETE FROM sms WHERE thread_id = ?", (thread_id,))
        self._summarise(thread_id)

    def clear(self) -> None:
        for table in ("sms", "threads", "canonical_addresses"):
            self.db.execute(f"DELETE FROM {table}")  # noqa: S608

    def _adopt(self) -> None:
        """Give rows that came in without a thread the thread of their number, as the real provider does."""
        for key, address in self.db.execute("SELECT _id, address FROM sms WHERE thread_id IS NULL").fetchall():
            self.db.execute("UPDATE sms SET thread_id = ? WHERE _id = ?", (self.thread_for(address or ""), key))

    def _summarise(self, thread_id: int) -> None:
        """Bring the `threads` row in line with the messages; an empty thread loses its row."""
        messages = self.messages(thread_id)
        if messages:
            last = messages[-1]
            stamp = int(last.date.replace(tzinfo=dt.UTC).timestamp() * 1000)
            self.db.execute("INSERT OR IGNORE INTO threads (_id) VALUES (?)", (thread_id,))
            self.db.execute(
                "UPDATE threads SET date = ?, message_count = ?, snippet = ?, read = ? WHERE _id = ?",
                (stamp, len(messages), last.body, int(all(m.read for m in messages)), thread_id),
            )
        else:
            self.db.execute("DELETE FROM threads WHERE _id = ?", (thread_id,))


def _message(row: tuple[int, int, str | None, str | None, int | None, int | None, int]) -> Message:
    key, thread, address, body, date, box, read = row
    when = dt.datetime.fromtimestamp((date or 0) / 1000, dt.UTC).replace(tzinfo=None)
    return Message(key, thread or 0, address or "", body or "", when, box or Box.INBOX, bool(read))
