"""The simulated phone as an `agentkit` environment, in process.

Each `reset` makes a fresh phone from the task's seed, so nothing leaks from one episode into the next.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Sequence
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
from agentkit.errors import EnvError, boundary
from agentkit.frames import screen
from agentkit.types import Observation, Task
from envs.phone.app import App
from envs.phone.device import Phone
from envs.phone.metrics import ScreenSpec
from envs.phone.tasks.base import PhoneTask
from envs.phone.words import vocabulary
from envs.touch import KEYS, MODIFIERS, NO_POINTER, way

SWIPE_MS, DRAG_MS = 300, 500
WAIT = dt.timedelta(seconds=1)
"""What `Wait` adds to the phone's clock, as in AndroidWorld."""


TURN = threading.RLock()
"""Held by the phone that works. Python draws one at a time whatever we do, and dozens of threads that fight for it
take several times as long together as when they take turns."""


class PhoneEnv:
    """One simulated phone behind `agentkit.types.Env`. `apps` None installs the whole catalogue."""

    def __init__(
        self,
        apps: Sequence[type[App]] | None = None,
        *,
        screen: ScreenSpec | str = "medium",
        dark: bool | None = None,
        font_scale: float = 1.0,
    ) -> None:
        """`dark` None lets the task's seed choose the theme that the phone starts in."""
        self.apps = apps
        self.screen = screen
        self.dark = dark
        self.font_scale = font_scale
        self.answers: list[str] = []
        self._phone: Phone | None = None
        self._task: PhoneTask | None = None

    @property
    def phone(self) -> Phone:
        if self._phone is None:
            raise EnvError("reset(task) must come before anything else, the phone is off")
        return self._phone

    def reset(self, task: Task) -> Observation:
        """A fresh phone in the task's start state, at the home screen. Raises EnvError for a task of another kind."""
        if not isinstance(task, PhoneTask):
            raise EnvError(f"PhoneEnv runs PhoneTask instances, got {type(task).__name__} {task.key!r}")
        rng = task.rng("phone")
        dark = rng.random() < 0.5 if self.dark is None else self.dark
        with TURN:
            with boundary(EnvError, f"setting up {task.key}"), vocabulary(task.split):
                self._phone = Phone(
                    self.apps, screen=self.screen, seed=rng.getrandbits(32), dark=dark, font_scale=self.font_scale
                )
                task.setup(self._phone)
                self._phone.reset_to_home()
                self._phone.invalidate()
            self._task, self.answers = task, []
            return self._look({})

    def step(self, action: Action) -> Observation:
        """Carry out one action. What the phone cannot do changes nothing and is told in `info["last_error"]`."""
        with TURN:
            with boundary(EnvError, f"carrying out {action_name(action)}"):
                error = self._act(action)
            return self._look({"last_error": error} if error else {})

    def verdict(self) -> dict[str, Any]:
        """`success`: how far the phone and the answers fulfil the goal now, whoever declared what; JSON-safe."""
        phone = self.phone
        assert self._task is not None
        with TURN, boundary(EnvError, f"checking {self._task.key}"):
            success = self._task.check(phone, tuple(self.answers))
        package, activity = phone.foreground()
        return {"success": float(success), "answers": list(self.answers), "foreground": f"{package}/{activity}"}

    def close(self) -> None:
        self._phone = self._task = None

    def _look(self, extra: dict[str, Any]) -> Observation:
        package, activity = self.phone.foreground()
        info = {"foreground": f"{package}/{activity}", "time": self.phone.now().isoformat(sep=" "), **extra}
        return Observation(self.phone.screenshot(), info=info)

    def _pixels(self, point: Point) -> tuple[int, int]:
        return screen(self.phone.size).pixel(point)

    def _act(self, action: Action) -> str:
        """Carry out; the reason when the phone could not."""
        phone = self.phone
        match action:
            case Click(at):
                phone.tap(*self._pixels(at))
            case DoubleClick(at):
                phone.double_tap(*self._pixels(at))
            case LongPress(at):
                phone.long_press(*self._pixels(at))
            case Drag(start, end):
                phone.swipe(*self._pixels(start), *self._pixels(end), DRAG_MS)
            case Scroll():
                start, end = way(action)
                phone.swipe(*self._pixels(start), *self._pixels(end), SWIPE_MS)
            case Type(text):
                phone.type_text(text)
            case Press(key):
                phone.key(KEYS[key])
            case Launch(app):
                if not phone.launch(app):
                    return f"no app is called {app!r}"
            case Hotkey(keys):
                try:
                    phone.key_combination(*(MODIFIERS.get(key.casefold(), key) for key in keys))
                except EnvError as error:
                    return str(error)
            case Wait():
                phone.set_now(phone.now() + WAIT)
            case CallUser(content):
                self.answers.append(content)
            case Hover():
                return NO_POINTER
            case Finished():
                pass
            case _:
                raise EnvError(f"expected an action of agentkit.actions, got {action!r}")
        return ""
