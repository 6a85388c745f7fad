"""One frame of the phone before it is painted: nodes that can be touched, and paint operations, both in drawing order.

Operations are plain tuples of hashable values. Two frames look alike exactly when their operations are equal, which is
what the painter and the phone's `revision` rest on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from envs.phone.fonts import Font, icon_run, text_run
from envs.phone.theme import RGB
from envs.phone.ui import Handler, TextField

if TYPE_CHECKING:
    from PIL.Image import Image

Bounds = tuple[int, int, int, int]
"""x1, y1, x2, y2 in device pixels, half open."""
NOWHERE: Bounds = (0, 0, 0, 0)


def intersect(a: Bounds, b: Bounds) -> Bounds:
    """The common part of two rectangles; NOWHERE when they do not meet."""
    x1, y1, x2, y2 = a
    left, top, right, bottom = b
    if x1 < left:
        x1 = left
    if y1 < top:
        y1 = top
    if x2 > right:
        x2 = right
    if y2 > bottom:
        y2 = bottom
    return (x1, y1, x2, y2) if x1 < x2 and y1 < y2 else NOWHERE


def vertical(reach: int, act: Handler) -> Callable[[int, int], bool]:
    """A swipe handler that acts on movement beyond `reach` pixels: down when positive, up when negative."""

    def swipe(dx: int, dy: int) -> bool:
        far = abs(dy) > abs(reach) and (dy > 0) == (reach > 0) and abs(dy) > abs(dx)
        if far:
            act()
        return far

    return swipe


class Scroll(NamedTuple):
    key: str
    limit: int
    """Largest offset in pixels; 0 when everything fits."""


@dataclass(slots=True, eq=False, kw_only=True)
class Node:
    """A rectangle of the frame with a meaning: what accessibility reports and what a finger meets."""

    role: str
    bounds: Bounds
    """The visible part."""
    parent: Node | None
    package: str
    text: str = ""
    label: str = ""
    id: str = ""
    icon: str = ""
    enabled: bool = True
    checkable: bool = False
    checked: bool = False
    selected: bool = False
    focused: bool = False
    password: bool = False
    on_tap: Handler | None = None
    on_long_press: Handler | None = None
    on_touch: Callable[[int, int], None] | None = None
    """A tap that needs its place: text fields, sliders."""
    on_hold: Callable[[int, int], None] | None = None
    """A long press that needs its place."""
    on_drag: Callable[[int, int], None] | None = None
    """The finger's last place, when it came down here and moved sideways."""
    on_stroke: Callable[[int, int, int, int], None] | None = None
    """The finger's first and last place, when it came down here and moved anywhere."""
    on_swipe: Callable[[int, int], bool] | None = None
    """A swipe by (dx, dy) that began here; False passes it on to the parent."""
    field: TextField | None = None
    scroll: Scroll | None = None
    at_end: bool = False
    """This scrolling area opens at its bottom and stays there."""
    through: bool = False
    """Touches pass to what lies below (toasts)."""
    listed: bool = True
    """False for panes that only stop touches (scrims, bars)."""

    @property
    def clickable(self) -> bool:
        return self.on_tap is not None or self.on_touch is not None

    @property
    def long_clickable(self) -> bool:
        return self.on_long_press is not None or self.on_hold is not None


@dataclass(frozen=True, slots=True, eq=False)
class Painted:
    """An image that equals itself only: comparing pixels would cost more than painting them."""

    image: Image

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Painted) and self.image is other.image

    def __hash__(self) -> int:
        return id(self.image)


FILL, ROUND, RING, TEXT, ICON, SHADE, IMAGE, SHADOW, PICTURE = range(9)
Op = tuple[Any, ...]
"""(x1, y1, x2, y2, kind, ...): the visible rectangle, the kind, then what `draw` needs for that kind."""


