"""Joplin's tables, those that AndroidWorld's checkers use among them.

Search reads `notes_fts`, which triggers keep in step with `notes_normalized`: whoever writes that table, also from
outside, makes a note findable, as in Joplin.
"""

from __future__ import annotations

_INDEXED = (
    "id, title, body, user_created_time, user_updated_time, is_todo, todo_completed, todo_due, parent_id, latitude, "
    "longitude, altitude, source_url"
)
_NOT_WORDS = ", ".join(f'notindexed="{name}"' for name in _INDEXED.split(", ") if name not in ("title", "body"))
SCHEMA = f"""
CREATE TABLE IF NOT EXISTS folders (
    id TEXT PRIMARY KEY, title TEXT NOT NULL DEFAULT '', created_time INT NOT NULL, updated_time INT NOT NULL,
    user_created_time INT NOT NULL DEFAULT 0, user_updated_time INT NOT NULL DEFAULT 0,
    encryption_cipher_text TEXT NOT NULL DEFAULT '', encryption_applied INT NOT NULL DEFAULT 0,
    parent_id TEXT NOT NULL DEFAULT '', is_shared INT NOT NULL DEFAULT 0, share_id TEXT NOT NULL DEFAULT '',
    master_key_id TEXT NOT NULL DEFAULT '', icon TEXT NOT NULL DEFAULT '', user_data TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS notes (
    id TEXT PRIMARY KEY, parent_id TEXT NOT NULL DEFAULT '', title TEXT NOT NULL DEFAULT '',
    body TEXT NOT NULL DEFAULT '', created_time INT NOT NULL, updated_time INT NOT NULL,
    is_conflict INT NOT NULL DEFAULT 0, latitude NUMERIC NOT NULL DEFAULT 0, longitude NUMERIC NOT NULL DEFAULT 0,
    altitude NUMERIC NOT NULL DEFAULT 0, author TEXT NOT NULL DEFAULT '', source_url TEXT NOT NULL DEFAULT '',
    is_todo INT NOT NULL DEFAULT 0, todo_due INT NOT NULL DEFAULT 0, todo_completed INT NOT NULL DEFAULT 0,
    source TEXT NOT NULL DEFAULT '', source_application TEXT NOT NULL DEFAULT '',
    application_data TEXT NOT NULL DEFAULT '', `order` NUMERIC NOT NULL DEFAULT 0,
    user_created_time INT NOT NULL DEFAULT 0, user_updated_time INT NOT NULL DEFAULT 0,
    encryption_cipher_text TEXT NOT NULL DEFAULT '', encryption_applied INT NOT NULL DEFAULT 0,
    markup_language INT NOT NULL DEFAULT 1, is_shared INT NOT NULL DEFAULT 0, share_id TEXT NOT NULL DEFAULT '',
    conflict_original_id TEXT NOT NULL DEFAULT '', master_key_id TEXT NOT NULL DEFAULT '',
    user_data TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS notes_title ON notes (title);
CREATE TABLE IF NOT EXISTS settings (`key` TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS notes_normalized (
    id TEXT NOT NULL, title TEXT NOT NULL DEFAULT '', body TEXT NOT NULL DEFAULT '',
    user_created_time INT NOT NULL DEFAULT 0, user_updated_time INT NOT NULL DEFAULT 0,
    is_todo INT NOT NULL DEFAULT 0, todo_completed INT NOT NULL DEFAULT 0, todo_due INT NOT NULL DEFAULT 0,
    parent_id TEXT NOT NULL DEFAULT '', latitude NUMERIC NOT NULL DEFAULT 0, longitude NUMERIC NOT NULL DEFAULT 0,
    altitude NUMERIC NOT NULL DEFAULT 0, source_url TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS notes_normalized_id ON notes_normalized (id);
CREATE VIRTUAL TABLE IF NOT EXISTS notes_fts USING fts4 (content="notes_normalized", {_NOT_WORDS}, {_INDEXED});
CREATE TRIGGER IF NOT EXISTS notes_fts_before_update BEFORE UPDATE ON notes_normalized BEGIN
    DELETE FROM notes_fts WHERE docid = old.rowid; END;
CREATE TRIGGER IF NOT EXISTS notes_fts_before_delete BEFORE DELETE ON notes_normalized BEGIN
    DELETE FROM notes_fts WHERE docid = old.rowid; END;
CREATE TRIGGER IF NOT EXISTS notes_after_update AFTER UPDATE ON notes_normalized BEGIN
    INSERT INTO notes_fts (docid, {_INDEXED})
    SELECT rowid, {_INDEXED} FROM notes_normalized WHERE rowid = new.rowid; END;
CREATE TRIGGER IF NOT EXISTS notes_after_insert AFTER INSERT ON notes_normalized BEGIN
    INSERT INTO notes_fts (docid, {_INDEXED})
    SELECT rowid, {_INDEXED} FROM notes_normalized WHERE rowid = new.rowid; END;
"""  # noqa: S608  our own column names
