"""Tasks that turn one switch of Settings, checked on the settings provider; and what all tasks in Settings share."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from envs.phone import oracle
from envs.phone.apps.settings import SettingsApp, keys, pages, radios
from envs.phone.apps.settings.preferences import Key, Link, Toggle
from envs.phone.oracle import Steps
from envs.phone.tasks.base import PhoneTask

if TYPE_CHECKING:
    from envs.phone.device import Phone

APP = SettingsApp.label


def open_page(phone: Phone, *titles: str) -> Steps:
    """Launch Settings and tap down a path of rows."""
    yield from oracle.launch(APP)
    for title in titles:
        yield from oracle.tap(phone, text=title)


def trails() -> dict[str, tuple[str, ...]]:
    """Page -> the rows to tap from the first screen to it, the shortest way, for every page that links lead to."""
    found: dict[str, tuple[str, ...]] = {"root": ()}
    queue = ["root"]
    for here in queue:
        for p in pages.PAGES[here].preferences:
            if isinstance(p, Link) and p.page not in found:
                found[p.page] = (*found[here], p.title)
                queue.append(p.page)
    return found


def put(phone: Phone, key: Key, value: str) -> None:
    phone.settings.put(key.namespace, key.name, value)


def get(phone: Phone, key: Key) -> str | None:
    return phone.settings.get(key.namespace, key.name)


class SettingsTask(PhoneTask):
    app: ClassVar[str] = APP


class SwitchTask(SettingsTask):
    """Turns one switch on or off; it stands the other way at the start."""

    rows: ClassVar[tuple[str, ...]]
    """From the first screen to the switch, its own row last."""

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        return {"state": rng.choice(("on", "off"))}

    @property
    def on(self) -> bool:
        return self.params["state"] == "on"

    def turn(self, phone: Phone, on: bool) -> None:
        raise NotImplementedError

    def is_on(self, phone: Phone) -> bool:
        raise NotImplementedError

    def setup(self, phone: Phone) -> None:
        self.turn(phone, not self.on)

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        return float(self.is_on(phone) == self.on)

    def oracle(self, phone: Phone) -> Steps:
        yield from open_page(phone, *self.rows)


class TurnWifi(SwitchTask):
    template = "Turn wifi {state}."
    rows = ("Network & internet", "Internet", "Wi-Fi")

    def turn(self, phone: Phone, on: bool) -> None:
        radios.set_wifi(phone.settings, on)

    def is_on(self, phone: Phone) -> bool:
        return radios.wifi_on(phone.settings)


class TurnBluetooth(SwitchTask):
    template = "Turn bluetooth {state}."
    rows = ("Connected devices", "Connection preferences", "Bluetooth", "Use Bluetooth")

    def turn(self, phone: Phone, on: bool) -> None:
        radios.set_bluetooth(phone.settings, on)

    def is_on(self, phone: Phone) -> bool:
        return radios.bluetooth_on(phone.settings)


class TurnAirplaneMode(SwitchTask):
    template = "Turn {state} airplane mode."
    rows = ("Network & internet", "Airplane mode")

    def turn(self, phone: Phone, on: bool) -> None:
        radios.set_airplane(phone.settings, on)

    def is_on(self, phone: Phone) -> bool:
        return get(phone, keys.AIRPLANE) == "1"


class TurnDarkTheme(SwitchTask):
    template = "Switch the dark theme {state}."
    rows = ("Display", "Dark theme")

    def turn(self, phone: Phone, on: bool) -> None:
        put(phone, keys.NIGHT, "2" if on else "1")

    def is_on(self, phone: Phone) -> bool:
        return get(phone, keys.NIGHT) == "2"


class TurnLocation(SwitchTask):
    template = "Turn {state} the use of location on this phone."
    rows = ("Location", "Use location")

    def turn(self, phone: Phone, on: bool) -> None:
        put(phone, keys.LOCATION, "3" if on else "0")

    def is_on(self, phone: Phone) -> bool:
        return get(phone, keys.LOCATION) != "0"


class Use24HourFormat(SwitchTask):
    template = "Make the phone show the time in the {hours}-hour format."
    rows = ("System", "Date & time", "Use 24-hour format")

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        state = rng.choice(("on", "off"))
        return {"state": state, "hours": 24 if state == "on" else 12}

    def turn(self, phone: Phone, on: bool) -> None:
        put(phone, keys.HOURS, "24" if on else "12")

    def is_on(self, phone: Phone) -> bool:
        return get(phone, keys.HOURS) == "24"


class FlipSwitch(SwitchTask):
    """Any plain switch of any page, named by its page."""

    template = 'In Settings, turn {state} "{title}" on the {page_title} page.'
    max_steps = 20

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        page, title = rng.choice(
            [
                (page_id, p.title)
                for page_id in trails()
                for p in pages.PAGES[page_id].preferences
                if isinstance(p, Toggle) and p.is_on is None and p.write is None
            ]
        )
        names = {"page": page, "title": title, "page_title": pages.PAGES[page].title}
        return {"state": rng.choice(("on", "off")), **names}

    @property
    def toggle(self) -> Toggle:
        rows = pages.PAGES[self.params["page"]].preferences
        return next(p for p in rows if isinstance(p, Toggle) and p.title == self.params["title"])

    def turn(self, phone: Phone, on: bool) -> None:
        put(phone, self.toggle.key, self.toggle.on if on else self.toggle.off)

    def is_on(self, phone: Phone) -> bool:
        return get(phone, self.toggle.key) == self.toggle.on

    def oracle(self, phone: Phone) -> Steps:
        yield from open_page(phone, *trails()[self.params["page"]], self.params["title"])


SWITCH_TASKS: tuple[type[PhoneTask], ...] = (
    TurnWifi, TurnBluetooth, TurnAirplaneMode, TurnDarkTheme, TurnLocation, Use24HourFormat, FlipSwitch,
)  # fmt: skip
