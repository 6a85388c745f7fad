"""The browser page of one task: start a problem on it, look at it, touch it. All lengths are CSS pixels."""

from __future__ import annotations

import base64
import io
import json
import math
import time
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

from PIL import Image

from agentkit.errors import EnvError
from envs.miniwob.browser import Chromium
from envs.miniwob.site import ORIGIN, Site
from envs.miniwob.tasks import MiniWobTask, Page

if TYPE_CHECKING:
    from playwright.sync_api import Request

FOREVER_MS = 100_000_000
"""A limit that no policy meets, and that a page's own timer can still hold."""
START = """
({seed, mode, limit}) => {
  core.endEpisode(0);
  if (limit) Object.defineProperty(core, 'EPISODE_MAX_TIME', {get: () => limit, set() {}, configurable: true});
  core.setDataMode(mode);
  Math.seedrandom(seed);
  core.startEpisodeReal();
}
"""
STATE = """
() => typeof core === 'undefined' || !document.getElementById('query') ? null : {
  ready: WOB_TASK_READY, done: WOB_DONE_GLOBAL, raw: Number(WOB_RAW_REWARD_GLOBAL), reward: Number(WOB_REWARD_GLOBAL),
  reason: WOB_REWARD_REASON, x: scrollX, y: scrollY,
}
"""
GOAL = "() => { const said = core.getUtterance(); return typeof said === 'object' ? said.utterance : said; }"
FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
SCROLLED = """
(timeout) => ({heard: new Promise(done => {
  addEventListener('scroll', () => done(), {capture: true, once: true});
  setTimeout(done, timeout);
})})
"""
STYLE = "{ const sheet = new CSSStyleSheet(); sheet.replaceSync(%s); document.adoptedStyleSheets.push(sheet); }"
POLL_S = 0.02
HOVER_S = 0.5
SCROLL_S = 0.2
DRAG_STEPS = 12
"""Moves of the pointer between the ends of a drag: pages follow the way, not only its ends."""


@dataclass(frozen=True, slots=True)
class State:
    """What the page's own variables say."""

    ready: bool
    done: bool
    raw: float
    """The reward without the discount for time."""
    reward: float
    reason: str
    scrolled: tuple[float, float]


