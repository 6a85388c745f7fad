"""GUI-Odyssey (arXiv 2406.08451): `annotations/*.json`, one episode each, and `screenshots/`; coordinates are 0..1000.

A step has `action` (CLICK, LONG_PRESS, SCROLL, TYPE or TEXT, COMPLETE, INCOMPLETE), `info` (points, text, or a key's
name), `screenshot`, `intention`, `low_level_instruction` and `sam2_bbox`. A scroll is its finger's start and end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agentkit.actions import Action, Click, Finished, LongPress, Point, Press, Scroll, Type
from agentkit.frames import N1000
from agentkit.recorded.directions import finger_direction
from agentkit.recorded.elements import Element
from agentkit.recorded.source import Images, Unmappable, box_in, json_files, point_in
from agentkit.recorded.traces import Trace, TraceStep

KEYS = {"KEY_HOME": Press("home"), "KEY_BACK": Press("back"), "KEY_APPSELECT": Press("recent")}


@dataclass(frozen=True)
class GuiOdyssey:
    _shots: dict[Path, dict[str, Path]] = field(default_factory=dict, repr=False)
    """Screenshot folder to the files under it by name: the release spreads them over subfolders."""

    def items(self, source: Path) -> Iterator[tuple[str, tuple[Path, dict[str, Any]]]]:
        folder = source / "annotations" if (source / "annotations").is_dir() else source
        return json_files(folder, "steps", "episode of GUI-Odyssey")

    def convert(self, key: str, raw: tuple[Path, dict[str, Any]], images: Images) -> Trace:
        path, episode = raw
        task = episode.get("task_info") or {}
        goal = str(task.get("instruction") or task.get("task") or "").strip()
        if not goal:
            raise Unmappable("no goal")
        device = episode.get("device_info") or {}
        aspect = (device.get("h") or 2) / (device.get("w") or 1)
        steps = tuple(self._step(step, path, aspect) for step in episode["steps"])
        if not steps:
            raise Unmappable("no steps")
        apps = task.get("app") or []
        name = " + ".join(map(str, apps)) if isinstance(apps, list) else str(apps)
        facts = {"device": device.get("device_name"), "category": task.get("category")}
        meta = {name: value for name, value in facts.items() if value is not None}
        return Trace(
            f"odyssey-{key}", goal, steps, name, str(task.get("meta_task") or ""), source="gui-odyssey", meta=meta
        )

    def elements(self, raw: tuple[Path, dict[str, Any]]) -> list[tuple[Element, ...]]:
        """None: the data set outlines only the touched element, which is the step's `box`."""
        return [() for _ in raw[1]["steps"]]

    def _step(self, step: dict[str, Any], path: Path, aspect: float) -> TraceStep:
        action = _action(step, aspect)
        box = step.get("sam2_bbox")
        return TraceStep(
            self._screenshot(str(step.get("screenshot", "")), path),
            action,
            thought=str(step.get("intention") or ""),
            instruction=str(step.get("low_level_instruction") or ""),
            box=box_in(N1000, box) if isinstance(action, (Click, LongPress)) else None,
        )

    def _screenshot(self, name: str, path: Path) -> Path:
        root = path.parent.parent / "screenshots"
        direct = root / Path(name).name
        if direct.is_file():
            return direct
        if root not in self._shots:
            self._shots[root] = {found.name: found for found in root.rglob("*.png")}
        if Path(name).name not in self._shots[root]:
            raise Unmappable("screenshot missing", f"{name!r} under {root}")
        return self._shots[root][Path(name).name]


def _action(step: dict[str, Any], aspect: float) -> Action:
    kind, info = step.get("action"), step.get("info")
    match kind:
        case "CLICK" | "LONG_PRESS" if isinstance(info, str) and info in KEYS:
            return KEYS[info]
        case "CLICK":
            return Click(_points(info, 1)[0])
        case "LONG_PRESS":
            return LongPress(_points(info, 1)[0])
        case "SCROLL":
            start, end = _points(info, 2)
            return Scroll(start, end, finger_direction(start, end, aspect))
        case "TYPE" | "TEXT" if isinstance(info, str):
            return Type(info)
        case "COMPLETE":
            return Finished()
        case "INCOMPLETE":
            return Finished("infeasible")
    raise Unmappable(f"action {kind}", f"info {info!r}"[:200])


def _points(info: Any, count: int) -> list[Point]:
    if not isinstance(info, list) or len(info) < count or not all(isinstance(p, list) and len(p) == 2 for p in info):
        raise Unmappable("action without its points", repr(info)[:200])
    return [point_in(N1000, *pair) for pair in info[:count]]
