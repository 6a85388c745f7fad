"""The phone's file tree, in memory: Linux semantics and error texts, Android's path aliases, live sqlite databases.

Nothing here touches the host's files. Errors are the built-in OSError classes with the device's wording in
`strerror`, so that a shell command can print "CMD: PATH: strerror" and an app can catch FileNotFoundError.
"""

from __future__ import annotations

import datetime as dt
import errno
import fnmatch
import functools
import os
import re
import sqlite3
import stat as stat_bits
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from envs.phone.database import Database

ALIASES: tuple[tuple[str, str], ...] = (
    ("/storage/emulated/0", "/sdcard"),
    ("/storage/emulated/legacy", "/sdcard"),
    ("/storage/self/primary", "/sdcard"),
    ("/data/media/0", "/sdcard"),
    ("/mnt/sdcard", "/sdcard"),
    ("/mnt/user/0/primary", "/sdcard"),
    ("/data/user/0", "/data/data"),
)
"""Symbolic links and bind mounts of a real device: (alias, the one name used here)."""

SKELETON: tuple[str, ...] = (
    *("/cache", "/dev", "/mnt", "/proc", "/storage/emulated", "/system/bin", "/vendor"),
    *("/data/app", "/data/data", "/data/local/tmp", "/data/media", "/data/system"),
    *(f"/sdcard/{name}" for name in ("Alarms", "Android/data", "DCIM/Camera", "Documents", "Download", "Movies")),
    *(f"/sdcard/{name}" for name in ("Music", "Notifications", "Pictures", "Podcasts", "Recordings", "Ringtones")),
)
"""Directories of a phone out of the box."""

Names: TypeAlias = list[str]

MAX_MATCHES = 10_000
"""Paths that a pattern may stand for before it is an "Argument list too long"."""
NAME_MAX = 255
"""Longest file name, bytes, as on ext4 and f2fs."""


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


class _Node:
    __slots__ = ("gid", "inode", "mode", "mtime", "uid")

    def __init__(self, inode: int, mode: int, mtime: int) -> None:
        self.inode, self.mode, self.mtime, self.uid, self.gid = inode, mode, mtime, 0, 0


class _File(_Node):
    __slots__ = ("data",)
    data: bytes


class _DatabaseFile(_Node):
    __slots__ = ("changes", "database")
    database: Database
    changes: int


class _Dir(_Node):
    __slots__ = ("children",)
    children: dict[str, _Node]


def _error(code: int, path: str) -> OSError:
    """The OSError subclass for `code`, worded as on the device ("No such file or directory")."""
    return OSError(code, os.strerror(code), path)


@functools.lru_cache(maxsize=8192)
def normalise(path: str, cwd: str = "/") -> str:
    """The one absolute name of `path`: no `.`, `..`, doubled slashes or aliases; `..` stops at the root.

    Raises ValueError for a NUL byte, OSError (ENAMETOOLONG) for a component over 255 bytes.
    """
    if "\x00" in path:
        raise ValueError(f"a path cannot hold a NUL byte, got {path!r}")
    parts: list[str] = []
    for part in (path if path.startswith("/") else f"{cwd}/{path}").split("/"):
        if part == "..":
            if parts:
                parts.pop()
        elif part not in ("", "."):
            if len(part) > NAME_MAX // 4 and len(part.encode("utf-8", "surrogateescape")) > NAME_MAX:
                raise _error(errno.ENAMETOOLONG, path)
            parts.append(part)
    name = "/" + "/".join(parts)
    for alias, target in ALIASES:
        if name.startswith(alias) and (len(name) == len(alias) or name[len(alias)] == "/"):
            return target + name[len(alias) :]
    return name


