"""Traces: whole episodes with their right actions, one JSON object per line, format version 1.

    {"id": "ac-17", "goal": "Set an alarm for 7:30", "app": "Clock", "task": "set alarm", "source": "androidcontrol",
     "answer": "07:30", "meta": {"device": "Pixel 6"},
     "steps": [{"image": "shots/17-0.png", "size": [1080, 2400], "action": {"type": "Launch", "app": "Clock"},
                "thought": "...", "conclusion": "...", "instruction": "Open the clock", "box": [0.1, 0.2, 0.4, 0.3]},
               ...,
               {"image": "shots/17-9.png", "action": {"type": "Finished", "content": ""}}]}

- Only `id` (unique within the file), `goal` and `steps` (at least one, each with `image` and `action`) are required.
- `image` is what the policy saw before the action: a path, taken from the folder of the file when relative, or null.
  `size` is its width and height in pixels; without it the screenshot is opened when somebody needs to know.
- `action` is the right action, written as by `agentkit.codec`; `box` outlines the element that it touches.
- `instruction` says what this one step does (AndroidControl's low-level instruction).
- `app`, `task` (the sub-task or template) and `source` group traces; `answer` is that of an information task.
- Any other key is an error; `meta` holds whatever else should travel along.

Reading and writing hold one trace at a time, in the order of the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agentkit.actions import Action, Box
from agentkit.closest import unknown
from agentkit.codec import encode_action
from agentkit.errors import DataError
from agentkit.jsonl import JsonlWriter, parse_object, read_lines
from agentkit.recorded.fields import decode_gold_action, decode_gold_box, image_text

VERSION = 1
_WORDS = ("thought", "conclusion", "instruction")
_GROUPS = ("app", "task", "source", "answer")
_TRACE = ("version", "id", "goal", "steps", "meta", *_GROUPS)
_STEP = ("image", "size", "action", "box", *_WORDS)


@dataclass(frozen=True, slots=True)
class TraceStep:
    """What was seen, and what was right to do then."""

    image: Path | None
    action: Action
    thought: str = ""
    conclusion: str = ""
    instruction: str = ""
    """What this step alone does."""
    box: Box | None = None
    """The element that the action touches, where the source tells."""
    size: tuple[int, int] | None = None
    """Width and height of the screenshot in pixels, where the source tells."""


@dataclass(frozen=True, slots=True)
class Trace:
    """One episode of a data set. Change it with `dataclasses.replace`."""

    id: str
    goal: str
    steps: tuple[TraceStep, ...]
    app: str = ""
    task: str = ""
    source: str = ""
    answer: str = ""
    meta: Mapping[str, Any] = field(default_factory=dict)
    number: int = 0
    """Line number in the file that it was read from, from 1; 0 when it was made here."""


def read_traces(path: str | Path, faults: list[str] | None = None) -> Iterator[Trace]:
    """The traces of the JSONL file `path`, one at a time, screenshots not opened.

    Raises DataError, which names file and line, for the first bad line; with `faults` bad lines are described there
    instead and left out.
    """
    path = Path(path)
    for number, line in read_lines(path, "traces"):
        try:
            yield trace_from_json(parse_object(line), path.parent, number)
        except DataError as error:
            fault = f"{path} line {number}: {error}"
            if faults is None:
                raise DataError(fault) from error
            faults.append(fault)


class TraceWriter:
    """Write traces one by one: `with TraceWriter(path) as out: out.write(trace)`.

    The file appears when the block ends without an exception; an existing one is replaced then.
    """

    def __init__(self, path: str | Path) -> None:
        self._lines = JsonlWriter(path)

    def write(self, trace: Trace) -> None:
        self._lines.write(trace_to_json(trace, self._lines.path.parent))

    def __enter__(self) -> TraceWriter:
        self._lines.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._lines.__exit__(*error)


def write_traces(path: str | Path, traces: Iterable[Trace]) -> int:
    """Write `traces` to `path` as they come, whole or not at all; images inside its folder are written relative to it.

    Returns how many there were.
    """
    count = 0
    with TraceWriter(path) as out:
        for count, trace in enumerate(traces, start=1):  # noqa: B007 - the last value is the count
            out.write(trace)
    return count


def trace_to_json(trace: Trace, folder: Path) -> dict[str, Any]:
    """The JSON object of a trace; images inside `folder` are written relative to it. Empty fields are left out."""
    out: dict[str, Any] = {"version": VERSION, "id": trace.id, "goal": trace.goal}
    out |= {key: text for key in _GROUPS if (text := getattr(trace, key))}
    if trace.meta:
        out["meta"] = dict(trace.meta)
    return out | {"steps": [_step_to_json(step, folder) for step in trace.steps]}


def trace_from_json(raw: Mapping[str, Any], folder: Path, number: int = 0) -> Trace:
    """The trace that `trace_to_json` wrote; relative images are taken from `folder`. DataError when it is not one."""
    for key in raw:
        if key not in _TRACE:
            raise DataError(unknown("key", key, _TRACE))
    if raw.get("version", VERSION) != VERSION:
        raise DataError(f"expected trace format version {VERSION}, got {raw['version']!r}")
    for key in ("id", "goal"):
        value = raw.get(key)
        if not isinstance(value, str) or not value.strip():
            raise DataError(f"{key!r} must be text that is not empty, got {value!r}")
    steps, meta = raw.get("steps"), raw.get("meta", {})
    if not isinstance(steps, list) or not steps:
        raise DataError(f"'steps' must be a list of at least one step, got {str(steps)[:80]}")
    if not isinstance(meta, dict):
        raise DataError(f"'meta' must be an object, got {meta!r}")
    read = []
    for index, step in enumerate(steps):
        try:
            read.append(_step_from_json(step, folder))
        except DataError as error:
            raise DataError(f"steps[{index}]: {error}") from error
    return Trace(raw["id"], raw["goal"], tuple(read), **_texts(raw, _GROUPS), meta=meta, number=number)


def _step_to_json(step: TraceStep, folder: Path) -> dict[str, Any]:
    out: dict[str, Any] = {"image": image_text(step.image, folder)}
    if step.size is not None:
        out["size"] = list(step.size)
    out["action"] = encode_action(step.action)
    if step.box is not None:
        out["box"] = [step.box.x1, step.box.y1, step.box.x2, step.box.y2]
    return out | {key: text for key in _WORDS if (text := getattr(step, key))}


def _step_from_json(raw: Any, folder: Path) -> TraceStep:
    if not isinstance(raw, dict) or "image" not in raw or "action" not in raw:
        raise DataError(f"expected an object with at least 'image' and 'action', got {str(raw)[:80]}")
    for key in raw:
        if key not in _STEP:
            raise DataError(unknown("key", key, _STEP))
    image, box, size = raw["image"], raw.get("box"), raw.get("size")
    if image is not None and (not isinstance(image, str) or not image.strip()):
        raise DataError(f"'image' must be a path or null, got {image!r}")
    if size is not None and not (
        isinstance(size, list) and len(size) == 2 and all(type(side) is int and side > 0 for side in size)
    ):
        raise DataError(f"'size' must be [width, height] in pixels, got {size!r}")
    return TraceStep(
        image=None if image is None else folder / image,
        action=decode_gold_action(raw["action"]),
        box=None if box is None else decode_gold_box(box),
        size=None if size is None else (size[0], size[1]),
        **_texts(raw, _WORDS),
    )


def _texts(raw: Mapping[str, Any], keys: tuple[str, ...]) -> dict[str, str]:
    out = {key: raw.get(key, "") for key in keys}
    for key, value in out.items():
        if not isinstance(value, str):
            raise DataError(f"{key!r} must be text, got {value!r}")
    return out
