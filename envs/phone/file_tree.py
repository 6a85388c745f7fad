"""The nodes of the phone's file tree, and finding, making and attaching them by name."""

from __future__ import annotations

import datetime as dt
import errno
from collections.abc import Callable
from typing import TypeAlias

from envs.phone.database import Database
from envs.phone.paths import file_error, normalise

NEW_FILE, NEW_DIR = 0o660, 0o771
"""Permission bits of what is made without saying which."""


class Node:
    __slots__ = ("gid", "inode", "mode", "mtime", "uid")

    def __init__(self, inode: int, mode: int, mtime: int) -> None:
        self.inode, self.mode, self.mtime, self.uid, self.gid = inode, mode, mtime, 0, 0


class Plain(Node):
    """A file that is nothing but its bytes."""

    __slots__ = ("data",)

    def __init__(self, inode: int, mode: int, mtime: int) -> None:
        super().__init__(inode, mode, mtime)
        self.data = b""

    def content(self) -> bytes:
        return self.data


class Live(Node):
    """The file of a database that an app has open."""

    __slots__ = ("changes", "database")

    def __init__(self, inode: int, mode: int, mtime: int, database: Database) -> None:
        super().__init__(inode, mode, mtime)
        self.database, self.changes = database, database.changes

    def content(self) -> bytes:
        """The database's file image at this moment."""
        return self.database.dump()


class Dir(Node):
    __slots__ = ("children",)

    def __init__(self, inode: int, mode: int, mtime: int) -> None:
        super().__init__(inode, mode, mtime)
        self.children: dict[str, AnyNode] = {}


AnyNode: TypeAlias = Plain | Live | Dir


class Tree:
    """Nodes by name. A `name` is normalised already, a `path` need not be; errors are OSErrors that show the path."""

    def __init__(self, clock: Callable[[], dt.datetime], refresh: Callable[[], None]) -> None:
        """`clock` is naive UTC; `refresh` runs before every search and may attach nodes."""
        self._clock, self._refresh = clock, refresh
        self._inode = 0
        self.root = self.new_dir(0o755)

    def now(self) -> int:
        """The clock in whole seconds since the epoch."""
        return int(self._clock().replace(tzinfo=dt.UTC).timestamp())

    def find(self, name: str) -> AnyNode | None:
        """None when a part is missing or a file is used as a directory."""
        self._refresh()
        node: AnyNode | None = self.root
        for part in name.split("/"):
            if part:
                if not isinstance(node, Dir):
                    return None
                node = node.children.get(part)
        return node

    def node(self, path: str) -> AnyNode:
        name = normalise(path)
        node = self.find(name)
        if node is None:
            above = self.find(name.rpartition("/")[0])
            raise file_error(errno.ENOENT if above is None or isinstance(above, Dir) else errno.ENOTDIR, path)
        return node

    def dir(self, path: str) -> Dir:
        node = self.node(path)
        if not isinstance(node, Dir):
            raise file_error(errno.ENOTDIR, path)
        return node

    def parent(self, name: str) -> tuple[Dir, str]:
        """The directory that holds or would hold `name`, and its last part."""
        above, _, leaf = name.rpartition("/")
        return self.dir(above or "/"), leaf

    def new_dir(self, mode: int) -> Dir:
        return Dir(self._next_inode(), mode, self.now())

    def make_dirs(self, path: str, mode: int = NEW_DIR) -> None:
        """Create the directory and its parents; nothing happens when it is there."""
        node: AnyNode = self.root
        for part in normalise(path).split("/")[1:]:
            if not isinstance(node, Dir):
                raise file_error(errno.ENOTDIR, path)
            if part:
                if part not in node.children:
                    node.children[part] = self.new_dir(mode)
                    node.mtime = self.now()
                node = node.children[part]
        if not isinstance(node, Dir):
            raise file_error(errno.EEXIST, path)

    def add_plain(self, name: str, *, parents: bool) -> Plain:
        """An empty file at `name`, in place of whatever is there; `parents` makes missing directories."""
        node = Plain(self._next_inode(), NEW_FILE, self.now())
        self._attach(name, node, parents)
        return node

    def add_live(self, name: str, database: Database, *, parents: bool) -> Live:
        node = Live(self._next_inode(), NEW_FILE, self.now(), database)
        self._attach(name, node, parents)
        return node

    def _attach(self, name: str, node: Plain | Live, parents: bool) -> None:
        if parents:
            self.make_dirs(name.rpartition("/")[0] or "/")
        parent, leaf = self.parent(name)
        parent.children[leaf] = node
        parent.mtime = self.now()

    def _next_inode(self) -> int:
        self._inode += 1
        return self._inode
