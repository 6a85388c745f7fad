"""AMEX (arXiv 2407.17490): `instruction_anno/*.json` are episodes, `element_anno/*.json` elements of one screenshot;
the images lie in `screenshot/`. Coordinates are pixels of `device_dim`, or of the image for elements.

Actions: TAP, SWIPE, TYPE, PRESS_BACK, PRESS_HOME, PRESS_ENTER, TASK_COMPLETE, TASK_IMPOSSIBLE.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agentkit.actions import Action, Click, Finished, Press, Scroll, Type
from agentkit.frames import Frame, screen
from agentkit.recorded.directions import finger_direction
from agentkit.recorded.source import Images, Unmappable, box_in, json_files, point_in, size_of
from agentkit.recorded.traces import Trace, TraceStep
from rft.data.rows import GroundingRow

_PLAIN: dict[str, Action] = {
    "PRESS_BACK": Press("back"),
    "PRESS_HOME": Press("home"),
    "PRESS_ENTER": Press("enter"),
    "TASK_COMPLETE": Finished(),
    "TASK_IMPOSSIBLE": Finished("infeasible"),
}


@dataclass(frozen=True)
class Amex:
    """Episodes as traces."""

    def items(self, source: Path) -> Iterator[tuple[str, tuple[Path, dict[str, Any]]]]:
        return json_files(_part(source, "instruction_anno"), "steps", "AMEX episode")

    def convert(self, key: str, raw: tuple[Path, dict[str, Any]], images: Images) -> Trace:
        path, episode = raw
        goal = str(episode.get("instruction") or "").strip()
        if not goal or not episode["steps"]:
            raise Unmappable("no goal or no steps")
        steps = tuple(_step(step, path) for step in episode["steps"])
        packages = Counter(str(step.get("package_name") or "") for step in episode["steps"])
        app = next((name for name, _ in packages.most_common() if name and "launcher" not in name), "")
        return Trace(f"amex-{key}", goal, steps, app, source="amex")


@dataclass(frozen=True)
class AmexElements:
    """Described elements as grounding rows: `functionality`, or else what the accessibility tree calls them."""

    def items(self, source: Path) -> Iterator[tuple[str, tuple[Path, dict[str, Any]]]]:
        return json_files(_part(source, "element_anno"), "clickable_elements", "AMEX elements")

    def convert(self, key: str, raw: tuple[Path, dict[str, Any]], images: Images) -> list[GroundingRow]:
        path, page = raw
        image = _image(str(page.get("image_path") or f"{path.stem}.png"), path)
        size = size_of(image)
        frame, rows = screen(size), []
        for number, element in enumerate(page["clickable_elements"]):
            described = element.get("functionality") or next(iter(element.get("xml_desc") or []), "")
            box = box_in(frame, element.get("bbox"))
            if str(described).strip() and box is not None:
                name = f"amex-{key}-{number}"
                rows.append(GroundingRow(0, image, size, str(described).strip(), box, name, source="amex"))
        if not rows:
            raise Unmappable("no element with words and a box")
        return rows


def _part(source: Path, name: str) -> Path:
    """The folder of that name at or under `source`; the release nests it once."""
    for folder in (source / name / name, source / name):
        if folder.is_dir():
            return folder
    return source


def _step(step: Any, path: Path) -> TraceStep:
    if not isinstance(step, dict):
        raise Unmappable("step is not an object", repr(step)[:80])
    dim = step.get("device_dim")
    if not isinstance(dim, list) or len(dim) != 2 or not all(isinstance(side, int) and side > 0 for side in dim):
        raise Unmappable("no device_dim", repr(dim)[:80])
    image = _image(str(step.get("image_path") or ""), path)
    return TraceStep(image, _action(step, screen((dim[0], dim[1]))))


def _action(step: dict[str, Any], frame: Frame) -> Action:
    kind = str(step.get("action"))
    if kind in _PLAIN:
        return _PLAIN[kind]
    if kind == "TYPE":
        return Type(str(step.get("type_text") or ""))
    if kind not in ("TAP", "SWIPE"):
        raise Unmappable(f"action {kind}")
    touch, lift = (step.get(f"{which}_coord") for which in ("touch", "lift"))
    if not all(isinstance(pair, list) and len(pair) == 2 for pair in (touch, lift)):
        raise Unmappable("action without its points", f"touch {touch!r}, lift {lift!r}")
    start, end = point_in(frame, *touch), point_in(frame, *lift)  # type: ignore[misc]
    if kind == "TAP":
        return Click(start)
    direction = finger_direction(start, end, frame.height / frame.width)
    if direction is None:
        raise Unmappable("swipe without length")
    return Scroll(start, end, direction)


def _image(name: str, path: Path) -> Path:
    for folder in path.parents[:3]:
        for inner in ("screenshot", "screenshot/screenshot", "screenshots", "."):
            found = folder / inner / Path(name).name
            if name and found.is_file():
                return found
    raise Unmappable("screenshot missing", repr(name))
