"""Chrome: pages are shown by a real Chromium and touched like on a phone; skipped where there is none."""

from __future__ import annotations

import random
import socket
from importlib.util import find_spec

import pytest

from agentkit.errors import ConfigError
from envs.miniwob.browser import find_chromium
from envs.phone.apps.chrome import Chrome
from envs.phone.apps.chrome.engine import DEADLINE_S, engine
from envs.phone.apps.chrome.main import DOWNLOADS
from envs.phone.apps.files import Files
from envs.phone.device import Phone
from envs.phone.elements import centre
from fingers import assert_inside, press, texts, wander


def _chromium() -> bool:
    try:
        find_chromium()
    except ConfigError:
        return False
    return find_spec("playwright") is not None


real = pytest.mark.skipif(not _chromium(), reason="needs Chromium and Playwright: pip install 'glint-agents[miniwob]'")
HEAD = '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Test &amp; page</title>'
FORM = (
    HEAD
    + """<button id=b onclick="document.getElementById('out').textContent = 'pressed ' + i.value">Press</button>
<input id=i placeholder="How many" type=number><input id=s type=password aria-label="Secret">
<p id=out></p><div style="height: 3000px">tall</div><p>The end</p>"""
)
WIDE = "<button style='font-size: 40px' onclick=\"document.body.innerHTML = '<h1>Done</h1>'\">Go</button>"


def opened(document: str, screen: str = "medium") -> Phone:
    phone = Phone([Files, Chrome], screen=screen)
    phone.files.write(f"{DOWNLOADS}/a page.html", document)
    phone.invalidate()
    phone.launch("Files")
    press(phone, text="a page.html")
    press(phone, text="Just once")
    press(phone, text="Use without an account")
    return phone


def test_files_ask_with_which_app_to_open_a_page() -> None:
    phone = Phone([Files, Chrome], screen="medium")
    phone.files.write(f"{DOWNLOADS}/a.html", "<b>bold</b>")
    phone.launch("Files")
    press(phone, text="a.html")
    assert {"Open with", "Chrome", "HTML Viewer"} <= set(texts(phone))
    phone.key("BACK")
    assert "Open with" not in texts(phone)
    press(phone, text="a.html")
    press(phone, text="HTML Viewer")
    press(phone, text="Just once")
    assert phone.foreground()[0] == Files.package
    assert "<b>bold</b>" in texts(phone)


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("https://example.org", "ERR_INTERNET_DISCONNECTED"),
        ("file:///etc/passwd", "ERR_FILE_NOT_FOUND"),
        ("file:///sdcard", "ERR_FILE_NOT_FOUND"),
        ("weather", "ERR_INTERNET_DISCONNECTED"),
    ],
)
def test_what_is_out_of_reach_says_why(address: str, fault: str) -> None:
    phone = Phone([Files, Chrome], screen="medium")
    phone.launch("Chrome")
    press(phone, text="Use without an account")
    press(phone, text="Search or type URL")
    phone.type_text(f"{address}\n")
    assert fault in texts(phone)
    phone.key("BACK")
    assert "New tab" in texts(phone)


@real
@pytest.mark.slow
def test_a_page_is_pressed_written_into_and_scrolled() -> None:
    phone = opened(FORM)
    assert {"Test & page", "Press", f"file://{DOWNLOADS}/a%20page.html"} <= set(texts(phone))
    field = next(e for e in phone.elements() if e.label == "How many")
    phone.tap(*centre(field.bounds))
    assert any(e.role == "key" for e in phone.elements())
    phone.type_text("42")
    phone.key("DEL")
    assert next(e for e in phone.elements() if e.label == "How many").text == "4"
    press(phone, text="Press")
    assert "pressed 4" in texts(phone)
    secret = next(e for e in phone.elements() if e.label == "Secret")
    phone.tap(*centre(secret.bounds))
    phone.type_text("abc")
    assert next(e for e in phone.elements() if e.label == "Secret").text == "•••"
    phone.key("BACK")
    assert "The end" not in texts(phone)
    x, low, high = phone.size[0] // 2, int(0.85 * phone.size[1]), int(0.2 * phone.size[1])
    for _ in range(8):
        phone.swipe(x, low, x, high)
    assert "The end" in texts(phone)
    assert "Press" not in texts(phone)
    assert_inside(phone)


@real
@pytest.mark.slow
@pytest.mark.parametrize("screen", ["small", "tall"])
def test_a_page_without_a_viewport_is_zoomed_out_and_still_hit(screen: str) -> None:
    phone = opened(WIDE, screen)
    button = next(e for e in phone.elements() if e.text == "Go")
    assert button.bounds[2] - button.bounds[0] < phone.size[0] / 5
    phone.tap(*centre(button.bounds))
    assert "Done" in texts(phone)
    before = phone.screenshot()
    phone.tap(phone.size[0] // 2, phone.size[1] // 2)
    assert phone.screenshot().tobytes() == before.tobytes()
    assert phone.screenshot() is before


@real
@pytest.mark.slow
def test_a_page_reaches_nothing_but_itself() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.5)
        there = f"http://127.0.0.1:{server.getsockname()[1]}/"
        phone = opened(
            HEAD
            + f"""<img src='{there}a'><iframe src='file:///etc/passwd'></iframe><p id=o>-</p><script>
            open('{there}b'); new WebSocket('{there.replace("http", "ws")}c');
            fetch('{there}d').catch(e => o.textContent = 'refused')</script>"""
        )
        phone.tap(200, 500)
        assert "refused" in texts(phone)
        with pytest.raises(TimeoutError):
            server.accept()


@real
@pytest.mark.slow
def test_a_page_that_hangs_is_ended_and_the_next_one_works(monkeypatch) -> None:
    monkeypatch.setattr("envs.phone.apps.chrome.engine.DEADLINE_S", 5.0)
    phone = opened(HEAD + "<button onclick='for (;;) {}'>Hang</button>")
    assert DEADLINE_S > 5
    press(phone, text="Hang")
    phone.screenshot()
    phone.invalidate()
    assert "This page cannot be shown" in texts(phone)
    assert "Press" in texts(opened(FORM))


@real
@pytest.mark.slow
def test_random_walk() -> None:
    rng = random.Random(7)
    phone = opened(FORM, "small")
    for _ in range(4):
        wander(phone, Chrome.package, rng, 10)
        assert_inside(phone)
        assert phone.screenshot().size == phone.size


def teardown_module() -> None:
    engine().close()
    engine.cache_clear()
