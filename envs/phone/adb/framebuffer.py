"""`framebuffer:`: one header, then the pixels, RGBA rows from the top."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from envs.phone.adb.stream import Stream

if TYPE_CHECKING:
    from envs.phone.adb.services import Services

RAW_HEADER = 16
"""Bytes before the pixels of a raw screencap."""
CHANNELS = ((0, 8), (16, 8), (8, 8), (24, 8))
"""(bit offset, bits) of red, blue, green and alpha: that is the header's order."""


def header(width: int, height: int) -> bytes:
    """Version 1: version, bits per pixel, size, width, height, then offset and length of each channel."""
    channels = [number for channel in CHANNELS for number in channel]
    return struct.pack("<13I", 1, 32, width * height * 4, width, height, *channels)


async def framebuffer(services: Services, stream: Stream) -> None:
    frame = await services.with_phone(services.system.raw_frame)
    await stream.write(header(*services.system.phone.size) + frame[RAW_HEADER:])