class Files:
    """A file tree whose times come from `clock` (naive, UTC). Every path argument may be an alias.

    Not locked: the phone's users take turns.
    """

    def __init__(self, clock: Callable[[], dt.datetime]) -> None:
        self._clock = clock
        self._inode = 0
        self._databases: dict[str, Database] = {}
        self._detached: dict[str, int] = {}  # removed database -> its change counter at that moment
        self._root = self._new_dir(0o755)
        for path in SKELETON:
            self.make_dirs(path, mode=0o771)

    # -- reading ------------------------------------------------------------------------------------------------------

    def read(self, path: str) -> bytes:
        """The file's bytes; of a live database, its file image at this moment."""
        node = self._node(path)
        if isinstance(node, _Dir):
            raise _error(errno.EISDIR, path)
        return node.database.dump() if isinstance(node, _DatabaseFile) else node.data  # type: ignore[attr-defined]

    def read_text(self, path: str) -> str:
        """The file as UTF-8; bytes that are not become U+FFFD."""
        return self.read(path).decode("utf-8", "replace")

    def exists(self, path: str) -> bool:
        return self._find(normalise(path)) is not None

    def is_dir(self, path: str) -> bool:
        return isinstance(self._find(normalise(path)), _Dir)

    def is_file(self, path: str) -> bool:
        node = self._find(normalise(path))
        return node is not None and not isinstance(node, _Dir)

    def list(self, path: str) -> Names:
        """Names in the directory, sorted, without `.` and `..`."""
        return sorted(self._dir(path).children)

    def stat(self, path: str) -> Stat:
        node = self._node(path)
        if isinstance(node, _Dir):
            return Stat(stat_bits.S_IFDIR | node.mode, 4096, node.mtime, node.uid, node.gid, node.inode)
        if isinstance(node, _DatabaseFile):
            if node.changes != node.database.changes:
                node.changes, node.mtime = node.database.changes, self._time()
            size = len(node.database.dump())
        else:
            size = len(node.data)  # type: ignore[attr-defined]
        return Stat(stat_bits.S_IFREG | node.mode, size, node.mtime, node.uid, node.gid, node.inode)

    def walk(self, path: str) -> Iterator[tuple[str, Names, Names]]:
        """(directory, its directories, its files) from `path` down, parents first, names sorted."""
        self._dir(path)
        waiting = [normalise(path)]
        while waiting:
            name = waiting.pop()
            top = self._find(name)
            if isinstance(top, _Dir):  # unless it was removed meanwhile
                dirs = sorted(k for k, v in top.children.items() if isinstance(v, _Dir))
                yield name, dirs, sorted(k for k, v in top.children.items() if not isinstance(v, _Dir))
                waiting += [f"{name.rstrip('/')}/{child}" for child in reversed(dirs)]

    def glob(self, pattern: str, cwd: str = "/") -> Names:
        """Paths that match a shell pattern (`*`, `?`, `[...]`), sorted, spelled like the pattern (relative stays so).

        Raises OSError (E2BIG) for very many.

        `*` crosses no slash and, as in a shell, matches a leading dot only where the pattern has one.
        """
        head = "/" if pattern.startswith("/") else ""
        found = [head]
        for part in [part for part in pattern.split("/") if part]:
            found = [match for stem in found for match in self._matches(stem, part, cwd)]
            if len(found) > MAX_MATCHES:
                raise _error(errno.E2BIG, pattern)
        return sorted(found)

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
        node = self._find(name)
        if isinstance(node, _Dir) or name == "/":
            raise _error(errno.EISDIR, path)
        if name in self._databases:
            node = self._load(name, raw, node, parents)
        if node is None:
            node = self._attach(name, _File(self._next_inode(), 0o660, 0), parents)
        if isinstance(node, _File):
            node.data = raw
        node.mtime = self._time() if mtime is None else int(mtime)
        if mode is not None:
            node.mode = mode & 0o7777

    def append(self, path: str, data: bytes | str, *, parents: bool = True) -> None:
        """Add to the end of a file, created when missing."""
        before = self.read(path) if self.exists(path) else b""
        self.write(path, before + (data.encode() if isinstance(data, str) else data), parents=parents)

    def make_dirs(self, path: str, mode: int = 0o771) -> None:
        """Create the directory and its parents; nothing happens when it is there. NotADirectoryError across a file."""
        node: _Node = self._root
        for part in normalise(path).split("/")[1:]:
            if not isinstance(node, _Dir):
                raise _error(errno.ENOTDIR, path)
            if part:
                if part not in node.children:
                    node.children[part] = self._new_dir(mode)
                    node.mtime = self._time()
                node = node.children[part]
        if not isinstance(node, _Dir):
            raise _error(errno.EEXIST, path)

    def remove(self, path: str, recursive: bool = False) -> None:
        """Remove a file, an empty directory, or with `recursive` a whole tree.

        A removed database is emptied to its schema; its file is back once its app writes, or asks for it again.
        """
        name = normalise(path)
        node = self._node(path)
        if name == "/":
            raise _error(errno.EBUSY, path)
        if isinstance(node, _Dir) and node.children and not recursive:
            raise _error(errno.ENOTEMPTY, path)
        parent, leaf = self._parent(name)
        for database in [d for d in self._databases if d == name or d.startswith(f"{name}/")]:
            if self._find(database) is not None:
                self._databases[database].reset()
                self._detached[database] = self._databases[database].changes
        del parent.children[leaf]
        parent.mtime = self._time()

    def copy(self, source: str, target: str, *, preserve: bool = False) -> None:
        """Copy a file over `target`, or a directory's tree into it (merged when it exists).

        `preserve` keeps modes, owners and times, as `cp -a`.
        """
        start, end = normalise(source), normalise(target)
        node = self._node(source)
        if isinstance(node, _Dir):
            if end == start or end.startswith(f"{start.rstrip('/')}/"):
                raise _error(errno.EINVAL, target)
            self.make_dirs(end)
            for child in list(node.children):
                self.copy(f"{start}/{child}", f"{end}/{child}", preserve=preserve)
        elif start != end:
            self.write(end, self.read(start), parents=False)
        if preserve or not isinstance(node, _Dir):
            new = self._node(end)
            new.mode = node.mode
            if preserve:
                new.mtime, new.uid, new.gid = node.mtime, node.uid, node.gid

    def rename(self, source: str, target: str) -> None:
        """Move a file or tree to the name `target`; a file there is replaced, a directory must be empty."""
        start, end = normalise(source), normalise(target)
        node, there = self._node(source), self._find(end)
        if start == end:
            return
        if isinstance(there, _Dir):
            if not isinstance(node, _Dir):
                raise _error(errno.EISDIR, target)
            if there.children:
                raise _error(errno.ENOTEMPTY, target)
        elif there is not None and isinstance(node, _Dir):
            raise _error(errno.ENOTDIR, target)
        self.copy(start, end, preserve=True)
        self.remove(start, recursive=True)

    def chmod(self, path: str, mode: int) -> None:
        self._node(path).mode = mode & 0o7777

    def chown(self, path: str, uid: int, gid: int | None = None) -> None:
        node = self._node(path)
        node.uid, node.gid = uid, node.gid if gid is None else gid

    def touch(self, path: str, mtime: int | None = None, *, parents: bool = True) -> None:
        """Set the modification time (now when None), creating an empty file when there is none."""
        if self._find(normalise(path)) is None:
            self.write(path, b"", parents=parents)
        self._node(path).mtime = self._time() if mtime is None else int(mtime)

    # -- databases ----------------------------------------------------------------------------------------------------

    def database(self, path: str, schema: str) -> sqlite3.Connection:
        """The live database at `path`, created with the script `schema` when there is none. Autocommit.

        The same connection is returned for the life of the phone, whatever is pushed, removed or cleared meanwhile.
        A sqlite file already there (pushed before its app asked) is adopted with its content.
        """
        name = normalise(path)
        node = self._find(name)
        if isinstance(node, _Dir):
            raise _error(errno.EISDIR, path)
        database = self._databases.get(name)
        if database is None:
            database = self._databases[name] = Database(schema)
            if isinstance(node, _File):
                self._load(name, node.data, node, True)
        if self._find(name) is None:
            self._attach_database(name, database)
        return database.connection

    def open_database(self, path: str) -> sqlite3.Connection | None:
        """The connection behind an existing live database file, None for any other file."""
        node = self._find(normalise(path))
        return node.database.connection if isinstance(node, _DatabaseFile) else None

    def _load(self, name: str, data: bytes, node: _Node | None, parents: bool) -> _Node | None:
        """Give the app at `name` the written bytes. What is no database stays a plain file beside a fresh one."""
        database = self._databases[name]
        if database.load(data):
            return node if isinstance(node, _DatabaseFile) else self._attach_database(name, database, parents)
        self._detached[name] = database.changes
        return self._attach(name, _File(self._next_inode(), 0o660, 0), parents)

    def _attach_database(self, name: str, database: Database, parents: bool = True) -> _Node:
        self._detached.pop(name, None)
        node = _DatabaseFile(self._next_inode(), 0o660, self._time())
        node.database, node.changes = database, database.changes
        return self._attach(name, node, parents)

    def _revive(self) -> None:
        """Bring back the file of every removed database that its app has written to since."""
        for name, changes in list(self._detached.items()):
            if self._databases[name].changes != changes:
                self._attach_database(name, self._databases[name])

    # -- the tree -----------------------------------------------------------------------------------------------------

    def _time(self) -> int:
        return int(self._clock().replace(tzinfo=dt.UTC).timestamp())

    def _next_inode(self) -> int:
        self._inode += 1
        return self._inode

    def _new_dir(self, mode: int) -> _Dir:
        node = _Dir(self._next_inode(), mode, self._time())
        node.children = {}
        return node

    def _find(self, name: str) -> _Node | None:
        """The node at a normalised name, None when a part is missing or a file is used as a directory."""
        if self._detached:
            self._revive()
        node: _Node | None = self._root
        for part in name.split("/"):
            if part:
                if not isinstance(node, _Dir):
                    return None
                node = node.children.get(part)
        return node

    def _node(self, path: str) -> _Node:
        name = normalise(path)
        node = self._find(name)
        if node is None:
            above = self._find(name.rpartition("/")[0])
            raise _error(errno.ENOENT if above is None or isinstance(above, _Dir) else errno.ENOTDIR, path)
        return node

    def _dir(self, path: str) -> _Dir:
        node = self._node(path)
        if not isinstance(node, _Dir):
            raise _error(errno.ENOTDIR, path)
        return node

    def _parent(self, name: str) -> tuple[_Dir, str]:
        above, _, leaf = name.rpartition("/")
        return self._dir(above or "/"), leaf

    def _attach(self, name: str, node: _Node, parents: bool) -> _Node:
        above = name.rpartition("/")[0] or "/"
        if parents:
            self.make_dirs(above)
        parent, leaf = self._parent(name)
        parent.children[leaf] = node
        parent.mtime = self._time()
        return node

    def _matches(self, stem: str, part: str, cwd: str) -> Names:
        """Names `stem`/X for X matching one component of a pattern."""
        prefix = stem if stem in ("", "/") else f"{stem}/"
        where = normalise(stem or ".", cwd)
        if not any(c in part for c in "*?["):
            return [prefix + part] if self.exists(normalise(prefix + part, cwd)) else []
        if not self.is_dir(where):
            return []
        rule = re.compile(fnmatch.translate(part))
        names = (n for n in self.list(where) if not n.startswith(".") or part.startswith("."))
        return [prefix + n for n in names if rule.match(n)]
