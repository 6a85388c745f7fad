"""A result that is a folder: it appears whole or not at all, and one process at a time works on it."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agentkit.errors import ConfigError, DataError, boundary


@contextmanager
def new_folder(out: Path, resume: bool = False) -> Iterator[Path]:
    """`.NAME.partial` beside `out`, held by this process alone, which becomes `out` when the block ends without an
    exception. The block begins with it empty, and an exception removes it; with `resume` what was done stays, and the
    next block finds it.

    ConfigError when `out` exists or another process works on it, DataError when it cannot be written.
    """
    if out.exists():
        raise ConfigError(f"--out needs a new folder, got {out}")
    work = out.with_name(f".{out.name}.partial")
    with boundary(DataError, f"cannot write {work}"):
        work.mkdir(parents=True, exist_ok=True)
        handle = os.open(work, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ConfigError(f"another run is writing {out} (in {work})") from error
        if not _is(work, handle):  # the run that held the lock until now has finished, or failed and removed it
            raise ConfigError(f"another run was writing {out} (in {work})")
        if not resume:
            with boundary(DataError, f"cannot empty {work}"):
                empty(work)
        try:
            yield work
        except BaseException:
            if not resume:
                shutil.rmtree(work, ignore_errors=True)
            raise
        with boundary(DataError, f"cannot write {out}"):
            os.fsync(handle)
            work.rename(out)
    finally:
        os.close(handle)


def _is(path: Path, handle: int) -> bool:
    """Whether the open folder is still the one at `path`."""
    return path.exists() and os.path.samestat(path.stat(), os.fstat(handle))


def empty(folder: Path) -> None:
    """Remove everything in the folder."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
