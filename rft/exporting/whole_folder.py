"""A folder that is there whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agentkit.errors import ConfigError, boundary
from rft.checkpoints import SaveError


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """Yield a folder `out.partial-PID` to write into; it becomes `out` when the block ends well, else it goes.

    A process that is killed leaves the partial folder, whose name says what it is. ConfigError when `out` holds
    something already, SaveError when writing fails.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ConfigError(f"--out needs a new or empty folder, got {out}")
    partial = out.parent / f"{out.name}.partial-{os.getpid()}"
    try:
        with boundary(SaveError, f"could not write {out}"):
            partial.mkdir(parents=True)
            yield partial
            for file in sorted(partial.rglob("*")):
                if file.is_file():
                    _to_disk(file)
            if out.exists():
                out.rmdir()
            partial.rename(out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _to_disk(file: Path) -> None:
    """Wait until the disk has it: a rename may otherwise survive a power cut that its contents do not."""
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
