"""What cleaning and rows need of image files: sizes that are read once, and how pictures look."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from agentkit.errors import DataError
from agentkit.recorded.pictures import image_size

if TYPE_CHECKING:
    from PIL.Image import Image


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
