"""One page in the browser: a document without a network, looked at and touched like on a phone.

Lengths are fractions of what is seen. What the page says of itself is a page's word: it is checked for its form and
cut to size, never run.
"""

from __future__ import annotations

import html
import io
import re
import weakref
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from PIL import Image

from agentkit.errors import GlintError
from envs.phone.apps.chrome.engine import engine
from envs.phone.ui import Part, TextField

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, CDPSession, ProxySettings, Route
    from playwright.sync_api import Page as Tab

BLANK = (255, 255, 255)
ORIGIN = "http://document.invalid/"
MAX_PARTS, MAX_TEXT, MAX_TITLE = 400, 2000, 200
STEPS = 12
"""Places of a finger on its way."""
REST_MS = 60
"""How long the finger rests before it is lifted, so that nothing flies on; and how long the page has afterwards."""
NOWHERE: ProxySettings = {"server": "http://127.0.0.1:1", "bypass": "<-loopback>"}
"""Chromium opens connections for navigations before it asks whether they are allowed: they end at a port without a
server."""
NO_PEERS = "delete window.RTCPeerConnection; delete window.webkitRTCPeerConnection;"
"""Peer connections go around everything that refuses requests."""
FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
COLLECT = """
(most) => {
  const view = visualViewport, found = [], wide = view.width, tall = view.height;
  const fields = [...document.querySelectorAll('input, textarea')];
  const typed = new Set(['text', 'number', 'search', 'email', 'tel', 'url', 'password', '']);
  for (const element of document.querySelectorAll('body *')) {
    if (found.length >= most) break;
    const box = element.getBoundingClientRect();
    const x1 = Math.max(0, (box.left - view.offsetLeft) / wide), x2 = Math.min(1, (box.right - view.offsetLeft) / wide);
    const y1 = Math.max(0, (box.top - view.offsetTop) / tall), y2 = Math.min(1, (box.bottom - view.offsetTop) / tall);
    if (x1 >= x2 || y1 >= y2 || getComputedStyle(element).visibility !== 'visible') continue;
    const own = [...element.childNodes].filter(n => n.nodeType === 3).map(n => n.data).join(' ').trim();
    const name = element.tagName.toLowerCase(), label = element.getAttribute('aria-label') || element.title || '';
    const kind = (element.getAttribute('type') || '').toLowerCase();
    const writes = name === 'textarea' || name === 'input' && typed.has(kind);
    const presses = ['button', 'a', 'select', 'summary'].includes(name) || name === 'input' && !writes ||
      element.hasAttribute('onclick');
    const role = writes ? 'field' : presses ? 'button' : ['img', 'canvas', 'svg'].includes(name) ? 'image' : 'text';
    const text = writes || name === 'input' ? String(element.value) : presses ? element.innerText : own;
    if (role === 'text' && !text) continue;
    found.push({role, text: String(text).slice(0, 2000), label, id: element.id, box: [x1, y1, x2, y2],
      index: fields.indexOf(element), hint: element.placeholder || '', kind, off: !!element.disabled});
  }
  return found;
}
"""
WRITE = """
([index, text]) => {
  const field = document.querySelectorAll('input, textarea')[index];
  if (!field) return;
  if (document.activeElement !== field) field.focus();
  const kind = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
  Object.getOwnPropertyDescriptor(kind.prototype, 'value').set.call(field, text);
  field.dispatchEvent(new Event('input', {bubbles: true}));
  field.dispatchEvent(new Event('change', {bubbles: true}));
}
"""


