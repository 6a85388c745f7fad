"""Android in the Wild (arXiv 2307.10088): gzipped TFRecords, one step per record, the steps of an episode in a row.

Features: episode_id, episode_length, step_id, goal_info, current_activity, image/encoded (raw pixels), image/height,
image/width, image/channels, image/ui_annotations_positions (y, x, height, width as fractions), results/action_type,
results/type_action, results/yx_touch, results/yx_lift.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from agentkit.actions import Action, Box, Click
from agentkit.errors import DataError
from agentkit.recorded.elements import Element
from agentkit.recorded.gestures import gesture_action
from agentkit.recorded.protobuf import Feature, example
from agentkit.recorded.source import Images, Unmappable, files, smallest_around
from agentkit.recorded.tfrecord import records
from agentkit.recorded.traces import Trace, TraceStep

StepFeatures = dict[str, Feature]


@dataclass(frozen=True)
class AndroidInTheWild:
    def items(self, source: Path) -> Iterator[tuple[str, list[StepFeatures]]]:
        for path in files(source, "*-of-*", "*.tfrecord*"):
            for key, steps in groupby(_steps(path), key=lambda step: _text(step, "episode_id")):
                yield key, list(steps)

    def convert(self, key: str, raw: list[StepFeatures], images: Images) -> Trace:
        steps = sorted(raw, key=lambda step: _number(step, "step_id"))
        ids, length = [_number(step, "step_id") for step in steps], _number(steps[0], "episode_length")
        if ids != list(range(length)):
            raise Unmappable("episode is not whole", f"steps {ids} of {length}")
        goal = _text(steps[0], "goal_info").strip()
        if not goal:
            raise Unmappable("no goal")
        made = [(step, _action(step)) for step in steps]
        out = []
        for number, (step, action) in enumerate(made):
            path, size = _screenshot(step, f"{key}-{number:02d}", images)
            out.append(TraceStep(path, action, box=_box(step, action), size=size))
        packages = Counter(
            _text(step, "current_activity").split("/")[0] for step in steps if "current_activity" in step
        )
        app = packages.most_common(1)[0][0] if packages else ""
        return Trace(f"aitw-{key}", goal, tuple(out), app, source="aitw")

    def elements(self, raw: list[StepFeatures]) -> list[tuple[Element, ...]]:
        """The annotated outlines of each screen, in the order of its steps."""
        return [tuple(_outlines(step)) for step in sorted(raw, key=lambda step: _number(step, "step_id"))]


def _steps(path: Path) -> Iterator[StepFeatures]:
    for number, record in enumerate(records(path)):
        try:
            step = example(record)
        except DataError as error:
            raise DataError(f"{path}, record {number}: {error}") from error
        if not step.get("episode_id") or "results/action_type" not in step:
            raise DataError(f"{path}, record {number}: no step of Android in the Wild: it has {sorted(step)}")
        yield step


def _action(step: StepFeatures) -> Action:
    touch, lift = (step.get(f"results/yx_{which}", []) for which in ("touch", "lift"))
    aspect = _number(step, "image/height") / max(_number(step, "image/width"), 1)
    text = _text(step, "results/type_action") if step.get("results/type_action") else ""
    return gesture_action(_number(step, "results/action_type"), touch, lift, text, aspect)  # type: ignore[arg-type]


def _screenshot(step: StepFeatures, name: str, images: Images) -> tuple[Path, tuple[int, int]]:
    import numpy as np

    encoded = step.get("image/encoded") or [b""]
    data = encoded[0]
    assert isinstance(data, bytes)
    shape = tuple(_number(step, f"image/{side}") for side in ("height", "width", "channels"))
    if len(data) == shape[0] * shape[1] * shape[2] and shape[2] == 3 and data:
        return images.save_pixels(name, np.frombuffer(data, np.uint8).reshape(shape))
    return images.save_png(name, data)


def _box(step: StepFeatures, action: Action) -> Box | None:
    """The smallest annotated element that a tap meets."""
    if not isinstance(action, Click):
        return None
    boxes = []
    for one in _outlines(step):
        corners = (one.left, one.top, one.left + one.width, one.top + one.height)
        if all(-0.01 <= value <= 1.01 for value in corners) and one.width > 0 and one.height > 0:
            boxes.append(Box(*(min(max(value, 0.0), 1.0) for value in corners)))
    return smallest_around(boxes, action.at)


def _outlines(step: StepFeatures) -> Iterator[Element]:
    numbers: list[Any] = list(step.get("image/ui_annotations_positions", []))
    for y, x, height, width in zip(*(numbers[i::4] for i in range(4)), strict=False):
        if all(map(math.isfinite, (x, y, width, height))):
            yield Element(x, y, width, height, touchable=True)


def _text(step: StepFeatures, name: str) -> str:
    values = step.get(name) or [b""]
    return values[0].decode("utf-8", "replace") if isinstance(values[0], bytes) else str(values[0])


def _number(step: StepFeatures, name: str) -> int:
    values = step.get(name)
    if not values:
        raise Unmappable(f"no {name}")
    try:
        return int(values[0])
    except ValueError as error:
        raise Unmappable(f"{name} is no number", repr(values[0])[:80]) from error
