"""Screenshots inside the page: shrunk JPEGs as data URLs, marks drawn over them as crisp SVG."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from agentkit.actions import Box, Click, DoubleClick, Drag, Hover, LongPress, Parsed, Point, Scroll
from agentkit.errors import DataError, boundary
from agentkit.report.markup import Markup, join, tag
from agentkit.scoring import NoTarget, Polygon, Target

if TYPE_CHECKING:
    from PIL.Image import Image

QUALITY = 78


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture with what was asked, what was right and what was answered."""

    image: Image | str | Path
    title: str
    """The instruction."""
    target: Target | None = None
    answer: Parsed | None = None
    good: bool | None = None
    """Colours the frame and the mark; None is neutral."""
    note: str = ""
    """Small print: the outcome, the model's words."""
    tags: tuple[str, ...] = field(default=())
    """Chips; the first is the kind that a gallery filters by."""
    replies: tuple[tuple[str, str], ...] = field(default=())
    """What the model wrote, each with a name; shown as text, the beginning if it is long."""
    other: Parsed | None = None
    """A second answer, of the opposite worth: what another run said."""


@dataclass(frozen=True, slots=True)
class View:
    """The part of a picture that is shown, as fractions of it."""

    box: Box = Box(0.0, 0.0, 1.0, 1.0)  # noqa: RUF009 - Box is frozen

    def place(self, point: Point, size: tuple[int, int]) -> tuple[float, float]:
        """`point` of the whole picture in pixels of a view shown at `size`."""
        x = (point.x - self.box.x1) / (self.box.x2 - self.box.x1)
        return x * size[0], (point.y - self.box.y1) / (self.box.y2 - self.box.y1) * size[1]


def open_picture(image: Image | str | Path) -> Image:
    """The picture, RGB. DataError when a path cannot be read."""
    from PIL import Image as images

    if not isinstance(image, (str, Path)):
        return image.convert("RGB")
    with boundary(DataError, f"cannot read image {image}"), images.open(image) as opened:
        return opened.convert("RGB")


def data_url(image: Image, side: int) -> tuple[str, tuple[int, int]]:
    """A JPEG data URL of `image` with its longer side at most `side` pixels, and the size it has then."""
    shrunk = image.convert("RGB")
    if max(shrunk.size) > side:
        shrunk = shrunk.copy()
        shrunk.thumbnail((side, side), reducing_gap=3.0)
    buffer = io.BytesIO()
    shrunk.save(buffer, "JPEG", quality=QUALITY, optimize=True)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode(), shrunk.size


def picture(
    image: Image,
    side: int,
    target: Target | None = None,
    answer: Parsed | None = None,
    good: bool | None = None,
    zoom: bool = False,
    other: Parsed | None = None,
) -> Markup:
    """The picture with target and answer drawn on it. `zoom` shows the region around tiny targets of large screens.

    `other` is a second answer, drawn as right where the first is wrong and the other way round.
    """
    view = _region(image, target, answer, other) if zoom else View()
    if view.box != View().box:
        width, height = image.size
        corners = (view.box.x1 * width, view.box.y1 * height, view.box.x2 * width, view.box.y2 * height)
        image = image.crop(tuple(round(v) for v in corners))  # type: ignore[arg-type]
    url, size = data_url(image, side)
    opposite = None if good is None else not good
    seconds = _answer_marks(other, view, size, opposite)
    marks = join(*_target_marks(target, view, size), *seconds, *_answer_marks(answer, view, size, good))
    overlay = tag("svg", marks, viewBox=f"0 0 {size[0]} {size[1]}", class_="marks")
    shown = tag("img", src=url, width=size[0], height=size[1], alt="", loading="lazy")
    part = tag("span", "part of the screen", class_="part") if view.box != View().box else None
    return tag("div", shown, overlay, part, class_="picture", style=f"max-width:{size[0]}px")


def _target_marks(target: Target | None, view: View, size: tuple[int, int]) -> list[Markup]:
    if target is None or isinstance(target, NoTarget):
        return []
    if isinstance(target, Polygon):
        corners = " ".join("{:.1f},{:.1f}".format(*view.place(p, size)) for p in target.points)
        return [tag("polygon", points=corners, class_="halo"), tag("polygon", points=corners, class_="gold")]
    return _box_marks(target, view, size, "gold")


