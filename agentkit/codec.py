"""Actions and replies as JSON values and back: floats survive to the last bit, and a foreign value is a DataError."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from agentkit.actions import ACTION_TYPES, Box, Malformed, Parsed, Point, Refusal
from agentkit.errors import DataError, boundary
from agentkit.types import Reply

_TYPES: Mapping[str, type] = {cls.__name__: cls for cls in (*ACTION_TYPES, Refusal, Malformed)}
_POINTS = ("at", "start", "end")


def encode_action(action: Parsed) -> dict[str, Any]:
    """`{"type": "Click", "at": [x, y], ...}`: a class name and its fields, None fields left out."""
    row: dict[str, Any] = {"type": type(action).__name__}
    for item in fields(action):
        value = getattr(action, item.name)
        if isinstance(value, Point):
            value = [value.x, value.y]
        elif isinstance(value, Box):
            value = [value.x1, value.y1, value.x2, value.y2]
        elif isinstance(value, tuple):
            value = list(value)
        if value is not None:
            row[item.name] = value
    return row


def decode_action(row: Any) -> Parsed:
    """The action that `encode_action` wrote. DataError when `row` is not one."""
    kind = row.get("type") if isinstance(row, dict) else None
    if not isinstance(kind, str) or kind not in _TYPES:
        raise DataError(f"an action needs a type among {', '.join(_TYPES)}, got {str(row)[:80]}")
    with boundary(DataError, f"unreadable {kind}"):
        return _TYPES[kind](**{name: _decode_field(name, value) for name, value in row.items() if name != "type"})


def _decode_field(name: str, value: Any) -> Any:
    if name in _POINTS:
        return Point(*value)
    if name == "box":
        return Box(*value)
    if name == "keys":
        return tuple(value)
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string, got {value!r}")
    return value


def encode_reply(reply: Reply) -> dict[str, Any]:
    """A reply as a JSON object; fields at their default are left out, `text` and `action` are always there."""
    row: dict[str, Any] = {"text": reply.text, "action": encode_action(reply.action)}
    for name in ("thought", "conclusion", "seconds"):
        if value := getattr(reply, name):
            row[name] = value
    if reply.token_ids is not None:
        row["token_ids"] = list(reply.token_ids)
    if reply.logprobs is not None:
        row["logprobs"] = list(reply.logprobs)
    if reply.usage:
        row["usage"] = dict(reply.usage)
    return row


def decode_reply(row: Any) -> Reply:
    """The reply that `encode_reply` wrote. DataError when `row` is not one."""
    with boundary(DataError, "unreadable reply"):
        if not isinstance(row["text"], str):
            raise TypeError(f"text must be a string, got {row['text']!r}")
        ids, logprobs = row.get("token_ids"), row.get("logprobs")
        return Reply(
            text=row["text"],
            action=decode_action(row["action"]),
            thought=str(row.get("thought", "")),
            conclusion=str(row.get("conclusion", "")),
            token_ids=None if ids is None else tuple(int(i) for i in ids),
            logprobs=None if logprobs is None else tuple(float(p) for p in logprobs),
            seconds=float(row.get("seconds", 0.0)),
            usage={str(name): int(count) for name, count in row.get("usage", {}).items()},
        )
