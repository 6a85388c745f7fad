"""The simulated phone: its state, what a finger and the keys do to it, and what it shows.

    phone = Phone(screen="small", seed=7)
    phone.launch("Settings")
    phone.tap(180, 300)
    phone.screenshot().save("screen.png")

The same seed and inputs give the same pixels in every process.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from PIL import Image

from agentkit.errors import EnvError
from envs.phone import gestures, keys, launcher, recents
from envs.phone.app import App
from envs.phone.compose import compose
from envs.phone.display import Display
from envs.phone.elements import Element, dump_xml
from envs.phone.files import Files
from envs.phone.ime import InputMethod
from envs.phone.layout import Editing, FieldPlace, Layout
from envs.phone.metrics import ScreenSpec, screen_spec
from envs.phone.scene import Scene
from envs.phone.settings import SettingsStore
from envs.phone.shade import Notification
from envs.phone.stage import Place, Stage
from envs.phone.theme import SEEDS

EPOCH = dt.datetime(2023, 10, 15, 15, 34)
"""The clock of a fresh phone, as AndroidWorld sets it."""
TICK = dt.timedelta(seconds=1)
"""What one input takes on the phone's clock."""
TOAST = dt.timedelta(seconds=2)
LOCATION = 37.42200, -122.08410
"""Where an emulator stands until it is told otherwise: latitude and longitude in degrees."""


