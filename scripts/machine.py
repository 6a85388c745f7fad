"""What a reader must know of the machine behind a figure."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


def machine_facts() -> dict[str, Any]:
    """Date, commit, processor, cores, how busy they were with other work, and the version of Python."""
    words = ["git", "describe", "--always", "--dirty"]
    done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, check=False)  # noqa: S603
    return {
        "date": date.today().isoformat(),
        "commit": done.stdout.strip() or "unknown",
        "cpu": processor(),
        "cores": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
    }


def processor() -> str:
    """The model of the first core."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor())
