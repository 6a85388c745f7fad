"""Predictions and samples on disk: one JSON line each; predictions are appended as they come, so that an interrupted
run continues.

A row is `{"id", "text", "action", "seconds", "usage"}` and, where it was measured, `timing`; the action is as
`agentkit.codec` writes it. A foreign file may hold only `id` and `point` (`[x, y]`, fractions), or only `id` and
`text`, which is then parsed by a protocol.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from agentkit.actions import Box, Click, Parsed, Point
from agentkit.codec import decode_action, encode_action
from agentkit.errors import DataError, boundary
from agentkit.scoring.grounding import GroundingSample, NoTarget, Polygon, Prediction, Target


def prediction_row(prediction: Prediction) -> dict[str, Any]:
    """The JSON-safe row of one prediction."""
    row: dict[str, Any] = {"id": prediction.id, "text": prediction.text, "action": encode_action(prediction.answer)}
    row |= {"seconds": round(prediction.seconds, 4), "usage": dict(prediction.usage)}
    timing = {name: round(seconds, 5) for name, seconds in prediction.timing.items()}
    return row | ({"timing": timing} if timing else {})


def prediction_of(row: Mapping[str, Any], parse: Callable[[str, str], Parsed] | None = None) -> Prediction:
    """The prediction of one row; `parse(id, text)` is asked when it holds only text. DataError when unreadable."""
    key, text = row.get("id"), row.get("text", "")
    if not isinstance(key, str) or not key:
        raise DataError(f"a prediction needs a non-empty string `id`, got {key!r}")
    if not isinstance(text, str):
        raise DataError(f"prediction {key!r}: `text` must be a string, got {type(text).__name__}")
    answer: Parsed
    if "action" in row:
        answer = decode_action(row["action"])
    elif "point" in row:
        with boundary(DataError, f"prediction {key!r}: `point` must be [x, y] as fractions, got {row['point']!r}"):
            answer = Click(Point(*row["point"]))
    elif "text" in row and parse is not None:
        answer = parse(key, text)
    else:
        raise DataError(f"prediction {key!r} has neither `action` nor `point`, nor a `text` and a protocol to parse it")
    seconds, usage = row.get("seconds", 0.0), row.get("usage", {})
    if not _seconds(seconds):
        raise DataError(f"prediction {key!r}: `seconds` must be a number >= 0, got {seconds!r}")
    if not isinstance(usage, dict) or not all(isinstance(n, int) and not isinstance(n, bool) for n in usage.values()):
        raise DataError(f"prediction {key!r}: `usage` must map names to counts, got {usage!r}")
    timing = row.get("timing", {})
    if not isinstance(timing, dict) or not all(_seconds(value) for value in timing.values()):
        raise DataError(f"prediction {key!r}: `timing` must map names to seconds, got {timing!r}")
    return Prediction(key, answer, text, float(seconds), usage, timing)


def _seconds(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return math.isfinite(value) and value >= 0


def sample_row(sample: GroundingSample) -> dict[str, Any]:
    """The JSON-safe row of one sample; its target is a box `[x1, y1, x2, y2]`, a list of corners, or null."""
    target: Any = None
    if isinstance(sample.target, Box):
        target = [sample.target.x1, sample.target.y1, sample.target.x2, sample.target.y2]
    elif isinstance(sample.target, Polygon):
        target = [[point.x, point.y] for point in sample.target.points]
    groups = {name: group if isinstance(group, str) else list(group) for name, group in sample.groups.items()}
    row = {"id": sample.id, "image": sample.image, "instruction": sample.instruction, "target": target}
    return row | {"groups": groups, "size": sample.size and list(sample.size)}


def sample_of(row: Mapping[str, Any]) -> GroundingSample:
    """The sample that `sample_row` wrote. DataError when `row` is not one."""
    with boundary(DataError, f"unreadable sample {str(row)[:80]}"):
        target: Target = NoTarget()
        if row["target"] is not None:
            corners = row["target"]
            points = isinstance(corners[0], list)
            target = Polygon(tuple(Point(*corner) for corner in corners)) if points else Box(*corners)
        groups = {str(name): g if isinstance(g, str) else tuple(map(str, g)) for name, g in row["groups"].items()}
        width_height = row.get("size")
        size = None if width_height is None else (int(width_height[0]), int(width_height[1]))
        return GroundingSample(str(row["id"]), str(row["image"]), str(row["instruction"]), target, groups, size)


def append_row(path: Path, row: Mapping[str, Any]) -> None:
    """Append one line with a single write, so that a killed run leaves at most its last line torn."""
    line = json.dumps(row, allow_nan=False) + "\n"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        os.write(handle, line.encode())
    finally:
        os.close(handle)


def read_rows(path: Path, mend: bool = False) -> Iterator[dict[str, Any]]:
    """The rows of a JSON-lines file. DataError names the line that is not JSON.

    With `mend` a torn last line (no newline at its end) is cut off the file first: its item is simply done again.
    """
    with boundary(DataError, f"cannot read {path}"):
        data = path.read_bytes()
    if mend and data and not data.endswith(b"\n"):
        data = data[: data.rfind(b"\n") + 1]
        os.truncate(path, len(data))
    for number, line in enumerate(data.decode("utf-8", "replace").split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise DataError(f"{path}:{number}: not JSON ({error.msg} at column {error.colno})") from error
        if not isinstance(row, dict):
            raise DataError(f"{path}:{number}: expected an object, got {type(row).__name__}")
        yield row
