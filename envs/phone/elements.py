"""What accessibility reports of a frame: a flat list of elements, and the XML that `uiautomator dump` writes."""

from __future__ import annotations

from typing import NamedTuple
from xml.sax.saxutils import quoteattr

from envs.phone.scene import Bounds, Node, Scene


class Element(NamedTuple):
    """Something on the screen, in drawing order."""

    text: str
    label: str
    """Content description; of a text field without a label, its hint."""
    role: str
    id: str
    package: str
    bounds: Bounds
    """x1, y1, x2, y2 of the visible part in device pixels, half open."""
    icon: str
    clickable: bool
    long_clickable: bool
    checkable: bool
    checked: bool
    enabled: bool
    focused: bool
    focusable: bool
    scrollable: bool
    password: bool
    selected: bool
    hit: bool
    """A tap on its centre reaches it: it is the target of that tap or, where it takes no taps, lies on top there."""


CLASSES = {
    "text": "android.widget.TextView",
    "title": "android.widget.TextView",
    "toast": "android.widget.Toast",
    "button": "android.widget.Button",
    "image": "android.widget.ImageView",
    "switch": "android.widget.Switch",
    "checkbox": "android.widget.CheckBox",
    "radio": "android.widget.RadioButton",
    "slider": "android.widget.SeekBar",
    "input": "android.widget.EditText",
    "chip": "android.widget.Button",
    "tab": "android.widget.LinearLayout",
    "list_item": "android.widget.LinearLayout",
    "menu_item": "android.widget.TextView",
    "tile": "android.widget.TextView",
    "card": "android.widget.FrameLayout",
    "dialog": "android.widget.FrameLayout",
    "scroll": "androidx.recyclerview.widget.RecyclerView",
    "key": "android.widget.Button",
}


def centre(bounds: Bounds) -> tuple[int, int]:
    return (bounds[0] + bounds[2]) // 2, (bounds[1] + bounds[3]) // 2


def is_hit(scene: Scene, node: Node) -> bool:
    x, y = centre(node.bounds)
    top = scene.node_at(x, y)
    if node.clickable:
        while top is not None and not top.clickable and not top.long_clickable:
            top = top.parent
        return top is node
    while top is not None and top is not node:
        top = top.parent
    return top is node


def element(scene: Scene, node: Node) -> Element:
    clickable = node.clickable
    return Element(
        node.text, node.label, node.role, node.id, node.package, node.bounds, node.icon, clickable, node.long_clickable,
        node.checkable, node.checked, node.enabled, node.focused, clickable or node.field is not None,
        node.scroll is not None and node.scroll.limit > 0, node.password, node.selected, is_hit(scene, node),
    )  # fmt: skip


def elements_of(scene: Scene) -> list[Element]:
    """The elements of a frame; panes that only hold others are left out."""
    return [element(scene, node) for node in scene.nodes if node.listed]


def dump_xml(scene: Scene) -> str:
    """The whole tree in uiautomator's format."""
    children: dict[Node | None, list[Node]] = {}
    for node in scene.nodes:
        children.setdefault(node.parent, []).append(node)
    parts = ["<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>", '<hierarchy rotation="0">']

    def write(node: Node, index: int) -> None:
        inner = children.get(node, ())
        parts.append(f"<node {_attributes(node, index)}{'>' if inner else ' />'}")
        for n, child in enumerate(inner):
            write(child, n)
        if inner:
            parts.append("</node>")

    for n, root in enumerate(children.get(None, ())):
        write(root, n)
    parts.append("</hierarchy>")
    return "".join(parts)


def _attributes(node: Node, index: int) -> str:
    x1, y1, x2, y2 = node.bounds
    flags = {
        "checkable": node.checkable,
        "checked": node.checked,
        "clickable": node.clickable,
        "enabled": node.enabled,
        "focusable": node.clickable or node.field is not None,
        "focused": node.focused,
        "scrollable": node.scroll is not None and node.scroll.limit > 0,
        "long-clickable": node.long_clickable,
        "password": node.password,
        "selected": node.selected,
    }
    words = {
        "index": str(index),
        "text": node.text,
        "resource-id": f"{node.package}:id/{node.id}" if node.id else "",
        "class": CLASSES.get(node.role, "android.widget.FrameLayout"),
        "package": node.package,
        "content-desc": node.label,
        **{name: str(value).lower() for name, value in flags.items()},
        "bounds": f"[{x1},{y1}][{x2},{y2}]",
        "hint": node.label if node.role == "input" else "",
    }
    return " ".join(f"{name}={quoteattr(_printable(value))}" for name, value in words.items())


def _printable(text: str) -> str:
    """XML 1.0 cannot hold control characters; Android writes a dot for them."""
    return "".join(c if c >= " " or c in "\n\t" else "." for c in text)
