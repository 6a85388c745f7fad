"""The phone's file tree, in memory: Linux semantics and error texts, Android's path aliases, live sqlite databases.

Nothing here touches the host's files. Errors are the built-in OSError classes with the device's wording in
`strerror`, so that a shell command can print "CMD: PATH: strerror" and an app can catch FileNotFoundError.
"""

from __future__ import annotations

import datetime as dt
import errno
import sqlite3
import stat as stat_bits
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from envs.phone.database import Database
from envs.phone.file_tree import NEW_DIR, Dir, Live, Plain, Tree
from envs.phone.paths import file_error, normalise

SKELETON: tuple[str, ...] = (
    *("/cache", "/dev", "/mnt", "/proc", "/storage/emulated", "/system/bin", "/vendor"),
    *("/data/app", "/data/data", "/data/local/tmp", "/data/media", "/data/system"),
    *(f"/sdcard/{name}" for name in ("Alarms", "Android/data", "DCIM/Camera", "Documents", "Download", "Movies")),
    *(f"/sdcard/{name}" for name in ("Music", "Notifications", "Pictures", "Podcasts", "Recordings", "Ringtones")),
)
"""Directories of a phone out of the box."""

Names: TypeAlias = list[str]


@dataclass(frozen=True, slots=True)
class Stat:
    mode: int
    """File type and permission bits, as in `st_mode`."""
    size: int
    mtime: int
    """Seconds since the epoch on the phone's clock."""
    uid: int = 0
    gid: int = 0
    inode: int = 0

    @property
    def is_dir(self) -> bool:
        return stat_bits.S_ISDIR(self.mode)


