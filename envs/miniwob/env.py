"""MiniWoB++ as an `agentkit` environment: screenshots of a real browser out, a pointer and a keyboard in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from agentkit.actions import (
    Action,
    CallUser,
    Click,
    DoubleClick,
    Drag,
    Finished,
    Hotkey,
    Hover,
    Launch,
    LongPress,
    Point,
    Press,
    Scroll,
    Type,
    Wait,
    action_name,
)
from agentkit.errors import ConfigError, EnvError
from agentkit.frames import screen
from agentkit.types import Observation, Task
from envs.miniwob.browser import Chromium
from envs.miniwob.keys import browser_keys
from envs.miniwob.page import TaskPage
from envs.miniwob.site import Site, shipped_html
from envs.miniwob.tasks import MiniWobTask
from envs.touch import way

WAIT_S = 1.0
TEXT_LIMIT = 1000
"""Characters that one `Type` may have: each is a key that the page hears, and no task needs a tenth of it."""
RENEW_EVERY = 300
"""Episodes after which the tab is replaced, so that what pages leak does not add up."""


class MiniWobEnv:
    """One tab of one browser behind `agentkit.types.Env`; both start at the first `reset`, in the thread that calls it.

    What a page cannot do (a home key, a long press) changes nothing and is told in `info["last_error"]`. A page that
    hangs or a browser that dies raises EnvError, and the next `reset` starts another browser.
    """

    def __init__(
        self,
        *,
        scale: float = 2.0,
        keep_limits: bool = False,
        reload_every: int = 1,
        settle_s: float = 0.5,
        timeout_s: float = 15.0,
        executable: str | Path | None = None,
        html: Path | None = None,
    ) -> None:
        """`scale` is device pixels per CSS pixel: the picture of a task is 160 x 210 times that.

        `keep_limits` leaves the pages' own time limits, 7 to 60 s, in force. A page is loaded afresh for every
        `reload_every`-th episode: with 1 an episode depends on its seed alone; more is faster, but many pages keep
        what the last episode scrolled, opened or typed. After an action the page gets `settle_s` to stand still.
        Nothing may take longer than `timeout_s`. `html` is a folder of pages other than the shipped one.
        """
        if not 0.5 <= scale <= 8:
            raise ConfigError(f"scale must be within 0.5 and 8, got {scale}")
        if reload_every < 1:
            raise ConfigError(f"reload_every must be at least 1, got {reload_every}")
        if settle_s < 0 or timeout_s <= 0:
            raise ConfigError(f"settle_s must not be negative and timeout_s positive, got {settle_s} and {timeout_s}")
        self.scale, self.keep_limits, self.reload_every = scale, keep_limits, reload_every
        self.settle_s, self.timeout_s = settle_s, timeout_s
        self.answers: list[str] = []
        self._executable = executable
        self._site = Site(shipped_html() if html is None else html)
        self._chromium: Chromium | None = None
        self._page: TaskPage | None = None
        self._task: MiniWobTask | None = None
        self._episodes = 0

    @property
    def task(self) -> MiniWobTask:
        if self._task is None:
            raise EnvError("reset(task) must come before anything else, no page is open")
        return self._task

    @property
    def page(self) -> TaskPage:
        if self._page is None or self._task is None:
            raise EnvError("reset(task) must come before anything else, no page is open")
        return self._page

    @property
    def browser_pid(self) -> int | None:
        """The process id of the browser; None when none runs."""
        return None if self._chromium is None else self._chromium.pid

    def reset(self, task: Task) -> Observation:
        """The first picture of the problem; the task learns its goal. EnvError for a task of another kind."""
        if not isinstance(task, MiniWobTask):
            raise EnvError(f"MiniWobEnv runs MiniWobTask instances, got {type(task).__name__} {task.key!r}")
        self._task, self.answers = None, []
        if self._chromium is None:
            self._chromium = Chromium(self._executable)
        with self._guarded(f"opening {task.key}"):
            page = self._open(task)
            task.learn(page.start(task, not self.keep_limits, self.timeout_s / 2))
            self._task = task
            return self._look("")

    def step(self, action: Action) -> Observation:
        """Carry out one action. What the page cannot do changes nothing and is told in `info["last_error"]`."""
        page = self.page
        with self._guarded(f"carrying out {action_name(action)} on {self.task.key}"):
            refused = self._act(page, action)
            return self._look(refused)

    def verdict(self) -> dict[str, Any]:
        """What the page says of the episode: `done`, `raw` (its reward), `reward` (less when late), `reason`, and what
        makes it again: `task`, `page_seed`, `mode`; also the `answers` given to the user."""
        page = self.page
        with self._guarded(f"reading the reward of {self.task.key}"):
            state = page.state()
        return {
            "done": state.done,
            "raw": state.raw,
            "reward": state.reward,
            "reason": state.reason,
            "task": self.task.page.name,
            "page_seed": self.task.seed,
            "mode": self.task.mode,
            "answers": list(self.answers),
        }

    def read(self, script: str, arg: Any = None) -> Any:
        """The value of a script in the page, for an oracle: it must not change anything."""
        page = self.page
        with self._guarded(f"reading the page of {self.task.key}"):
            return page.tab.evaluate(script, arg)

    def close(self) -> None:
        self._task = self._page = None
        if self._chromium is not None:
            self._chromium.close()
            self._chromium = None

    def _open(self, task: MiniWobTask) -> TaskPage:
        """The task's page in the tab, loaded afresh when it is due."""
        assert self._chromium is not None
        page = self._page
        if page is not None and (page.shown.window != task.page.window or self._episodes % RENEW_EVERY == 0):
            page.close()
            page = None
        if page is None:
            page = self._page = TaskPage(self._chromium, self._site, task.page, self.scale)
            page.load(self.timeout_s)
        elif page.shown != task.page or self._episodes % self.reload_every == 0:
            page.shown = task.page
            page.load(self.timeout_s)
        self._episodes += 1
        return page

    @contextmanager
    def _guarded(self, what: str) -> Iterator[None]:
        """Do the block within the deadline. When it fails the browser is ended; the next `reset` starts another."""
        assert self._chromium is not None
        try:
            with self._chromium.within(self.timeout_s, what):
                yield
        except EnvError:
            self.close()
            raise

    def _look(self, refused: str) -> Observation:
        """A picture, and whether the page ended the episode."""
        state, image = self.page.settled(self.settle_s)
        info = {"task": self.task.page.name, **({"last_error": refused} if refused else {})}
        return Observation(image, ended=state.done, info=info)

    def _place(self, point: Point) -> tuple[float, float]:
        """The middle of the device pixel that holds `point`, in CSS pixels."""
        width, height = self.task.page.picture
        x, y = screen((round(width * self.scale), round(height * self.scale))).pixel(point)
        return (x + 0.5) / self.scale, (y + 0.5) / self.scale

    def _act(self, page: TaskPage, action: Action) -> str:
        """Carry out; the reason when the page could not."""
        match action:
            case Click(at):
                page.click(*self._place(at))
            case DoubleClick(at):
                page.click(*self._place(at), times=2)
            case Hover(at):
                page.hover(*self._place(at))
            case Drag(start, end):
                page.drag(self._place(start), self._place(end))
            case Scroll():
                first, last = (self._place(point) for point in way(action))
                page.wheel(first, first[0] - last[0], first[1] - last[1])
            case Type(text):
                if len(text) > TEXT_LIMIT:
                    return f"at most {TEXT_LIMIT} characters can be typed at once, got {len(text)}"
                page.type(text)
            case Press("enter"):
                page.press(["Enter"])
            case Hotkey(keys):
                names = browser_keys(keys)
                if isinstance(names, str):
                    return names
                page.press(names)
            case Wait():
                page.pause(WAIT_S)
            case CallUser(content):
                self.answers.append(content)
            case Press(key):
                return f"a task page has no {key} key"
            case LongPress():
                return "a page under a mouse knows no long press"
            case Launch():
                return "a task page launches no apps and opens no other addresses"
            case Finished():
                pass
            case _:
                raise EnvError(f"expected an action of agentkit.actions, got {action!r}")
        return ""
