"""The shared storage as a value: lay files out, read them back, compare. For tasks whose goal is a file tree."""

from __future__ import annotations

import datetime as dt
import posixpath
from collections.abc import Mapping
from typing import TYPE_CHECKING

from envs.phone.apps.listing import FOLDERS, STORAGE

if TYPE_CHECKING:
    from envs.phone.device import Phone

Tree = dict[str, str]
"""Path below the shared storage -> the file's text; a path that ends in "/" is a folder and its text is ""."""
PRIVATE = "Android"
"""The apps' own folder: neither laid out nor compared."""


def lay_out(phone: Phone, tree: Mapping[str, str]) -> None:
    """Make `tree` all there is on the shared storage, beside the empty standard folders.

    Files get modification times one minute apart in the order of `tree`, the last one a minute ago.
    """
    files = phone.files
    for name in files.list(STORAGE):
        if name != PRIVATE:
            files.remove(posixpath.join(STORAGE, name), recursive=True)
    for name in FOLDERS:
        files.make_dirs(posixpath.join(STORAGE, name))
    now = int(phone.now().replace(tzinfo=dt.UTC).timestamp())
    for age, (path, text) in zip(range(len(tree), 0, -1), tree.items(), strict=True):
        full = posixpath.join(STORAGE, path.rstrip("/"))
        if path.endswith("/"):
            files.make_dirs(full)
        else:
            files.write(full, text, mtime=now - 60 * age)
    phone.invalidate()


def read_back(phone: Phone, folder: str = STORAGE) -> Tree:
    """What lies below `folder` now, paths relative to the shared storage; text without trailing blanks."""
    tree: Tree = {}
    for name in phone.files.list(folder):
        full = posixpath.join(folder, name)
        path = posixpath.relpath(full, STORAGE)
        if path == PRIVATE:
            continue
        if phone.files.is_dir(full):
            tree[path + "/"] = ""
            tree |= read_back(phone, full)
        else:
            tree[path] = tidy(phone.files.read_text(full))
    return tree


def complete(tree: Mapping[str, str]) -> Tree:
    """`tree` with the standard folders and all parents added: what `read_back` gives right after `lay_out`."""
    full: Tree = {f"{name}/": "" for name in FOLDERS if name != PRIVATE}
    for path, text in tree.items():
        parts = path.rstrip("/").split("/")
        full |= {"/".join(parts[:n]) + "/": "" for n in range(1, len(parts))}
        full[path] = tidy(text)
    return full


def tidy(text: str) -> str:
    """Text as compared: blanks at line ends and at the end do not count (an editor may leave them)."""
    return "\n".join(line.rstrip() for line in text.splitlines()).rstrip()