class Files:
    """A file tree whose times come from `clock` (naive, UTC). Every path argument may be an alias.

    Not locked: the phone's users take turns.
    """

    def __init__(self, clock: Callable[[], dt.datetime]) -> None:
        self._databases: dict[str, Database] = {}
        self._detached: dict[str, int] = {}  # removed database -> its change counter at that moment
        self._tree = Tree(clock, self._revive)
        for path in SKELETON:
            self.make_dirs(path)

    # -- reading ------------------------------------------------------------------------------------------------------

    def read(self, path: str) -> bytes:
        """The file's bytes; of a live database, its file image at this moment."""
        node = self._tree.node(path)
        if isinstance(node, Dir):
            raise file_error(errno.EISDIR, path)
        return node.content()

    def read_text(self, path: str) -> str:
        """The file as UTF-8; bytes that are not become U+FFFD."""
        return self.read(path).decode("utf-8", "replace")

    def exists(self, path: str) -> bool:
        return self._tree.find(normalise(path)) is not None

    def is_dir(self, path: str) -> bool:
        return isinstance(self._tree.find(normalise(path)), Dir)

    def is_file(self, path: str) -> bool:
        node = self._tree.find(normalise(path))
        return node is not None and not isinstance(node, Dir)

    def list(self, path: str) -> Names:
        """Names in the directory, sorted, without `.` and `..`."""
        return sorted(self._tree.dir(path).children)

    def stat(self, path: str) -> Stat:
        node = self._tree.node(path)
        if isinstance(node, Dir):
            return Stat(stat_bits.S_IFDIR | node.mode, 4096, node.mtime, node.uid, node.gid, node.inode)
        if isinstance(node, Live) and node.changes != node.database.changes:
            node.changes, node.mtime = node.database.changes, self._tree.now()
        return Stat(stat_bits.S_IFREG | node.mode, len(node.content()), node.mtime, node.uid, node.gid, node.inode)

    def walk(self, path: str) -> Iterator[tuple[str, Names, Names]]:
        """(directory, its directories, its files) from `path` down, parents first, names sorted."""
        self._tree.dir(path)
        waiting = [normalise(path)]
        while waiting:
            name = waiting.pop()
            top = self._tree.find(name)
            if isinstance(top, Dir):  # unless it was removed meanwhile
                dirs = sorted(k for k, v in top.children.items() if isinstance(v, Dir))
                yield name, dirs, sorted(k for k, v in top.children.items() if not isinstance(v, Dir))
                waiting += [f"{name.rstrip('/')}/{child}" for child in reversed(dirs)]

    # -- writing ------------------------------------------------------------------------------------------------------

    def write(
        self,
        path: str,
        data: bytes | str,
        mode: int | None = None,
        mtime: int | None = None,
        *,
        parents: bool = True,
    ) -> None:
        """Create or replace a file. Writing a database's path changes what its app sees through its connection.

        `mode` are permission bits (kept, or 0o660 for a new file, when None), `mtime` epoch seconds (now when None).
        Missing directories are made unless `parents` is False.
        """
        name = normalise(path)
        raw = data.encode() if isinstance(data, str) else bytes(data)
        node = self._tree.find(name)
        if isinstance(node, Dir) or name == "/":
            raise file_error(errno.EISDIR, path)
        if name in self._databases:
            node = self._load(name, raw, node, parents)
        if node is None:
            node = self._tree.add_plain(name, parents=parents)
        if isinstance(node, Plain):
            node.data = raw
        node.mtime = self._tree.now() if mtime is None else int(mtime)
        if mode is not None:
            node.mode = mode & 0o7777

    def append(self, path: str, data: bytes | str, *, parents: bool = True) -> None:
        """Add to the end of a file, created when missing."""
        before = self.read(path) if self.exists(path) else b""
        self.write(path, before + (data.encode() if isinstance(data, str) else data), parents=parents)

    def make_dirs(self, path: str, mode: int = NEW_DIR) -> None:
        """Create the directory and its parents; nothing happens when it is there. NotADirectoryError across a file."""
        self._tree.make_dirs(path, mode)

    def remove(self, path: str, recursive: bool = False) -> None:
        """Remove a file, an empty directory, or with `recursive` a whole tree.

        A removed database is emptied to its schema; its file is back once its app writes, or asks for it again.
        """
        name = normalise(path)
        node = self._tree.node(path)
        if name == "/":
            raise file_error(errno.EBUSY, path)
        if isinstance(node, Dir) and node.children and not recursive:
            raise file_error(errno.ENOTEMPTY, path)
        parent, leaf = self._tree.parent(name)
        for database in [d for d in self._databases if d == name or d.startswith(f"{name}/")]:
            if self._tree.find(database) is not None:
                self._databases[database].reset()
                self._detached[database] = self._databases[database].changes
        del parent.children[leaf]
        parent.mtime = self._tree.now()

    def copy(self, source: str, target: str, *, preserve: bool = False) -> None:
        """Copy a file over `target`, or a directory's tree into it (merged when it exists).

        `preserve` keeps modes, owners and times, as `cp -a`.
        """
        start, end = normalise(source), normalise(target)
        node = self._tree.node(source)
        if isinstance(node, Dir):
            if end == start or end.startswith(f"{start.rstrip('/')}/"):
                raise file_error(errno.EINVAL, target)
            self.make_dirs(end)
            for child in list(node.children):
                self.copy(f"{start}/{child}", f"{end}/{child}", preserve=preserve)
        elif start != end:
            self.write(end, self.read(start), parents=False)
        if preserve or not isinstance(node, Dir):
            new = self._tree.node(end)
            new.mode = node.mode
            if preserve:
                new.mtime, new.uid, new.gid = node.mtime, node.uid, node.gid

    def rename(self, source: str, target: str) -> None:
        """Move a file or tree to the name `target`; a file there is replaced, a directory must be empty."""
        start, end = normalise(source), normalise(target)
        node, there = self._tree.node(source), self._tree.find(end)
        if start == end:
            return
        if isinstance(there, Dir):
            if not isinstance(node, Dir):
                raise file_error(errno.EISDIR, target)
            if there.children:
                raise file_error(errno.ENOTEMPTY, target)
        elif there is not None and isinstance(node, Dir):
            raise file_error(errno.ENOTDIR, target)
        self.copy(start, end, preserve=True)
        self.remove(start, recursive=True)

    def chmod(self, path: str, mode: int) -> None:
        self._tree.node(path).mode = mode & 0o7777

    def chown(self, path: str, uid: int, gid: int | None = None) -> None:
        node = self._tree.node(path)
        node.uid, node.gid = uid, node.gid if gid is None else gid

    def touch(self, path: str, mtime: int | None = None, *, parents: bool = True) -> None:
        """Set the modification time (now when None), creating an empty file when there is none."""
        if self._tree.find(normalise(path)) is None:
            self.write(path, b"", parents=parents)
        self._tree.node(path).mtime = self._tree.now() if mtime is None else int(mtime)

    # -- databases ----------------------------------------------------------------------------------------------------

    def database(self, path: str, schema: str) -> sqlite3.Connection:
        """The live database at `path`, created with the script `schema` when there is none. Autocommit.

        The same connection is returned for the life of the phone, whatever is pushed, removed or cleared meanwhile.
        A sqlite file already there (pushed before its app asked) is adopted with its content.
        """
        name = normalise(path)
        node = self._tree.find(name)
        if isinstance(node, Dir):
            raise file_error(errno.EISDIR, path)
        database = self._databases.get(name)
        if database is None:
            database = self._databases[name] = Database(schema)
            if isinstance(node, Plain):
                self._load(name, node.data, node, True)
        if self._tree.find(name) is None:
            self._attach_database(name, database)
        return database.connection

    def open_database(self, path: str) -> sqlite3.Connection | None:
        """The connection behind an existing live database file, None for any other file."""
        node = self._tree.find(normalise(path))
        return node.database.connection if isinstance(node, Live) else None

    def _load(self, name: str, data: bytes, node: Plain | Live | None, parents: bool) -> Plain | Live:
        """Give the app at `name` the written bytes. What is no database stays a plain file beside a fresh one."""
        database = self._databases[name]
        if database.load(data):
            return node if isinstance(node, Live) else self._attach_database(name, database, parents)
        self._detached[name] = database.changes
        return self._tree.add_plain(name, parents=parents)

    def _attach_database(self, name: str, database: Database, parents: bool = True) -> Live:
        self._detached.pop(name, None)
        return self._tree.add_live(name, database, parents=parents)

    def _revive(self) -> None:
        """Bring back the file of every removed database that its app has written to since."""
        if not self._detached:  # as good as always, and this runs at every search
            return
        for name, changes in list(self._detached.items()):
            if self._databases[name].changes != changes:
                self._attach_database(name, self._databases[name])
