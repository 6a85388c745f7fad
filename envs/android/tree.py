"""The view hierarchy as `uiautomator dump` reports it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from agentkit.errors import EnvError

BOUNDS = re.compile(r"\[(-?\d+),(-?\d+)\]\[(-?\d+),(-?\d+)\]")
FLAGS = (
    *("checkable", "checked", "clickable", "enabled", "focusable", "focused"),
    *("scrollable", "long-clickable", "password", "selected"),
)


@dataclass(frozen=True, slots=True)
class UiNode:
    text: str
    description: str
    """Content description, the accessible name."""
    resource_id: str
    widget: str
    """Java class, e.g. "android.widget.Button"."""
    package: str
    bounds: tuple[int, int, int, int]
    """x1, y1, x2, y2 in device pixels, half open."""
    flags: frozenset[str]
    """Those of `FLAGS` that hold."""
    depth: int


def parse_tree(xml: str) -> list[UiNode]:
    """The nodes in document order. Raises EnvError for anything but a whole hierarchy."""
    if "<!DOCTYPE" in xml or "<!ENTITY" in xml:
        raise EnvError("a view hierarchy declares no entities; refusing to expand them")
    try:
        root = ElementTree.fromstring(xml.strip())  # noqa: S314  no entities, checked above
    except ElementTree.ParseError as error:
        raise EnvError(f"the view hierarchy is no XML ({error}), got {xml[:80]!r}") from error
    if root.tag != "hierarchy":
        raise EnvError(f"a view hierarchy is a <hierarchy>, got <{root.tag}>")
    return list(_nodes(root, 0))


def _nodes(parent: ElementTree.Element, depth: int) -> Iterator[UiNode]:
    for item in parent.findall("node"):
        match = BOUNDS.fullmatch(item.get("bounds", ""))
        if match is None:
            raise EnvError(f"a node's bounds look like [x1,y1][x2,y2], got {item.get('bounds')!r}")
        x1, y1, x2, y2 = (int(number) for number in match.groups())
        yield UiNode(
            text=item.get("text", ""),
            description=item.get("content-desc", ""),
            resource_id=item.get("resource-id", ""),
            widget=item.get("class", ""),
            package=item.get("package", ""),
            bounds=(x1, y1, x2, y2),
            flags=frozenset(flag for flag in FLAGS if item.get(flag) == "true"),
            depth=depth,
        )
        yield from _nodes(item, depth + 1)
