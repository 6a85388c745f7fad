"""What the actions of `agentkit` leave open on a touchscreen, settled the same way for every phone."""

from __future__ import annotations

from agentkit.actions import Direction, Point, Scroll

KEYS = {"back": "BACK", "home": "HOME", "enter": "ENTER", "recent": "APP_SWITCH"}
"""`Press.key` -> the name of Android's key."""
SWIPES: dict[Direction, tuple[Point, Point]] = {
    "up": (Point(0.5, 0.7), Point(0.5, 0.3)),
    "down": (Point(0.5, 0.3), Point(0.5, 0.7)),
    "left": (Point(0.8, 0.5), Point(0.2, 0.5)),
    "right": (Point(0.2, 0.5), Point(0.8, 0.5)),
}
"""Where the finger goes for a `Scroll` that has a direction only: "up" moves the finger up and shows what is below."""
NO_POINTER = "a phone has no pointer to hover with"


def way(scroll: Scroll) -> tuple[Point, Point]:
    """Where the finger comes down and where it leaves the screen."""
    if scroll.start is not None and scroll.end is not None:
        return scroll.start, scroll.end
    assert scroll.direction is not None
    return SWIPES[scroll.direction]
