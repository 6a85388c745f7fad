"""A page in headless Chromium, through Playwright and the browser that is on the PATH."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from playwright.sync_api import Page

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
DESKTOP, PHONE = 1100, 390
"""Window widths in CSS pixels."""


def find_browser() -> str | None:
    """The first of `BROWSERS` on the PATH."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@contextmanager
def opened(file: Path, width: int = DESKTOP, height: int = 900, dark: bool = False) -> Iterator[Page]:
    """`file` in a window of that many CSS pixels. SystemExit when there is no browser."""
    from playwright.sync_api import sync_playwright

    program = find_browser()
    if program is None:
        raise SystemExit(f"expected one of {', '.join(BROWSERS)} on the PATH, found none")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            scheme = "dark" if dark else "light"
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
            page.goto(file.resolve().as_uri())
            yield page
        finally:
            browser.close()


def whole(page: Page) -> Image.Image:
    """A picture of the page from its top to its end."""
    # Pictures are decoded when they come near; a page taken at once has holes without this.
    page.evaluate("document.querySelectorAll('img').forEach((image) => { image.loading = 'eager'; })")
    page.evaluate("Promise.all([...document.images].map((image) => image.decode().catch(() => 0))).then(() => 1)")
    return Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
