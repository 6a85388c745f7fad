"""Result files of other evaluators: those that ScreenSpot-Pro's, UI-Venus's, MAI-UI's and UI-Vision's scripts write.

A file is JSON, `{"details": [...]}` (perhaps inside of `results`) or just the list, or JSON lines. A record holds the
answer as `pred` (x, y in pixels of the screenshot, or null), the model's words as `raw_response`, the target as `bbox`
(x1, y1, x2, y2 in pixels), `gt_type` positive or negative, and the evaluator's own verdict as `correctness`.

What a record says is read, not trusted: see `answer_of`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agentkit.actions import Click, Malformed, Parsed, Point, Refusal
from agentkit.errors import DataError, boundary
from agentkit.protocols.numbers import all_lists
from agentkit.scoring.store import read_rows

VERDICTS = {"correct": True, "wrong": False, "incorrect": False, "wrong_format": False}
IMAGE = ("img_path", "img_filename", "image_path")
INSTRUCTION = ("prompt_to_evaluate", "instruction")
SIZE = ("img_size", "image_size")
GROUPS = ("platform", "application", "group", "ui_type", "lang", "instruction_style", "gt_type")
_ORIGIN = re.compile(r"(?<![\d.])0+(?:\.0*)?\s*,\s*0+(?:\.0*)?(?![\d.])")


@dataclass(frozen=True, slots=True)
class Record:
    """One answer as another evaluator wrote it down."""

    where: str
    """For messages."""
    id: str
    """Empty when the record has none."""
    image: str
    instruction: str
    pred: tuple[float, float] | None
    """Pixels of the screenshot."""
    text: str
    """What the model said; empty when it was not kept."""
    box: tuple[float, ...]
    """The target in pixels, four numbers; more of a polygon; empty when not told."""
    negative: bool
    """Whether the evaluator took it as a question without a target."""
    verdict: str = ""
    """A key of `VERDICTS`, or empty."""
    size: tuple[int, int] | None = None
    groups: Mapping[str, str] = field(default_factory=dict)

    @property
    def image_name(self) -> str:
        return re.split(r"[/\\]", self.image)[-1]


def read_result_file(path: Path) -> list[dict[str, Any]]:
    """The records or rows of a result file, of whichever layout. DataError when it is of none."""
    with boundary(DataError, f"cannot read {path}"):
        head = path.read_text("utf-8", "replace")
        try:
            data = json.loads(head)
        except json.JSONDecodeError:
            data = list(read_rows(path))
    if isinstance(data, dict) and "details" not in data and isinstance(data.get("results"), dict):
        data = data["results"]
    rows = data.get("details", [data]) if isinstance(data, dict) else data
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise DataError(f"{path}: expected a list of records, {{'details': [...]}} or JSON lines, got {head[:60]!r}")
    return rows


def is_record(row: Mapping[str, Any]) -> bool:
    """Whether a row is another evaluator's record, rather than one of Glint's own."""
    return "pred" in row


def records_of(rows: list[dict[str, Any]], path: Path) -> Iterator[Record]:
    """The rows as records. DataError names the first that is not one."""
    for number, row in enumerate(rows):
        yield _record(row, f"{path.name}, record {number}")


def answer_of(record: Record, extent: tuple[float, float], known: bool = True) -> Parsed:
    """What the record answers, by its point and the model's words; `extent` is the screenshot's width and height.

    A refusal needs the protocol's own words for it ([-1,-1] or [-1,-1,-1,-1]). A null point is malformed, never a
    refusal; so is a click at the origin that the model never named, which is how UI-Venus-1.0's evaluator writes down
    a reply that it could not read. `known` tells whether `extent` is the real one.
    """
    pred = record.pred
    turned_down = pred is None or (pred[0] < 0 and pred[1] < 0)
    if turned_down and _says_refusal(record, extent):
        return Refusal()
    if pred is None:
        return Malformed(f"no point in the file for the reply {record.text[:60]!r}")
    if pred == (0.0, 0.0) and record.text and not _ORIGIN.search(record.text):
        return Malformed(f"the file says (0, 0) for a reply without it: {record.text[:60]!r}")
    width, height = extent
    if not (0 <= pred[0] <= width and 0 <= pred[1] <= height):
        limit = f"{width:g}x{height:g}" if known else "any"
        return Malformed(f"({pred[0]:g}, {pred[1]:g}) lies outside of a {limit} screenshot")
    return Click(Point(pred[0] / width, pred[1] / height))


def _says_refusal(record: Record, extent: tuple[float, float]) -> bool:
    if record.text:
        lists, _ = all_lists(record.text, limit=64)
        return any(len(numbers) in (2, 4) and set(numbers) == {-1.0} for numbers in lists)
    return record.pred in ((-1.0, -1.0), (-extent[0], -extent[1]))


def _record(row: Mapping[str, Any], where: str) -> Record:
    info = row["org_info"] if isinstance(row.get("org_info"), dict) else {}
    gt_type = row.get("gt_type") or "positive"
    if gt_type not in ("positive", "negative"):
        raise DataError(f"{where}: `gt_type` must be positive or negative, got {gt_type!r}")
    verdict = row.get("correctness") or ""
    if verdict and (not isinstance(verdict, str) or verdict not in VERDICTS):
        raise DataError(f"{where}: `correctness` must be one of {', '.join(VERDICTS)}, got {verdict!r}")
    key = row.get("id")
    return Record(
        where=where,
        id="" if key is None else str(key),
        image=_text(row, IMAGE, where),
        instruction=_text(row, INSTRUCTION, where),
        pred=_point(row.get("pred"), where),
        text=_words(row.get("raw_response"), where),
        box=_numbers(row.get("bbox"), where, "bbox"),
        negative=gt_type == "negative",
        verdict=verdict,
        size=_size(row, where) or _size(info, where),
        groups={name: str(row[name]) for name in GROUPS if isinstance(row.get(name), str | int)},
    )


def _text(row: Mapping[str, Any], keys: tuple[str, ...], where: str) -> str:
    value = next((row[key] for key in keys if key in row), None)
    if not isinstance(value, str):
        raise DataError(f"{where}: `{' or '.join(keys)}` must be a string, got {str(value)[:60]!r}")
    return value


def _words(value: Any, where: str) -> str:
    """The raw response, a string or a list of them."""
    parts = [] if value is None else value if isinstance(value, list) else [value]
    if not all(isinstance(part, str) for part in parts):
        raise DataError(f"{where}: `raw_response` must be text or a list of texts, got {str(value)[:60]!r}")
    return "\n".join(parts)


def _point(value: Any, where: str) -> tuple[float, float] | None:
    if value is None:
        return None
    numbers = _numbers(value, where, "pred")
    if len(numbers) != 2:
        raise DataError(f"{where}: `pred` must be [x, y] in pixels or null, got {str(value)[:60]}")
    return numbers[0], numbers[1]


def _numbers(value: Any, where: str, key: str) -> tuple[float, ...]:
    if value is None:
        return ()
    with boundary(DataError, f"{where}: `{key}` must be a list of numbers, got {str(value)[:60]}"):
        numbers = tuple(float(number) for number in value if not isinstance(number, bool | str))
        if len(numbers) != len(value) or not all(map(math.isfinite, numbers)):
            raise ValueError("not all are finite numbers")
    return numbers


def _size(row: Mapping[str, Any], where: str) -> tuple[int, int] | None:
    value = next((row[key] for key in SIZE if row.get(key) is not None), None)
    if value is None:
        return None
    numbers = _numbers(value, where, SIZE[0])
    if len(numbers) != 2 or min(numbers) < 1:
        raise DataError(f"{where}: `{SIZE[0]}` must be [width, height] in pixels, got {str(value)[:60]}")
    return int(numbers[0]), int(numbers[1])
