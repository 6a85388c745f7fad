"""Grounding data as JSON lists: ScreenSpot, SeeClick-Web, ShowUI and their like.

An item names an image (`img_filename`, `image`, `image_path`, `img_url`) and either has an instruction and a box
itself or a list `elements` (`element`) of them. Boxes are x1, y1, x2, y2 or x, y, width, height, in pixels, fractions
or 0..1000. Unless told, fractions are recognised by being no larger than 1, and the kind of box is proved from the
data: a second corner left of or above the first can only be a size, a size that leaves the image can only be a corner.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

from agentkit.actions import Box
from agentkit.errors import ConfigError, DataError
from agentkit.frames import N1000, UNIT, Frame, screen
from agentkit.recorded.pictures import image_size
from agentkit.recorded.source import Images, Unmappable, files, size_of
from rft.data.importers.json_array import array_items
from rft.data.rows import GroundingRow

IMAGE_KEYS = ("img_filename", "image", "image_path", "img_path", "img_url")
TEXT_KEYS = ("instruction", "text", "prompt")
BOX_KEYS = ("bbox", "box")
ELEMENT_KEYS = ("elements", "element")
APP_KEYS = ("application", "data_source", "platform")
PLACES = (".", "images", "screenspotv2_image", "screenspot_imgs", "../images", "../screenspotv2_image")
"""Where images are looked for, from the folder of the JSON file."""
SLACK = 0.02
"""How far a box may leave its image, as a fraction of the side, and be clamped to it."""

Corners = Literal["auto", "xyxy", "xywh"]
FrameKind = Literal["auto", "pixels", "unit", "n1000"]


@dataclass(frozen=True)
class GroundingJson:
    boxes: str = "auto"
    frame: str = "auto"

    def __post_init__(self) -> None:
        for name, value, known in (("boxes", self.boxes, Corners), ("frame", self.frame, FrameKind)):
            if value not in get_args(known):
                raise ConfigError(f"{name} must be one of {', '.join(get_args(known))}, got {value!r}")

    def items(self, source: Path) -> Iterator[tuple[str, tuple[Path, dict[str, Any], str, str]]]:
        for path in files(source, "*.json"):
            frame = self._frame(path)
            corners = self.boxes if self.boxes != "auto" else _prove(path, frame)
            for number, item in enumerate(array_items(path)):
                if not isinstance(item, dict):
                    raise DataError(f"{path}, item {number}: expected an object, got {str(item)[:40]}")
                yield f"{path.stem}-{number}", (path, item, frame, corners)

    def _frame(self, path: Path) -> str:
        if self.frame != "auto":
            return self.frame
        largest = max((value for _, _, box in _boxes(path) for value in box), default=0.0)
        return "unit" if largest <= 1 + SLACK else "pixels"

    def convert(self, key: str, raw: tuple[Path, dict[str, Any], str, str], images: Images) -> list[GroundingRow]:
        path, item, frame, corners = raw
        image = _image(item, path)
        size = size_of(image)
        elements, rows, refused = list(_elements(item)), [], None
        for number, element in enumerate(elements):
            name = key if len(elements) == 1 else f"{key}-{number}"
            try:
                rows.append(_row(name, path, element, item, image, size, _frame(frame, size), corners))
            except Unmappable as error:
                refused = error
        if refused is not None and not rows:
            raise refused
        if not rows:
            raise Unmappable("no elements")
        return rows


def _row(
    key: str,
    path: Path,
    element: dict[str, Any],
    item: dict[str, Any],
    image: Path,
    size: tuple[int, int],
    frame: Frame,
    corners: str,
) -> GroundingRow:
    text = _first(element, TEXT_KEYS)
    if not isinstance(text, str) or not text.strip():
        raise Unmappable("no instruction", repr(element)[:120])
    app = _first(item, APP_KEYS)
    app = app if isinstance(app, str) else ""
    source = path.stem
    numbers = _numbers(element)
    if numbers is None:
        raise Unmappable("box is not four numbers", repr(_first(element, BOX_KEYS))[:120])
    if all(value < 0 for value in numbers):
        return GroundingRow(0, image, size, text.strip(), None, key, app=app, source=source)
    x1, y1, x2, y2 = numbers if corners == "xyxy" else _corners(numbers)
    unit = [x1 / frame.width, y1 / frame.height, x2 / frame.width, y2 / frame.height]
    if not all(-SLACK <= value <= 1 + SLACK for value in unit):
        raise Unmappable("box outside of its image", f"{numbers} in {size[0]}x{size[1]} ({frame.name}, {corners})")
    left, top, right, bottom = (min(max(value, 0.0), 1.0) for value in unit)
    if left >= right or top >= bottom:
        raise Unmappable("box without area", str(numbers))
    return GroundingRow(0, image, size, text.strip(), Box(left, top, right, bottom), key, app=app, source=source)


def _prove(path: Path, frame: str) -> str:
    """`xyxy` or `xywh`. DataError when the file proves both or neither."""
    proofs: dict[str, str] = {}
    known = lru_cache(4096)(image_size)
    for number, item, box in _boxes(path):
        if all(value < 0 for value in box):
            continue
        x, y, right, bottom = box
        if right < x or bottom < y:
            proofs.setdefault("xywh", f"item {number} has {box}")
            continue
        size = (1, 1)
        if frame == "pixels":
            try:
                size = known(_image(item, path))
            except (DataError, Unmappable):
                continue
        area = _frame(frame, size)
        if x + right > area.width * (1 + SLACK) or y + bottom > area.height * (1 + SLACK):
            proofs.setdefault("xyxy", f"item {number} has {box} in an image of {size[0]}x{size[1]}")
    if len(proofs) == 1:
        return next(iter(proofs))
    what = "mixes both kinds of boxes" if proofs else "does not prove the kind of its boxes"
    shown = "; ".join(f"{kind}: {why}" for kind, why in proofs.items())
    raise DataError(f"{path} {what}{': ' + shown if shown else ''}. Say xyxy or xywh if you know it")


def _boxes(path: Path) -> Iterator[tuple[int, dict[str, Any], list[float]]]:
    """(item number, item, four numbers) of every box that has them."""
    for number, item in enumerate(array_items(path)):
        if isinstance(item, dict):
            for element in _elements(item):
                if (numbers := _numbers(element)) is not None:
                    yield number, item, numbers


def _elements(item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    nested = _first(item, ELEMENT_KEYS)
    if isinstance(nested, list):
        yield from (element for element in nested if isinstance(element, dict))
    else:
        yield item


def _numbers(element: dict[str, Any]) -> list[float] | None:
    value = _first(element, BOX_KEYS)
    if not isinstance(value, list) or len(value) != 4:
        return None
    if not all(isinstance(x, (int, float)) and not isinstance(x, bool) for x in value):
        return None
    try:
        numbers = [float(x) for x in value]
    except OverflowError:  # a whole number of hundreds of digits
        return None
    return numbers if all(map(math.isfinite, numbers)) else None


def _corners(box: list[float]) -> tuple[float, float, float, float]:
    x, y, width, height = box
    return x, y, x + width, y + height


def _frame(name: str, size: tuple[int, int]) -> Frame:
    return {"unit": UNIT, "n1000": N1000}.get(name) or screen(size)


def _image(item: dict[str, Any], path: Path) -> Path:
    name = _first(item, IMAGE_KEYS)
    if not isinstance(name, str) or not name:
        raise Unmappable("no image named", repr(item)[:120])
    for place in PLACES:
        found = path.parent / place / name
        if found.is_file():
            return found
    raise Unmappable("screenshot missing", repr(name))


def _first(item: dict[str, Any], keys: tuple[str, ...]) -> Any:
    return next((item[key] for key in keys if key in item), None)
