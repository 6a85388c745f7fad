"""Predictions on disk: one JSON line each, appended as they come, so that an interrupted run continues.

A row is `{"id", "text", "answer", "seconds", "usage"}`. `answer` is `{"point": [x, y]}`, `{"box": [x1, y1, x2, y2]}`
(fractions), `{"refusal": true}`, `{"malformed": "why"}` or `{"other": "Scroll"}`. A foreign file may hold only
`id` and `answer`, or only `id` and `text`, which is then parsed by the protocol named on the command line.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from agentkit.actions import Box, Click, Malformed, Parsed, Point, Refusal, Wait, action_name
from agentkit.errors import DataError, boundary
from agentkit.scoring.grounding import Prediction


def prediction_row(prediction: Prediction) -> dict[str, Any]:
    """The JSON-safe row of one prediction."""
    row: dict[str, Any] = {"id": prediction.id, "text": prediction.text, "answer": _encode(prediction.answer)}
    return row | {"seconds": round(prediction.seconds, 4), "usage": dict(prediction.usage)}


def prediction_of(row: Mapping[str, Any], parse: Callable[[str, str], Parsed] | None = None) -> Prediction:
    """The prediction of one row; `parse(id, text)` is asked when the row has no `answer`. DataError when unreadable."""
    key, text = row.get("id"), row.get("text", "")
    if not isinstance(key, str) or not key:
        raise DataError(f"a prediction needs a non-empty string `id`, got {key!r}")
    if not isinstance(text, str):
        raise DataError(f"prediction {key!r}: `text` must be a string, got {type(text).__name__}")
    if "answer" in row:
        with boundary(DataError, f"prediction {key!r}: unreadable `answer`"):
            answer = _decode(row["answer"])
    elif parse is not None:
        answer = parse(key, text)
    else:
        raise DataError(f"prediction {key!r} has no `answer`, and no protocol was given to parse its `text`")
    seconds, usage = row.get("seconds", 0.0), row.get("usage", {})
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not math.isfinite(seconds) or seconds < 0:
        raise DataError(f"prediction {key!r}: `seconds` must be a number >= 0, got {seconds!r}")
    if not isinstance(usage, dict) or not all(isinstance(n, int) for n in usage.values()):
        raise DataError(f"prediction {key!r}: `usage` must map names to counts, got {usage!r}")
    return Prediction(key, answer, text, float(seconds), usage)


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


def _encode(answer: Parsed) -> dict[str, Any]:
    match answer:
        case Click(box=Box() as box):
            return {"box": [box.x1, box.y1, box.x2, box.y2]}
        case Click(at=point):
            return {"point": [point.x, point.y]}
        case Refusal():
            return {"refusal": True}
        case Malformed(fault=fault):
            return {"malformed": fault}
    return {"other": action_name(answer)}


def _decode(answer: Any) -> Parsed:
    if not isinstance(answer, dict) or len(answer) != 1:
        raise ValueError(f"expected an object with one of point, box, refusal, malformed, other; got {answer!r}")
    ((kind, value),) = answer.items()
    match kind, value:
        case "point", [x, y]:
            return Click(Point(x, y))
        case "box", [x1, y1, x2, y2]:
            box = Box(x1, y1, x2, y2)
            return Click(box.centre, box)
        case "refusal", True:
            return Refusal()
        case "malformed", str():
            return Malformed(value)
        case "other", str():
            return Wait()
    raise ValueError(f"unknown answer {answer!r}")
