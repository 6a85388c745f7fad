"""The simulated phone: its state, what a finger and the keys do to it, and what it shows.

    phone = Phone(screen="small", seed=7)
    phone.launch("Settings")
    phone.tap(180, 300)
    phone.screenshot().save("screen.png")

A frame is built when somebody looks and something may have changed, and serves the pixels, the elements and the hit
test alike. The same seed and inputs give the same pixels in every process.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache

from PIL import Image

from agentkit.errors import EnvError
from envs.phone import gestures, keys, launcher, recents
from envs.phone.app import App
from envs.phone.compose import compose
from envs.phone.draw import repaint
from envs.phone.editor import Editor
from envs.phone.elements import Element, dump_xml, elements_of
from envs.phone.files import Files
from envs.phone.frame import PLACERS
from envs.phone.keyboard import Page
from envs.phone.layout import Editing, FieldPlace, Layout
from envs.phone.metrics import Metrics, ScreenSpec, screen_spec
from envs.phone.scene import Op, Scene
from envs.phone.settings import SettingsStore
from envs.phone.shade import Notification
from envs.phone.stage import Place, Stage
from envs.phone.theme import SEEDS, theme
from envs.phone.ui import TextField

EPOCH = dt.datetime(2023, 10, 15, 15, 34)
"""The clock of a fresh phone, as AndroidWorld sets it."""
TICK = dt.timedelta(seconds=1)
"""What one input takes on the phone's clock."""
TOAST = dt.timedelta(seconds=2)
PAGES: dict[str, Page] = {"SYMBOLS": "symbols", "MORE": "more", "LETTERS": "letters"}

