"""What can be seen of a device and done to it, in device pixels."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, Self

from PIL import Image

from agentkit.errors import EnvError
from envs.android.apps import find_package
from envs.android.console import CannotDo, Console
from envs.android.keyboard import Keyboard
from envs.android.link import Link
from envs.android.screen import CutShort, decode_png, decode_raw
from envs.android.tree import UiNode, parse_tree
from envs.android.wire import Refused

Screenshot = Literal["auto", "raw", "png"]
SIMULATED = "glint"
"""`ro.hardware` of the simulated phone, whose screen has settled when a command returns."""
LAUNCHER = "android.intent.category.LAUNCHER"
DUMP = "/data/local/tmp/glint_ui.xml"
TRIES = 3


class AndroidDevice:
    """One device over ADB. Connects at the first use; a context manager. After DeviceLost only `close` is legal.

    Questions survive a dropped connection (`reconnects` times, with growing pauses); an action is never sent twice:
    when it may or may not have happened, DeviceLost says so.
    """

    def __init__(
        self,
        address: str,
        *,
        timeout_s: float = 15.0,
        keys: Sequence[str | Path] = (),
        reconnects: int = 3,
        screenshot: Screenshot = "auto",
    ) -> None:
        """`keys` are private adb keys (`~/.android/adbkey`) for a device that asks for one. `screenshot` "auto" tries
        both formats at the first picture and keeps the faster."""
        self._link = Link(address, timeout_s=timeout_s, keys=keys, reconnects=reconnects)
        self._format: Screenshot = screenshot
        self._properties: dict[str, str] = {}
        self._console = Console(self._link)
        self._keyboard = Keyboard(self._console, slow=lambda: not self.simulated)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up, with the person's own keyboard chosen again if it was changed. Safe to call twice."""
        try:
            self._keyboard.restore()
        except EnvError:
            pass  # the device is gone, and with it the wish to be polite
        finally:
            self._link.close()

    # -- seeing -------------------------------------------------------------------------------------------------------

    def screenshot(self) -> Image.Image:
        """The screen, RGB, in its current orientation. Raises EnvError for a picture that is not whole."""
        if self._format == "auto":
            return self._first_screenshot()
        if self._format == "png":
            return self._png()
        try:
            return self._raw()
        except EnvError as error:
            if self._link.closed:
                raise
            try:  # pixel formats other than RGBA exist; every device can write PNG
                image = self._png()
            except EnvError:
                raise error from None
            self._format = "png"
            return image

    def _raw(self) -> Image.Image:
        return self._picture("screencap", decode_raw)

    def _png(self) -> Image.Image:
        return self._picture("screencap -p", decode_png)

    def _picture(self, command: str, decode: Callable[[bytes], Image.Image]) -> Image.Image:
        """What `decode` makes of the answer. Only it can tell whether that is whole; if not, it is asked for again."""
        for _ in range(TRIES - 1):
            with contextlib.suppress(CutShort):
                return decode(self._link.ask("exec", command, bool))
        return decode(self._link.ask("exec", command, bool))

    def _first_screenshot(self) -> Image.Image:
        """Tries the formats, keeps the faster. The first picture is not timed: it also pays for drawing the screen."""
        takes: dict[Screenshot, Callable[[], Image.Image]] = {"png": self._png, "raw": self._raw}
        times: dict[Screenshot, float] = {}
        image, fault = None, None
        order: tuple[Screenshot, ...] = ("png", "raw", "png")
        for name in order:
            start = time.perf_counter()
            try:
                image = takes[name]()
            except EnvError as error:
                if self._link.closed:
                    raise
                fault = error
            else:
                times[name] = time.perf_counter() - start
        if image is None:
            assert fault is not None
            raise fault
        self._format = min(times, key=lambda name: times[name])
        return image

    def size(self) -> tuple[int, int]:
        """Width and height in pixels, in the device's natural orientation; an override counts."""
        text = self._console.look(["wm", "size"])
        found = dict(re.findall(r"(Physical|Override) size: (\d+x\d+)", text))
        if not found:
            raise EnvError(f"`wm size` says 'Physical size: WxH', got {text[:200]!r}")
        width, height = (found.get("Override") or found["Physical"]).split("x")
        return int(width), int(height)

    def current_activity(self) -> tuple[str, str]:
        """(package, activity) in front; the activity may begin with a dot. Empty names when the device tells none."""
        text = self._console.pipe("dumpsys window | grep -E 'mCurrentFocus|mFocusedApp'")
        for line in ("mCurrentFocus", "mFocusedApp"):
            match = re.search(rf"{line}=\S*\{{\S+ u\d+ ([\w.]+)/([\w.$]+)", text)
            if match is not None:
                return match[1], match[2]
        text = self._console.pipe("dumpsys activity activities | grep -E 'ResumedActivity'")
        match = re.search(r" u\d+ ([\w.]+)/([\w.$]+)", text)
        return (match[1], match[2]) if match else ("", "")

    def ui_tree(self) -> list[UiNode]:
        """The view hierarchy, in document order. Raises EnvError when the device cannot tell (it may be animating)."""
        fault = ""
        for _ in range(TRIES):
            said = self._console.look(["uiautomator", "dump", DUMP], check=False)
            if "dumped to" in said:
                return parse_tree(self._console.look(["cat", DUMP]))
            fault = said
        raise EnvError(f"`uiautomator dump` failed {TRIES} times: {fault.strip()[:200]!r}")

    def packages(self) -> list[str]:
        """Names of the installed packages."""
        return re.findall(r"^package:(\S+)\s*$", self._console.look(["pm", "list", "packages"]), re.MULTILINE)

    def system_property(self, name: str) -> str:
        """A system property, read once."""
        if name not in self._properties:
            self._properties[name] = self._console.look(["getprop", name]).strip()
        return self._properties[name]

    @property
    def simulated(self) -> bool:
        """Whether this is `envs.phone` behind ADB."""
        return self.system_property("ro.hardware") == SIMULATED

    # -- touching -----------------------------------------------------------------------------------------------------

    def tap(self, x: int, y: int) -> None:
        self._console.act(["input", "tap", str(x), str(y)])

    def double_tap(self, x: int, y: int) -> None:
        """Two taps in one command line: two commands would be too far apart on most devices."""
        self._console.act(["input", "tap", str(x), str(y)], ["input", "tap", str(x), str(y)])

    def long_press(self, x: int, y: int, ms: int = 1000) -> None:
        self.swipe(x, y, x, y, ms)

    def swipe(self, x1: int, y1: int, x2: int, y2: int, ms: int = 300) -> None:
        self._console.act(["input", "swipe", str(x1), str(y1), str(x2), str(y2), str(ms)], extra_s=ms / 1000)

    def drag(self, x1: int, y1: int, x2: int, y2: int, ms: int = 1000) -> None:
        """Pick up what lies at the start, by a long press, and carry it to the end."""
        self._console.act(["input", "draganddrop", str(x1), str(y1), str(x2), str(y2), str(ms)], extra_s=1 + ms / 1000)

    def press(self, *keys: str) -> None:
        """Key events one after the other: "BACK", "KEYCODE_ENTER", "66". Raises CannotDo for an unknown name."""
        self._console.act(["input", "keyevent", *(_key(key) for key in keys)])

    def combine(self, *keys: str) -> None:
        """Keys held together, the last one pressed (Android 12 and later)."""
        self._console.act(["input", "keycombination", *(_key(key) for key in keys)])

    # -- typing -------------------------------------------------------------------------------------------------------

    def type_text(self, text: str) -> None:
        """Type into the focused field, at its caret. A newline is the Enter key.

        What is not printable ASCII needs the open-source ADB keyboard on the device; it is chosen then, and the
        person's own comes back at `close`. Raises CannotDo where it is missing and for control characters.
        """
        self._keyboard.type(text)

    def clear_text(self) -> None:
        """Empty the focused field."""
        self._keyboard.clear()

    # -- apps ---------------------------------------------------------------------------------------------------------

    def launch(self, name: str) -> str:
        """Open an app by its name or package; the package. Raises CannotDo when there is none of that name."""
        package = find_package(name, self.packages())
        if package is None:
            raise CannotDo(f"no installed app is called {name!r}")
        said = self._console.act(["monkey", "-p", package, "-c", LAUNCHER, "1"], check=False)
        if "Events injected: 1" in said:
            return package
        brief = self._console.look(
            ["cmd", "package", "resolve-activity", "--brief", "-c", LAUNCHER, package], check=False
        )
        component = next((line for line in brief.split() if line.startswith(f"{package}/")), None)
        if component is not None:
            said = self._console.act(["am", "start", "-n", component], check=False)
        if component is None or "Error" in said:
            raise CannotDo(f"{package} has no screen to open: {said.strip()[:200]!r}")
        return package

    def force_stop(self, package: str) -> None:
        self._console.act(["am", "force-stop", package])

    # -- anything else ------------------------------------------------------------------------------------------------

    def shell(self, argv: Sequence[str], *, timeout_s: float | None = None) -> str:
        """Output of one command, its words quoted: no word of `argv` can become shell syntax.

        It is taken for one that changes the device, so never repeated. Raises CannotDo for a non-zero exit status.
        """
        return self._console.act(list(argv), timeout_s=timeout_s)

    def push(self, data: bytes, path: str) -> None:
        """Write a file on the device. Raises CannotDo when it cannot be written."""
        try:
            self._link.push(data, path)
        except Refused as error:
            raise CannotDo(f"cannot write {path!r} on the device: {error}") from error

    def pull(self, path: str) -> bytes:
        """Bytes of a file on the device. Raises CannotDo when it cannot be read."""
        try:
            return self._link.pull(path)
        except Refused as error:
            raise CannotDo(f"cannot read {path!r} on the device: {error}") from error


def _key(name: str) -> str:
    key = name.strip().upper().removeprefix("KEYCODE_")
    if not re.fullmatch(r"[A-Z0-9_]{1,40}", key):
        raise CannotDo(f"a key has a name like BACK or a number, got {name!r}")
    return key if key.isdigit() and len(key) > 1 else f"KEYCODE_{key}"
