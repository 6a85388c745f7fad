"""What a data set needs to know of its image files: their size, whether they can be read, and how they look."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from agentkit.errors import DataError

if TYPE_CHECKING:
    from PIL.Image import Image


def image_size(path: Path, decode: bool = False) -> tuple[int, int]:
    """(width, height) of an image file, in pixels. `decode` reads every pixel, which finds truncated files.

    DataError when the file is missing or cannot be decoded.
    """
    from PIL import Image as images

    if not path.is_file():
        raise DataError(f"image file is missing: expected a file at {path}")
    try:
        with images.open(path) as image:
            if decode:
                image.load()
            return image.size
    except Exception as error:  # Pillow raises OSError, SyntaxError, ValueError, zlib and struct errors alike
        raise DataError(f"image cannot be decoded: {path}: {type(error).__name__}: {error}") from error


class ImageSizes:
    """`image_size`, each file opened once, for as long as the object lives."""

    def __init__(self, decode: bool) -> None:
        self._decode = decode
        self._known: dict[Path, tuple[int, int] | DataError] = {}

    def __call__(self, path: Path) -> tuple[int, int]:
        if path not in self._known:
            try:
                self._known[path] = image_size(path, self._decode)
            except DataError as error:
                self._known[path] = error
        found = self._known[path]
        if isinstance(found, DataError):
            raise DataError(str(found))
        return found


LOOK_SIDE = 16
LOOK_BITS = LOOK_SIDE * LOOK_SIDE


def difference_hash(picture: Image) -> bytes:
    """256 bits that hardly change under rescaling and recompression: is each cell of 16 x 16 darker than its right
    neighbour? The number of bits in which two pictures differ measures how unlike they look."""
    import numpy as np
    from PIL.Image import Resampling

    grey = np.asarray(picture.convert("L").resize((LOOK_SIDE + 1, LOOK_SIDE), Resampling.BOX), np.int16)
    return np.packbits(grey[:, :-1] < grey[:, 1:]).tobytes()
