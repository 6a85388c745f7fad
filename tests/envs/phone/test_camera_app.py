"""Camera: takes what its viewfinder shows, and puts it where Android's camera app does."""

from __future__ import annotations

import io
import random

import pytest
from PIL import Image, ImageChops, ImageStat

from envs.phone.apps.camera import Camera
from envs.phone.apps.gallery import Gallery
from envs.phone.device import Phone
from envs.phone.video import read_mp4
from fingers import assert_inside, press, texts, wander


@pytest.fixture
def phone() -> Phone:
    phone = Phone([Camera, Gallery], screen="medium")
    phone.launch("Camera")
    return phone


def viewfinder(phone: Phone) -> Image.Image:
    return phone.screenshot().crop(next(e.bounds for e in phone.elements() if e.label == "Viewfinder"))


def difference(a: Image.Image, b: Image.Image) -> float:
    return sum(ImageStat.Stat(ImageChops.difference(a, b.resize(a.size))).mean)


def test_a_photo_shows_what_the_viewfinder_showed(phone: Phone) -> None:
    back = viewfinder(phone)
    press(phone, label="Shutter")
    assert phone.files.list("/sdcard/Pictures") == ["IMG_20231015_153402.jpg"]
    photo = Image.open(io.BytesIO(phone.files.read("/sdcard/Pictures/IMG_20231015_153402.jpg")))
    assert photo.size == (960, 1280)
    press(phone, label="Back camera")
    front = viewfinder(phone)
    assert difference(back, photo) < 15 < 60 < difference(front, photo)


def test_the_button_in_the_corner_shows_the_photo_taken_last(phone: Phone) -> None:
    press(phone, label="Most recent photo")
    assert phone.toast_text == "No photos yet"
    press(phone, label="Shutter")
    press(phone, label="Most recent photo")
    assert phone.foreground()[0] == Gallery.package
    assert phone.files.list("/sdcard/Pictures")[0] in texts(phone)


def test_a_video_lasts_from_start_to_stop(phone: Phone) -> None:
    press(phone, label="Open menu")
    press(phone, text="Video")
    press(phone, label="Start recording")
    for _ in range(3):
        phone.tap(5, 5)
    assert "00:03" in texts(phone)
    assert phone.files.list("/sdcard/Movies") == []
    press(phone, label="Stop")
    [name] = phone.files.list("/sdcard/Movies")
    assert read_mp4(phone.files.read(f"/sdcard/Movies/{name}")).duration_ms / 1000 == 4.0
    assert phone.files.list("/sdcard/Pictures") == []


def test_a_video_ends_where_the_app_is_left(phone: Phone) -> None:
    press(phone, label="Open menu")
    press(phone, text="Video")
    press(phone, label="Start recording")
    phone.key("HOME")
    assert len(phone.files.list("/sdcard/Movies")) == 1
    phone.launch("Camera")
    phone.key("HOME")
    assert len(phone.files.list("/sdcard/Movies")) == 1


def test_flash_and_grid_are_kept(phone: Phone) -> None:
    press(phone, label="Flash auto")
    press(phone, label="Grid lines off")
    phone.force_stop(Camera.package)
    phone.launch("Camera")
    assert {"Flash on", "Grid lines on"} <= {e.label for e in phone.elements()}


@pytest.mark.parametrize(("screen", "dark"), [("classic", True), ("tall", False)])
def test_random_walk(screen: str, dark: bool) -> None:
    rng = random.Random(screen)
    phone = Phone([Camera], screen=screen, dark=dark)
    for _ in range(10):
        wander(phone, Camera.package, rng, 15)
        assert_inside(phone)
        assert phone.screenshot().size == phone.size
