"""What AndroidDevice sees of the simulated phone over the real wire: screenshots, facts, the view hierarchy."""

from __future__ import annotations

import io
import struct

import pytest
from PIL import Image

from agentkit.errors import EnvError
from envs.android import AndroidDevice
from envs.android.screen import decode_png, decode_raw
from envs.android.tree import parse_tree


@pytest.mark.parametrize("kind", ["auto", "raw", "png"])
def test_screenshots(server, kind):
    with AndroidDevice(server.address, screenshot=kind) as device:
        assert device.screenshot().tobytes() == server.phone.screenshot().tobytes()
        device.launch("Settings")
        assert device.screenshot().tobytes() == server.phone.screenshot().tobytes()


def test_facts(server, device):
    assert device.size() == server.phone.size
    assert device.simulated
    assert "com.android.settings" in device.packages()
    assert device.launch("settings") == "com.android.settings"
    assert device.current_activity() == server.phone.foreground()
    nodes = device.ui_tree()
    assert {(e.text, e.bounds) for e in server.phone.elements() if e.text} <= {(n.text, n.bounds) for n in nodes}


def test_an_override_of_the_size_counts(device, monkeypatch):
    said = "Physical size: 1080x2400\nOverride size: 720x1600\n"
    monkeypatch.setattr(device._console, "look", lambda *args, **kwargs: said)
    assert device.size() == (720, 1600)
    monkeypatch.setattr(device._console, "look", lambda *args, **kwargs: "wm: not found")
    with pytest.raises(EnvError, match="Physical size"):
        device.size()


def raw_screen(width: int, height: int, header: int, kind: int = 1) -> bytes:
    words = (width, height, kind, 1)[: header // 4]
    return struct.pack(f"<{len(words)}I", *words) + bytes(range(256)) * (width * height * 4 // 256)


def test_raw_screenshots_of_old_and_new_devices():
    for header in (12, 16):
        image = decode_raw(raw_screen(64, 32, header))
        assert (image.size, image.mode) == ((64, 32), "RGB")
        assert image.getpixel((1, 0)) == (4, 5, 6)
    for bad, why in (
        (b"", "12 bytes of header"),
        (b"screencap: permission denied", "names its size"),
        (raw_screen(64, 32, 16)[:-1], "has 8208 bytes, got 8207"),
        (raw_screen(64, 32, 16, kind=4), "pixel format"),
    ):
        with pytest.raises(EnvError, match=why):
            decode_raw(bad)


def test_png_screenshots_are_checked_to_the_end():
    out = io.BytesIO()
    Image.effect_noise((64, 64), 50).save(out, "PNG")
    assert decode_png(out.getvalue()).mode == "RGB"
    for bad in (b"", b"error", out.getvalue()[:-200], out.getvalue().replace(b"\n", b"\r\n")):
        with pytest.raises(EnvError, match="no whole PNG"):
            decode_png(bad)


def test_another_pixel_format_falls_back_to_png(server, monkeypatch):
    odd = struct.pack("<4I", 360, 720, 4, 1) + bytes(360 * 720 * 2)
    monkeypatch.setattr(server.system, "raw_frame", lambda: odd)
    with AndroidDevice(server.address, screenshot="raw") as device:
        assert device.screenshot().tobytes() == server.phone.screenshot().tobytes()
    monkeypatch.setattr(server.system, "png", lambda: b"broken, too")
    with AndroidDevice(server.address, screenshot="raw") as device, pytest.raises(EnvError, match="pixel format"):
        device.screenshot()


def test_hierarchies_that_are_none():
    for bad, why in (
        ("", "no XML"),
        ("<a/>", "<hierarchy>"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><hierarchy/>', "entities"),
        ('<hierarchy><node bounds="[0,0]"/></hierarchy>', "bounds"),
    ):
        with pytest.raises(EnvError, match=why):
            parse_tree(bad)
