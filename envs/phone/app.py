"""The contract between the phone and its apps."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Protocol

from envs.phone.ui import Screen

if TYPE_CHECKING:
    from envs.phone.files import Files


class Settings(Protocol):
    """Android's settings provider: namespaces `system`, `secure`, `global`; values are strings, None when unset."""

    def get(self, namespace: str, key: str) -> str | None: ...
    def put(self, namespace: str, key: str, value: str) -> None: ...
    def delete(self, namespace: str, key: str) -> bool: ...
    def items(self, namespace: str) -> Mapping[str, str]: ...


class Device(Protocol):
    """What an app may touch of the phone it runs on."""

    files: Files
    random: random.Random
    """Seeded; the only source of chance on the phone."""
    location: tuple[float, float]
    """Where the phone is: latitude and longitude in degrees."""

    @property
    def settings(self) -> Settings: ...

    def now(self) -> dt.datetime:
        """The phone's own clock, naive local time (UTC). Never the host's."""
        ...

    def toast(self, text: str) -> None: ...
    def start(self, package: str, extras: Mapping[str, str] | None = None) -> None:
        """Bring another app to the front (an intent)."""
        ...

    def app(self, package: str) -> App:
        """The installed app, to read its data. KeyError when there is none."""
        ...

    def clipboard(self) -> str: ...
    def set_clipboard(self, text: str) -> None: ...


class App:
    """An installed app. Its lasting state lives in `device.files` and `device.settings`; attributes hold only the
    transient state of its screens, which `stop` forgets."""

    package: ClassVar[str]
    label: ClassVar[str]
    icon: ClassVar[str]
    color: ClassVar[tuple[int, int, int]] = (66, 133, 244)
    activity: ClassVar[str] = ".MainActivity"
    """Launch activity, relative to the package."""

    def __init__(self, device: Device) -> None:
        self.device = device

    def install(self) -> None:
        """Create the app's databases, files and default settings on a fresh phone. Called again after `pm clear`."""

    def start(self, extras: Mapping[str, str]) -> None:
        """Brought to the front. `extras` holds an intent's action, data and extras; empty from the launcher."""

    def pause(self) -> None:
        """Left: the home screen, the overview or another app comes to the front. The place to save unsaved work."""

    def stop(self) -> None:
        """Force-stopped: forget transient state, so that the next start shows the first screen."""

    def screen(self) -> Screen:
        """The current screen, a pure function of state. Called after every input; keep it under a millisecond."""
        raise NotImplementedError

    def on_broadcast(self, action: str, extras: Mapping[str, str]) -> str | None:
        """An intent that is sent to all apps: the result's data where this app answers it, None where it does not."""
        return None

    def back(self) -> bool:
        """The back key. False when the app is at its first screen, so that the phone leaves the app."""
        return False
