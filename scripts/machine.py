"""What a reader must know of the machine behind a figure."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

from agentkit.machine import machine

ROOT = Path(__file__).parents[1]


def machine_facts() -> dict[str, Any]:
    """Date, commit, `agentkit.machine.machine`, how busy it was with other work, and the version of Python."""
    words = ["git", "describe", "--always", "--dirty"]
    done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, check=False)  # noqa: S603
    return {
        "date": date.today().isoformat(),
        "commit": done.stdout.strip() or "unknown",
        **machine(),
        "load_before": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
    }
