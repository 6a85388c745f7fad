"""A result that is a folder: it appears whole or not at all, and one process at a time works on it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agentkit.errors import ConfigError, DataError, boundary


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """`.NAME.partial` beside `out`, held by this process alone, which becomes `out` when the block ends without an
    exception. What a killed block left is still there in the next one.

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
        if out.exists():  # the run that held the lock until now has finished it
            raise ConfigError(f"--out needs a new folder, got {out}")
        yield work
        with boundary(DataError, f"cannot write {out}"):
            os.fsync(handle)
            work.rename(out)
    finally:
        os.close(handle)
