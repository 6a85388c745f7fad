"""Elements of a recorded screen, as a data set outlines them, and a recorded step with all of them.

Evaluators judge touches by these outlines, each in its own way, so nothing is dropped or clamped here: an outline may
leave the screen, be hidden, or have no area.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from agentkit.actions import Action, Box, Point


@dataclass(frozen=True, slots=True)
class Element:
    """An outline in fractions of the screen, and what is known of it."""

    left: float
    top: float
    width: float
    height: float
    touchable: bool = False
    """Visible, and reacts to touch."""
    label: str = ""
    """Its text or description, where the data set tells."""

    def contains(self, point: Point) -> bool:
        """Whether `point` lies inside; the border counts."""
        across = self.left <= point.x <= self.left + self.width
        return across and self.top <= point.y <= self.top + self.height


@dataclass(frozen=True, slots=True)
class RecordedStep:
    """One step of a recorded episode: what was right to do on its screen, and what evaluators judge answers by."""

    id: str
    """`<trace>/<step from 0>`."""
    trace: str
    goal: str
    action: Action
    """The recorded action, which is right by definition."""
    size: tuple[int, int] = (1, 1)
    """Width and height of the screenshot in pixels."""
    instruction: str = ""
    """What this one step does."""
    box: Box | None = None
    """The element that the action touches, where the data set tells."""
    elements: tuple[Element, ...] = ()
    """All outlines of the screen, in the order of the data set."""
    appended: bool = False
    """Not of the data set: the `Finished` that a reader puts at the end."""


def around(elements: Iterable[Element], point: Point, touchable: bool = True) -> list[Element]:
    """The elements with an area that hold `point`, smallest first; equal ones stay in order."""
    found = [
        element
        for element in elements
        if (element.touchable or not touchable) and element.width > 0 < element.height and element.contains(point)
    ]
    return sorted(found, key=lambda element: element.width * element.height)
