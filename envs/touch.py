"""What the actions of `agentkit` leave open on a touchscreen, settled the same way for every phone."""

from __future__ import annotations

from agentkit.actions import Direction, Point, Scroll

KEYS = {"back": "BACK", "home": "HOME", "enter": "ENTER", "recent": "APP_SWITCH"}
"""`Press.key` -> the name of Android's key."""
MODIFIERS = {"ctrl": "CTRL_LEFT", "control": "CTRL_LEFT", "alt": "ALT_LEFT", "shift": "SHIFT_LEFT", "meta": "META_LEFT"}
"""Names that a `Hotkey` may use -> those of Android's keys."""
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


def unhurried_ms(x1: int, y1: int, x2: int, y2: int) -> int:
    """Duration of a swipe between two pixels: slow enough not to fling. From the device driver of UI-Venus-1.5:
    distance squared / 1000, between one and two seconds."""
    return min(2000, max(1000, ((x2 - x1) ** 2 + (y2 - y1) ** 2) // 1000))
