"""Turns widgets into a frame's nodes and paint operations: type sizes, stacking, scrolling, dispatch by class.

`Layout` lives as long as screen metrics and theme stay the same; a frame points it at a fresh `Scene`. A placer draws
one widget at a place in device pixels and returns its height. What lies outside the clip costs its height only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from envs.phone.fonts import Font, Weight, line_metrics, paragraph, text_width
from envs.phone.metrics import Metrics
from envs.phone.scene import NOWHERE, Bounds, Node, Op, Scene, Scroll, intersect
from envs.phone.theme import RGB, Theme
from envs.phone.ui import (
    Appointment,
    Bubble,
    Card,
    Column,
    Divider,
    Grid,
    Header,
    Line,
    ListItem,
    Picture,
    Spacer,
    Tabs,
    TextField,
    Timetable,
    Widget,
)

TYPE_SCALE: dict[str, tuple[float, float, Weight]] = {
    "display": (45, 54, "Regular"),
    "headline": (24, 32, "Regular"),
    "bar": (22, 28, "Regular"),
    "title": (18, 24, "Medium"),
    "body": (16, 23, "Regular"),
    "small": (14, 20, "Regular"),
    "label": (14, 20, "Medium"),
    "caption": (12, 16, "Regular"),
    "tiny": (11, 15, "Medium"),
}
"""Style -> (size in sp, line height in sp, weight), after Material 3's type scale."""

FLUSH = (ListItem, Header, Divider, Spacer, Tabs, Grid, Appointment, Timetable)
"""Widgets that touch their neighbours; others keep 8 dp apart."""
OWN_PADDING = (*FLUSH, Column, Line, Card, Bubble, Picture)
"""Widgets that take the full width and apply the container's padding themselves."""

AT_END = 1 << 30
"""Scroll offset that means "at the bottom, also when content grows"."""

Placer = Callable[["Layout", Any, int, int, int, int], int]
"""(layout, widget, x, y, width, padding) -> height"""


@dataclass(slots=True)
class Editing:
    """Where the keyboard's input goes."""

    id: str = ""
    """The focused field; empty when none is."""
    caret: int = 0
    anchor: int = 0
    """Other end of the selection; equal to `caret` when nothing is selected."""
    keyboard: bool = False
    toolbar: bool = False
    """Cut, copy and paste are offered."""

    @property
    def selection(self) -> tuple[int, int]:
        return min(self.caret, self.anchor), max(self.caret, self.anchor)


@dataclass(slots=True)
class FieldPlace:
    """A text field of this frame, visible or scrolled away."""

    widget: TextField
    box: Bounds
    """Unclipped."""
    line: tuple[int, int]
    """Top and bottom of what must stay visible while typing: the caret's line, or the whole field if it is low."""
    viewport: tuple[Bounds, str] | None
    """The scrolling area it lies in, and that area's key."""


