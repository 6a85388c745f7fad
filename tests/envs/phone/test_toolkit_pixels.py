"""What is drawn: the same everywhere, complete at every size and theme, and repainted exactly where it changed."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from agentkit.errors import ConfigError
from envs.phone import fonts, ui
from envs.phone.device import Phone
from envs.phone.draw import repaint
from envs.phone.fonts import Font, break_lines, elide, icon_names, icon_run, paragraph, text_width
from envs.phone.frame import PLACERS
from envs.phone.metrics import SCREENS, ScreenSpec
from envs.phone.theme import SEEDS, theme
from toolkit_demo import Demo, demo_phone, find, tap

WALK = """
import hashlib
from toolkit_demo import demo_phone, tap
phone, _ = demo_phone(seed=5)
digest = hashlib.sha256(phone.screenshot().tobytes())
for name in ("wifi", "More options", "Second", "Add", "No", "Form", "name"):
    tap(phone, name)
    digest.update(phone.screenshot().tobytes())
phone.type_text("Ada")
phone.swipe(180, 5, 180, 400)
digest.update(phone.screenshot().tobytes())
phone.key("APP_SWITCH")
digest.update(phone.screenshot().tobytes())
phone.key("HOME")
digest.update(phone.screenshot().tobytes())
print(digest.hexdigest())
"""


def test_same_inputs_give_same_pixels_in_every_process() -> None:
    def run(seed: str) -> str:
        here, root = Path(__file__).parent, Path(__file__).parents[3]
        env = {"PYTHONPATH": f"{here}:{root}", "PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo" if seed == "1" else "UTC"}
        return subprocess.run([sys.executable, "-c", WALK], env=env, capture_output=True, text=True, check=True).stdout

    first = run("1")
    assert len(first.strip()) == 64
    assert first == run("2")


def test_seed_changes_colours_only() -> None:
    looks = {Phone([Demo], screen="small", seed=seed).display.palette for seed in range(40)}
    assert looks == set(SEEDS)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("screen", sorted(SCREENS))
def test_every_widget_is_drawn(screen: str, dark: bool) -> None:
    """Scrolled through from top to bottom, each widget's element appears, inside the screen and with ink in its box."""
    phone, app = demo_phone(screen, dark=dark)
    width, height = phone.size
    wanted = {
        "Section", "Wi-Fi", "Form", "Ada", "Mon", "A long second line that wraps onto more lines than one", "Check",
        "Delete", "Radio", "Off", "Level", "Headline", "Filled", "Tonal", "Outline", "Text", "Dead", "One", "Two",
        "Three four", "Bare switch", "Bare box", "Card", "Its text", "Alarm", "Timer", "Clock", "Theirs", "15:34",
        "All", "None", "Add", "Home", "You", "Search", "More options", "Open menu", "Demo", "First", "No. 0", "Launch",
        "Third", "Dentist", "At ten", "Sun 15", "Breakfast", "Mail", "Run", "Photo",
    }  # fmt: skip
    seen = set()
    for _ in range(16):
        image = phone.screenshot()
        assert image.size == phone.size and image.mode == "RGB"
        for e in phone.elements():
            x1, y1, x2, y2 = e.bounds
            assert 0 <= x1 < x2 <= width and 0 <= y1 < y2 <= height
            inked = len(image.crop(e.bounds).getcolors(1 << 16) or range(99)) > 1
            if inked and (y2 - y1 > 10 or e.role == "text"):
                seen |= {e.text, e.label}
        if wanted <= seen:
            break
        phone.swipe(width // 2, height * 0.6, width // 2, height * 0.4)
    assert wanted <= seen, wanted - seen
    kinds = {type(w) for w in _walk(app.widgets())} | {ui.TextField, ui.Tabs}
    assert set(PLACERS) == kinds, "the demo must show every widget that has a placer"


def _walk(widgets):
    for w in widgets:
        yield w
        for inner in (*getattr(w, "children", ()), getattr(w, "leading", None), getattr(w, "trailing", None)):
            if inner is not None:
                yield from _walk([inner])


@pytest.mark.parametrize("scale", [0.85, 1.3, 1.5])
def test_text_grows_with_font_scale_and_stays_inside(scale: float) -> None:
    plain, _ = demo_phone()
    phone, _ = demo_phone(font_scale=scale)

    def height(p: Phone) -> int:
        _, y1, _, y2 = find(p, "Demo", "title").bounds
        return y2 - y1

    assert height(phone) == pytest.approx(height(plain) * scale, abs=1)
    assert all(e.bounds[2] <= 360 for e in phone.elements())


def test_partial_repaint_equals_full_repaint() -> None:
    phone, _ = demo_phone(seed=2)
    names = ("wifi", "More options", "First", "Second", "Add", "No", "None", "All", "Form", "name")
    for name in names:
        tap(phone, name)
        shot = phone.screenshot()
        assert _same(shot, repaint(phone.scene.ops, phone.size, phone.display.pictures, None))
    for key in ("A", "B", "DEL", "BACK", "BACK", "HOME"):
        phone.key(key)
        assert _same(phone.screenshot(), repaint(phone.scene.ops, phone.size, phone.display.pictures, None))


def _same(a: Image.Image, b: Image.Image) -> bool:
    return a.size == b.size and ImageChops.difference(a, b).getbbox() is None


def test_a_screenshot_taken_earlier_does_not_change() -> None:
    phone, _ = demo_phone()
    shot = phone.screenshot()
    before = hashlib.sha256(shot.tobytes()).hexdigest()
    tap(phone, "wifi")
    assert phone.screenshot() is not shot
    assert hashlib.sha256(shot.tobytes()).hexdigest() == before


def test_revision_counts_visible_changes_only() -> None:
    phone, _ = demo_phone()
    start, shot = phone.revision, phone.screenshot()
    phone.tap(5, phone.size[1] - 200)
    phone.key("VOLUME_MUTE")
    tap(phone, "wifi")
    assert phone.revision == start + 2
    quiet, shot = phone.revision, phone.screenshot()
    phone.settings.put("global", "unseen", "1")
    assert phone.revision == quiet and phone.screenshot() is shot
    phone.settings.put("global", "wifi_on", "0")
    assert phone.revision == quiet + 1


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("seed", sorted(SEEDS))
def test_text_stands_out_from_its_ground(seed: str, dark: bool) -> None:
    """WCAG contrast of at least 4.5 for text, 3 for the rest."""
    t = theme(seed, dark)

    def luminance(rgb) -> float:
        r, g, b = ((c / 255 / 12.92) if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in rgb)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    def contrast(a, b) -> float:
        low, high = sorted((luminance(a), luminance(b)))
        return (high + 0.05) / (low + 0.05)

    for ink, ground in (
        (t.on_surface, t.surface), (t.on_surface, t.surface_highest), (t.on_surface_variant, t.surface_highest),
        (t.primary, t.surface), (t.on_primary, t.primary), (t.on_primary_container, t.primary_container),
        (t.on_secondary_container, t.secondary_container), (t.error, t.surface),
        (t.inverse_on_surface, t.inverse_surface),
    ):  # fmt: skip
        assert contrast(ink, ground) >= 4.5
    assert contrast(t.outline, t.surface) >= 3


@pytest.mark.parametrize("width", [1, 63, 100, 239])
@pytest.mark.parametrize(
    "text", ["", "a", "word", "two  words", "a longer line of words, with aunbreakablylongwordinside it\n\nand more "]
)
def test_lines_cover_the_text_and_fit(text: str, width: int) -> None:
    font = Font("Regular", 16)
    spans = break_lines(text, font, width)
    assert "".join(text[a:b] for a, b in spans) == text.replace("\n", "")
    assert all(b - a <= 1 or text_width(text[a:b].rstrip(" "), font) <= width for a, b in spans)
    assert len(paragraph(text, font, width, 2)) <= 2


def test_a_line_breaks_at_the_last_space_that_fits() -> None:
    font = Font("Regular", 16)
    text = "alpha beta gamma"
    width = int(text_width("alpha beta", font)) + 2
    assert paragraph(text, font, width, 0) == ("alpha beta", "gamma")
    assert elide(text, font, width).endswith("…") and text_width(elide(text, font, width), font) <= width


def test_icons_are_centred_and_unknown_names_are_refused() -> None:
    assert len(icon_names()) >= 250
    for name in ("plus", "close", "circle", "square"):
        run = icon_run(name, 48)
        x1, y1, x2, y2 = run.mask.getbbox()
        assert abs((run.left + (x1 + x2) / 2) - 24) <= 1 and abs((run.top + (y1 + y2) / 2) - 24) <= 1
    with pytest.raises(KeyError, match="wifi"):
        icon_run("wifi-stregth", 24)


def test_fonts_hold_the_letters_that_apps_write() -> None:
    blank = fonts.text_run("\ue000", Font("Regular", 32)).mask.tobytes()
    for letter in "AZaz09@#&…•–—’“”éÉñüßøåçŁžŐ°±×÷€£¥©®™":
        assert fonts.text_run(letter, Font("Regular", 32)).mask.tobytes() != blank, letter


def test_screens_are_checked() -> None:
    with pytest.raises(ConfigError, match="'huge'"):
        Phone([Demo], screen="huge")
    with pytest.raises(ConfigError, match="300 dp"):
        ScreenSpec(720, 1440, 480)
