"""What the phone shows: the current frame, its pixels, and the pictures it is painted with.

A frame is built when somebody looks and something may have changed, and serves the pixels, the elements and the hit
test alike.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from PIL import Image

from envs.phone import launcher
from envs.phone.app import Settings
from envs.phone.draw import repaint
from envs.phone.elements import Element, elements_of
from envs.phone.frame import PLACERS
from envs.phone.ime import InputMethod
from envs.phone.layout import Layout
from envs.phone.metrics import Metrics, ScreenSpec
from envs.phone.scene import Op, Scene
from envs.phone.theme import theme

_wallpaper = lru_cache(maxsize=32)(launcher.wallpaper)


class Display:
    """The screen of one phone. `compose` draws its state with a layout for the theme and font size in force."""

    def __init__(
        self, spec: ScreenSpec, palette: str, settings: Settings, ime: InputMethod, compose: Callable[[Layout], Scene]
    ) -> None:
        self.spec = spec
        self.palette = palette
        self.offsets: dict[str, int] = {}
        """Scroll offsets in pixels by key."""
        self.pictures: dict[str, Image.Image] = {}
        """What a frame's image operations name."""
        self._settings, self._ime, self._compose = settings, ime, compose
        self._layouts: dict[tuple[float, bool], Layout] = {}
        self._last_screens: dict[str, tuple[int, list[Op]]] = {}
        self._stale = True
        self._scene = Scene(*self.size)
        self._elements: list[Element] | None = None
        self._painted: tuple[list[Op], Image.Image] | None = None
        self._revision = 0

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.spec.width, self.spec.height

    def invalidate(self) -> None:
        """The next look builds the frame anew."""
        self._stale = True

    def resize(self, spec: ScreenSpec) -> None:
        """Lay everything out for another screen. Lists scroll back to their top."""
        self.spec = spec
        for kept in (self._layouts, self.pictures, self._last_screens, self.offsets):
            kept.clear()
        self._painted = None
        self._stale = True

    # Looking.

    def frame(self) -> Scene:
        if self._stale:
            self._stale = False
            scene = self._compose(self.layout)
            self._elements = None
            if scene.ops == self._scene.ops:
                scene.ops = self._scene.ops
            else:
                self._revision += 1
            self._scene = scene
        return self._scene

    @property
    def revision(self) -> int:
        """Goes up by one whenever the screen looks different from before."""
        self.frame()
        return self._revision

    def image(self) -> Image.Image:
        """The pixels, RGB. The same object until something changes: do not draw on it."""
        ops = self.frame().ops
        if self._painted is None or self._painted[0] is not ops:
            self._painted = (ops, repaint(ops, self.size, self.pictures, self._painted))
        return self._painted[1]

    def elements(self) -> list[Element]:
        """What is visible now, in drawing order."""
        scene = self.frame()
        if self._elements is None:
            self._elements = elements_of(scene)
        return list(self._elements)

    # What frames are made with.

    @property
    def layout(self) -> Layout:
        """The layout for the current theme and font size."""
        dark, scale = self._dark(), self._font_scale()
        if (scale, dark) not in self._layouts:
            self._layouts[scale, dark] = Layout(
                Metrics.of(self.spec, scale), theme(self.palette, dark), PLACERS, self._ime.touch,
                editing=self._ime.editing, offsets=self.offsets,
            )  # fmt: skip
        return self._layouts[scale, dark]

    def _dark(self) -> bool:
        return self._settings.get("secure", "ui_night_mode") == "2"

    def _font_scale(self) -> float:
        try:
            return min(2.0, max(0.8, float(self._settings.get("system", "font_scale") or "1")))
        except ValueError:
            return 1.0

    @property
    def wallpaper(self) -> str:
        """The wallpaper's key among the pictures."""
        dark = self._dark()
        key = f"wallpaper/{self.palette}/{dark}"
        if key not in self.pictures:
            self.pictures[key] = _wallpaper(theme(self.palette, dark), self.size)
        return key

    # Last screens of the apps, for the overview.

    def remember(self, package: str) -> None:
        """Keep the current frame as the app's last screen."""
        self._last_screens[package] = (self._revision, self.frame().ops)

    def forget(self, package: str) -> None:
        """Forget the app's last screen and how far its lists were scrolled."""
        self._last_screens.pop(package, None)
        for key in [key for key in self.offsets if key.startswith(f"{package}/")]:
            del self.offsets[key]

    def thumbnail(self, package: str, size: tuple[int, int]) -> str:
        """Key among the pictures of the app's last screen, scaled to `size`."""
        number, ops = self._last_screens.get(package, (0, []))
        key = f"recent/{package}/{number}/{size}"
        if key not in self.pictures:
            for old in [name for name in self.pictures if name.startswith(f"recent/{package}/")]:
                del self.pictures[old]
            whole = repaint(ops, self.size, self.pictures, None)
            self.pictures[key] = whole.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
        return key
