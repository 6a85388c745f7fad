"""What every reader of a data set shares: its interface, the reason to refuse an item, and the folder for images."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

from agentkit.actions import Box, Point
from agentkit.errors import DataError, boundary
from agentkit.frames import Frame, OutsideFrame
from agentkit.recorded.pictures import image_size

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

Raw: TypeAlias = Any
"""One item of the source, as its format has it."""


class Unmappable(Exception):
    """An item that cannot be told in Glint's actions and rows; refused and counted, never guessed at."""

    def __init__(self, reason: str, detail: str = "") -> None:
        """`reason` is a phrase that can be counted; `detail` has the particulars."""
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason, self.detail = reason, detail


Made = TypeVar("Made", covariant=True)


class Source(Protocol[Made]):
    """One data set's format. Items are read and converted one at a time."""

    def items(self, source: Path) -> Iterator[tuple[str, Raw]]:
        """(id within the source, item) in a fixed order. DataError where a file is damaged or of another format."""
        ...

    def convert(self, key: str, raw: Raw, images: Images) -> Made:
        """What the item is, a `Trace` for a data set of episodes. Raises Unmappable."""
        ...


@contextmanager
def of_its_format() -> Iterator[None]:
    """Around code that reads an item: Unmappable too when a field is missing or of another kind."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise Unmappable("item is not of its format", f"{type(error).__name__}: {error}"[:200]) from error


class Images:
    """Where a reader puts screenshots that are not files yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save_png(self, name: str, data: bytes) -> tuple[Path, tuple[int, int]]:
        """Keep an encoded image (PNG or JPEG) as it is; returns its path and its size. Unmappable when it is none."""
        from PIL import Image

        try:
            with Image.open(io.BytesIO(data)) as image:
                size, kind = image.size, (image.format or "").lower()
        except Exception as error:  # Pillow raises OSError, SyntaxError, ValueError and struct errors alike
            raise Unmappable("screenshot cannot be decoded", f"{name}: {type(error).__name__}: {error}") from error
        path = self._path(f"{name}.{kind}")
        self._keep(path, data)
        return path, size

    def save_pixels(self, name: str, pixels: np.ndarray) -> tuple[Path, tuple[int, int]]:
        """Keep uint8 [height, width, 3] as PNG; returns its path and its size."""
        from PIL import Image

        path, data = self._path(f"{name}.png"), io.BytesIO()
        Image.fromarray(pixels).save(data, "PNG", compress_level=4)
        self._keep(path, data.getvalue())
        return path, (pixels.shape[1], pixels.shape[0])

    def _path(self, name: str) -> Path:
        # Names come from the data: nothing in them may lead out of the folder.
        plain = "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in name).lstrip(".")
        return self.folder / plain

    def _keep(self, path: Path, data: bytes) -> None:
        with boundary(DataError, f"cannot write {path}"):
            self.folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


class HeldImages(Images):
    """Keeps the screenshots of one item in memory, for readers that only look at them."""

    def __init__(self) -> None:
        super().__init__(Path("held"))
        self._held: dict[Path, bytes] = {}
        self._open: dict[Path, Image] = {}

    def open(self, path: Path) -> Image:
        """The picture at `path`, held or a file, RGB, decoded once. DataError when it is missing or damaged."""
        from PIL import Image

        if path not in self._open:
            with boundary(DataError, f"cannot read screenshot {path}"):
                held = self._held.get(path)
                with Image.open(path if held is None else io.BytesIO(held)) as image:
                    self._open[path] = image.convert("RGB")
        return self._open[path]

    def _keep(self, path: Path, data: bytes) -> None:
        self._held[path] = data


def point_in(frame: Frame, x: Any, y: Any) -> Point:
    """The point of frame coordinates. Unmappable when they are no numbers or lie outside."""
    if not all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in (x, y)):
        raise Unmappable("coordinates are no numbers", f"({x!r}, {y!r})")
    try:
        return frame.point(x, y)
    except OutsideFrame as error:
        raise Unmappable("coordinates outside of the screen", str(error)) from error


def box_in(frame: Frame, value: Any) -> Box | None:
    """The box of a list of four frame coordinates; None when it is none, for a box is no part of the action."""
    if not isinstance(value, list) or len(value) != 4:
        return None
    try:
        return frame.box(*value)
    except (ValueError, TypeError, OverflowError):
        return None


def smallest_around(boxes: Iterable[Box], point: Point) -> Box | None:
    """The smallest box that holds the point: of nested elements the one that was meant."""
    around = (box for box in boxes if box.contains(point))
    return min(around, key=lambda box: (box.x2 - box.x1) * (box.y2 - box.y1), default=None)


def size_of(image: Path) -> tuple[int, int]:
    """Width and height in pixels. Unmappable when the file is missing or cannot be decoded."""
    try:
        return image_size(image)
    except DataError as error:
        raise Unmappable("screenshot missing or damaged", str(error)) from error


def json_files(source: Path, part: str, what: str) -> Iterator[tuple[str, tuple[Path, dict[str, Any]]]]:
    """(stem, (path, object)) of each JSON file under `source`, which is an object with a list `part`. DataError, which
    says that `what` was expected, where one is not."""
    for path in files(source, "*.json"):
        value = load_json(path)
        if not isinstance(value, dict) or not isinstance(value.get(part), list):
            raise DataError(f"{path}: no {what}: expected an object with a list {part!r}")
        yield path.stem, (path, value)


def files(source: Path, *patterns: str) -> list[Path]:
    """`source` itself, or the files under it that fit a pattern, sorted. DataError when there are none."""
    if source.is_file():
        return [source]
    found = sorted({path for pattern in patterns for path in source.rglob(pattern) if path.is_file()})
    if not found:
        raise DataError(f"no data under {source}: expected files like {', '.join(patterns)}")
    return found


def load_json(path: Path) -> Any:
    """The value in a JSON file. DataError when it cannot be read."""
    with boundary(DataError, f"cannot read {path}"):
        return json.loads(path.read_text("utf-8"))
