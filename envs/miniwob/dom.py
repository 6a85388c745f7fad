"""What the oracle sees instead of pixels: the elements of a page, and for each a place where a click would reach it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

from agentkit.actions import Point
from agentkit.errors import PolicyError

if TYPE_CHECKING:
    from envs.miniwob.env import MiniWobEnv

XY = tuple[float, float]
"""A place in CSS pixels of the picture."""
SCRIPT = resources.files("envs.miniwob").joinpath("dom.js").read_text("utf-8")


@dataclass(frozen=True, slots=True)
class Scroller:
    """The area that has to scroll before an element can be touched."""

    at: XY
    by: float
    """CSS pixels; positive when the element is below."""


@dataclass(frozen=True, slots=True)
class Element:
    tag: str
    text: str
    """All its text, blanks collapsed, whether it is shown or not."""
    value: str
    checked: bool
    """Ticked or, for an option, selected."""
    attributes: Mapping[str, str]
    color: str
    """Its background, as the browser computed it."""
    shown: bool
    box: tuple[float, float, float, float]
    """Left, top, right and bottom, CSS pixels of the window."""
    at: XY | None
    """Where a click reaches it and nothing that lies above it; None where there is no such place in the picture."""
    scroller: Scroller | None
    """Set when scrolling may bring it into the picture."""

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    @property
    def middle(self) -> XY:
        left, top, right, bottom = self.box
        return (left + right) / 2, (top + bottom) / 2


class Dom:
    """The page of an environment, for reading only."""

    def __init__(self, env: MiniWobEnv) -> None:
        self._env = env

    @property
    def goal(self) -> str:
        return self._env.task.goal

    def point(self, at: XY) -> Point:
        """`at` as fractions of the screenshot. PolicyError outside it."""
        width, height = self._env.task.page.picture
        x, y = at
        if not (0 <= x <= width and 0 <= y <= height):
            raise PolicyError(f"({x:.1f}, {y:.1f}) lies outside the picture of {width} x {height} CSS pixels")
        return Point(x / width, y / height)

    def all(self, selector: str) -> list[Element]:
        """The elements that a CSS selector finds, in document order."""
        width, height = self._env.task.page.picture
        found = self.read(SCRIPT, {"selector": selector, "width": width, "height": height})
        return [_element(item) for item in found]

    def one(self, selector: str, text: str | None = None, nth: int = 0) -> Element:
        """The `nth` element that matches, and says exactly `text`. PolicyError when there is none."""
        found = [item for item in self.all(selector) if text is None or item.text == text]
        if not -len(found) <= nth < len(found):
            what = f"{selector} that says {text!r}" if text is not None else selector
            raise PolicyError(f"the page must have {what} (number {nth}), it has {len(found)} of them")
        return found[nth]

    def read(self, script: str, arg: Any = None) -> Any:
        """The value of a script that only reads: a canvas's pixels, a picture's, a list of words."""
        return self._env.read(script, arg)


def _element(item: Mapping[str, Any]) -> Element:
    scroller, at = item["scroller"], item["at"]
    return Element(
        tag=item["tag"],
        text=item["text"],
        value=item["value"],
        checked=item["checked"],
        attributes=item["attributes"],
        color=item["color"],
        shown=item["shown"],
        box=tuple(item["box"]),
        at=None if at is None else (at[0], at[1]),
        scroller=None if scroller is None else Scroller((scroller["at"][0], scroller["at"][1]), scroller["by"]),
    )
