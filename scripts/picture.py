"""A PNG of parts of an HTML report, as README shows: python scripts/picture.py REPORT.html OUT.png 0:760 1560:2330

Needs Chromium (or Chrome) on the PATH. Each START:END is a band of the page in pixels; the bands are stacked.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tempfile
from pathlib import Path

from PIL import Image

WIDTH = 1100
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def shoot(page: Path, height: int) -> Image.Image:
    """The top `height` pixels of the page. SystemExit when there is no browser or it draws nothing."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise SystemExit(f"picture: expected one of {', '.join(BROWSERS)} on the PATH, found none")
    with tempfile.TemporaryDirectory() as folder:
        shot = Path(folder) / "page.png"
        words = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                 f"--window-size={WIDTH},{height}", f"--screenshot={shot}", page.resolve().as_uri()]  # fmt: skip
        subprocess.run(words, check=False, capture_output=True)  # noqa: S603
        if not shot.exists():
            raise SystemExit(f"picture: {browser} drew nothing of {page}")
        return Image.open(shot).convert("RGB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("bands", nargs="+", metavar="START:END")
    args = parser.parse_args()
    bands = [tuple(map(int, band.split(":"))) for band in args.bands]
    page = shoot(args.page, max(end for _, end in bands))
    picture = Image.new("RGB", (WIDTH, sum(end - start for start, end in bands)))
    top = 0
    for start, end in bands:
        picture.paste(page.crop((0, start, WIDTH, end)), (0, top))
        top += end - start
    picture.quantize(256, dither=Image.Dither.NONE).save(args.out, optimize=True)


if __name__ == "__main__":
    main()