def _answer_marks(answer: Parsed | None, view: View, size: tuple[int, int], good: bool | None) -> list[Markup]:
    look = "neutral" if good is None else "good" if good else "bad"
    match answer:
        case Click(at=point, box=box):
            outline = _box_marks(box, view, size, f"guess {look}") if box else []
            return [*outline, *_cross(view.place(point, size), size, look)]
        case LongPress(at=point) | Hover(at=point) | DoubleClick(at=point):
            return _cross(view.place(point, size), size, look)
        case Drag(start=start, end=end):
            return _arrow(view.place(start, size), view.place(end, size), size, look)
        case Scroll(start=Point() as start, end=Point() as end):
            return _arrow(view.place(start, size), view.place(end, size), size, look)
        case Scroll(direction=str() as direction):
            dx, dy = {"up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0)}[direction]
            x, y = size[0] / 2, size[1] / 2
            reach = min(size) / 5
            return _arrow((x - dx * reach, y - dy * reach), (x + dx * reach, y + dy * reach), size, look)
    return []


def _box_marks(box: Box, view: View, size: tuple[int, int], look: str) -> list[Markup]:
    x1, y1 = view.place(Point(box.x1, box.y1), size)
    x2, y2 = view.place(Point(box.x2, box.y2), size)
    frame = {"x": x1, "y": y1, "width": max(x2 - x1, 1.0), "height": max(y2 - y1, 1.0), "rx": 2}
    return [tag("rect", class_="halo", **frame), tag("rect", class_=look, **frame)]


def _cross(at: tuple[float, float], size: tuple[int, int], look: str) -> list[Markup]:
    x, y = at
    r = max(7.0, min(size) / 34)
    lines = f"M{x - 1.7 * r:.1f} {y:.1f}h{1.1 * r:.1f}M{x + 0.6 * r:.1f} {y:.1f}h{1.1 * r:.1f}"
    lines += f"M{x:.1f} {y - 1.7 * r:.1f}v{1.1 * r:.1f}M{x:.1f} {y + 0.6 * r:.1f}v{1.1 * r:.1f}"
    ring = {"cx": x, "cy": y, "r": r}
    return [
        tag("circle", class_="halo", **ring),
        tag("path", d=lines, class_="halo"),
        tag("circle", class_=f"point {look}", **ring),
        tag("path", d=lines, class_=f"point {look}"),
        tag("circle", class_=f"dot {look}", cx=x, cy=y, r=r / 3.2),
    ]


def _arrow(start: tuple[float, float], end: tuple[float, float], size: tuple[int, int], look: str) -> list[Markup]:
    (x1, y1), (x2, y2) = start, end
    length = max(((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5, 1e-6)
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    head = max(9.0, min(size) / 22)
    left = (x2 - head * (ux * 0.85 - uy * 0.55), y2 - head * (uy * 0.85 + ux * 0.55))
    right = (x2 - head * (ux * 0.85 + uy * 0.55), y2 - head * (uy * 0.85 - ux * 0.55))
    path = f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}M{left[0]:.1f} {left[1]:.1f}L{x2:.1f} {y2:.1f}"
    path += f"L{right[0]:.1f} {right[1]:.1f}"
    return [
        tag("path", d=path, class_="halo"),
        tag("path", d=path, class_=f"point {look}"),
        tag("circle", cx=x1, cy=y1, r=head / 3, class_=f"dot {look}"),
    ]


def _region(image: Image, target: Target | None, *answers: Parsed | None) -> View:
    """The whole of a small or upright picture; of a large one the part that holds target and answers, with room."""
    places = [*_corners(target), *(answer.at for answer in answers if isinstance(answer, Click))]
    width, height = image.size
    if not places or width <= height or max(width, height) < 1200:
        return View()
    pad = 0.06
    x1, x2 = min(p.x for p in places) - pad, max(p.x for p in places) + pad
    y1, y2 = min(p.y for p in places) - pad, max(p.y for p in places) + pad
    span = max(x2 - x1, y2 - y1, 0.28)
    if span > 0.7:
        return View()
    left = min(max((x1 + x2 - span) / 2, 0.0), 1.0 - span)
    top = min(max((y1 + y2 - span) / 2, 0.0), 1.0 - span)
    return View(Box(left, top, min(left + span, 1.0), min(top + span, 1.0)))


def _corners(target: Target | None) -> list[Point]:
    match target:
        case Box(x1=x1, y1=y1, x2=x2, y2=y2):
            return [Point(x1, y1), Point(x2, y2)]
        case Polygon(points=points):
            return list(points)
    return []
