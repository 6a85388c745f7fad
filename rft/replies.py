"""Replies that were sampled for training rows, one JSON object per line.

    {"id": "t17/3", "epoch": 0, "step": 12, "model_size": [224, 448], "text": "<think>...", "terms": {"total": 1.9}}

`id` is the row's (its line number where it has none), `model_size` the width and height at which the model saw the
screenshot, in whose pixels a reply may speak; `step` is the optimizer step that the reply was made for, from 1, and 0
outside of training. `terms` are those of the run's reward and may be missing. A run of `rft train --keep-replies`
holds a file for each of its processes, ordered by step. `rft rewards compare` reads such files too.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agentkit.errors import DataError
from agentkit.jsonl import parse_object

FOLDER = "replies"
"""Where a run keeps them."""


@dataclass(frozen=True, slots=True)
class KeptReply:
    row: str
    text: str
    size: tuple[int, int]
    epoch: int = 0
    step: int = 0
    terms: Mapping[str, float] = field(default_factory=dict)


def encode(reply: KeptReply) -> bytes:
    """The reply's line, line end included."""
    line: dict[str, Any] = {"id": reply.row, "epoch": reply.epoch, "step": reply.step}
    line |= {"model_size": list(reply.size), "text": reply.text}
    if reply.terms:
        line["terms"] = dict(reply.terms)
    # A lone surrogate, which JSON can spell and UTF-8 cannot, becomes a question mark.
    return (json.dumps(line, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def decode(line: bytes) -> KeptReply:
    """The reply that `encode` wrote. DataError when the line is none."""
    try:
        raw = parse_object(line.decode("utf-8"), finite=False)
    except UnicodeDecodeError as error:
        raise DataError(f"not UTF-8: {error}") from error
    row, text, size, terms = raw.get("id"), raw.get("text"), raw.get("model_size"), raw.get("terms", {})
    epoch, step = raw.get("epoch", 0), raw.get("step", 0)
    if not isinstance(row, str) or not isinstance(text, str):
        raise DataError(f"a reply needs 'id' and 'text', both text; got {str(raw)[:80]}")
    if not (isinstance(size, list) and len(size) == 2 and all(type(side) is int and side > 0 for side in size)):
        raise DataError(f"'model_size' must be [width, height] in pixels, got {size!r}")
    if not all(type(number) is int and number >= 0 for number in (epoch, step)):
        raise DataError(f"'epoch' and 'step' must be whole numbers from 0, got {epoch!r} and {step!r}")
    if not isinstance(terms, dict):
        raise DataError(f"'terms' must be an object, got {terms!r}")
    return KeptReply(row, text, (size[0], size[1]), epoch, step, terms)


def read_replies(path: str | Path) -> Iterator[KeptReply]:
    """The replies in a file, or in a run's folder in the order of their steps; a last line cut off by a kill is left
    out. DataError, naming file and line, for any other bad line, and when there is nothing to read."""
    path = Path(path)
    if path.is_file():
        return _read_file(path)
    folder = path / FOLDER if (path / FOLDER).is_dir() else path
    files = sorted(folder.glob("rank-*.jsonl"), key=lambda file: (len(file.name), file.name))
    if not files:
        raise DataError(f"no replies at {path}: expected a file of replies, or a run of rft train --keep-replies")
    return heapq.merge(*map(_read_file, files), key=lambda reply: reply.step)


def _read_file(path: Path) -> Iterator[KeptReply]:
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                try:
                    yield decode(line)
                except DataError as error:
                    if not line.endswith(b"\n"):
                        return
                    raise DataError(f"{path} line {number}: {error}") from error
    except OSError as error:
        raise DataError(f"cannot read replies: {path}: {error}") from error
