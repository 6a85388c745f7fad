"""Simple Draw Pro: what a finger draws is on the canvas, and in the file that is saved."""

from __future__ import annotations

import io
import random
from xml.etree import ElementTree

import pytest
from PIL import Image

from envs.phone.apps.draw import Draw
from envs.phone.apps.draw.canvas import Stroke, painted
from envs.phone.apps.draw.main import COLORS
from envs.phone.device import Phone
from fingers import assert_inside, press, texts, wander

BLACK, WHITE, RED = COLORS["Black"], COLORS["White"], COLORS["Red"]


@pytest.fixture
def phone() -> Phone:
    phone = Phone([Draw], screen="medium")
    phone.launch("Simple Draw Pro")
    return phone


def canvas(phone: Phone) -> tuple[int, int, int, int]:
    return next(e.bounds for e in phone.elements() if e.label == "Canvas")


def ink(phone: Phone, x: float, y: float) -> object:
    """The pixel at a place of the canvas, given in fractions."""
    x1, y1, x2, y2 = canvas(phone)
    return phone.screenshot().getpixel((round(x1 + x * (x2 - x1)), round(y1 + y * (y2 - y1))))


def draw(phone: Phone, x1: float, y1: float, x2: float, y2: float) -> None:
    left, top, right, bottom = canvas(phone)
    width, height = right - left, bottom - top
    phone.swipe(left + x1 * width, top + y1 * height, left + x2 * width, top + y2 * height)


@pytest.mark.parametrize("line", [(0.2, 0.5, 0.8, 0.5), (0.5, 0.2, 0.5, 0.8), (0.7, 0.7, 0.3, 0.3)])
def test_a_finger_draws_in_any_direction(phone: Phone, line: tuple[float, float, float, float]) -> None:
    assert ink(phone, 0.5, 0.5) == WHITE
    draw(phone, *line)
    assert ink(phone, 0.5, 0.5) == BLACK
    assert ink(phone, 0.1, 0.9) == WHITE


def test_a_tap_leaves_a_dot_as_wide_as_the_brush(phone: Phone) -> None:
    x1, y1, x2, y2 = canvas(phone)
    phone.tap((x1 + x2) // 2, (y1 + y2) // 2)
    assert (ink(phone, 0.5, 0.5), ink(phone, 0.55, 0.5)) == (BLACK, WHITE)
    _, top, right, bottom = next(e.bounds for e in phone.elements() if e.label == "Stroke width")
    phone.tap(right - 20, (top + bottom) // 2)
    phone.tap((x1 + x2) // 2, (y1 + y2) // 2)
    assert ink(phone, 0.55, 0.5) == BLACK


def test_undo_redo_eraser_and_clear(phone: Phone) -> None:
    draw(phone, 0.2, 0.5, 0.8, 0.5)
    press(phone, label="Undo")
    assert ink(phone, 0.5, 0.5) == WHITE
    press(phone, label="Redo")
    assert ink(phone, 0.5, 0.5) == BLACK
    press(phone, label="Eraser")
    draw(phone, 0.5, 0.4, 0.5, 0.6)
    assert (ink(phone, 0.5, 0.5), ink(phone, 0.7, 0.5)) == (WHITE, BLACK)
    press(phone, label="More options")
    press(phone, text="Clear")
    press(phone, text="Yes")
    assert ink(phone, 0.7, 0.5) == WHITE


def test_colours_of_brush_and_ground(phone: Phone) -> None:
    press(phone, label="Change color")
    press(phone, text="Red")
    press(phone, label="More options")
    press(phone, text="Change background")
    press(phone, text="Blue")
    draw(phone, 0.2, 0.5, 0.8, 0.5)
    assert (ink(phone, 0.5, 0.5), ink(phone, 0.1, 0.1)) == (RED, COLORS["Blue"])


def save(phone: Phone, name: str, extension: str) -> str:
    press(phone, label="Save")
    press(phone, id="filename_value")
    phone.key_combination("CTRL_LEFT", "A")
    phone.type_text(name)
    press(phone, text=extension)
    press(phone, text="OK")
    press(phone, label="Open menu")
    press(phone, text="sdk_gphone_x86_64")
    press(phone, text="Pictures")
    press(phone, text="Save")
    return f"/sdcard/Pictures/{name}{extension}"


@pytest.mark.parametrize("extension", [".png", ".jpg"])
def test_the_file_is_what_the_canvas_shows(phone: Phone, extension: str) -> None:
    draw(phone, 0.2, 0.5, 0.8, 0.5)
    x1, y1, x2, y2 = canvas(phone)
    file = Image.open(io.BytesIO(phone.files.read(save(phone, "two words", extension))))
    assert file.size == (x2 - x1, y2 - y1)
    assert [file.getpixel((round(x * file.width), file.height // 2))[0] // 128 for x in (0.1, 0.5)] == [1, 0]
    assert "Simple Draw" in texts(phone)


def test_an_svg_file_holds_the_strokes(phone: Phone) -> None:
    draw(phone, 0.25, 0.5, 0.75, 0.5)
    x1, _, x2, _ = canvas(phone)
    root = ElementTree.fromstring(phone.files.read_text(save(phone, "lines", ".svg")))
    [path] = root.findall("{http://www.w3.org/2000/svg}path")
    assert path.get("stroke") == "#000000"
    start = path.get("d", "M0")[1:].split()[0]
    assert float(start) == pytest.approx((x2 - x1) / 4, abs=1)


def test_strokes_outside_of_the_canvas_are_cut_off() -> None:
    stroke = Stroke((-3.0, 0.5), (4.0, 0.5), 0.2, RED)
    assert painted((stroke,), WHITE, 31, 17).getcolors() is not None
    assert painted((stroke,), WHITE, 31, 17).getpixel((0, 8)) == RED


@pytest.mark.parametrize(("screen", "dark"), [("classic", True), ("tall", False)])
def test_random_walk(screen: str, dark: bool) -> None:
    rng = random.Random(screen)
    phone = Phone([Draw], screen=screen, dark=dark)
    for _ in range(10):
        wander(phone, Draw.package, rng, 15)
        assert_inside(phone)
        assert phone.screenshot().size == phone.size
