"""What the evaluations share: a run's folder and its settings, progress, and what results.json says of the machine."""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import agentkit
from agentkit.errors import ConfigError, DataError, boundary
from agentkit.machine import machine, peak_memory

SETTINGS, RESULTS, REPORT = "settings.json", "results.json", "report.html"
PACKAGES = ("torch", "transformers", "numpy", "pillow")


def open_run(folder: Path, settings: Mapping[str, Any]) -> bool:
    """Make the folder of a run, or check that it holds one with the same settings; True when that one goes on.

    ConfigError names the settings that differ: answers to other questions must never end up in one score.
    """
    path = folder / SETTINGS
    if path.exists():
        with boundary(DataError, f"cannot read {path}"):
            before = json.loads(path.read_text("utf-8"))
        wanted = json.loads(json.dumps(settings))
        keys = [key for key in wanted.keys() | before.keys() if wanted.get(key) != before.get(key)]
        if keys:
            changed = "; ".join(f"{key}: was {before.get(key)!r}, is {wanted.get(key)!r}" for key in sorted(keys))
            raise ConfigError(f"{folder} holds a run with other settings ({changed}); choose another --out")
        return True
    draft = _draft(path)  # of a run that was killed as it began
    if folder.exists() and (not folder.is_dir() or any(item != draft for item in folder.iterdir())):
        raise ConfigError(f"--out {folder} exists and is not the folder of a run")
    with boundary(ConfigError, f"cannot create {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
        write_json(path, settings)
    return False


def write_json(path: Path, value: Any) -> None:
    """Write whole or not at all."""
    draft = _draft(path)
    draft.write_text(json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n", "utf-8")
    os.replace(draft, path)


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """One JSON line each, written whole or not at all."""
    draft = _draft(path)
    draft.write_text("".join(json.dumps(row, allow_nan=False) + "\n" for row in rows), "utf-8")
    os.replace(draft, path)


def _draft(path: Path) -> Path:
    return path.with_name(f".{path.name}.partial")


def versions() -> dict[str, str]:
    """What a reader needs to repeat the run; packages only where the run has loaded them."""
    found = {"glint": agentkit.__version__, "python": platform.python_version(), "platform": platform.platform()}
    for name in PACKAGES:
        module = {"pillow": "PIL"}.get(name, name)
        if module in sys.modules:
            found[name] = metadata.version(name)
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        found["device"] = torch.cuda.get_device_name()
    return found


def profile_options(spec: str, wanted: bool) -> dict[str, Any]:
    """What `--profile` adds to the policy's options. ConfigError where there is no model in process to time."""
    if not wanted:
        return {}
    if not spec.startswith("qwen:"):
        raise ConfigError(f"--profile times a model in process (qwen:...), got {spec}")
    return {"profile": True}


def cost_facts(policy: Any, batch: int = 1) -> dict[str, Any]:
    """The `cost` block of results.json: the machine, the peaks of memory so far, and the model's size."""
    facts: dict[str, Any] = {"machine": machine(), "memory": peak_memory(), "batch": batch}
    size = getattr(policy, "size", None)
    return facts | ({"model": dict(size)} if size else {})


def kept_facts(folder: Path, *names: str) -> dict[str, Any]:
    """What results.json of an earlier start says under `names`: a run that had nothing left to ask learns nothing new.

    Empty where there is none, or it is unreadable.
    """
    try:
        before = json.loads((folder / RESULTS).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {name: before[name] for name in names if name in before} if isinstance(before, dict) else {}


def read_results(folder: Path) -> dict[str, Any]:
    """The results.json of a finished run. DataError when there is none, or it does not come from an evaluation."""
    path = folder / RESULTS
    if not path.is_file():
        raise DataError(f"{folder} is not a finished run: it has no {RESULTS}")
    with boundary(DataError, f"cannot read {path}"):
        found = json.loads(path.read_text("utf-8"))
    if not isinstance(found, dict) or "card" not in found or "suite" not in found:
        raise DataError(f"{path} does not come from `agentkit eval`")
    return found


def policy_facts(policy: Any) -> dict[str, str]:
    """What the policy says of itself, and the pixel budget that it really uses (a checkpoint may bring its own)."""
    facts = {key: str(value) for key, value in getattr(policy, "meta", {}).items()}
    names = ("budget", "max_new_tokens", "temperature")
    return facts | {name: str(getattr(policy, name)) for name in names if hasattr(policy, name)}


class Progress:
    """One line that tells how far the run is and how long it will take; a line every ten seconds where it is a file."""

    def __init__(self, total: int, done: int = 0) -> None:
        self.total, self.done, self._before = total, done, done
        self._started = self._shown = time.monotonic()

    def add(self, count: int, note: str = "") -> None:
        self.done += count
        now = time.monotonic()
        terminal = sys.stderr.isatty()
        if not terminal and self.done < self.total and now - self._shown < 10:
            return
        self._shown = now
        rate = (self.done - self._before) / max(now - self._started, 1e-9)
        left = (self.total - self.done) / rate if rate else 0.0
        text = f"{self.done}/{self.total}{', ' + note if note else ''}, {_duration(left)} left"
        sys.stderr.write(f"\r\x1b[K{text}" if terminal else f"{text}\n")
        if terminal and self.done >= self.total:
            sys.stderr.write("\n")
        sys.stderr.flush()


def _duration(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {seconds:02d} s" if minutes else f"{seconds} s"
