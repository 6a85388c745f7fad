"""What a run ran on and how much memory it took, so that no time is reported without its machine. Loads no torch."""

from __future__ import annotations

import os
import platform
import resource
import sys
from pathlib import Path
from typing import Any


def machine() -> dict[str, Any]:
    """`cpu`, `cores` (those this process may use), `memory_bytes`, and with CUDA in use `gpu`, `gpu_memory_bytes`.

    `threads` is PyTorch's, when it is loaded.
    """
    found: dict[str, Any] = {"cpu": _cpu(), "cores": _cores()}
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        found["memory_bytes"] = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    torch = sys.modules.get("torch")
    if torch is not None:
        found["threads"] = torch.get_num_threads()
        if torch.cuda.is_available() and torch.cuda.is_initialized():
            found["gpu"] = torch.cuda.get_device_name()
            found["gpu_memory_bytes"] = torch.cuda.get_device_properties(0).total_memory
    return found


def peak_memory() -> dict[str, int]:
    """The most that this process has held so far: `rss_bytes`, and `gpu_bytes` of tensors once CUDA is in use."""
    unit = 1 if sys.platform == "darwin" else 1024  # getrusage counts bytes there, KiB elsewhere
    found = {"rss_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit}
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available() and torch.cuda.is_initialized():
        found["gpu_bytes"] = int(torch.cuda.max_memory_allocated())
    return found


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _cpu() -> str:
    """The processor's name as Linux tells it, else what the platform says."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text("utf-8", "replace").splitlines() if info.is_file() else []
    name = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return name or platform.processor() or platform.machine()
