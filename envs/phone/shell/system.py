"""What the operating system keeps besides the phone: properties, the touch in progress, input methods, encoded frames.

One `System` belongs to one phone, whoever talks to it; every shell and ADB stream shares it and its lock.
"""

from __future__ import annotations

import datetime as dt
import io
import struct
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

    from envs.phone.device import Phone

LATIN_IME = "com.google.android.inputmethod.latin/com.android.inputmethod.latin.LatinIME"
ADB_IME = "com.android.adbkeyboard/.AdbIME"
"""The open-source keyboard that types what a broadcast carries, so that text need not be ASCII."""
IMES = (LATIN_IME, ADB_IME)
SYSTEM_PACKAGES: tuple[str, ...] = (
    *("android", "com.android.adbkeyboard", "com.android.providers.contacts", "com.android.providers.media"),
    *("com.android.providers.settings", "com.android.providers.telephony", "com.android.shell", "com.android.systemui"),
    *("com.google.android.apps.nexuslauncher", "com.google.android.inputmethod.latin"),
)
RGBA_8888, SRGB = 1, 1
FIRST_TASK = 2
FIRST_PID = 1000
HISTORY, HISTORY_LINE = 10_000, 4096
"""Command lines that are kept, and characters of each: a host may send long ones."""


class System:
    """State shared by every shell on `phone`. Does not keep the phone alive: its users do."""

    def __init__(self, phone: Phone) -> None:
        self._phone = weakref.ref(phone)
        self.lock = threading.Lock()
        """Held while a command runs, by `Shell.run`: the phone is not thread-safe. Not reentrant."""
        self.properties = _properties(phone)
        self.touch: tuple[float, float, dt.datetime] | None = None
        """Where and when a `motionevent DOWN` went down."""
        self.tapped: dt.datetime | None = None
        """When the last `tap` of the running command line was over."""
        self.history: deque[str] = deque(maxlen=HISTORY)
        """Command lines as they began to run, the latest last."""
        self.override: dict[str, tuple[int, ...]] = {}
        """What `wm` has set: "size" (width, height) and "density" (dpi,)."""
        self._numbers: dict[str, int] = {}
        self._frames: dict[str, tuple[int, bytes]] = {}
        if phone.settings.get("secure", "default_input_method") is None:
            phone.settings.put("secure", "default_input_method", LATIN_IME)
            phone.settings.put("secure", "enabled_input_methods", ":".join(IMES))

    @classmethod
    def of(cls, phone: Phone) -> System:
        """The one that belongs to this phone, so that all its clients share the lock."""
        return _SYSTEMS.get(phone) or _SYSTEMS.setdefault(phone, cls(phone))

    @property
    def phone(self) -> Phone:
        phone = self._phone()
        assert phone is not None, "the phone is gone"
        return phone

    @contextmanager
    def released(self) -> Iterator[None]:
        """Let other clients at the phone inside the block (waiting for input, encoding a picture). Lock held."""
        self.lock.release()
        try:
            yield
        finally:
            self.lock.acquire()

    def epoch(self) -> int:
        """The phone's clock, seconds since 1970."""
        return epoch(self.phone.now())

    @property
    def packages(self) -> list[str]:
        """Installed packages, apps and system, sorted."""
        return sorted({*self.phone.packages(), *SYSTEM_PACKAGES})

    def task_id(self, package: str) -> int:
        """The number of a package's task; the launcher's is 1."""
        return self._number(package) + FIRST_TASK

    def pid(self, package: str) -> int:
        return FIRST_PID + 17 * self._number(package)

    def _number(self, package: str) -> int:
        return self._numbers.setdefault(package, len(self._numbers))

    def running(self) -> list[str]:
        """Packages with a process: the system's and the apps opened and not stopped."""
        return ["com.android.systemui", "com.google.android.apps.nexuslauncher", *self.phone.recents]

    def png(self) -> bytes:
        """The screen as PNG, encoded once per look of the screen. Call with the lock held."""
        return self._frame("png", encode_png)

    def raw_frame(self) -> bytes:
        """The screen as `screencap` without -p writes it: LE u32 width, height, format, colour space, then RGBA."""
        return self._frame("raw", encode_raw)

    def _frame(self, kind: str, encode: Callable[[Image], bytes]) -> bytes:
        revision, image = self.phone.revision, self.phone.screenshot()
        cached = self._frames.get(kind)
        if cached is None or cached[0] != revision:
            with self.released():
                cached = (revision, encode(image))
            self._frames[kind] = cached
        return cached[1]


_SYSTEMS: weakref.WeakKeyDictionary[Phone, System] = weakref.WeakKeyDictionary()


def epoch(when: dt.datetime) -> int:
    """Seconds since 1970 of a naive UTC time."""
    return int(when.replace(tzinfo=dt.UTC).timestamp())


def encode_png(image: Image) -> bytes:
    """RGB PNG, compressed lightly: a screenshot is looked at once."""
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()


def encode_raw(image: Image) -> bytes:
    return struct.pack("<4I", *image.size, RGBA_8888, SRGB) + image.convert("RGBA").tobytes()


def _properties(phone: Phone) -> dict[str, str]:
    width, height = phone.size
    return {
        "dalvik.vm.heapsize": "512m",
        "gsm.sim.state": "READY",
        "init.svc.adbd": "running",
        "persist.sys.locale": "en-US",
        "persist.sys.timezone": "UTC",
        "persist.sys.usb.config": "adb",
        "ro.adb.secure": "0",
        "ro.boot.serialno": "GLINTPHONE",
        "ro.build.characteristics": "default",
        "ro.build.display.id": "glint_phone-userdebug 13",
        "ro.build.fingerprint": "glint/glint_phone/glint:13/GP1A/1:userdebug/test-keys",
        "ro.build.id": "GP1A",
        "ro.build.type": "userdebug",
        "ro.build.version.codename": "REL",
        "ro.build.version.release": "13",
        "ro.build.version.sdk": "33",
        "ro.debuggable": "1",
        "ro.hardware": "glint",
        "ro.product.brand": "Glint",
        "ro.product.cpu.abi": "x86_64",
        "ro.product.cpu.abilist": "x86_64",
        "ro.product.device": "glint",
        "ro.product.manufacturer": "Glint",
        "ro.product.model": f"Simulated phone {width}x{height}",
        "ro.product.name": "glint_phone",
        "ro.secure": "0",
        "ro.serialno": "GLINTPHONE",
        "ro.sf.lcd_density": str(phone.spec.density),
        "service.adb.root": "1",
        "sys.boot_completed": "1",
        "sys.usb.state": "adb",
    }