class TaskPage:
    """A tab that shows `page`. Calls raise Playwright's errors: the caller sets deadlines and converts."""

    def __init__(self, chromium: Chromium, site: Site, page: Page, scale: float) -> None:
        width, height = page.window
        self.shown, self.scale = page, scale
        self._context = chromium.browser.new_context(
            viewport={"width": width, "height": height}, device_scale_factor=scale, locale="en-US", timezone_id="UTC"
        )
        self._context.route("**/*", site.answer)
        css = resources.files("envs.miniwob").joinpath("page.css").read_text("utf-8")
        self._context.add_init_script(STYLE % json.dumps(css))
        self.tab = self._context.new_page()
        self._context.on("page", lambda other: other.close())  # a task is one page
        self._cdp = self._context.new_cdp_session(self.tab)
        self._loading: set[Request] = set()
        self.tab.on("request", lambda request: self._loading.add(request))
        for over in ("requestfinished", "requestfailed"):
            self.tab.on(over, lambda request: self._loading.discard(request))

    def close(self) -> None:
        self._context.close()

    def load(self, timeout_s: float) -> None:
        """The page afresh, as if never seen before."""
        self._loading.clear()
        self.tab.goto(f"{ORIGIN}/{self.shown.path}", timeout=timeout_s * 1000)

    def start(self, task: MiniWobTask, lift_limit: bool, timeout_s: float) -> str:
        """Begin the problem and return its goal. EnvError when the page does not become ready."""
        # Where the pointer and the focus were left, they would show in the next problem.
        self.tab.mouse.move(self.shown.window[0] - 1, 0)
        options = {"seed": task.seed, "mode": task.mode, "limit": FOREVER_MS if lift_limit else None}
        self.tab.evaluate("() => document.activeElement && document.activeElement.blur()")
        self.tab.evaluate(START, options)
        deadline = time.monotonic() + timeout_s
        while not self.state().ready:
            if time.monotonic() > deadline:
                raise EnvError(f"{self.shown.name} was not ready {timeout_s:g} s after its start")
            self.pause(POLL_S)
        self.tab.evaluate(FRAMES)
        goal = self.tab.evaluate(GOAL)
        if not isinstance(goal, str) or not goal.strip():
            raise EnvError(f"{self.shown.name} with seed {task.seed} words no goal, got {goal!r}")
        return goal

    def state(self) -> State:
        """What the page says now. EnvError when it is no longer a task's page."""
        found = self.tab.evaluate(STATE)
        if not isinstance(found, dict):
            raise EnvError(f"the tab left the page of {self.shown.name} for {self.tab.url}")
        raw, reward = (_number(found.get(name)) for name in ("raw", "reward"))
        reason = "" if found.get("reason") is None else str(found["reason"])[:500]
        scrolled = _number(found.get("x")), _number(found.get("y"))
        return State(bool(found.get("ready")), bool(found.get("done")), raw, reward, reason, scrolled)

    def settled(self, settle_s: float) -> tuple[State, Image.Image]:
        """The page once it stands still: two pictures in a row are equal and nothing loads, or `settle_s` are over."""
        state = self.state()
        data = self._png(state)
        deadline = time.monotonic() + settle_s
        while not state.done and time.monotonic() < deadline:
            before = data
            state = self.state()
            data = self._png(state)
            if data == before and not self._loading:
                break
        with Image.open(io.BytesIO(data)) as image:
            return state, image.convert("RGB")

    def _png(self, state: State) -> bytes:
        (width, height), (x, y) = self.shown.picture, state.scrolled
        # Without a scale of its own, a clipped picture is in CSS pixels, whatever the device's.
        clip = {"x": x, "y": y, "width": width, "height": height, "scale": self.scale}
        reply: dict[str, Any] = self._cdp.send(
            "Page.captureScreenshot", {"format": "png", "optimizeForSpeed": True, "clip": clip}
        )
        return base64.b64decode(reply["data"])

    def hover(self, x: float, y: float) -> None:
        """Move the pointer and let the page answer: some swap in pictures, which have no size until they are loaded."""
        self.tab.mouse.move(x, y)
        self.tab.evaluate(FRAMES)
        deadline = time.monotonic() + HOVER_S
        while self._loading and time.monotonic() < deadline:
            self.pause(POLL_S)

    def click(self, x: float, y: float, times: int = 1) -> None:
        self.hover(x, y)
        for count in range(1, times + 1):
            self.tab.mouse.down(click_count=count)
            self.tab.mouse.up(click_count=count)

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        mouse = self.tab.mouse
        self.hover(*start)
        mouse.down()
        try:
            mouse.move(*end, steps=DRAG_STEPS)
            self.pause(POLL_S)
        finally:
            mouse.up()

    def wheel(self, at: tuple[float, float], dx: float, dy: float) -> None:
        self.hover(*at)
        # What scrolls tells so when it has; what cannot scroll says nothing.
        scrolled = self.tab.evaluate_handle(SCROLLED, SCROLL_S * 1000)
        self.tab.mouse.wheel(dx, dy)
        scrolled.evaluate("({heard}) => heard")
        self.tab.evaluate(FRAMES)

    def type(self, text: str) -> None:
        self.tab.keyboard.type(text)

    def press(self, keys: list[str]) -> None:
        """The last key while the others are held."""
        keyboard, held = self.tab.keyboard, []
        try:
            for key in keys:
                keyboard.down(key)
                held.append(key)
        finally:
            for key in reversed(held):
                keyboard.up(key)

    def pause(self, seconds: float) -> None:
        self.tab.wait_for_timeout(seconds * 1000)


def _number(value: Any) -> float:
    """A page may reward with anything; what is not a finite number counts as nothing."""
    ok = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if ok else 0.0
