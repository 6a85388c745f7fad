"""What a person does to files: rename, copy, move, make folders. Names never clash and nothing is overwritten.

Functions that can refuse return the reason, ready for a toast, and "" when they did it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from envs.phone.files import Files


def free_path(files: Files, folder: str, name: str) -> str:
    """A path in `folder` for `name` that nothing has yet: "a.txt", else "a (1).txt", "a (2).txt"."""
    stem, extension = posixpath.splitext(name)
    path, number = posixpath.join(folder, name), 0
    while files.exists(path):
        number += 1
        path = posixpath.join(folder, f"{stem} ({number}){extension}")
    return path


def name_fault(files: Files, folder: str, name: str) -> str:
    """Why `name` cannot become a new entry of `folder`; "" when it can."""
    if not name or name in (".", "..") or "/" in name or "\0" in name:
        return "Enter a valid name"
    if len(name.encode()) > 255:
        return "The name is too long"
    if files.exists(posixpath.join(folder, name)):
        return "A file or folder with this name already exists"
    return ""


def make_folder(files: Files, folder: str, name: str) -> str:
    fault = name_fault(files, folder, name)
    if not fault:
        files.make_dirs(posixpath.join(folder, name))
    return fault


def make_file(files: Files, folder: str, name: str) -> str:
    fault = name_fault(files, folder, name)
    if not fault:
        files.write(posixpath.join(folder, name), b"")
    return fault


def rename(files: Files, path: str, name: str) -> str:
    """Give a file or folder a new name where it lies; its own name again is no change."""
    folder = posixpath.dirname(path)
    if name == posixpath.basename(path):
        return ""
    fault = name_fault(files, folder, name)
    if not fault:
        files.rename(path, posixpath.join(folder, name))
    return fault


def carry(files: Files, how: Literal["move", "copy"], sources: Iterable[str], folder: str) -> str:
    """Move or copy each source into `folder` under a free name; sources that are gone by now are passed over."""
    present = [source for source in sources if files.exists(source)]
    if any(folder == source or folder.startswith(source + "/") for source in present):
        return "A folder cannot be put into itself"
    for source in present:
        if how == "copy":
            files.copy(source, free_path(files, folder, posixpath.basename(source)))
        elif posixpath.dirname(source) != folder:
            files.rename(source, free_path(files, folder, posixpath.basename(source)))
    return ""
