"""Android in the Zoo (arXiv 2403.02713): one JSON list of steps per episode, beside its PNG files.

Steps are those of Android in the Wild as JSON (`result_action_type`, `result_touch_yx`, ...), with
`coat_action_think`, `coat_action_desc` and `coat_action_result` as thought, step instruction and conclusion.
`ui_positions` is a list of (y, x, height, width) in pixels.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agentkit.actions import Action, Box, Click
from agentkit.errors import DataError
from agentkit.recorded.elements import Element
from agentkit.recorded.gestures import gesture_action
from agentkit.recorded.source import Images, Unmappable, files, load_json, size_of, smallest_around
from agentkit.recorded.traces import Trace, TraceStep

_ROUNDING = 1e-9
"""By how much the sum of two fractions may pass the border that the sum of their pixels meets."""


@dataclass(frozen=True)
class AndroidInTheZoo:
    def items(self, source: Path) -> Iterator[tuple[str, tuple[Path, list[Any]]]]:
        for path in files(source, "*.json"):
            steps = load_json(path)
            if not isinstance(steps, list) or not steps or not all(_is_step(step) for step in steps):
                raise DataError(f"{path}: no episode of Android in the Zoo: expected a list of steps")
            yield path.stem, (path, steps)

    def convert(self, key: str, raw: tuple[Path, list[Any]], images: Images) -> Trace:
        path, listed = raw
        steps = sorted(listed, key=lambda step: int(step["step_id"]))
        ids, length = [int(step["step_id"]) for step in steps], int(steps[0]["episode_length"])
        if ids != list(range(length)):
            raise Unmappable("episode is not whole", f"steps {ids} of {length}")
        goal = str(steps[0]["instruction"]).strip()
        if not goal:
            raise Unmappable("no goal")
        return Trace(f"aitz-{key}", goal, tuple(_step(step, path.parent) for step in steps), source="aitz")

    def elements(self, raw: tuple[Path, list[Any]]) -> list[tuple[Element, ...]]:
        """The annotated outlines of each screen, in the order of its steps."""
        path, listed = raw
        steps = sorted(listed, key=lambda step: int(step["step_id"]))
        return [tuple(_outlines(step, size_of(_image(step, path.parent)))) for step in steps]


def _is_step(step: Any) -> bool:
    needed = {"step_id", "episode_length", "instruction", "result_action_type", "image_path"}
    return isinstance(step, dict) and needed <= step.keys()


def _step(step: dict[str, Any], folder: Path) -> TraceStep:
    image = _image(step, folder)
    size = size_of(image)
    touch, lift = (_list(step.get(f"result_{which}_yx")) for which in ("touch", "lift"))
    text = str(step.get("result_action_text", ""))
    action = gesture_action(int(step["result_action_type"]), touch, lift, text, size[1] / size[0])
    thought, conclusion, said = (str(step.get(f"coat_action_{name}") or "") for name in ("think", "result", "desc"))
    return TraceStep(image, action, thought, conclusion, said, _box(step, action, size), size)


def _image(step: dict[str, Any], folder: Path) -> Path:
    return folder / Path(step["image_path"]).name


def _list(value: Any) -> list[Any]:
    """The release stores lists as JSON text."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return []
    return value if isinstance(value, list) else []


def _box(step: dict[str, Any], action: Action, size: tuple[int, int]) -> Box | None:
    """The smallest annotated element that a tap meets."""
    if not isinstance(action, Click):
        return None
    boxes = []
    for one in _outlines(step, size):
        right, bottom = one.left + one.width, one.top + one.height
        if 0 <= one.left < right <= 1 + _ROUNDING and 0 <= one.top < bottom <= 1 + _ROUNDING:
            boxes.append(Box(one.left, one.top, min(right, 1.0), min(bottom, 1.0)))
    return smallest_around(boxes, action.at)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _outlines(step: dict[str, Any], size: tuple[int, int]) -> Iterator[Element]:
    width, height = size
    for item in _list(step.get("ui_positions")):
        if isinstance(item, list) and len(item) == 4 and all(map(_is_number, item)):
            y, x, tall, wide = item
            yield Element(x / width, y / height, wide / width, tall / height, touchable=True)
