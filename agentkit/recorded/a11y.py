"""The accessibility forest that AndroidControl stores with each screenshot: outlines, and which one a touch meets.

Field numbers are those of android_env's `proto/a11y/*.proto`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agentkit.recorded.protobuf import Value, fields, signed

Bounds = tuple[int, int, int, int]
"""left, top, right, bottom in pixels."""

_WINDOWS, _WINDOW_BOUNDS, _TREE, _NODES = 1, 1, 11, 1
_BOUNDS, _DESCRIPTION, _TEXT = 2, 4, 7
_CLICKABLE, _EDITABLE, _LONG_CLICKABLE, _VISIBLE = 14, 15, 19, 23


@dataclass(frozen=True, slots=True)
class Outline:
    """A window, or a node of its tree."""

    bounds: Bounds
    touchable: bool = False
    """Visible, and can be clicked, pressed or edited."""
    label: str = ""
    """The node's text, or else its content description."""


def outlines(forest: bytes) -> Iterator[Outline]:
    """Everything with bounds, hidden or not, each window before its nodes. DataError when `forest` is no
    AndroidAccessibilityForest."""
    for number, window in fields(forest):
        if number != _WINDOWS or isinstance(window, int):
            continue
        for part, value in fields(window):
            if part == _WINDOW_BOUNDS and not isinstance(value, int):
                yield Outline(_bounds(value))
            if part != _TREE or isinstance(value, int):
                continue
            for kind, node in fields(value):
                if kind == _NODES and not isinstance(node, int):
                    yield from _node(node)


def element_at(forest: bytes, x: float, y: float) -> Bounds | None:
    """The smallest visible element under the point that reacts to touch; None when there is none. DataError when
    `forest` is no AndroidAccessibilityForest."""
    around = []
    for outline in outlines(forest):
        left, top, right, bottom = outline.bounds
        if outline.touchable and left <= x <= right and top <= y <= bottom and left < right and top < bottom:
            around.append(outline.bounds)
    return min(around, key=lambda box: (box[2] - box[0]) * (box[3] - box[1]), default=None)


def _node(node: memoryview) -> Iterator[Outline]:
    values = dict(fields(node))
    bounds = values.get(_BOUNDS)
    if bounds is None or isinstance(bounds, int):
        return
    reacts = any(values.get(flag) for flag in (_CLICKABLE, _EDITABLE, _LONG_CLICKABLE))
    label = _text(values.get(_TEXT)) or _text(values.get(_DESCRIPTION))
    yield Outline(_bounds(bounds), bool(reacts and values.get(_VISIBLE)), label)


def _bounds(rect: memoryview) -> Bounds:
    sides = {side: value for side, value in fields(rect) if isinstance(value, int)}
    left, top, right, bottom = (signed(sides.get(side, 0)) for side in (1, 2, 3, 4))
    return left, top, right, bottom


def _text(value: Value | None) -> str:
    return "" if value is None or isinstance(value, int) else bytes(value).decode("utf-8", "replace").strip()