@dataclass(slots=True)
class Scene:
    width: int
    height: int
    nodes: list[Node] = field(default_factory=list)
    ops: list[Op] = field(default_factory=list)
    clip: Bounds = NOWHERE
    parent: Node | None = None
    package: str = ""
    activity: str = ""
    """The screen of an app that the frame shows; empty for the system's own."""

    def add(self, role: str, x: int, y: int, w: int, h: int, **what: Any) -> Node:
        """Add a node under `self.parent`; one that is clipped away is returned but not kept."""
        bounds = intersect((x, y, x + w, y + h), self.clip)
        node = Node(role=role, bounds=bounds, parent=self.parent, package=self.package, **what)
        if bounds is not NOWHERE:
            self.nodes.append(node)
        return node

    def sees(self, y: int, h: int) -> bool:
        """Whether rows y..y+h meet the clip at all."""
        return y < self.clip[3] and y + h > self.clip[1]

    def node_at(self, x: int, y: int) -> Node | None:
        """The topmost node there."""
        for node in reversed(self.nodes):
            x1, y1, x2, y2 = node.bounds
            if x1 <= x < x2 and y1 <= y < y2 and not node.through:
                return node
        return None

    def target_at(self, x: int, y: int) -> Node | None:
        """The node that a tap there reaches; a disabled one is met but does nothing."""
        node = self.node_at(x, y)
        while node is not None and not node.clickable and not node.long_clickable:
            node = node.parent
        return node

    # Paint. Every operation is clipped here, so the painter never has to ask.

    def fill(self, x: int, y: int, w: int, h: int, color: RGB) -> None:
        box = intersect((x, y, x + w, y + h), self.clip)
        if box is not NOWHERE:
            self.ops.append((*box, FILL, color))

    def round(self, x: int, y: int, w: int, h: int, radius: int, color: RGB, corners: str = "all") -> None:
        """A filled rectangle with round corners: "all" or "top"."""
        box = intersect((x, y, x + w, y + h), self.clip)
        if box is not NOWHERE:
            self.ops.append((*box, ROUND, color, x, y, w, h, min(radius, w // 2, h // 2), corners))

    def ring(self, x: int, y: int, w: int, h: int, radius: int, stroke: int, color: RGB) -> None:
        """The outline of a rounded rectangle, drawn inwards."""
        box = intersect((x, y, x + w, y + h), self.clip)
        if box is not NOWHERE:
            self.ops.append((*box, RING, color, x, y, w, h, min(radius, w // 2, h // 2), stroke))

    def text(self, x: int, baseline: int, text: str, font: Font, color: RGB) -> None:
        _, left, top, _ = run = text_run(text, font)
        w, h = run.mask.size
        box = intersect((x + left, baseline + top, x + left + w, baseline + top + h), self.clip)
        if box is not NOWHERE:
            self.ops.append((*box, TEXT, color, x + left, baseline + top, text, font))

    def icon(self, name: str, size: int, x: int, y: int, color: RGB) -> None:
        """The icon in the square of `size` pixels whose corner is (x, y)."""
        _, left, top, _ = run = icon_run(name, size)
        w, h = run.mask.size
        box = intersect((x + left, y + top, x + left + w, y + top + h), self.clip)
        if box is not NOWHERE:
            self.ops.append((*box, ICON, color, x + left, y + top, name, size))

    def shade(self, x: int, y: int, w: int, h: int, color: RGB, alpha: int) -> None:
        """Blend a colour over what lies below; alpha 0..255."""
        box = intersect((x, y, x + w, y + h), self.clip)
        if box is not NOWHERE:
            self.ops.append((*box, SHADE, color, alpha))

    def shadow(self, x: int, y: int, w: int, h: int, radius: int, depth: int) -> None:
        """The soft shadow that a rounded rectangle casts when it floats `depth` pixels above."""
        box = intersect((x - depth, y - depth, x + w + depth, y + h + 2 * depth), self.clip)
        if box is not NOWHERE:
            self.ops.append((*box, SHADOW, (0, 0, 0), x, y, w, h, min(radius, w // 2, h // 2), depth))

    def picture(self, x: int, y: int, image: Image) -> None:
        """An image that an app has painted, its corner at (x, y)."""
        box = intersect((x, y, x + image.width, y + image.height), self.clip)
        if box is not NOWHERE:
            self.ops.append((*box, PICTURE, Painted(image), x, y))

    def image(self, x: int, y: int, w: int, h: int, key: str, radius: int = 0) -> None:
        """A picture that the painter knows by `key`, of size w x h, with round corners."""
        box = intersect((x, y, x + w, y + h), self.clip)
        if box is not NOWHERE:
            self.ops.append((*box, IMAGE, key, x, y, w, h, radius))
