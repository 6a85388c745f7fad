"""A PNG of parts of an HTML report, as README and the documentation show them.

    python scripts/picture.py REPORT.html OUT.png 0:760 1560:2330
    python scripts/picture.py REPORT.html OUT.png 0:900 --width 390 --dark
    python scripts/picture.py REPORT.html OUT.png --press ArrowRight Enter

Needs Chromium (or Chrome) on the PATH and the package playwright. Each START:END is a band of the page in pixels; the
bands are stacked, or stand beside each other with --beside. With --press the window is shown as it is after the keys.
"""

from __future__ import annotations

import argparse
import io
from pathlib import Path

from PIL import Image

from browser import DESKTOP, opened, whole

HEIGHT = 820


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("bands", nargs="*", metavar="START:END", help="default: the whole page")
    parser.add_argument("--width", type=int, default=DESKTOP, help="of the window (default: %(default)s)")
    parser.add_argument("--dark", action="store_true", help="as a browser with a dark scheme shows it")
    parser.add_argument("--beside", action="store_true", help="bands from left to right")
    parser.add_argument("--press", nargs="+", default=[], metavar="KEY", help="keys to press first, e.g. ArrowRight")
    args = parser.parse_args()
    with opened(args.page, args.width, HEIGHT, args.dark) as page:
        picture = whole(page)
        for key in args.press:
            page.keyboard.press(key)
        if args.press:
            picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    ends = [tuple(map(int, band.split(":"))) for band in args.bands] or [(0, picture.height)]
    parts = [picture.crop((0, start, picture.width, min(end, picture.height))) for start, end in ends]
    joined(parts, args.beside).quantize(256, dither=Image.Dither.NONE).save(args.out, optimize=True)


def joined(parts: list[Image.Image], beside: bool) -> Image.Image:
    """The parts below each other, or from left to right."""
    if beside:
        size = (sum(part.width for part in parts), max(part.height for part in parts))
    else:
        size = (max(part.width for part in parts), sum(part.height for part in parts))
    sheet, x, y = Image.new("RGB", size), 0, 0
    for part in parts:
        sheet.paste(part, (x, y))
        x, y = (x + part.width, y) if beside else (x, y + part.height)
    return sheet


if __name__ == "__main__":
    main()
