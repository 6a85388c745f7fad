"""Text and icons as cached coverage masks, and the line breaking they share.

A `Run` is one string in one font: an 8-bit mask and where it lies relative to the pen on the baseline. Runs, widths
and line breaks are pure functions of their arguments, so all are memoised for the life of the process.
"""

from __future__ import annotations

import difflib
import io
import json
from functools import cache, lru_cache
from importlib import resources
from typing import Literal, NamedTuple

from PIL import Image, ImageFont

Weight = Literal["Regular", "Medium", "Bold"]


class Font(NamedTuple):
    weight: Weight
    size: int
    """Pixels per em."""


class Run(NamedTuple):
    mask: Image.Image
    """Mode L coverage."""
    left: int
    top: int
    """Offset of the mask from the pen position on the baseline."""
    width: int
    """Advance, rounded up to whole pixels."""


@cache
def _asset(name: str, size: int) -> ImageFont.FreeTypeFont:
    data = (resources.files("envs.phone") / "assets" / name).read_bytes()
    return ImageFont.truetype(io.BytesIO(data), size, layout_engine=ImageFont.Layout.BASIC)


def _face(font: Font) -> ImageFont.FreeTypeFont:
    return _asset(f"Roboto-{font.weight}.ttf", font.size)


@cache
def line_metrics(font: Font) -> tuple[int, int]:
    """Ascent and descent in pixels."""
    return _face(font).getmetrics()


@lru_cache(maxsize=65536)
def text_width(text: str, font: Font) -> float:
    """Advance width in pixels."""
    return _face(font).getlength(text)


@lru_cache(maxsize=16384)
def text_run(text: str, font: Font) -> Run:
    core, (left, top) = _face(font).getmask2(text, mode="L", anchor="ls")
    mask = Image.new("L", core.size)
    mask.im.paste(core, (0, 0, *core.size))
    return Run(mask, left, top, -int(-text_width(text, font) // 1))


@lru_cache(maxsize=16384)
def break_lines(text: str, font: Font, width: int) -> tuple[tuple[int, int], ...]:
    """Half-open spans of `text`, one per line of at most `width` pixels. Lines break after spaces, else inside a word.

    Spans keep their trailing spaces and leave out newlines, so a caret position maps to exactly one line.
    """
    spans: list[tuple[int, int]] = []
    base = 0
    for paragraph in text.split("\n"):
        start = 0
        while True:
            if text_width(paragraph[start:], font) <= width:
                spans.append((base + start, base + len(paragraph)))
                break
            end = _fit(paragraph, start, font, width)
            spans.append((base + start, base + end))
            start = end
        base += len(paragraph) + 1
    return tuple(spans)


def _fit(text: str, start: int, font: Font, width: int) -> int:
    """End of the longest line that begins at `start`; always moves on by one character at least."""
    low, high = start + 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if text_width(text[start:middle].rstrip(" "), font) <= width:
            low = middle
        else:
            high = middle - 1
    space = text.rfind(" ", start, low)
    return space + 1 if space >= start and low < len(text) and text[low - 1] != " " else low


@lru_cache(maxsize=16384)
def elide(text: str, font: Font, width: int) -> str:
    """`text` on one line of at most `width` pixels, cut with an ellipsis."""
    if text_width(text, font) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if text_width(text[:middle].rstrip() + "…", font) <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + "…"


@lru_cache(maxsize=16384)
def paragraph(text: str, font: Font, width: int, lines: int) -> tuple[str, ...]:
    """The lines to draw: all of them, or `lines` at most with an ellipsis at the end (0 means no limit)."""
    spans = break_lines(text, font, width)
    shown = [text[a:b].rstrip(" ") for a, b in spans]
    if lines and len(shown) > lines:
        rest = text[spans[lines - 1][0] :].replace("\n", " ")
        shown = [*shown[: lines - 1], elide(rest, font, width)]
    return tuple(shown)


@cache
def icon_names() -> dict[str, int]:
    """Every icon of the toolkit, with its code point in the icon font."""
    return json.loads((resources.files("envs.phone") / "assets" / "icons.json").read_text())


@lru_cache(maxsize=4096)
def icon_run(name: str, size: int) -> Run:
    """The icon in a square of `size` pixels; `left` and `top` are from the square's corner.

    Raises KeyError for a name that the toolkit does not ship, with the nearest names.
    """
    try:
        code = icon_names()[name]
    except KeyError:
        near = difflib.get_close_matches(name, icon_names(), n=3)
        raise KeyError(f"no icon named {name!r}; nearest: {', '.join(near) or 'none'}") from None
    core, (left, top) = _asset("MaterialDesignIcons.ttf", size).getmask2(chr(code), mode="L", anchor="la")
    mask = Image.new("L", core.size)
    mask.im.paste(core, (0, 0, *core.size))
    return Run(mask, left, top, size)
