"""Simple Gallery Pro: shows the picture files of the storage, and copies, moves, renames and deletes them."""

from __future__ import annotations

import io
import random

import pytest
from PIL import Image

from envs.phone.apps.gallery import Gallery
from envs.phone.apps.gallery.pixels import GREY, decode, thumbnail, view
from envs.phone.device import Phone
from fingers import assert_inside, press, texts, wander

RED, BLUE = (220, 30, 30), (30, 30, 220)


def picture(color: tuple[int, int, int], size: tuple[int, int] = (80, 60), kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, color).save(file, kind)
    return file.getvalue()


def halves() -> bytes:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (100, 100), RED)
    image.paste(BLUE, (50, 0, 100, 100))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def phone() -> Phone:
    phone = Phone([Gallery], screen="medium")
    phone.files.write("/sdcard/DCIM/red.png", picture(RED), mtime=1_697_000_000)
    phone.files.write("/sdcard/DCIM/two.png", halves(), mtime=1_697_000_100)
    phone.files.write("/sdcard/Pictures/blue.png", picture(BLUE))
    phone.launch("Simple Gallery Pro")
    return phone


def middle(phone: Phone, label: str) -> tuple[int, int, int]:
    """The pixel in the middle of what has this label."""
    x1, y1, x2, y2 = next(e.bounds for e in phone.elements() if e.label == label)
    pixel = phone.screenshot().getpixel(((x1 + x2) // 2, (y1 + y2) // 2))
    assert isinstance(pixel, tuple)
    return pixel[:3]


def test_folders_show_their_newest_picture_and_their_number(phone: Phone) -> None:
    assert {"DCIM", "2", "Pictures", "1"} <= set(texts(phone))
    assert middle(phone, "Folder Pictures") == BLUE
    phone.files.write("/sdcard/DCIM/green.png", picture((0, 200, 0)), mtime=1_697_000_200)
    phone.invalidate()
    assert middle(phone, "Folder DCIM") == (0, 200, 0)
    assert "3" in texts(phone)


def test_names_are_shown_when_asked_for_and_stay_so(phone: Phone) -> None:
    press(phone, text="DCIM")
    assert "red.png" not in texts(phone)
    press(phone, label="More options")
    press(phone, text="Toggle filename visibility")
    assert "red.png" in texts(phone)
    phone.force_stop(Gallery.package)
    phone.launch(Gallery.label)
    press(phone, text="DCIM")
    assert "red.png" in texts(phone)


def test_the_viewer_zooms_where_it_is_tapped_twice_and_turns_pages(phone: Phone) -> None:
    press(phone, text="DCIM")
    press(phone, label="two.png")
    x1, y1, x2, y2 = next(e.bounds for e in phone.elements() if e.id == "photo")
    height = (y1 + y2) // 2
    right = x1 + 3 * (x2 - x1) // 4
    assert phone.screenshot().getpixel((x1 + 20, height)) == RED
    phone.double_tap(right, height)
    assert phone.screenshot().getpixel((x1 + 20, height)) == BLUE
    phone.swipe(x1 + 50, height, x2 - 50, height)  # moves the enlarged picture
    assert phone.screenshot().getpixel((x1 + 20, height)) == RED
    phone.double_tap(right, height)
    assert phone.screenshot().getpixel((x2 - 20, height)) == BLUE
    phone.swipe(x2 - 50, height, x1 + 50, height)  # turns to the next one
    assert "red.png" in texts(phone)
    phone.tap(right, height)
    assert "red.png" not in texts(phone)
    phone.tap(right, height)
    phone.key("BACK")
    assert phone.foreground()[1] == ".activities.MediaActivity"


def test_a_copy_goes_to_any_folder_and_a_move_to_one_of_the_gallery(phone: Phone) -> None:
    press(phone, text="DCIM")
    press(phone, label="red.png", long=True)
    press(phone, label="More options")
    press(phone, text="Copy to")
    press(phone, text="Other folder")
    press(phone, text="..")
    press(phone, text="Download")
    press(phone, text="OK")
    assert phone.files.read("/sdcard/Download/red.png") == phone.files.read("/sdcard/DCIM/red.png")
    press(phone, label="two.png")
    press(phone, label="More options")
    press(phone, text="Move to")
    press(phone, text="Pictures")
    assert phone.files.exists("/sdcard/Pictures/two.png")
    assert not phone.files.exists("/sdcard/DCIM/two.png")


def test_rename_keeps_the_extension_and_refuses_what_is_taken(phone: Phone) -> None:
    press(phone, text="DCIM")
    press(phone, label="red.png")
    for name, there in (("two", "red.png"), ("ruby", "ruby.png")):
        press(phone, label="Rename")
        phone.key_combination("CTRL_LEFT", "A")
        phone.type_text(name)
        press(phone, text="OK")
        assert phone.files.exists(f"/sdcard/DCIM/{there}")
    assert "ruby.png" in texts(phone)


def test_properties_tell_size_and_resolution_and_delete_asks(phone: Phone) -> None:
    press(phone, text="Pictures")
    press(phone, label="blue.png")
    press(phone, label="Properties")
    assert {"blue.png", "/sdcard/Pictures", "80 x 60"} <= set(texts(phone))
    press(phone, text="OK")
    press(phone, label="Delete")
    press(phone, text="No")
    assert phone.files.exists("/sdcard/Pictures/blue.png")
    press(phone, label="Delete")
    press(phone, text="Yes")
    assert not phone.files.exists("/sdcard/Pictures/blue.png")
    assert "Pictures" not in texts(phone)


def test_search_finds_pictures_of_all_folders(phone: Phone) -> None:
    press(phone, label="Search")
    phone.type_text("BLU")
    assert [e.label for e in phone.elements() if e.label.endswith(".png")] == ["blue.png"]


@pytest.mark.parametrize("data", [b"", b"no picture", picture(RED)[:60], picture(RED, kind="JPEG")[:300]])
def test_a_broken_file_is_shown_as_a_sign(phone: Phone, data: bytes) -> None:
    assert thumbnail(data, "Image", 30, 30).getpixel((0, 0)) == GREY
    phone.files.write("/sdcard/DCIM/red.png", data)
    press(phone, text="DCIM")
    press(phone, label="red.png")
    assert phone.screenshot().getpixel((10, phone.size[1] // 2)) == GREY


def test_pixels_of_a_fitted_and_of_an_enlarged_view() -> None:
    fitted = view(halves(), "Image", 100, 200, 1.0, 0.5, 0.5)
    assert [fitted.getpixel((10, y)) for y in (49, 51, 149, 151)] == [(0, 0, 0), RED, RED, (0, 0, 0)]
    assert view(halves(), "Image", 100, 200, 4.0, 0.875, 0.5).getcolors() == [(100 * 200, BLUE)]


def test_pictures_too_large_for_a_phone_are_not_decoded() -> None:
    file = io.BytesIO()
    Image.new("1", (20_000, 2_001)).save(file, "PNG")
    assert decode(file.getvalue()) is None


@pytest.mark.parametrize(("screen", "dark"), [("classic", True), ("tall", False)])
def test_random_walk(screen: str, dark: bool) -> None:
    rng = random.Random(screen)
    phone = Phone([Gallery], screen=screen, dark=dark)
    for n in range(7):
        phone.files.write(f"/sdcard/DCIM/{n}.jpg", picture((30 * n, 0, 0), kind="JPEG"))
    for _ in range(12):
        wander(phone, Gallery.package, rng, 15)
        assert_inside(phone)
        assert phone.screenshot().size == phone.size
