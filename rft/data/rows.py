"""Training rows: one JSON object per line, format version 1.

Grounding, one screenshot and one target:
    {"image": "shots/1.png", "instruction": "Open Wi-Fi", "box": [0.1, 0.2, 0.4, 0.3]}
    {"image": "shots/2.png", "instruction": "Order a pizza", "refusal": true}
Navigation, one step of an episode:
    {"image": "shots/3.png", "goal": "Turn on Wi-Fi", "history": [{"thought": "...", "action": {...}}],
     "action": {"type": "Click", "at": [0.5, 0.3]}, "thought": "..."}
A past step may name its screenshot too (`image`), for prompt protocols that show past screenshots.

- `image` is a path, taken from the folder of the file when relative; null makes a row without a screenshot.
- Boxes and points are fractions of the screenshot: x rightwards, y downwards, x1 <= x2, y1 <= y2.
- `boxes`, optional, lists further boxes. Beside `box`: places that are right as well. Beside `action`: elements that
  its point may hit, for rewards that judge clicks by boxes; a gold Click may also carry its own outline as `box`.
- Actions are written as by `agentkit.codec`. `thought` and `conclusion` are optional; only `rft sft` uses them.
- Optional on every row: `version` (1), `id` (kept for reports), and `app`, `task` and `source`, which group rows.
  Any other key is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from agentkit.actions import Action, Box
from agentkit.closest import unknown
from agentkit.codec import encode_action
from agentkit.errors import DataError
from agentkit.jsonl import JsonlWriter, parse_object, read_lines
from agentkit.recorded.fields import decode_gold_action, decode_gold_box, image_text
from agentkit.recorded.pictures import image_size
from rft.data.pictures import ImageSizes
from rft.rewards.base import Gold

VERSION = 1
GROUPS = ("app", "task", "source")
"""Keys that say what a row or trace is a sample of."""
_COMMON = ("version", "id", "image", *GROUPS)
_GROUNDING = (*_COMMON, "instruction", "box", "boxes", "refusal")
_PAST = frozenset({"action", "thought", "conclusion", "image"})
_NAVIGATION = (*_COMMON, "goal", "history", "action", "boxes", "thought", "conclusion")


@dataclass(frozen=True, slots=True)
class Past:
    """One earlier step of the episode, as the prompt will tell it."""

    action: Action
    thought: str = ""
    conclusion: str = ""
    image: Path | None = None
    """What was on the screen then, for protocols that show past screenshots."""


@dataclass(frozen=True, slots=True)
class GroundingRow:
    number: int
    """Line number in its file, from 1."""
    image: Path | None
    size: tuple[int, int]
    """Width and height of the screenshot in pixels; (1, 1) without one."""
    instruction: str
    box: Box | None
    """None for a refusal row."""
    id: str = ""
    app: str = ""
    task: str = ""
    source: str = ""
    boxes: tuple[Box, ...] = ()
    """Further places that are right as well."""

    @property
    def gold(self) -> Gold:
        aspect, size = self.size[1] / self.size[0], None if self.image is None else self.size
        return Gold(box=self.box, refusal=self.box is None, aspect=aspect, boxes=self.boxes, size=size)


@dataclass(frozen=True, slots=True)
class NavigationRow:
    number: int
    """Line number in its file, from 1."""
    image: Path | None
    size: tuple[int, int]
    """Width and height of the screenshot in pixels; (1, 1) without one."""
    goal: str
    history: tuple[Past, ...]
    action: Action
    thought: str = ""
    conclusion: str = ""
    id: str = ""
    app: str = ""
    task: str = ""
    source: str = ""
    boxes: tuple[Box, ...] = ()
    """Elements that the point of `action` may hit."""

    @property
    def gold(self) -> Gold:
        aspect, size = self.size[1] / self.size[0], None if self.image is None else self.size
        return Gold(action=self.action, aspect=aspect, boxes=self.boxes, size=size)


Row: TypeAlias = GroundingRow | NavigationRow


@dataclass(frozen=True, slots=True)
class RowSet:
    """The good rows of a file, and what was wrong with the others."""

    rows: tuple[Row, ...]
    faults: tuple[str, ...] = field(default=())


def read_rows(path: str | Path, skip_bad: bool = False, decode_images: bool = True) -> RowSet:
    """All rows of the JSONL file `path`, each screenshot opened once to learn its size.

    `decode_images` decodes every pixel, which finds truncated files; False trusts the headers. Raises DataError for
    the first bad row, naming it; with `skip_bad` bad rows become `faults`. No good row at all is always a DataError.
    """
    path = Path(path)
    sizes = ImageSizes(decode_images)
    rows: list[Row] = []
    faults: list[str] = []
    for number, line in read_lines(path, "training rows"):
        try:
            rows.append(row_from_json(parse_object(line), path.parent, number, sizes))
        except DataError as error:
            fault = f"{path} row {number}: {error}"
            if not skip_bad:
                raise DataError(fault) from error
            faults.append(fault)
    if not rows:
        why = f"; all {len(faults)} rows are bad, the first: {faults[0]}" if faults else "; the file is empty"
        raise DataError(f"{path}: expected at least one training row{why}")
    return RowSet(tuple(rows), tuple(faults))


def write_rows(path: str | Path, rows: Iterable[Row]) -> None:
    """Write `rows` as JSONL; images inside the folder of `path` are written relative to it."""
    with JsonlWriter(path) as out:
        for row in rows:
            out.write(to_json(row, out.path.parent))


def to_json(row: Row, folder: Path) -> dict[str, Any]:
    """The JSON object of one row; its image is written relative to `folder` where it lies inside."""
    out: dict[str, Any] = {"version": VERSION, **({"id": row.id} if row.id else {})}
    out |= {key: text for key in GROUPS if (text := getattr(row, key))}
    out["image"] = image_text(row.image, folder)
    boxes = {"boxes": [_corners(box) for box in row.boxes]} if row.boxes else {}
    if isinstance(row, GroundingRow):
        out["instruction"] = row.instruction
        return out | ({"refusal": True} if row.box is None else {"box": _corners(row.box)}) | boxes
    out |= {"goal": row.goal, "history": [_past_to_json(past, folder) for past in row.history]}
    return out | _past_to_json(Past(row.action, row.thought, row.conclusion), folder) | boxes


def _corners(box: Box) -> list[float]:
    return [box.x1, box.y1, box.x2, box.y2]


def _past_to_json(past: Past, folder: Path) -> dict[str, Any]:
    words = {"thought": past.thought, "conclusion": past.conclusion, "image": image_text(past.image, folder)}
    return {"action": encode_action(past.action), **{key: text for key, text in words.items() if text}}


def row_from_json(
    raw: dict[str, Any], folder: Path, number: int, size_of: Callable[[Path], tuple[int, int]] | None = None
) -> Row:
    """The row that `to_json` wrote; relative images are taken from `folder`, and `size_of` (by default
    `image_size`) gives their width and height. DataError when it is not a row."""
    size_of = size_of or image_size
    if raw.get("version", VERSION) != VERSION:
        raise DataError(f"expected format version {VERSION}, got {raw['version']!r}")
    if ("instruction" in raw) == ("goal" in raw):
        raise DataError(
            f"expected either 'instruction' (a grounding row) or 'goal' (a navigation row); got the keys {sorted(raw)}"
        )
    known = _GROUNDING if "instruction" in raw else _NAVIGATION
    for key in raw:
        if key not in known:
            raise DataError(unknown("key", key, known))
    if "image" not in raw:
        raise DataError("'image' is missing: expected a path, or null for a row without a screenshot")
    image = None if raw["image"] is None else folder / _text(raw, "image")
    size = (1, 1) if image is None else size_of(image)
    if "instruction" in raw:
        return _grounding(number, raw, image, size)
    return _navigation(number, raw, image, size, folder, size_of)


def _grounding(number: int, raw: dict[str, Any], image: Path | None, size: tuple[int, int]) -> GroundingRow:
    refusal = raw.get("refusal", False)
    if not isinstance(refusal, bool):
        raise DataError(f"'refusal' must be true or false, got {refusal!r}")
    if refusal == ("box" in raw):
        raise DataError("expected either 'box' or 'refusal': true; got " + ("both" if refusal else "neither"))
    if refusal and "boxes" in raw:
        raise DataError("a row that asks for a refusal has no 'boxes'")
    instruction = _text(raw, "instruction")
    box = None if refusal else decode_gold_box(raw["box"])
    return GroundingRow(number, image, size, instruction, box, _id(raw), **_groups(raw), boxes=_boxes(raw))


def _navigation(
    number: int,
    raw: dict[str, Any],
    image: Path | None,
    size: tuple[int, int],
    folder: Path,
    size_of: Callable[[Path], tuple[int, int]],
) -> NavigationRow:
    history = raw.get("history", [])
    if not isinstance(history, list):
        raise DataError(f"'history' must be a list of {{thought, action}} objects, got {history!r}")
    past = []
    for index, step in enumerate(history):
        if not isinstance(step, dict) or "action" not in step or not step.keys() <= _PAST:
            raise DataError(
                f"history[{index}] must be an object with 'action' and optionally 'thought', 'conclusion' and "
                f"'image', got {step!r}"
            )
        shown = folder / _text(step, "image") if "image" in step else None
        if shown is not None:
            size_of(shown)
        past.append(_past(step, f"history[{index}]: ", shown))
    if "action" not in raw:
        raise DataError("'action' is missing: expected the right action of this step")
    now = _past(raw, "", None)
    goal = _text(raw, "goal")
    return NavigationRow(
        number=number,
        image=image,
        size=size,
        goal=goal,
        history=tuple(past),
        action=now.action,
        thought=now.thought,
        conclusion=now.conclusion,
        id=_id(raw),
        **_groups(raw),
        boxes=_boxes(raw),
    )


def _past(raw: dict[str, Any], where: str, image: Path | None) -> Past:
    try:
        words = {key: raw.get(key, "") for key in ("thought", "conclusion")}
        for key, text in words.items():
            if not isinstance(text, str):
                raise DataError(f"{key!r} must be text, got {text!r}")
        return Past(decode_gold_action(raw["action"]), **words, image=image)
    except DataError as error:
        raise DataError(f"{where}{error}") from error


def _boxes(raw: dict[str, Any]) -> tuple[Box, ...]:
    value = raw.get("boxes", [])
    if not isinstance(value, list):
        raise DataError(f"'boxes' must be a list of boxes, got {value!r}")
    return tuple(map(decode_gold_box, value))


def _text(raw: dict[str, Any], key: str) -> str:
    value = raw[key]
    if not isinstance(value, str) or not value.strip():
        raise DataError(f"{key!r} must be text that is not empty, got {value!r}")
    return value


def _id(raw: dict[str, Any]) -> str:
    return str(raw.get("id", ""))


def _groups(raw: dict[str, Any]) -> dict[str, str]:
    out = {key: raw.get(key, "") for key in GROUPS}
    for key, value in out.items():
        if not isinstance(value, str):
            raise DataError(f"{key!r} must be text, got {value!r}")
    return out
