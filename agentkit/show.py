"""Traces as one self-contained HTML page: every screen with the action drawn on it, and what the policy said.

The page loads nothing from anywhere. Model text is hostile: it travels as JSON that cannot close its script element,
reaches the page as text nodes only, and a content security policy admits no script but the page's own, by hash.
"""

from __future__ import annotations

import base64
import hashlib
import html
import io
import json
import os
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from PIL import Image, features

from agentkit.actions import Box, Click, DoubleClick, Drag, Hover, LongPress, Parsed, Point, Scroll, action_name
from agentkit.describe import action_arguments
from agentkit.errors import DataError, boundary
from agentkit.types import Observation, Step, Trajectory

LONG_SIDE = 1280
"""Screens are shown at no more than this many pixels on their long side."""


def write_page(
    traces: Sequence[tuple[str, Trajectory]], out: str | os.PathLike[str], title: str = "Glint traces"
) -> Path:
    """Write `show_page` to `out` and return its path. DataError when it cannot be written."""
    path = Path(out)
    with boundary(DataError, f"cannot write {path}"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(show_page(traces, title), encoding="utf-8")
    return path


def show_page(traces: Sequence[tuple[str, Trajectory]], title: str = "Glint traces") -> str:
    """The page for `traces`, pairs of a label and a trajectory. Scores come from `meta["scores"]` if it is there."""
    if not traces:
        raise DataError("there is no trace to show")
    pictures = _Pictures()
    data = {"traces": [_trace(label, trajectory, pictures) for label, trajectory in traces], "images": pictures.urls}
    pieces = {name: _asset(f"show.{name}") for name in ("html", "css", "js")}
    fills = {
        "{{title}}": html.escape(title),
        "{{style}}": pieces["css"],
        "{{script}}": pieces["js"],
        "{{script-hash}}": base64.b64encode(hashlib.sha256(pieces["js"].encode()).digest()).decode(),
        "{{data}}": _script_safe(data),
    }
    page = []
    for line in pieces["html"].splitlines(keepends=True):  # each place is filled once; filled text is never scanned
        place = next((place for place in fills if place in line), None)
        page.append(line if place is None else line.replace(place, fills[place]))
    return "".join(page)


class _Pictures:
    """Data URLs of the screens, each once."""

    def __init__(self) -> None:
        self.urls: list[str] = []
        self._known: dict[int, tuple[Image.Image, int]] = {}

    def index(self, image: Image.Image) -> int:
        if id(image) not in self._known:
            self._known[id(image)] = (image, len(self.urls))
            self.urls.append(_data_url(image))
        return self._known[id(image)][1]


def _data_url(image: Image.Image) -> str:
    small = image.convert("RGB")
    small.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    kind = "webp" if features.check("webp") else "jpeg"
    buffer = io.BytesIO()
    small.save(buffer, format=kind, quality=82)
    return f"data:image/{kind};base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"


def _trace(label: str, trajectory: Trajectory, pictures: _Pictures) -> dict[str, Any]:
    frames = [_step_frame(step, pictures) for step in trajectory.steps]
    if trajectory.final is not None and (
        not trajectory.steps or trajectory.final is not trajectory.steps[-1].observation
    ):
        frames.append(_screen(trajectory.final, pictures) | {"name": "", "marks": [], "arguments": []})
    scores = trajectory.meta.get("scores")
    return {
        "label": label,
        "goal": trajectory.goal,
        "key": trajectory.task_key,
        "ending": trajectory.ending.value,
        "fault": trajectory.fault,
        "scores": {str(k): v for k, v in scores.items()} if isinstance(scores, Mapping) else {},
        "facts": [
            [str(k), _plain(v)] for k, v in (*trajectory.verdict.items(), *trajectory.meta.items()) if k != "scores"
        ],
        "frames": frames,
    }


def _screen(observation: Observation, pictures: _Pictures) -> dict[str, Any]:
    width, height = observation.image.size
    info = [[str(key), _plain(value)] for key, value in observation.info.items()]
    return {"image": pictures.index(observation.image), "width": width, "height": height, "info": info}


def _step_frame(step: Step, pictures: _Pictures) -> dict[str, Any]:
    reply = step.reply
    return _screen(step.observation, pictures) | {
        "name": action_name(reply.action),
        "arguments": action_arguments(reply.action),
        "marks": _marks(reply.action),
        "thought": reply.thought,
        "conclusion": reply.conclusion,
        "text": reply.text,
        "seconds": reply.seconds,
        "usage": [[str(name), str(count)] for name, count in reply.usage.items()],
    }


_FINGER = {"up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0)}


def _marks(action: Parsed) -> list[dict[str, Any]]:
    """What to draw on the screen, in fractions of it."""
    match action:
        case Click(at, box):
            return [*_box(box), {"kind": "tap", "x": at.x, "y": at.y}]
        case DoubleClick(at):
            return [{"kind": "double", "x": at.x, "y": at.y}]
        case LongPress(at):
            return [{"kind": "hold", "x": at.x, "y": at.y}]
        case Hover(at):
            return [{"kind": "hover", "x": at.x, "y": at.y}]
        case Drag(start, end):
            return [_line(start, end)]
        case Scroll(Point() as start, Point() as end, _):
            return [_line(start, end)]
        case Scroll(_, _, str(direction)):
            dx, dy = _FINGER[direction]
            return [_line(Point(0.5 - 0.15 * dx, 0.5 - 0.15 * dy), Point(0.5 + 0.15 * dx, 0.5 + 0.15 * dy))]
    return []


def _line(start: Point, end: Point) -> dict[str, Any]:
    return {"kind": "line", "x": start.x, "y": start.y, "x2": end.x, "y2": end.y}


def _box(box: Box | None) -> list[dict[str, Any]]:
    return [] if box is None else [{"kind": "box", "x": box.x1, "y": box.y1, "x2": box.x2, "y2": box.y2}]


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _script_safe(data: Any) -> str:
    """JSON on one line that no HTML parser can mistake for markup."""
    text = json.dumps(data, ensure_ascii=False)
    escapes: dict[str, str | int | None] = {
        "<": "\\u003c",
        ">": "\\u003e",
        "&": "\\u0026",
        "\u2028": "\\u2028",
        "\u2029": "\\u2029",
    }
    return text.translate(str.maketrans(escapes))


def _asset(name: str) -> str:
    return resources.files("agentkit").joinpath("page", name).read_text(encoding="utf-8").strip("\n")
