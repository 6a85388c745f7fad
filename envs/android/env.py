"""An Android device as an `agentkit` environment: actions in fractions of the screen, screenshots back."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops

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
)
from agentkit.errors import ConfigError, EnvError
from agentkit.frames import screen
from agentkit.types import Observation, Task
from envs.android.console import CannotDo
from envs.android.device import AndroidDevice, Screenshot
from envs.touch import KEYS, MODIFIERS, NO_POINTER, unhurried_ms, way

WAIT_S = 1
REACTION_S = 0.3
"""How long an app may take to show the first sign of what was done to it."""
POLL_S = 0.2


class AndroidEnv:
    """One device behind `agentkit.types.Env`. After an action it waits until two screenshots in a row are equal, at
    most `settle_s`; the simulated phone is still when a command returns and is not waited for.

    What the device cannot do (an app that is not there, a key it lacks) changes nothing and is told in
    `info["last_error"]`; a device that fails raises EnvError, one that is gone DeviceLost.
    """

    def __init__(
        self,
        address: str,
        *,
        settle_s: float = 5.0,
        start_at_home: bool = True,
        timeout_s: float = 15.0,
        keys: Sequence[str | Path] = (),
        reconnects: int = 3,
        screenshot: Screenshot = "auto",
        swipe_ms: int | None = None,
        drag_ms: int | None = None,
    ) -> None:
        """`start_at_home` presses the home key at `reset`. A `Scroll` takes `swipe_ms`, a `Drag` `drag_ms`; None is
        what `unhurried_ms` says of the way. The other settings are AndroidDevice's."""
        for name, value in (("settle_s", settle_s), ("swipe_ms", swipe_ms), ("drag_ms", drag_ms)):
            if value is not None and value < 0:
                raise ConfigError(f"{name} must not be negative, got {value}")
        self.settle_s = settle_s
        self.start_at_home = start_at_home
        self.swipe_ms, self.drag_ms = swipe_ms, drag_ms
        self.device = AndroidDevice(
            address, timeout_s=timeout_s, keys=keys, reconnects=reconnects, screenshot=screenshot
        )
        self.answers: list[str] = []
        self._size: tuple[int, int] | None = None

    def reset(self, task: Task) -> Observation:
        """The screen to begin with. A real device keeps whatever earlier episodes left on it."""
        self.answers = []
        if self.start_at_home:
            self.device.press("HOME")
        return self._look({}, self._settled())

    def step(self, action: Action) -> Observation:
        extra = {}
        try:
            self._act(action)
        except CannotDo as error:
            extra["last_error"] = str(error)
        return self._look(extra, self._settled())

    def verdict(self) -> dict[str, Any]:
        """Nothing: a device does not know what a free goal wanted."""
        return {}

    def close(self) -> None:
        self.device.close()

    def _look(self, extra: dict[str, Any], image: Image.Image) -> Observation:
        self._size = image.size
        return Observation(image, info={"foreground": "/".join(self.device.current_activity()), **extra})

    def _settled(self) -> Image.Image:
        """The first screenshot that equals the one before it, or the last one taken in time."""
        if self.device.simulated or not self.settle_s:
            return self.device.screenshot()
        deadline = time.monotonic() + self.settle_s
        time.sleep(min(REACTION_S, self.settle_s))
        image = self.device.screenshot()
        while time.monotonic() < deadline:
            time.sleep(POLL_S)
            before, image = image, self.device.screenshot()
            if before.size == image.size and ImageChops.difference(before, image).getbbox() is None:
                break
        return image

    def _pixels(self, point: Point) -> tuple[int, int]:
        """Device pixels of the last screenshot, which has the orientation that touches have."""
        if self._size is None:
            raise EnvError("reset(task) must come before step(action)")
        return screen(self._size).pixel(point)

    def _swipe(self, start: Point, end: Point, ms: int | None) -> None:
        way = (*self._pixels(start), *self._pixels(end))
        self.device.swipe(*way, unhurried_ms(*way) if ms is None else ms)

    def _act(self, action: Action) -> None:
        device = self.device
        match action:
            case Click(at):
                device.tap(*self._pixels(at))
            case DoubleClick(at):
                device.double_tap(*self._pixels(at))
            case LongPress(at):
                device.long_press(*self._pixels(at))
            case Drag(start, end):
                self._swipe(start, end, self.drag_ms)
            case Scroll():
                self._swipe(*way(action), self.swipe_ms)
            case Type(text):
                device.type_text(text)
            case Press(key):
                device.press(KEYS[key])
            case Launch(app):
                device.launch(app)
            case Hotkey(keys):
                names = [MODIFIERS.get(key.casefold(), key) for key in keys]
                (device.combine if len(names) > 1 else device.press)(*names)
            case Wait():
                device.shell(["sleep", str(WAIT_S)])  # on the device: a simulated clock moves on, too
            case CallUser(content):
                self.answers.append(content)
            case Hover():
                raise CannotDo(NO_POINTER)
            case Finished():
                pass
            case _:
                raise EnvError(f"expected an action of agentkit.actions, got {action!r}")
