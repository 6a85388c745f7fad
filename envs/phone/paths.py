"""One name per file: what a path on the device means once its links, dots and doubled slashes are resolved."""

from __future__ import annotations

import errno
import functools
import os

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
NAME_MAX = 255
"""Longest file name, bytes, as on ext4 and f2fs."""


def file_error(code: int, path: str) -> OSError:
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
                raise file_error(errno.ENAMETOOLONG, path)
            parts.append(part)
    name = "/" + "/".join(parts)
    for alias, target in ALIASES:
        if name.startswith(alias) and (len(name) == len(alias) or name[len(alias)] == "/"):
            return target + name[len(alias) :]
    return name
