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
    return tuple(_checked(name, value, list)) if name == "keys" else _checked(name, value, str)


def _checked(name: str, value: Any, *kinds: type) -> Any:
    """`value` when it is of one of `kinds`; True and False are no numbers."""
    if not isinstance(value, kinds) or isinstance(value, bool):
        raise TypeError(f"{name} must be {' or '.join(kind.__name__ for kind in kinds)}, got {value!r}")
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
    if reply.timing:
        row["timing"] = dict(reply.timing)
    return row


def decode_reply(row: Any) -> Reply:
    """The reply that `encode_reply` wrote. DataError when `row` is not one."""
    with boundary(DataError, "unreadable reply"):
        ids, logprobs = row.get("token_ids"), row.get("logprobs")
        usage = _checked("usage", row.get("usage", {}), dict)
        timing = _checked("timing", row.get("timing", {}), dict)
        return Reply(
            text=_checked("text", row["text"], str),
            action=decode_action(row["action"]),
            thought=_checked("thought", row.get("thought", ""), str),
            conclusion=_checked("conclusion", row.get("conclusion", ""), str),
            token_ids=None if ids is None else tuple(_checked("a token id", i, int) for i in ids),
            logprobs=None if logprobs is None else tuple(float(_checked("a logprob", p, int, float)) for p in logprobs),
            seconds=float(_checked("seconds", row.get("seconds", 0.0), int, float)),
            usage={name: _checked(f"usage of {name}", count, int) for name, count in usage.items()},
            timing={name: float(_checked(f"timing of {name}", s, int, float)) for name, s in timing.items()},
        )
