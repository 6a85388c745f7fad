"""Actions as JSON objects: `{"type": "Click", "at": [0.5, 0.3]}`; a point is two fractions, a box is four.

`type` is the class name in `agentkit.actions`, the other keys are its fields, and absent fields keep their defaults.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from agentkit.actions import ACTION_TYPES, Action, Box, Point
from agentkit.errors import DataError
from rft.closest import unknown

_BY_NAME = {cls.__name__: cls for cls in ACTION_TYPES}
_POINTS = ("at", "start", "end")


def action_from_json(value: Any) -> Action:
    """The action that `value` describes. Raises DataError, without a row number, for anything else."""
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        raise DataError(f'action must be an object with a "type", such as {{"type": "Wait"}}; got {value!r}')
    cls = _BY_NAME.get(value["type"])
    if cls is None:
        raise DataError(unknown("action", value["type"], _BY_NAME))
    known = [field.name for field in dataclasses.fields(cls)]
    arguments: dict[str, Any] = {}
    for key, item in value.items():
        if key == "type":
            continue
        if key not in known:
            raise DataError(unknown(f"field of action {cls.__name__}", key, known))
        arguments[key] = _field(cls.__name__, key, item)
    try:
        return cls(**arguments)
    except (TypeError, ValueError) as error:
        raise DataError(f"action {cls.__name__}: {error}") from error


def action_to_json(action: Action) -> dict[str, Any]:
    """The inverse of `action_from_json`; fields at None are left out."""
    out: dict[str, Any] = {"type": type(action).__name__}
    for field in dataclasses.fields(action):
        value = getattr(action, field.name)
        if isinstance(value, (Point, Box)):
            out[field.name] = list(dataclasses.astuple(value))
        elif isinstance(value, tuple):
            out[field.name] = list(value)
        elif value is not None:
            out[field.name] = value
    return out


def _field(action: str, key: str, item: Any) -> Any:
    if item is None:
        return None
    if key in _POINTS or key == "box":
        size, make = (4, Box) if key == "box" else (2, Point)
        if not isinstance(item, list) or len(item) != size:
            raise DataError(f"action {action}: {key} must be a list of {size} fractions in [0, 1], got {item!r}")
        try:
            return make(*item)
        except ValueError as error:
            raise DataError(f"action {action}: {error}") from error
    if key == "keys":
        if not isinstance(item, list):
            raise DataError(f"action {action}: keys must be a list of key names, got {item!r}")
        return tuple(item)
    if not isinstance(item, str):
        raise DataError(f"action {action}: {key} must be text, got {item!r}")
    return item