class Page:
    """Shows `document` until it is closed or forgotten. A page that cannot be shown or touched has a `fault`."""

    def __init__(self, document: bytes) -> None:
        self._document = document
        self._context: BrowserContext | None = None
        self._tab: Tab | None = None
        self._fingers: CDPSession | None = None
        self._seen: tuple[int, int, float] = (0, 0, 0.0)
        self._image: Image.Image | None = None
        self._parts: list[Part] = []
        named = re.search(rb"<title[^>]*>([^<]{1,800})", document, re.IGNORECASE)
        self.title = html.unescape(named[1].decode("utf-8", "replace")).strip()[:MAX_TITLE] if named else ""
        self.stale = True
        """Something may have changed since the last look."""
        self.fault = ""
        """Why the page is lost: no browser, or it hung or crashed."""

    def look(self, width: int, height: int, scale: float) -> Image.Image:
        """What the page shows on a screen part of this size in pixels, `scale` pixels per dp. The same object as long
        as it looks the same."""
        if ((width, height, scale) != self._seen or self.stale or self._image is None) and not self.fault:
            self._ask("showing a page", lambda browser: self._look(browser, width, height, scale))
        if self._image is None or self._image.size != (width, height):
            self._image = Image.new("RGB", (width, height), BLANK)
        return self._image

    def parts(self) -> list[Part]:
        """What the last look showed."""
        return self._parts

    def tap(self, x: float, y: float) -> None:
        self._touch([(x, y)], 0)

    def hold(self, x: float, y: float) -> None:
        self._touch([(x, y)], 700)

    def stroke(self, x1: float, y1: float, x2: float, y2: float) -> None:
        """A finger that goes from one place to the other."""
        way = [(x1 + (x2 - x1) * n / STEPS, y1 + (y2 - y1) * n / STEPS) for n in range(STEPS + 1)]
        self._touch(way, REST_MS)

    def write(self, index: int, text: str) -> None:
        """Have the page's text field hold a text."""
        self._change("writing into a page", lambda tab: tab.evaluate(WRITE, [index, text]))

    def enter(self) -> None:
        self._change("pressing Enter", lambda tab: tab.keyboard.press("Enter"))

    def close(self) -> None:
        """Safe to call twice."""
        context, self._context, self._tab, self._fingers = self._context, None, None, None
        if context is not None:
            engine().soon(lambda: _end(context))

    def _look(self, browser: Browser, width: int, height: int, scale: float) -> None:
        size = {"width": max(1, round(width / scale)), "height": max(1, round(height / scale))}
        if self._context is None or self._tab is None or scale != self._seen[2]:
            self._open(browser, size, scale)
        elif (width, height) != self._seen[:2]:
            self._tab.set_viewport_size(size)  # type: ignore[arg-type]
        assert self._tab is not None
        self._seen, self.stale = (width, height, scale), False
        self._tab.evaluate(FRAMES)
        shot = Image.open(io.BytesIO(self._tab.screenshot())).convert("RGB")
        if shot.size != (width, height):
            shot = shot.resize((width, height), Image.Resampling.BILINEAR)
        if self._image is None or self._image.size != shot.size or self._image.tobytes() != shot.tobytes():
            self._image = shot
        self._parts = [part for n, raw in enumerate(_listed(self._tab)) if (part := self._part(n, raw)) is not None]
        self.title = self._tab.title()[:MAX_TITLE]

    def _open(self, browser: Browser, size: Mapping[str, int], scale: float) -> None:
        if self._context is not None:
            _end(self._context)
        self._context = context = browser.new_context(
            viewport=size,  # type: ignore[arg-type]
            device_scale_factor=scale,
            is_mobile=True,
            has_touch=True,
            accept_downloads=False,
            service_workers="block",
            proxy=NOWHERE,
            locale="en-US",
            timezone_id="UTC",
        )
        weakref.finalize(self, engine().soon, lambda: _end(context)).atexit = False
        context.route("**/*", self._serve)
        context.route_web_socket("**/*", lambda socket: socket.close())
        context.add_init_script(NO_PEERS)
        context.set_offline(True)
        context.on("page", _only_one)
        self._tab = context.new_page()
        self._tab.goto(ORIGIN, wait_until="load")
        self._fingers = context.new_cdp_session(self._tab)

    def _serve(self, route: Route) -> None:
        if route.request.url == ORIGIN and route.request.is_navigation_request():
            route.fulfill(body=self._document, content_type="text/html; charset=utf-8")
        else:
            route.abort()

    def _touch(self, way: list[tuple[float, float]], rest_ms: int) -> None:
        def touch(tab: Tab) -> None:
            assert self._fingers is not None
            width, height = map(float, tab.evaluate("[visualViewport.width, visualViewport.height]"))

            def send(kind: str, *places: tuple[float, float]) -> None:
                points = [{"x": x * width, "y": y * height} for x, y in places]
                assert self._fingers is not None
                self._fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

            send("touchStart", way[0])
            for place in way[1:]:
                send("touchMove", place)
                tab.evaluate(FRAMES)
            if rest_ms:
                tab.wait_for_timeout(rest_ms)
            send("touchEnd")
            tab.wait_for_timeout(REST_MS)

        self._change("touching a page", touch)

    def _change(self, what: str, work: Callable[[Tab], Any]) -> None:
        tab = self._tab
        if tab is not None and not self.fault:
            self.stale = True
            self._ask(what, lambda browser: work(tab))

    def _ask(self, what: str, work: Callable[[Browser], Any]) -> None:
        try:
            engine().ask(what, work)
        except GlintError as error:
            self.fault = str(error).partition("\n")[0]
            self.close()

    def _part(self, number: int, raw: Mapping[str, Any]) -> Part | None:
        """A part as the page tells of it; None for one that makes no sense."""
        try:
            x1, y1, x2, y2 = (min(1.0, max(0.0, float(edge))) for edge in raw["box"])
            text, label, hint = (str(raw[name])[:MAX_TEXT] for name in ("text", "label", "hint"))
            role, name, index = str(raw["role"]), str(raw["id"])[:100], int(raw["index"])
        except (KeyError, TypeError, ValueError):
            return None
        if not (x1 < x2 and y1 < y2):
            return None
        box, enabled = (x1, y1, x2, y2), not raw.get("off")
        if role == "field":
            field = TextField(
                text,
                lambda value: self.write(index, value),
                hint=hint,
                on_submit=self.enter,
                password=raw.get("kind") == "password",
                keyboard="number" if raw.get("kind") == "number" else "text",
                id=f"page_{index}_{name}",
                label=label,
                enabled=enabled,
            )
            return Part(text, box, field=field)
        kind = role if role in ("button", "image") else "text"
        return Part(text, box, kind, id=name, label=label, enabled=enabled)  # type: ignore[arg-type]


def _listed(tab: Tab) -> list[Mapping[str, Any]]:
    found = tab.evaluate(COLLECT, MAX_PARTS)
    return [raw for raw in found[:MAX_PARTS] if isinstance(raw, dict)] if isinstance(found, list) else []


def _only_one(tab: Tab) -> None:
    """A page cannot open others."""
    if len(tab.context.pages) > 1:
        tab.close()


def _end(context: BrowserContext) -> None:
    with suppress(Exception):  # the browser may be gone already
        context.close()
