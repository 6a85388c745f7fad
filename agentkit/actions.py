"""What an agent can do to a screen: a union of small frozen dataclasses.

Every coordinate is a fraction of the screenshot, `x` rightwards and `y` downwards, in [0, 1]. Model pixels, the
0..1000 frame and device pixels exist only in `agentkit.frames`. The names are those of UI-Venus (arXiv 2508.10833,
table 3); `Press` covers its four key calls, and the last three classes are the web additions of UI-Venus-1.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

Direction: TypeAlias = Literal["up", "down", "left", "right"]
Key: TypeAlias = Literal["back", "home", "enter", "recent"]


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the screenshot, as fractions of its width and height."""

    x: float
    y: float

    def __post_init__(self) -> None:
        for name, value in (("x", self.x), ("y", self.y)):
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0.0 <= value <= 1.0:
                raise ValueError(f"Point.{name} must be a fraction in [0, 1], got {value!r}")


@dataclass(frozen=True, slots=True)
class Box:
    """An axis-parallel rectangle on the screenshot, corners as fractions, `x1 <= x2` and `y1 <= y2`."""

    x1: float
    y1: float
    x2: float
    y2: float

    def __post_init__(self) -> None:
        for name in ("x1", "y1", "x2", "y2"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0.0 <= value <= 1.0:
                raise ValueError(f"Box.{name} must be a fraction in [0, 1], got {value!r}")
        if self.x1 > self.x2 or self.y1 > self.y2:
            raise ValueError(f"Box corners must satisfy x1 <= x2 and y1 <= y2, got {self}")

    @property
    def centre(self) -> Point:
        return Point((self.x1 + self.x2) / 2, (self.y1 + self.y2) / 2)

    def contains(self, point: Point) -> bool:
        """Whether `point` lies inside; the border counts (the rule of every ScreenSpot scorer)."""
        return self.x1 <= point.x <= self.x2 and self.y1 <= point.y <= self.y2


@dataclass(frozen=True, slots=True)
class Click:
    at: Point
    box: Box | None = None
    """The outline the model gave, when its protocol speaks boxes; `at` is then its centre."""


@dataclass(frozen=True, slots=True)
class LongPress:
    at: Point


@dataclass(frozen=True, slots=True)
class Drag:
    start: Point
    end: Point


@dataclass(frozen=True, slots=True)
class Scroll:
    """A swipe. `direction` is that of the finger as the model named it; either both points or a direction is given."""

    start: Point | None = None
    end: Point | None = None
    direction: Direction | None = None

    def __post_init__(self) -> None:
        if (self.start is None) != (self.end is None):
            raise ValueError("Scroll needs both start and end, or neither")
        if self.start is None and self.direction is None:
            raise ValueError("Scroll needs start and end, or a direction")
        if self.direction is not None and self.direction not in get_args(Direction):
            raise ValueError(f"Scroll.direction must be one of {get_args(Direction)}, got {self.direction!r}")


@dataclass(frozen=True, slots=True)
class Type:
    text: str


@dataclass(frozen=True, slots=True)
class Press:
    key: Key

    def __post_init__(self) -> None:
        if self.key not in get_args(Key):
            raise ValueError(f"Press.key must be one of {get_args(Key)}, got {self.key!r}")


@dataclass(frozen=True, slots=True)
class Launch:
    app: str
    """App name as a person reads it ("Settings"), a package name, or (web) a URL."""


@dataclass(frozen=True, slots=True)
class Wait:
    pass


@dataclass(frozen=True, slots=True)
class CallUser:
    """Tell the user something, or ask: the answer of an information task. Does not end the episode."""

    content: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The policy declares the task done. `content="infeasible"` declares that it cannot be done."""

    content: str = ""


@dataclass(frozen=True, slots=True)
class Hover:
    at: Point


@dataclass(frozen=True, slots=True)
class DoubleClick:
    at: Point


@dataclass(frozen=True, slots=True)
class Hotkey:
    keys: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.keys) <= 3 or not all(isinstance(k, str) and k for k in self.keys):
            raise ValueError(f"Hotkey.keys must hold one to three key names, got {self.keys!r}")


Action: TypeAlias = (
    Click
    | LongPress
    | Drag
    | Scroll
    | Type
    | Press
    | Launch
    | Wait
    | CallUser
    | Finished
    | Hover
    | DoubleClick
    | Hotkey
)
ACTION_TYPES: tuple[type, ...] = get_args(Action)


@dataclass(frozen=True, slots=True)
class Refusal:
    """The model said, in its protocol's own words, that the request does not fit the screen."""


@dataclass(frozen=True, slots=True)
class Malformed:
    """The text is not of the protocol. Nothing is guessed from it."""

    fault: str
    """What was wrong, expected and received, for logs and for people."""


Parsed: TypeAlias = Action | Refusal | Malformed


def action_name(action: Parsed) -> str:
    """The call's name as UI-Venus spells it: `Click`, `PressBack`, ..., `Refusal`, `Malformed`."""
    if isinstance(action, Press):
        return "Press" + action.key.capitalize()
    return type(action).__name__
