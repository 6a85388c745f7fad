"""Fields that traces and training rows write alike: gold actions, gold boxes and paths of screenshots."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from agentkit.actions import Action, Box, Malformed, Refusal
from agentkit.codec import decode_action
from agentkit.errors import DataError


def decode_gold_action(value: Any) -> Action:
    """An action that a device can carry out. DataError for anything else, a refusal included."""
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        raise DataError(f'an action must be an object with a "type", such as {{"type": "Wait"}}; got {value!r}')
    action = decode_action(value)
    if isinstance(action, (Refusal, Malformed)):
        raise DataError(f"an action must be something a device can do, got {value['type']}")
    return action


def decode_gold_box(value: Any) -> Box:
    """A box from `[x1, y1, x2, y2]`, fractions. DataError for anything else, with a hint when these are pixels."""
    want = "'box' must be [x1, y1, x2, y2], fractions of the screenshot in [0, 1] with x1 <= x2 and y1 <= y2"
    if not isinstance(value, list) or len(value) != 4:
        raise DataError(f"{want}; got {value!r}")
    try:
        return Box(*value)
    except ValueError as error:
        numbers = [x for x in value if isinstance(x, (int, float)) and not isinstance(x, bool)]
        hint = (
            " (these look like pixels: divide by the screenshot's width and height)"
            if max(numbers, default=0) > 1.5
            else ""
        )
        raise DataError(f"{want}; got {value!r}{hint}") from error


def image_text(image: Path | None, folder: Path) -> str | None:
    """How a file in `folder` writes the path of `image`: relative where it lies inside, else absolute."""
    if image is None:
        return None
    whole, inside = Path(os.path.abspath(image)), Path(os.path.abspath(folder))
    return whole.relative_to(inside).as_posix() if whole.is_relative_to(inside) else str(whole)
