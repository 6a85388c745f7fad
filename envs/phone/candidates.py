"""The elements of a screen that a tap reaches, each with the part of the screen that is its own alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from envs.phone.scene import NOWHERE, Bounds, Node, intersect

if TYPE_CHECKING:
    from envs.phone.device import Phone

Kind: TypeAlias = Literal["text", "icon", "function", "position"]
LONGEST = 48
"""Longest name that is put into an instruction; nobody asks for an element by its paragraph."""
SMALLEST = 14
"""Least side of a target in dp."""
KEEP = 0.55
"""Least share of its rectangle that an element must keep when what lies above it is cut off."""


@dataclass(slots=True, eq=False)
class Candidate:
    """An element that can be asked for."""

    node: Node
    area: Bounds
    """Its rectangle without what lies above."""
    name: str
    """Text, else label; empty when it cannot be named."""
    worded: bool
    """Whether words can be seen on it."""
    asks: list[tuple[Kind, str]] = field(default_factory=list)
    """Ways to ask for it, by `envs.phone.asking`."""


def candidates_of(phone: Phone) -> list[Candidate]:
    """Elements that a tap reaches, each with the part of its rectangle that is its own."""
    scene, least = phone.scene, phone.layout.dp(SMALLEST)
    touched = [node for node in scene.nodes if node.clickable or node.long_clickable]
    worded = _worded(scene.nodes)
    toasts = [node.bounds for node in scene.nodes if node.role == "toast"]
    found = []
    for n, node in enumerate(touched):
        if not (node.clickable and node.enabled and node.listed) or node.role in ("dialog", "scroll", "window"):
            continue
        area = _own_area(node, touched[n + 1 :])
        hidden = any(intersect(area, toast) != NOWHERE for toast in toasts)
        if hidden or min(area[2] - area[0], area[3] - area[1]) < least:
            continue
        reached = scene.target_at((area[0] + area[2]) // 2, (area[1] + area[3]) // 2)
        if reached is node or (reached is not None and same_job(node, reached)):
            name = node.label or node.text if node.role == "input" else node.text or node.label
            found.append(Candidate(node, area, clean(name), worded=id(node) in worded))
    return found


def _worded(nodes: Sequence[Node]) -> set[int]:
    """The ids of the nodes that show words: their own or those of what they hold. An empty field shows its hint."""
    worded: set[int] = set()
    for node in nodes:
        place: Node | None = node if node.text or node.role == "input" else None
        while place is not None and id(place) not in worded:
            worded.add(id(place))
            place = place.parent
    return worded


def _own_area(node: Node, later: Sequence[Node]) -> Bounds:
    """The node's rectangle, cut back from everything tappable that is drawn over it; empty when too little is left."""
    area = node.bounds
    for other in later:
        x1, y1, x2, y2 = area
        a1, b1, a2, b2 = other.bounds
        if a1 >= x2 or a2 <= x1 or b1 >= y2 or b2 <= y1 or same_job(node, other):
            continue
        beside = (x1, y1, max(a1, x1), y2), (min(a2, x2), y1, x2, y2)
        area = max(*beside, (x1, y1, x2, max(b1, y1)), (x1, min(b2, y2), x2, y2), key=_size)
    return area if _size(area) >= KEEP * _size(node.bounds) else (0, 0, 0, 0)


def same_job(row: Node, part: Node) -> bool:
    """Whether `part` is the toggle of a row that toggles as a whole."""
    return row.checkable and part.checkable and within(part, row)


def within(node: Node | None, ancestor: Node) -> bool:
    while node is not None:
        if node.parent is ancestor:
            return True
        node = node.parent
    return False


def clean(name: str) -> str:
    """The name on one line; empty when it is too long to be said or cannot be printed."""
    name = " ".join(name.split())
    return name if len(name) <= LONGEST and name.isprintable() else ""


def _size(bounds: Bounds) -> int:
    return max(0, bounds[2] - bounds[0]) * max(0, bounds[3] - bounds[1])
