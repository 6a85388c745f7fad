"""AndroidControl (arXiv 2406.03679): gzipped TFRecords `android_control-NNNNN-of-00020`, one episode per record.

Features: episode_id, goal, screenshots (PNG, one more than actions), screenshot_widths, screenshot_heights, actions
(JSON), step_instructions, accessibility_trees. Coordinates are pixels of the step's screenshot. A scroll is named by
the direction in which one looks further, opposite to the finger, and is turned round here. The last screenshot, on
which nobody acts, gets the `Finished` that the source leaves out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agentkit.actions import Action, Box, Click, Finished, Launch, LongPress, Press, Scroll, Type, Wait
from agentkit.errors import DataError
from agentkit.frames import Frame, screen
from agentkit.recorded.a11y import element_at, outlines
from agentkit.recorded.directions import OPPOSITE
from agentkit.recorded.elements import Element
from agentkit.recorded.protobuf import Feature, example
from agentkit.recorded.source import Images, Unmappable, files, point_in
from agentkit.recorded.tfrecord import records
from agentkit.recorded.traces import Trace, TraceStep


@dataclass(frozen=True)
class AndroidControl:
    def items(self, source: Path) -> Iterator[tuple[str, dict[str, Feature]]]:
        for path in files(source, "*-of-*", "*.tfrecord*"):
            for number, record in enumerate(records(path)):
                try:
                    features = example(record)
                except DataError as error:
                    raise DataError(f"{path}, record {number}: {error}") from error
                ids = features.get("episode_id")
                if not ids or "screenshots" not in features:
                    raise DataError(f"{path}, record {number}: no AndroidControl episode: it has {sorted(features)}")
                yield str(ids[0]), features

    def convert(self, key: str, raw: dict[str, Feature], images: Images) -> Trace:
        shots, trees = raw["screenshots"], raw.get("accessibility_trees", [])
        actions = [_json(text) for text in raw.get("actions", [])]
        said = [_text(text) for text in raw.get("step_instructions", [])]
        sizes = _sizes(raw)
        if len(shots) != len(actions) + 1 or len(sizes) != len(shots):
            counts = f"{len(shots)} screenshots, {len(sizes)} sizes, {len(actions)} actions"
            raise Unmappable("screenshots do not fit the actions", counts)
        goal = " ".join(_text(text) for text in raw.get("goal", [])).strip()
        if not goal:
            raise Unmappable("no goal")
        found = []
        for number, action in enumerate(actions):
            frame = screen(sizes[number])
            found.append((_action(action, frame), _box(action, frame, trees[number] if len(trees) > number else b"")))
        steps = []
        for number, shot in enumerate(shots):
            path, size = images.save_png(f"{key}-{number:02d}", shot)  # type: ignore[arg-type]
            last = number == len(actions)
            act, box = (Finished(), None) if last else found[number]
            text = said[number] if number < len(said) else ""
            steps.append(TraceStep(path, act, instruction=text, box=box, size=size))
        apps = [act.app for act, _ in found if isinstance(act, Launch)]
        return Trace(f"androidcontrol-{key}", goal, tuple(steps), apps[0] if apps else "", source="androidcontrol")

    def elements(self, raw: dict[str, Feature]) -> list[tuple[Element, ...]]:
        """All outlines of each screen, windows and hidden nodes included; none where its tree is missing or damaged."""
        trees, sizes = raw.get("accessibility_trees", []), _sizes(raw)
        found = []
        for number, size in enumerate(sizes):
            try:
                found.append(tuple(_elements(trees[number], size)) if number < len(trees) else ())
            except DataError:
                found.append(())
        return found


def _sizes(raw: dict[str, Feature]) -> list[Any]:
    return list(zip(*(raw.get(f"screenshot_{side}s", []) for side in ("width", "height")), strict=False))


def _elements(tree: Any, size: tuple[int, int]) -> Iterator[Element]:
    width, height = size
    for outline in outlines(tree):
        left, top, right, bottom = outline.bounds
        yield Element(
            left / width,
            top / height,
            (right - left) / width,
            (bottom - top) / height,
            outline.touchable,
            outline.label,
        )


def _action(raw: dict[str, Any], frame: Frame) -> Action:
    kind = raw.get("action_type")
    match kind:
        case "click":
            return Click(point_in(frame, raw.get("x"), raw.get("y")))
        case "long_press":
            return LongPress(point_in(frame, raw.get("x"), raw.get("y")))
        case "scroll" if raw.get("direction") in OPPOSITE:
            return Scroll(direction=OPPOSITE[raw["direction"]])
        case "input_text" if isinstance(raw.get("text"), str):
            return Type(raw["text"])
        case "open_app" if isinstance(raw.get("app_name"), str):
            return Launch(raw["app_name"])
        case "navigate_back":
            return Press("back")
        case "navigate_home":
            return Press("home")
        case "wait":
            return Wait()
    raise Unmappable(f"action {kind}", json.dumps(raw)[:200])


def _box(raw: dict[str, Any], frame: Frame, tree: Any) -> Box | None:
    """The element that a touch meets; None where the source does not tell."""
    if raw.get("action_type") not in ("click", "long_press") or not tree:
        return None
    try:
        bounds = element_at(tree, raw["x"], raw["y"])
    except DataError:
        return None
    if bounds is None:
        return None
    left, top, right, bottom = bounds
    width, height = frame.width, frame.height
    return Box(
        min(max(left, 0) / width, 1.0),
        min(max(top, 0) / height, 1.0),
        min(right / width, 1.0),
        min(bottom / height, 1.0),
    )


def _json(data: Any) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, TypeError) as error:
        raise Unmappable("action is not JSON", repr(data)[:200]) from error
    if not isinstance(value, dict):
        raise Unmappable("action is not a JSON object", repr(data)[:200])
    return value


def _text(data: Any) -> str:
    return data.decode("utf-8", "replace") if isinstance(data, bytes) else str(data)