_wallpaper = lru_cache(maxsize=32)(launcher.wallpaper)


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
        """The screen it was made with; `spec` is the one in force."""
        self.spec = self.physical
        self.size = (self.spec.width, self.spec.height)
        self.density = self.spec.density
        self.random = random.Random(seed)
        self.palette = sorted(SEEDS)[self.random.randrange(len(SEEDS))]
        self._now = EPOCH
        self.files = Files(self.now)
        self.settings = SettingsStore(self.invalidate)
        self.settings.put("secure", "ui_night_mode", "2" if dark else "1")
        self.settings.put("system", "font_scale", str(font_scale))
        self.catalogue: list[type[App]] = list(apps)

        self.awake = True
        self.shift = False
        self.keyboard_page: Page = "letters"
        self.reveal = False
        """Scroll the focused field into view in the next frame."""
        self.known_fields: frozenset[tuple[str, str]] = frozenset()
        self._toast = ("", EPOCH)
        self._tapped: gestures.Tap | None = None
        """The last input, if that was a tap and what it met still stands."""
        self._editor = Editor(Editing(), self._fields, self.invalidate)
        self._offsets: dict[str, int] = {}
        self._layouts: dict[tuple[float, bool], Layout] = {}
        self._pictures: dict[str, Image.Image] = {}
        self._last_screens: dict[str, tuple[int, list[Op]]] = {}
        self._dirty = True
        self._scene = Scene(*self.size)
        self._elements: list[Element] | None = None
        self._painted: tuple[list[Op], Image.Image] | None = None
        self._revision = 0

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
        self._dirty = True

    def app(self, package: str) -> App:
        try:
            return self._apps[package]
        except KeyError:
            raise KeyError(f"no app {package!r} is installed; there are {sorted(self._apps)}") from None

    def clipboard(self) -> str:
        return self._editor.clipboard

    def set_clipboard(self, text: str) -> None:
        self._editor.clipboard = text

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
            if self.awake and not self.stage.shade_open and self._editor.field is not None:
                self._editor.insert(text)
                self.reveal = True

    def key(self, code: str | int) -> None:
        """Press a key: "BACK", "KEYCODE_ENTER", 66, ... Raises EnvError for one that Android does not have."""
        name = keys.key_name(code)
        with self._input():
            gestures.press(self, self._editor, name)

    def key_combination(self, *codes: str | int) -> None:
        """Hold all but the last key and press that: ("CTRL_LEFT", "A") selects all; C, X, V copy, cut and paste."""
        names = [keys.key_name(code) for code in codes]
        with self._input():
            gestures.combination(self, self._editor, names)

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

    def screenshot(self) -> Image.Image:
        """The screen, RGB. The same object until something changes: do not draw on it."""
        scene = self._frame()
        if self._painted is None or self._painted[0] is not scene.ops:
            self._painted = (scene.ops, repaint(scene.ops, self.size, self._pictures, self._painted))
        return self._painted[1]

    @property
    def revision(self) -> int:
        """Goes up by one whenever the screen looks different from before."""
        self._frame()
        return self._revision

    def elements(self) -> list[Element]:
        """What is visible now, in drawing order."""
        scene = self._frame()
        if self._elements is None:
            self._elements = elements_of(scene)
        return list(self._elements)

    def dump_xml(self) -> str:
        """The screen as `uiautomator dump` writes it."""
        return dump_xml(self._frame())

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
        self._dirty = True

    def set_now(self, now: dt.datetime) -> None:
        """Set the phone's clock (naive, UTC)."""
        if now.tzinfo is not None:
            raise EnvError(f"the phone's clock is naive UTC, got {now!r}")
        self._now = now
        self.invalidate()

    def resize(self, screen: ScreenSpec | str) -> None:
        """Lay everything out for another screen, as `wm size` and `wm density` do. Lists scroll back to their top."""
        self.spec = screen_spec(screen)
        self.size = (self.spec.width, self.spec.height)
        self.density = self.spec.density
        for kept in (self._layouts, self._pictures, self._last_screens, self._offsets):
            kept.clear()
        self._painted = None
        self._dirty = True

    def invalidate(self) -> None:
        """Call after changing an app's files or databases from outside: the next look builds the frame anew."""
        self._dirty = True

    # What the parts of the phone use.

    @property
    def background(self) -> str:
        """The wallpaper's key among the pictures."""
        dark = self.settings.get("secure", "ui_night_mode") == "2"
        key = f"wallpaper/{self.palette}/{dark}"
        if key not in self._pictures:
            self._pictures[key] = _wallpaper(theme(self.palette, dark), self.size)
        return key

    @property
    def toast_text(self) -> str:
        text, until = self._toast
        return text if self._now <= until else ""

    @property
    def scene(self) -> Scene:
        """The current frame."""
        return self._frame()

    @property
    def editing(self) -> Editing:
        return self._editor.editing

    @property
    def offsets(self) -> dict[str, int]:
        """Scroll offsets in pixels by key."""
        return self._offsets

    @property
    def layout(self) -> Layout:
        """The layout for the current theme and font size."""
        dark = self.settings.get("secure", "ui_night_mode") == "2"
        scale = self._font_scale()
        if (scale, dark) not in self._layouts:
            self._layouts[scale, dark] = Layout(
                Metrics.of(self.spec, scale), theme(self.palette, dark), PLACERS, self._touch_field,
                editing=self._editor.editing, offsets=self._offsets,
            )  # fmt: skip
        return self._layouts[scale, dark]

    def _font_scale(self) -> float:
        try:
            return min(2.0, max(0.8, float(self.settings.get("system", "font_scale") or "1")))
        except ValueError:
            return 1.0

    def _frame(self) -> Scene:
        if self._dirty:
            self._dirty = False
            scene = compose(self, self.layout)
            self._elements = None
            if scene.ops == self._scene.ops:
                scene.ops = self._scene.ops
            else:
                self._revision += 1
            self._scene = scene
        return self._scene

    def _fields(self) -> dict[str, FieldPlace]:
        self._frame()
        return self.layout.fields if self.stage.where == "app" and not self.stage.shade_open else {}

    @contextmanager
    def _input(self, lasting: dt.timedelta = TICK) -> Iterator[None]:
        """An input meets the frame that was on the screen, takes a tick of the clock, and may change anything."""
        self._frame()
        self._tapped = None
        self._now += lasting
        try:
            yield
        finally:
            self._dirty = True

    def focus(self, field: TextField, caret: int | None = None) -> None:
        """Give a text field the keyboard."""
        self._editor.focus(field, caret)
        self.shift, self.keyboard_page, self.reveal = False, "letters", True

    def _touch_field(self, field: TextField, caret: int, held: bool) -> None:
        if not field.enabled:
            return
        if self.editing.id != field.id or not self.editing.keyboard:
            self.focus(field, caret)
        self._editor.put(caret)
        if held:
            self._editor.select_word(caret)

    def editor_actions(self) -> list[tuple[str, Callable[[], None]]]:
        return self._editor.actions()

    def keyboard_key(self, key: str) -> Callable[[], None]:
        return lambda: self._keyboard_key(key)

    def _keyboard_key(self, key: str) -> None:
        if key == "SHIFT":
            self.shift = not self.shift
        elif key in PAGES:
            self.keyboard_page = PAGES[key]
        elif key == "DEL":
            self._editor.delete(-1)
        elif key == "ENTER":
            self._editor.enter()
        else:
            self._editor.insert(key)
            self.shift, self.reveal = False, True

    def nav_key(self, code: str) -> Callable[[], None]:
        return lambda: gestures.press(self, self._editor, code)

    # What becomes of an app that is left or stopped.

    def _left(self, package: str) -> None:
        """Keep the front app's last screen for the overview and put the keyboard away."""
        if package:
            self._last_screens[package] = (self._revision, self._frame().ops)
            self._apps[package].pause()
        self._editor.blur()
        self._tapped = None
        self._dirty = True

    def _stopped(self, package: str) -> None:
        self._editor.blur()
        self._last_screens.pop(package, None)
        for key in [key for key in self._offsets if key.startswith(f"{package}/")]:
            del self._offsets[key]
        self._dirty = True

    def picture(self, package: str, size: tuple[int, int]) -> str:
        """Key among the pictures of the app's last screen, scaled to `size`."""
        number, ops = self._last_screens.get(package, (0, []))
        key = f"recent/{package}/{number}/{size}"
        if key not in self._pictures:
            for old in [name for name in self._pictures if name.startswith(f"recent/{package}/")]:
                del self._pictures[old]
            whole = repaint(ops, self.size, self._pictures, None)
            self._pictures[key] = whole.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
        return key
