"""Which element a touch meets, by the accessibility forest that AndroidControl stores with each screenshot.

Field numbers are those of android_env's `proto/a11y/*.proto`.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentkit.recorded.protobuf import fields, signed

Bounds = tuple[int, int, int, int]
"""left, top, right, bottom in pixels."""

_WINDOWS, _TREE, _NODES = 1, 11, 1
_BOUNDS, _CLICKABLE, _EDITABLE, _LONG_CLICKABLE, _VISIBLE = 2, 14, 15, 19, 23


def element_at(forest: bytes, x: float, y: float) -> Bounds | None:
    """The smallest visible element under the point that reacts to touch; None when there is none. DataError when
    `forest` is no AndroidAccessibilityForest."""
    around = []
    for box in touchable(forest):
        left, top, right, bottom = box
        if left <= x <= right and top <= y <= bottom and left < right and top < bottom:
            around.append(box)
    return min(around, key=lambda box: (box[2] - box[0]) * (box[3] - box[1]), default=None)


def touchable(forest: bytes) -> Iterator[Bounds]:
    """Bounds of all visible elements that can be clicked, pressed or edited."""
    for number, window in fields(forest):
        if number != _WINDOWS or isinstance(window, int):
            continue
        for part, tree in fields(window):
            if part != _TREE or isinstance(tree, int):
                continue
            for kind, node in fields(tree):
                if kind != _NODES or isinstance(node, int):
                    continue
                values = dict(fields(node))
                reacts = any(values.get(flag) for flag in (_CLICKABLE, _EDITABLE, _LONG_CLICKABLE))
                bounds = values.get(_BOUNDS)
                if reacts and values.get(_VISIBLE) and isinstance(bounds, memoryview):
                    sides = {side: value for side, value in fields(bounds) if isinstance(value, int)}
                    left, top, right, bottom = (signed(sides.get(side, 0)) for side in (1, 2, 3, 4))
                    yield left, top, right, bottom
