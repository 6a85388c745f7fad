"""Phone (com.google.android.dialer): favourites, recent calls, contacts, search, the dial pad, and a call.

People come from the contacts provider, calls go to the call log. A call that comes in from outside (`ring`) rings until
it is answered, declined or cancelled; whoever is called picks up after `RINGS`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from envs.phone.app import App, Device
from envs.phone.apps.dialer import call_screen, screens
from envs.phone.call_log import CallLog, Kind, LoggedCall
from envs.phone.people import People, Person
from envs.phone.telephony import normalise, same_number
from envs.phone.ui import Screen
from envs.phone.words import words

MESSAGES = "com.simplemobiletools.smsmessenger"
CONTACTS = "com.google.android.contacts"
RINGS = dt.timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class Call:
    number: str
    outgoing: bool
    begin: dt.datetime
    answered: dt.datetime | None = None
    muted: bool = False
    speaker: bool = False
    held: bool = False


class Dialer(App):
    package = "com.google.android.dialer"
    label = "Phone"
    icon = "phone"
    color = (26, 115, 232)
    activity = ".extensions.GoogleDialtactsActivity"

    def __init__(self, device: Device) -> None:
        super().__init__(device)
        self.log = CallLog(device.files)
        self.stop()

    # State

    def install(self) -> None:
        """A few past calls, with known people where there are contacts."""
        self.stop()
        if self.log.all():
            return
        rng = self.device.random
        draw = words(rng)
        known = [number for person in self.people() for number, _ in person.phones]
        rng.shuffle(known)
        for number in known[:4] + [draw.phone_number() for _ in range(2)]:
            kind = rng.choice((Kind.INCOMING, Kind.OUTGOING, Kind.MISSED))
            when = self.device.now() - dt.timedelta(days=rng.randint(0, 20), minutes=rng.randint(5, 1400))
            self.log.add(LoggedCall(number, when, 0 if kind == Kind.MISSED else rng.randint(10, 900), kind))

    def stop(self) -> None:
        self.tab = 1
        self.query: str | None = None
        """Text of the search; None when it is closed."""
        self.digits: str | None = None
        """What the dial pad has taken; None when it is closed."""
        self.unfolded: int | None = None
        """Id of the recent call whose actions show."""
        self.asking: Literal["", "clear"] = ""
        self.menu_open = False
        self._call: Call | None = None
        self.pad_open = False
        """The dial pad lies over the call."""

    def start(self, extras: Mapping[str, str]) -> None:
        """`tel:NUMBER` opens the dial pad with it; with the action CALL, it is called."""
        scheme, _, number = extras.get("data", "").partition(":")
        if scheme == "tel" and self.call is None:
            self.calm()
            if extras.get("action") == "android.intent.action.CALL" and number:
                self.dial(number)
            else:
                self.digits = number

    def calm(self) -> None:
        self.query = self.digits = self.unfolded = None
        self.asking, self.menu_open = "", False

    def back(self) -> bool:
        if self.call is not None:
            if not self.pad_open:
                return False  # the call goes on behind other apps
            self.pad_open = False
        elif self.asking or self.menu_open:
            self.asking, self.menu_open = "", False
        elif self.digits is not None:
            self.digits = None
        elif self.query is not None:
            self.query = None
        elif self.unfolded is not None:
            self.unfolded = None
        else:
            return False
        return True

    def people(self) -> list[Person]:
        return People(self.device.files).all()

    def name(self, number: str) -> str:
        """Who has this number, or the number itself."""
        owners = (p.name for p in self.people() if any(same_number(n, number) for n, _ in p.phones))
        return next(owners, number)

    # The call

    @property
    def call(self) -> Call | None:
        """The call that rings or goes on; one that was dialled is answered by now if it rang for long enough."""
        call = self._call
        if call is not None and call.outgoing and call.answered is None:
            picked_up = call.begin + RINGS
            if self.device.now() >= picked_up:
                self._call = call = replace(call, answered=picked_up)
        return call

    def ring(self, number: str) -> bool:
        """A call comes in from `number`; False when the line is busy."""
        if self.call is not None:
            return False
        self._call, self.pad_open = Call(normalise(number), outgoing=False, begin=self.device.now()), False
        return True

    def dial(self, number: str) -> None:
        if self.call is None and any(c.isdigit() for c in number):
            self.calm()
            self._call, self.pad_open = Call(normalise(number), outgoing=True, begin=self.device.now()), False

    def answer(self) -> None:
        self.change(answered=self.device.now())

    def change(self, **what: bool | dt.datetime) -> None:
        """Another value for a field of the call."""
        if self.call is not None:
            self._call = replace(self.call, **what)  # type: ignore[arg-type]

    def hang_up(self, *, declined: bool = False) -> None:
        """End the call and log it. One that nobody answered was missed, unless the owner declined it."""
        call, self._call = self.call, None
        if call is None:
            return
        kind = Kind.OUTGOING if call.outgoing else Kind.INCOMING
        if not call.outgoing and call.answered is None:
            kind = Kind.REJECTED if declined else Kind.MISSED
        seconds = 0 if call.answered is None else int((self.device.now() - call.answered).total_seconds())
        self.log.add(LoggedCall(call.number, call.begin, seconds, kind))

    # The screen

    def screen(self) -> Screen:
        call = self.call
        if call is not None:
            return call_screen.screen(self, call)
        if self.digits is not None:
            return screens.dial_pad(self, self.digits)
        if self.query is not None:
            return screens.search(self, self.query)
        return screens.home(self)

    # What taps do

    def select_tab(self, tab: int) -> None:
        self.tab, self.unfolded = tab, None

    def open_search(self) -> None:
        self.query = ""

    def open_pad(self) -> None:
        self.digits = ""

    def set_query(self, text: str) -> None:
        self.query = text

    def press(self, key: str) -> None:
        """A key of the dial pad; "" takes the last one back."""
        digits = self.digits or ""
        self.digits = digits + key if key else digits[:-1]

    def unfold(self, call: LoggedCall) -> None:
        self.unfolded = None if self.unfolded == call.id else call.id

    def text(self, number: str) -> None:
        self.device.start(MESSAGES, {"action": "android.intent.action.SENDTO", "data": f"smsto:{number}"})

    def add_contact(self, number: str) -> None:
        self.device.start(CONTACTS, {"action": "android.intent.action.INSERT", "phone": number})

    def forget(self, number: str) -> None:
        self.log.delete(number)
        self.unfolded = None

    def clear_log(self) -> None:
        self.log.delete()
        self.calm()

    def open_menu(self) -> None:
        self.menu_open = True

    def ask_clear(self) -> None:
        self.asking, self.menu_open = "clear", False

    def close(self) -> None:
        self.asking, self.menu_open = "", False
