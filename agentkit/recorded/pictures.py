"""Image files of data sets: their size, and whether they can be read."""

from __future__ import annotations

from pathlib import Path

from agentkit.errors import DataError


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
