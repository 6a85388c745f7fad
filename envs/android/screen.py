"""Reading what `screencap` writes."""

from __future__ import annotations

import io
import struct

from PIL import Image

from agentkit.errors import EnvError

MAX_SIDE = 16384
PNG = b"\x89PNG\r\n\x1a\n"
PIXEL_FORMATS = {1: "RGBA", 2: "RGBX"}
"""Android's PixelFormat: RGBA_8888 and RGBX_8888."""
HEADERS = (16, 12)
"""Since Android 8 the header ends with a colour space; before it had three words."""


class CutShort(EnvError):
    """The picture lacks its end. Another one may be whole."""


def decode_raw(data: bytes) -> Image.Image:
    """The picture of a raw screencap: LE u32 width, height, format, then RGBA rows. Raises EnvError."""
    if len(data) < HEADERS[-1]:
        raise CutShort(f"a raw screenshot begins with 12 bytes of header, got {_shown(data)}")
    width, height, kind = struct.unpack_from("<3I", data)
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        raise EnvError(f"a raw screenshot names its size first, got {_shown(data)}")
    if kind not in PIXEL_FORMATS:
        raise EnvError(f"a raw screenshot has the pixel format RGBA_8888 (1) or RGBX_8888 (2), got {kind}")
    skip = len(data) - 4 * width * height
    if skip not in HEADERS:
        expected = 4 * width * height + HEADERS[0]
        fault = CutShort if skip < HEADERS[-1] else EnvError
        raise fault(f"a raw screenshot of {width}x{height} has {expected} bytes, got {len(data)}")
    return Image.frombuffer("RGBX", (width, height), data[skip:], "raw", "RGBX", 0, 1).convert("RGB")


def decode_png(data: bytes) -> Image.Image:
    """The picture of `screencap -p`, checked to its end. Raises EnvError."""
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
            if max(image.size) > MAX_SIDE:
                raise EnvError(f"a screenshot has sides of at most {MAX_SIDE}, got {image.size}")
            return image.convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        fault = CutShort if PNG.startswith(data[: len(PNG)]) else EnvError
        raise fault(f"the screenshot is no whole PNG ({error}), got {_shown(data)}") from error


def _shown(data: bytes) -> str:
    return f"{len(data)} bytes: {data[:60]!r}"