class Phone:
    """An Android phone in memory; implements `envs.phone.app.Device` for its apps."""

    def __init__(
        self,
        apps: Sequence[type[App]] | None = None,
        *,
        screen: ScreenSpec | str = "medium",
        seed: int = 0,
        dark: bool = False,
        font_scale: float = 1.0,
    ) -> None:
        """`apps` None installs the whole catalogue. `seed` decides all chance on the phone and its colours."""
        if apps is None:
            from envs.phone.apps import ALL

            apps = ALL
        if not 0.8 <= font_scale <= 2.0:
            raise EnvError(f"font_scale must be in 0.8..2.0, got {font_scale}")
        self.physical = screen_spec(screen)
        self.random = random.Random(seed)
        palette = sorted(SEEDS)[self.random.randrange(len(SEEDS))]
        self._now = EPOCH
        self.location = LOCATION
        """Latitude and longitude in degrees, as a position fix gives them."""
        self.files = Files(self.now)
        self.settings = SettingsStore(self.invalidate)
        self.ime = InputMethod(self._fields, self.invalidate)
        self.display = Display(self.physical, palette, self.settings, self.ime, lambda layout: compose(self, layout))
        self.settings.put("secure", "ui_night_mode", "2" if dark else "1")
        self.settings.put("system", "font_scale", str(font_scale))
        self.catalogue: list[type[App]] = list(apps)

        self.awake = True
        self._toast = ("", EPOCH)
        self._tapped: gestures.Tap | None = None
        """The last input, if that was a tap and what it met still stands."""

        self._apps: dict[str, App] = {}
        self.stage = Stage(self._apps, self._left, self._stopped)
        """Which app is in front, the overview, the shade."""
        self._apps.update({app.package: app(self) for app in apps})
        for installed in self._apps.values():
            installed.install()

    # What apps may use (envs.phone.app.Device).

    def now(self) -> dt.datetime:
        return self._now

    def toast(self, text: str) -> None:
        self._toast = (text, self._now + TOAST)

    def start(self, package: str, extras: Mapping[str, str] | None = None) -> None:
        """Bring an app to the front; back returns to the app that asked."""
        self.app(package)
        self.stage.bring(package, extras or {}, as_callee=True)
        self.invalidate()

    def app(self, package: str) -> App:
        try:
            return self._apps[package]
        except KeyError:
            raise KeyError(f"no app {package!r} is installed; there are {sorted(self._apps)}") from None

    def clipboard(self) -> str:
        return self.ime.editor.clipboard

    def set_clipboard(self, text: str) -> None:
        self.ime.editor.clipboard = text

    def notify(self, package: str, title: str, text: str) -> None:
        """Post a notification; a tap on it opens the app with `extras["notification"]` set to the title."""
        app = self.app(package)
        self.stage.notifications.insert(0, Notification(package, app.label, app.icon, title, text))
        self.invalidate()

    # What a person can do.

    def tap(self, x: float, y: float) -> None:
        """A short touch, in device pixels; off the screen it does nothing."""
        with self._input():
            tapped = gestures.tap(self, int(x), int(y))
        self._tapped = tapped

    def tap_again(self, x: float, y: float) -> None:
        """A tap so soon after the last input that, if that was a tap at nearly the same place, the two make a double
        tap. The phone's clock stands still between them."""
        first = self._tapped
        if first is None or not first.near(self, int(x), int(y)):
            self.tap(x, y)
            return
        with self._input(dt.timedelta(0)):
            gestures.second_tap(self, first, int(x), int(y))

    def long_press(self, x: float, y: float) -> None:
        with self._input():
            gestures.long_press(self, int(x), int(y))

    def double_tap(self, x: float, y: float) -> None:
        """In text it selects a word; elsewhere it is two taps, the second lost when the first opened another screen."""
        self.tap(x, y)
        self.tap_again(x, y)

    def swipe(self, x1: float, y1: float, x2: float, y2: float, ms: int = 300) -> None:
        """Drag a finger. One that hardly moves is a tap, or a long press from 400 ms on."""
        with self._input():
            gestures.swipe(self, (int(x1), int(y1)), (int(x2), int(y2)), ms)

    def type_text(self, text: str) -> None:
        """Type into the focused field; without one the text is lost, as on a device. A newline presses Enter."""
        with self._input():
            if self.awake and not self.stage.shade_open:
                self.ime.type(text)

    def key(self, code: str | int) -> None:
        """Press a key: "BACK", "KEYCODE_ENTER", 66, ... Raises EnvError for one that Android does not have."""
        name = keys.key_name(code)
        with self._input():
            gestures.press(self, name)

    def key_combination(self, *codes: str | int) -> None:
        """Hold all but the last key and press that: ("CTRL_LEFT", "A") selects all; C, X, V copy, cut and paste."""
        names = [keys.key_name(code) for code in codes]
        with self._input():
            gestures.combination(self, names)

    def launch(self, name: str) -> bool:
        """Open an app by its label, in any case, or its package, as from the launcher; False when there is none."""
        wanted = name.strip().lower()
        for package, app in self._apps.items():
            if wanted in (package.lower(), app.label.lower()):
                with self._input():
                    self.awake = True
                    self.stage.bring(package, {})
                return True
        return False

    def force_stop(self, package: str) -> None:
        """Stop an app; its next start shows its first screen. KeyError when there is none."""
        self.app(package)
        self.stage.stop(package)

    def clear_app(self, package: str) -> None:
        """`pm clear`: stop the app, delete its private files, install it afresh."""
        app = self.app(package)
        self.force_stop(package)
        if self.files.exists(f"/data/data/{package}"):
            self.files.remove(f"/data/data/{package}", recursive=True)
        app.install()
        self.invalidate()

    # What can be seen.

    @property
    def spec(self) -> ScreenSpec:
        """The screen in force; `physical` is the one it was made with."""
        return self.display.spec

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.display.size

    def screenshot(self) -> Image.Image:
        """The screen, RGB. The same object until something changes: do not draw on it."""
        return self.display.image()

    @property
    def revision(self) -> int:
        """Goes up by one whenever the screen looks different from before."""
        return self.display.revision

    def elements(self) -> list[Element]:
        """What is visible now, in drawing order."""
        return self.display.elements()

    def dump_xml(self) -> str:
        """The screen as `uiautomator dump` writes it."""
        return dump_xml(self.display.frame())

    def foreground(self) -> tuple[str, str]:
        """(package, activity) in front; the activity may begin with a dot, as in a manifest."""
        if self.stage.where == "app":
            return self.stage.front, self.stage.app.screen().name
        if self.stage.where == "recents":
            return launcher.PACKAGE, recents.ACTIVITY
        return launcher.PACKAGE, launcher.ACTIVITY

    @property
    def where(self) -> Place:
        """What is in front: "home", "drawer", "recents" or "app"."""
        return self.stage.where

    @property
    def recents(self) -> list[str]:
        """Packages in the overview, the most recent first."""
        return list(self.stage.recents)

    def packages(self) -> list[str]:
        return list(self._apps)

    def remove_recent(self, package: str) -> bool:
        """Swipe an app out of the overview; False when it is not there."""
        return self.stage.remove_recent(package)

    def reset_to_home(self) -> None:
        """Home screen, nothing open above it, no app stopped."""
        self.awake = True
        self.stage.home()
        self._toast = ("", self._now)
        self.invalidate()

    def set_now(self, now: dt.datetime) -> None:
        """Set the phone's clock (naive, UTC)."""
        if now.tzinfo is not None:
            raise EnvError(f"the phone's clock is naive UTC, got {now!r}")
        self._now = now
        self.invalidate()

    def resize(self, screen: ScreenSpec | str) -> None:
        """Lay everything out for another screen, as `wm size` and `wm density` do. Lists scroll back to their top."""
        self.display.resize(screen_spec(screen))

    def invalidate(self) -> None:
        """Call after changing an app's files or databases from outside: the next look builds the frame anew."""
        self.display.invalidate()

    # What the parts of the phone use.

    @property
    def toast_text(self) -> str:
        text, until = self._toast
        return text if self._now <= until else ""

    @property
    def scene(self) -> Scene:
        """The current frame."""
        return self.display.frame()

    @property
    def editing(self) -> Editing:
        """Where the keyboard's input goes."""
        return self.ime.editing

    @property
    def layout(self) -> Layout:
        """The layout for the current theme and font size."""
        return self.display.layout

    def _fields(self) -> dict[str, FieldPlace]:
        self.display.frame()
        return self.layout.fields if self.stage.where == "app" and not self.stage.shade_open else {}

    @contextmanager
    def _input(self, lasting: dt.timedelta = TICK) -> Iterator[None]:
        """An input meets the frame that was on the screen, takes a tick of the clock, and may change anything."""
        self.display.frame()
        self._tapped = None
        self._now += lasting
        try:
            yield
        finally:
            self.invalidate()

    def nav_key(self, code: str) -> Callable[[], None]:
        return lambda: gestures.press(self, code)

    # What becomes of an app that is left or stopped.

    def _left(self, package: str) -> None:
        """Keep the front app's last screen for the overview and put the keyboard away."""
        if package:
            self.display.remember(package)
            self._apps[package].pause()
        self.ime.editor.blur()
        self._tapped = None
        self.invalidate()

    def _stopped(self, package: str) -> None:
        self.ime.editor.blur()
        self.display.forget(package)
        self.invalidate()
