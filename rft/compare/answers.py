"""Replies on disk, joined to the rows that they answer.

One JSON object per line; `id` is that of a row (`#` and its line number where it has none), and lines may share it:

    {"id": "phone-7", "text": "[10,20,30,40]"}                      one reply
    {"id": "phone-7", "texts": ["[10,20,30,40]", "[9,20,31,44]"]}   several replies to one row
    {"id": "phone-7", "text": "...", "action": {...}}               a line of `agentkit eval`'s predictions.jsonl
    {"row": "phone-7", "text": "...", "size": [224, 448], ...}      a line that `rft train --keep-replies` keeps

Where a line has an `action` (as `agentkit.codec` writes it) or a `point` ([x, y], fractions) that is taken as read; all
other texts are read by a prompt protocol. `size` says at which width and height the model saw the picture, where that
is not the protocol's own. Other keys are ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agentkit.closest import unknown
from agentkit.errors import DataError
from agentkit.frames import Size
from agentkit.jsonl import parse_object, read_lines
from agentkit.protocols import ParsedReply, PromptProtocol
from agentkit.scoring import prediction_of
from rft.data.rows import Row


@dataclass(frozen=True, slots=True)
class Answer:
    """One reply to one row."""

    row: int
    """Index among the rows."""
    text: str
    reply: ParsedReply
    model_size: tuple[int, int]
    """Width and height at which the model saw the screenshot."""


def row_key(row: Row) -> str:
    """What a line of replies calls `row`."""
    return row.id or f"#{row.number}"


def read_answers(path: str | Path, rows: Sequence[Row], protocol: PromptProtocol) -> list[Answer]:
    """The replies of the file, in its order. DataError names the line that is wrong or answers no row."""
    index = {row_key(row): i for i, row in enumerate(rows)}
    if len(index) < len(rows):
        raise DataError(f"{len(rows) - len(index)} rows share an id with another one; replies cannot be told apart")
    answers: list[Answer] = []
    for number, line in read_lines(path, "replies"):
        try:
            answers += _answers(parse_object(line), rows, index, protocol)
        except DataError as error:
            raise DataError(f"{path} line {number}: {error}") from error
    if not answers:
        raise DataError(f"{path}: expected at least one reply, the file is empty")
    return answers


def _answers(raw: dict[str, Any], rows: Sequence[Row], index: dict[str, int], protocol: PromptProtocol) -> list[Answer]:
    key = raw.get("id", raw.get("row"))
    if not isinstance(key, str):
        raise DataError(f"'id' (or 'row') must be the text that names a row, got {key!r}")
    if key not in index:
        raise DataError(unknown("row", key, index))
    at = index[key]
    size = _size(raw["size"]) if "size" in raw else protocol.budget.resize(rows[at].size)

    def read(text: str) -> Answer:
        return Answer(at, text, protocol.parse(text, size), size)

    if "texts" in raw:
        texts = raw["texts"]
        if any(other in raw for other in ("text", "action", "point")):
            raise DataError("a line with 'texts' has no 'text', 'action' or 'point'")
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise DataError(f"'texts' must be a list of texts, got {texts!r}")
        return [read(text) for text in texts]
    return [_single(key, raw, read)]


def _single(key: str, raw: dict[str, Any], read: Callable[[str], Answer]) -> Answer:
    if not {"text", "action", "point"} & raw.keys():
        raise DataError(f"expected 'text', 'texts', 'action' or 'point', got the keys {sorted(raw)}")
    answer = read(raw["text"] if isinstance(raw.get("text"), str) else "")
    found = prediction_of({**raw, "id": key}, lambda _, text: answer.reply.action)
    reply = ParsedReply(found.answer, answer.reply.thought, answer.reply.conclusion)
    return Answer(answer.row, found.text, reply, answer.model_size)


def _size(value: Any) -> Size:
    if not isinstance(value, list) or len(value) != 2 or not all(type(side) is int and side > 0 for side in value):
        raise DataError(f"'size' must be [width, height] in pixels, got {value!r}")
    return Size(*value)
