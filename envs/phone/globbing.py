"""The paths that a shell pattern stands for."""

from __future__ import annotations

import errno
import fnmatch
import re
from typing import TYPE_CHECKING

from envs.phone.paths import file_error, normalise

if TYPE_CHECKING:
    from envs.phone.files import Files

MAX_MATCHES = 10_000
"""Paths that a pattern may stand for before it is an "Argument list too long"."""


def glob(files: Files, pattern: str, cwd: str = "/") -> list[str]:
    """Paths that match a shell pattern (`*`, `?`, `[...]`), sorted, spelled like the pattern (relative stays so).

    `*` crosses no slash and, as in a shell, matches a leading dot only where the pattern has one. Raises OSError
    (E2BIG) for very many.
    """
    found = ["/" if pattern.startswith("/") else ""]
    for part in [part for part in pattern.split("/") if part]:
        found = [match for stem in found for match in _matches(files, stem, part, cwd)]
        if len(found) > MAX_MATCHES:
            raise file_error(errno.E2BIG, pattern)
    return sorted(found)


def _matches(files: Files, stem: str, part: str, cwd: str) -> list[str]:
    """Names `stem`/X for X matching one component of a pattern."""
    prefix = stem if stem in ("", "/") else f"{stem}/"
    where = normalise(stem or ".", cwd)
    if not any(c in part for c in "*?["):
        return [prefix + part] if files.exists(normalise(prefix + part, cwd)) else []
    if not files.is_dir(where):
        return []
    rule = re.compile(fnmatch.translate(part))
    names = (n for n in files.list(where) if not n.startswith(".") or part.startswith("."))
    return [prefix + n for n in names if rule.match(n)]
