"""Which app is in front, and how one gets to another: home, drawer, overview, back, notification shade."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from envs.phone.app import App
from envs.phone.shade import Notification

Place = Literal["home", "drawer", "recents", "app"]


@dataclass(slots=True)
class Stage:
    apps: Mapping[str, App]
    """Installed apps by package."""
    left: Callable[[str], None]
    """Called before something else comes to the front, with the app in front or the empty string."""
    stopped: Callable[[str], None]
    """Called after an app was stopped for good."""
    where: Place = "home"
    front: str = ""
    """Package of the app in front while `where` is "app"."""
    recents: list[str] = field(default_factory=list)
    """Packages, the most recent first."""
    front_card: int = 0
    """The card of the overview that is in the middle."""
    shade_open: bool = False
    notifications: list[Notification] = field(default_factory=list)
    callers: list[str] = field(default_factory=list)
    """Apps that back returns to, the last one first to be taken."""

    @property
    def app(self) -> App:
        """The app in front."""
        return self.apps[self.front]

    def leave(self) -> None:
        self.left(self.front if self.where == "app" else "")

    def bring(self, package: str, extras: Mapping[str, str], *, as_callee: bool = False) -> None:
        """Open an app. `as_callee`: back returns to the app that is in front now."""
        app = self.apps[package]
        here = self.where == "app" and self.front == package
        if not here:
            if not as_callee:
                self.callers.clear()
            elif self.where == "app":
                self.callers.append(self.front)
            self.leave()
        self.where, self.shade_open = "app", False
        self._to_front(package)
        app.start(extras)

    def _to_front(self, package: str) -> None:
        self.front = package
        if package in self.recents:
            self.recents.remove(package)
        self.recents.insert(0, package)

    def opener(self, package: str) -> Callable[[], None]:
        """A handler that opens an app as the launcher does."""
        return lambda: self.bring(package, {})

    def home(self) -> None:
        self.leave()
        self.callers.clear()
        self.where, self.shade_open = "home", False

    def open_drawer(self, opened: bool) -> None:
        self.where = "drawer" if opened else "home"

    def back(self) -> None:
        """What the back key does once nothing of the system is open."""
        if self.where in ("drawer", "recents"):
            self.where = "home"
        elif self.where == "app":
            self._back_in_app()

    def _back_in_app(self) -> None:
        screen = self.app.screen()
        popup = screen.dialog or screen.menu
        if popup is not None:
            if popup.on_dismiss is not None:
                popup.on_dismiss()
        elif not self.app.back():
            if self.callers:
                self.leave()
                self._to_front(self.callers.pop())
            else:
                self.home()

    # The overview.

    def overview(self) -> None:
        """The overview key: open it, or from within it go to the app before the last one."""
        self.shade_open = False
        if self.where != "recents":
            self.leave()
            self.where, self.front_card = "recents", 0
        elif self.recents:
            self.open_recent(self.recents[min(1, len(self.recents) - 1)])

    def open_recent(self, package: str) -> None:
        """Bring back an app from the overview; the empty name closes the overview."""
        if package:
            self.bring(package, {})
        else:
            self.where = "home"

    def turn_recents(self, step: int) -> bool:
        """Move the carousel by `step` cards, within its ends."""
        self.front_card = min(max(0, self.front_card + step), max(0, len(self.recents) - 1))
        return True

    def remove_recent(self, package: str) -> bool:
        """Swipe an app out of the overview; False when it is not there."""
        if package not in self.recents:
            return False
        self.stop(package)
        return True

    def clear_recents(self) -> None:
        for package in list(self.recents):
            self.stop(package)
        self.where = "home"

    def stop(self, package: str) -> None:
        """Stop an app for good: off the front, out of the overview, its transient state forgotten."""
        self.apps[package].stop()
        if self.where == "app" and self.front == package:
            self.where = "home"
        if package in self.recents:
            self.recents.remove(package)
        self.callers = [name for name in self.callers if name != package]
        self.turn_recents(0)
        self.stopped(package)

    # The shade.

    def open_shade(self) -> None:
        self.shade_open = True

    def close_shade(self) -> None:
        self.shade_open = False

    def notification_opener(self, n: int) -> Callable[[], None]:
        """A handler that takes notification `n` away and opens its app."""
        return lambda: self._open_notification(n)

    def _open_notification(self, n: int) -> None:
        note = self.notifications.pop(n)
        self.bring(note.package, {"notification": note.title})
