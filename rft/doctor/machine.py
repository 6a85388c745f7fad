"""The facts about this machine that decide whether a run works: packages, environment, devices, room on the disk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rft.packages import installed


@dataclass(frozen=True)
class Machine:
    versions: Mapping[str, str]
    """Installed packages of `rft.packages`."""
    environ: Mapping[str, str]
    gpus: int
    bfloat16: bool
    """Whether the first GPU computes in bfloat16; True without one."""
    cores: int
    free_bytes: Callable[[Path], int]
    """Room on the disk of an existing folder."""

    @classmethod
    def here(cls) -> Machine:
        import torch

        gpus = torch.cuda.device_count()
        return cls(
            versions=installed(),
            environ=dict(os.environ),
            gpus=gpus,
            bfloat16=not gpus or torch.cuda.get_device_capability(0) >= (8, 0),
            cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
            free_bytes=lambda folder: shutil.disk_usage(folder).free,
        )