@dataclass(slots=True)
class Layout:
    metrics: Metrics
    theme: Theme
    placers: Mapping[type, Placer]
    touch_field: Callable[[TextField, int, bool], None]
    """(field, caret, long press): a finger came down in a text field."""
    scene: Scene = field(default_factory=lambda: Scene(0, 0))
    editing: Editing = field(default_factory=Editing)
    offsets: dict[str, int] = field(default_factory=dict)
    """Scroll offsets in pixels by key."""
    fields: dict[str, FieldPlace] = field(default_factory=dict)
    viewport: tuple[Bounds, str] | None = None
    """The scrolling area being filled."""
    kept: dict[tuple[Any, ...], tuple[list[Node], list[Op]]] = field(default_factory=dict)
    """Parts of a frame that depend on their key alone, such as the keyboard, ready to be used again."""
    pill_fields: bool = False
    """Draw text fields as the rounded message box of a footer."""
    dp: Callable[[float], int] = field(init=False)
    styles: dict[str, tuple[Font, int, int]] = field(init=False)
    """Style -> (font, line height, baseline below the top of the line), in pixels."""

    def __post_init__(self) -> None:
        self.dp = cache(self.metrics.dp)
        self.styles = {}
        for name, (size, line, weight) in TYPE_SCALE.items():
            font, height = Font(weight, self.metrics.sp(size)), self.metrics.sp(line)
            ascent, descent = line_metrics(font)
            self.styles[name] = (font, height, (height - ascent - descent) // 2 + ascent)

    def begin(self, scene: Scene) -> None:
        """Point the layout at a new frame."""
        self.scene = scene
        self.fields = {}

    def font(self, style: str) -> Font:
        return self.styles[style][0]

    def line_height(self, style: str) -> int:
        return self.styles[style][1]

    def lines(self, text: str, style: str, width: int, limit: int = 0) -> tuple[str, ...]:
        return paragraph(text, self.styles[style][0], max(1, width), limit)

    def width(self, text: str, style: str) -> int:
        return -int(-text_width(text, self.styles[style][0]) // 1)

    def write(
        self, lines: Sequence[str], style: str, x: int, y: int, width: int, color: RGB, align: str = "left"
    ) -> Bounds:
        """Draw lines of text from y down; returns the box they fill."""
        font, height, baseline = self.styles[style]
        left, right, top = x + width, x, y
        for line in lines:
            w = -int(-text_width(line, font) // 1)
            at = x if align == "left" else x + width - w if align == "right" else x + (width - w) // 2
            self.scene.text(at, y + baseline, line, font, color)
            left, right, y = min(left, at), max(right, at + w), y + height
        return left, top, right, y

    def place(self, widget: Widget, x: int, y: int, width: int, padding: int = 0) -> int:
        """Draw a widget and return its height; leaf widgets are inset by `padding`."""
        placer = self.placers.get(type(widget))
        if placer is None:
            raise TypeError(f"the toolkit cannot draw a {type(widget).__name__} here")
        if not isinstance(widget, OWN_PADDING):
            return placer(self, widget, x + padding, y, width - 2 * padding, 0)
        return placer(self, widget, x, y, width, padding)

    def measure(self, widget: Widget, width: int, padding: int = 0) -> int:
        """The height that `place` would return, drawing nothing."""
        scene, clip, fields = self.scene, self.scene.clip, dict(self.fields)
        scene.clip = NOWHERE
        height = self.place(widget, 0, 0, width, padding)
        scene.clip, self.fields = clip, fields
        return height

    def reuse(self, key: tuple[Any, ...], draw: Callable[[], None]) -> None:
        """Add to the frame what `draw` adds, calling it once per key. Its handlers must stay valid."""
        scene = self.scene
        part = self.kept.get(key)
        if part is None:
            nodes, ops = len(scene.nodes), len(scene.ops)
            draw()
            self.kept[key] = (scene.nodes[nodes:], scene.ops[ops:])
        else:
            scene.nodes += part[0]
            scene.ops += part[1]

    def stack(self, children: Sequence[Widget], x: int, y: int, width: int, padding: int) -> int:
        """Draw children below each other; returns the height they take."""
        top, gap = y, self.dp(8)
        flush = True
        for n, child in enumerate(children):
            tight = isinstance(child, FLUSH)
            if n and not (tight or flush):
                y += gap
            y += self.place(child, x, y, width, padding)
            flush = tight
        return y - top

    def stack_height(self, children: Sequence[Widget], width: int, padding: int) -> int:
        scene, clip, fields = self.scene, self.scene.clip, dict(self.fields)
        scene.clip = NOWHERE
        height = self.stack(children, 0, 0, width, padding)
        scene.clip, self.fields = clip, fields
        return height

    def scroll_area(
        self, box: Bounds, key: str, content: Callable[[int], int], *, at_end: bool = False, role: str = "scroll"
    ) -> Node:
        """A viewport at `box`. `content(y)` draws from row y down and returns its height; offsets are clamped to it."""
        scene, (x1, y1, x2, y2) = self.scene, box
        outer = (scene.clip, scene.parent, self.viewport)
        scene.clip = intersect(box, scene.clip)
        node = scene.add(role, x1, y1, x2 - x1, y2 - y1, listed=False)
        scene.parent, self.viewport = node, (box, key)
        offset = self.offsets.get(key, AT_END if at_end else 0)
        marks = len(scene.nodes), len(scene.ops)
        height = content(y1 - (0 if offset == AT_END else offset))
        limit = max(0, height - (y2 - y1))
        if offset > limit:
            if limit or offset != AT_END:
                del scene.nodes[marks[0] :], scene.ops[marks[1] :]
                content(y1 - limit)
            if offset != AT_END:
                self.offsets[key] = limit
        node.scroll, node.listed, node.at_end = Scroll(key, limit), limit > 0, at_end
        scene.clip, scene.parent, self.viewport = outer
        return node
