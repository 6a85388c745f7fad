"""A trajectory on disk: a folder with `trace.json`, `steps.jsonl` and one PNG per screen.

`trace.json` is written last and by rename, so a folder without one is a run that was cut off, never half a truth.
What is loaded equals what was saved, pixels included; only mapping types and JSON's own rules (lists for tuples, text
keys) may differ inside `info`, `verdict` and `meta`.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from agentkit.codec import decode_reply, encode_reply
from agentkit.errors import DataError, boundary
from agentkit.types import Ending, Observation, Step, Trajectory

FORMAT = 1
HEAD, STEPS = "trace.json", "steps.jsonl"
DRAFT = ".partial-"
"""Before the process that saves or drops a trace."""


class TraceWriter:
    """Writes a trace as the episode runs: `add` each step, then `finish`. A crash leaves the steps so far."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        """DataError when `folder` exists and is not empty."""
        self.folder = Path(folder)
        if self.folder.exists() and (not self.folder.is_dir() or any(self.folder.iterdir())):
            raise DataError(f"a trace needs a new or empty folder, got {self.folder}")
        with boundary(DataError, f"cannot create {self.folder}"):
            self.folder.mkdir(parents=True, exist_ok=True)
        self._count = 0
        self._images = 0
        self._last: tuple[Image.Image, str] | None = None

    def add(self, step: Step) -> None:
        row = {"observation": self._observation(step.observation), "reply": encode_reply(step.reply)}
        line = _dumps(row)
        with boundary(DataError, f"cannot write {self.folder / STEPS}"), (self.folder / STEPS).open("ab") as file:
            file.write(f"{line}\n".encode())
        self._count += 1

    def finish(self, trajectory: Trajectory) -> None:
        """Write what is left of `trajectory` and its head."""
        for step in trajectory.steps[self._count :]:
            self.add(step)
        head = {
            "format": FORMAT,
            "task_key": trajectory.task_key,
            "goal": trajectory.goal,
            "ending": trajectory.ending.value,
            "fault": trajectory.fault,
            "steps": self._count,
            "final": None if trajectory.final is None else self._observation(trajectory.final),
            "verdict": dict(trajectory.verdict),
            "meta": dict(trajectory.meta),
        }
        with boundary(DataError, f"cannot write {self.folder / HEAD}"):
            (self.folder / STEPS).touch()
            partial = self.folder / f".{HEAD}.partial"
            partial.write_text(_dumps(head, indent=2) + "\n", encoding="utf-8")
            partial.replace(self.folder / HEAD)

    def _observation(self, observation: Observation) -> dict[str, Any]:
        if self._last is None or self._last[0] is not observation.image:
            name = f"{self._images:03d}.png"
            with boundary(DataError, f"cannot write {self.folder / name}"):
                observation.image.convert("RGB").save(self.folder / name, compress_level=4)
            self._images += 1
            self._last = (observation.image, name)
        row: dict[str, Any] = {"image": self._last[1], "info": dict(observation.info)}
        return row | ({"ended": True} if observation.ended else {})


def save_trace(trajectory: Trajectory, folder: str | os.PathLike[str]) -> Path:
    """Write `trajectory` to `folder`, which appears whole or not at all. DataError when it exists."""
    target = Path(folder)
    if target.exists():
        raise DataError(f"{target} exists; a trace is never overwritten")
    partial = _draft(target)
    try:
        TraceWriter(partial).finish(trajectory)
        partial.replace(target)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return target


def drop_trace(folder: str | os.PathLike[str]) -> None:
    """Delete the trace in `folder`, which disappears at once: a process killed meanwhile leaves no half trace."""
    target = Path(folder)
    with boundary(DataError, f"cannot delete {target}"):
        gone = _draft(target)
        target.replace(gone)
        shutil.rmtree(gone)


def sweep_drafts(root: str | os.PathLike[str]) -> None:
    """Delete what processes that were killed left in `root` of traces they were saving or dropping."""
    for draft in Path(root).glob(f".*{DRAFT}*"):
        if not _is_running(draft.name.rpartition(DRAFT)[2]):
            shutil.rmtree(draft, ignore_errors=True)


def _draft(target: Path) -> Path:
    """Where a trace is that is not there yet or no longer."""
    return target.with_name(f".{target.name}{DRAFT}{os.getpid()}")


def _is_running(process: str) -> bool:
    if not process.isdecimal() or int(process) == os.getpid():
        return False
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    return True


def load_trace(folder: str | os.PathLike[str]) -> Trajectory:
    """The trajectory in `folder`. DataError when it is cut off, foreign, damaged or of a newer format."""
    place = Path(folder)
    if not place.is_dir():
        raise DataError(f"no trace folder at {place}")
    head = _head(place)
    lines = _lines(place / STEPS)
    if len(lines) != head["steps"]:
        raise DataError(f"{place / STEPS} is cut off: {HEAD} promises {head['steps']} steps, it holds {len(lines)}")
    images: dict[str, Image.Image] = {}
    steps = []
    for number, line in enumerate(lines):
        with boundary(DataError, f"{place / STEPS} line {number + 1}"):
            row = json.loads(line)
            steps.append(Step(_observation(place, row["observation"], images), decode_reply(row["reply"])))
    with boundary(DataError, f"{place / HEAD}"):
        return Trajectory(
            task_key=head["task_key"],
            goal=head["goal"],
            steps=tuple(steps),
            ending=Ending(head["ending"]),
            final=None if head["final"] is None else _observation(place, head["final"], images),
            verdict=dict(head["verdict"]),
            fault=head["fault"],
            meta=dict(head["meta"]),
        )


def trace_head(folder: str | os.PathLike[str]) -> dict[str, Any]:
    """What the head of a trace says (ending, verdict, meta, ...), without its steps and pictures. DataError."""
    return _head(Path(folder))


def find_traces(root: str | os.PathLike[str]) -> Iterator[Path]:
    """Every finished trace folder at or under `root`, sorted by path."""
    yield from sorted(head.parent for head in Path(root).rglob(HEAD) if not head.parent.name.startswith("."))


def _head(place: Path) -> dict[str, Any]:
    if not (place / HEAD).is_file():
        cut_off = (place / STEPS).is_file()
        reason = "the run was cut off before its end" if cut_off else "this is not a trace folder"
        raise DataError(f"{place} has no {HEAD}: {reason}")
    with boundary(DataError, f"{place / HEAD} is damaged"):
        head = json.loads((place / HEAD).read_text(encoding="utf-8"))
    if not isinstance(head, dict) or not isinstance(head.get("format"), int):
        raise DataError(f"{place / HEAD} is foreign: it names no format")
    if head["format"] != FORMAT:
        raise DataError(f"{place} has trace format {head['format']}, this version reads format {FORMAT}")
    missing = [
        key for key in ("task_key", "goal", "ending", "fault", "steps", "final", "verdict", "meta") if key not in head
    ]
    if missing:
        raise DataError(f"{place / HEAD} is damaged: it lacks {', '.join(missing)}")
    return head


def _lines(file: Path) -> list[str]:
    with boundary(DataError, f"cannot read {file}"):
        text = file.read_text(encoding="utf-8")
    lines = text.split("\n")
    if lines.pop():
        raise DataError(f"{file} is cut off in line {len(lines) + 1}")
    return lines


def _observation(place: Path, row: Any, images: dict[str, Image.Image]) -> Observation:
    name = row["image"]
    if not isinstance(name, str) or Path(name).name != name:
        raise DataError(f"an image must be a file name inside the trace, got {name!r}")
    if name not in images:
        with boundary(DataError, f"damaged or missing screenshot {name}"), Image.open(place / name) as file:
            image = file.convert("RGB")
            image.info.clear()
            images[name] = image
    return Observation(images[name], bool(row.get("ended", False)), dict(row["info"]))


def _dumps(value: Any, indent: int | None = None) -> str:
    with boundary(DataError, "a trace holds JSON values only"):
        return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)
