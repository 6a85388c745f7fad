"""The report page in a real browser: filters, keys, widths, and a reply that would like to run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from agentkit.actions import Box, Click, Malformed, Point
from agentkit.report.runs import grounding_report
from agentkit.scoring import GroundingSample, Prediction, card_json, score_grounding
from scripts.browser import DESKTOP, PHONE, find_browser, opened

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.skipif(find_browser() is None, reason="needs chromium to open the page")

EVIL = "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
FIGURES = "[...document.querySelectorAll('figure')]"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three misses, two malformed answers and four hits, with hostile words of every length."""
    folder = tmp_path_factory.mktemp("report")
    Image.new("RGB", (90, 160), (200, 210, 220)).save(folder / "screen.png")
    box, image = Box(0.1, 0.1, 0.4, 0.4), str(folder / "screen.png")
    groups = [{"platform": "w" * 60 if i % 2 else EVIL, "application": f"app{i % 3}"} for i in range(9)]
    samples = [GroundingSample(str(i), image, EVIL + "x" * 300 * i, box, groups[i]) for i in range(9)]
    given = [Click(Point(0.9, 0.9))] * 3 + [Malformed("?")] * 2 + [Click(Point(0.2, 0.2))] * 4
    answers = [Prediction(str(i), answer, EVIL + "word" * 500, 0.1) for i, answer in enumerate(given)]
    card = score_grounding(samples, answers)
    run = {"suite": "suite", "policy": EVIL, "card": card_json(card)}
    return grounding_report(run, samples, answers, card).write(folder / "report.html")


@pytest.fixture(scope="module")
def page(report: Path) -> Iterator[Page]:
    with opened(report) as page:
        yield page


def shown(page: Page) -> list[str]:
    return page.evaluate(f"{FIGURES}.filter((f) => f.getClientRects().length).map((f) => f.dataset.kind)")


def test_digits_filter_by_outcome(page: Page) -> None:
    assert shown(page) == ["miss"] * 3 + ["malformed"] * 2 + ["hit"] * 4
    page.keyboard.press("2")
    assert shown(page) == ["malformed"] * 2
    assert page.evaluate("document.querySelector('.filters [aria-pressed=true]').textContent") == "malformed 2"
    page.click(".filters button:nth-child(2)")
    assert shown(page) == ["miss"] * 3
    page.keyboard.press("0")
    assert len(shown(page)) == 9


def test_the_keyboard_walks_and_opens(page: Page) -> None:
    focused = f"{FIGURES}.indexOf(document.activeElement)"
    page.evaluate("document.activeElement.blur()")
    for key in ("ArrowRight", "j", "j", "ArrowLeft"):
        page.keyboard.press(key)
    assert page.evaluate(focused) == 1
    page.keyboard.press("Enter")
    assert page.evaluate("document.querySelector('dialog').open")
    assert page.evaluate("document.activeElement.tagName") == "DIALOG", "nothing in it is outlined"
    assert page.evaluate("document.querySelector('dialog .count').textContent") == "2 of 9"
    assert page.evaluate("document.querySelector('dialog pre').getClientRects().length") > 0, "the reply is unfolded"
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.querySelector('dialog .count').textContent") == "3 of 9"
    page.keyboard.press("Escape")
    page.wait_for_function("!document.querySelector('dialog').open")
    assert page.evaluate(focused) == 2, "closing leads back to the picture"


@pytest.mark.parametrize(("width", "dark"), [(DESKTOP, False), (PHONE, True)])
def test_nothing_sticks_out_and_no_text_is_tiny(page: Page, width: int, dark: bool) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if dark else "light")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.evaluate(
        "[...document.querySelectorAll('body *')].filter((e) => e.childElementCount === 0 && e.textContent.trim())"
        ".map((e) => parseFloat(getComputedStyle(e).fontSize)).filter((size) => size < 10.5)"
    )
    assert not small
    ink, paper = (page.evaluate(f"getComputedStyle(document.body).{name}") for name in ("color", "backgroundColor"))
    lightness = [sum(map(int, rgb[4:-1].split(", "))) for rgb in (ink, paper)]
    assert (lightness[0] > lightness[1]) is dark


def test_no_reply_runs(page: Page) -> None:
    assert page.title().startswith("suite: 44.4 %")
    assert page.evaluate("document.scripts.length") == 1
    assert page.evaluate("document.querySelectorAll('img:not([src^=\"data:\"])').length") == 0
