"""Actions as the Android-in-the-Wild family writes them: a gesture is two points, (y, x) fractions, touch and lift."""

from __future__ import annotations

import math
from collections.abc import Sequence

from agentkit.actions import Action, Click, Finished, Press, Scroll, Type
from agentkit.frames import UNIT
from agentkit.recorded.directions import finger_direction
from agentkit.recorded.source import Unmappable, point_in

TAP = 0.04
"""Largest distance between touch and lift of a tap, as fractions of the screen (the source's own rule)."""

TYPE, DUAL_POINT, BACK, HOME, ENTER, COMPLETE, IMPOSSIBLE = 3, 4, 5, 6, 7, 10, 11
_PLAIN: dict[int, Action] = {
    BACK: Press("back"),
    HOME: Press("home"),
    ENTER: Press("enter"),
    COMPLETE: Finished(),
    IMPOSSIBLE: Finished("infeasible"),
}


def gesture_action(kind: int, touch_yx: Sequence[float], lift_yx: Sequence[float], text: str, aspect: float) -> Action:
    """The action of type number `kind`; `aspect` is height over width of the screen. Raises Unmappable."""
    if kind in _PLAIN:
        return _PLAIN[kind]
    if kind == TYPE:
        return Type(text)
    if kind != DUAL_POINT:
        raise Unmappable(f"action type {kind}")
    if len(touch_yx) != 2 or len(lift_yx) != 2:
        raise Unmappable("a gesture needs two points", f"touch {list(touch_yx)}, lift {list(lift_yx)}")
    start, end = (point_in(UNIT, x, y) for y, x in (touch_yx, lift_yx))
    if math.dist(touch_yx, lift_yx) <= TAP:
        return Click(start)
    return Scroll(start, end, finger_direction(start, end, aspect))
