"""Phone: calls follow the phone's clock and end up in the call log; Clipper answers broadcasts."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from envs.phone.apps import EVERY
from envs.phone.apps.clipper import Clipper
from envs.phone.apps.dialer import Dialer
from envs.phone.call_log import PATH
from envs.phone.device import Phone
from envs.phone.people import People, Person
from envs.phone.shell import Shell
from fingers import assert_inside, press, stored, texts, wander

LATEST = "SELECT number, duration, type FROM calls ORDER BY date DESC, _id DESC"


@pytest.fixture
def phone() -> Phone:
    phone = Phone(EVERY, screen="medium")
    People(phone.files).save(Person("Ada", "Zimmer", (("+1 (317) 555-0142", 2),), starred=True))
    phone.invalidate()
    phone.launch("Phone")
    return phone


def _pass(phone: Phone, seconds: int) -> None:
    phone.set_now(phone.now() + dt.timedelta(seconds=seconds))


def test_a_number_keyed_in_finds_its_owner_and_is_called(phone: Phone) -> None:
    press(phone, label="key pad")
    for digit in "5550142":
        press(phone, id=f"dialpad_{digit}")
    assert "Ada Zimmer" in texts(phone)
    press(phone, label="backspace")
    press(phone, id="dialpad_2")
    press(phone, text="Call")
    assert {"Ada Zimmer", "Calling…"} <= set(texts(phone))
    _pass(phone, 3)
    assert "00:00" in texts(phone)
    _pass(phone, 64)
    assert "01:04" in texts(phone)
    press(phone, label="Hold, off")
    assert "On hold" in texts(phone)
    press(phone, text="End call")
    assert stored(phone, PATH, LATEST)[0] == ("5550142", 66, 2)


def test_a_call_that_is_declined_is_not_missed(phone: Phone) -> None:
    app = phone.app(Dialer.package)
    assert isinstance(app, Dialer)
    assert app.ring("+13175550142")
    phone.invalidate()
    assert {"Ada Zimmer", "+13175550142"} <= set(texts(phone))
    press(phone, text="Decline")
    assert stored(phone, PATH, LATEST)[0] == ("+13175550142", 0, 5)
    assert "Declined call • 3:34 PM" in texts(phone)


def test_a_call_that_is_answered_lasts(phone: Phone) -> None:
    app = phone.app(Dialer.package)
    assert isinstance(app, Dialer)
    app.ring("911")
    phone.invalidate()
    press(phone, text="Answer")
    _pass(phone, 9)
    press(phone, label="Keypad")
    assert "1" in texts(phone)
    phone.key("BACK")
    assert "1" not in texts(phone)
    press(phone, text="End call")
    assert stored(phone, PATH, LATEST)[0][2] == 1
    assert stored(phone, PATH, LATEST)[0][1] >= 9


def test_recent_calls_unfold_to_message_and_delete(phone: Phone) -> None:
    number = stored(phone, PATH, LATEST)[0][0]
    first = next(e for e in phone.elements() if e.id.startswith("call_"))
    press(phone, id=first.id)
    press(phone, text="Delete")
    assert number not in [row[0] for row in stored(phone, PATH, LATEST)]
    press(phone, id=next(e for e in phone.elements() if e.id.startswith("call_")).id)
    press(phone, text="Message")
    assert phone.foreground()[0] == "com.simplemobiletools.smsmessenger"


def test_favorites_search_and_clearing(phone: Phone) -> None:
    press(phone, text="Favorites")
    assert "Ada Zimmer" in texts(phone)
    press(phone, label="Search contacts & places")
    phone.type_text("zimm")
    assert "Mobile • +1 (317) 555-0142" in texts(phone)
    phone.key("BACK")
    phone.key("BACK")
    press(phone, label="More options")
    press(phone, text="Clear call history")
    press(phone, text="OK")
    assert stored(phone, PATH, LATEST) == []


def test_intents_dial_or_call(phone: Phone) -> None:
    shell = Shell(phone)
    assert shell.run("am start -a android.intent.action.DIAL -d tel:5550100").code == 0
    assert "5550100" in texts(phone)
    assert shell.run("am start -a android.intent.action.CALL -d tel:5550100").code == 0
    assert "Calling…" in texts(phone)


def test_the_call_log_is_a_provider(phone: Phone) -> None:
    shell = Shell(phone)
    shell.run("content delete --uri content://call_log/calls")
    shell.run(
        "content insert --uri content://call_log/calls --bind number:s:5 --bind type:i:3 --bind date:l:1697380000000"
    )
    assert "Missed call • 2:26 PM" in texts(phone)
    shell.run("content insert --uri content://call_log/calls --bind number:s:6 --bind type:i:99")
    assert b"number=5" in shell.run("content query --uri content://call_log/calls").stdout.splitlines()[0]
    assert "Incoming call • 12:00 AM" in texts(phone)


@pytest.mark.parametrize("app", [Dialer, Clipper])
@pytest.mark.parametrize(("screen", "dark"), [("small", True), ("tablet_small", False)])
def test_random_walk(app, screen: str, dark: bool) -> None:
    rng = random.Random(f"{app.__name__}/{screen}")
    phone = Phone(EVERY, screen=screen, seed=rng.randrange(99), dark=dark)
    for _ in range(15):
        wander(phone, app.package, rng, 15)
        assert_inside(phone)


def test_clipper_answers_broadcasts_and_reads_only_in_front(phone: Phone) -> None:
    shell = Shell(phone)

    def broadcast(words: str) -> str:
        return shell.run(f"am broadcast -a {words}").stdout.decode().splitlines()[-1]

    assert broadcast("clipper.set -e text 'two words'") == (
        'Broadcast completed: result=-1, data="Text is copied into clipboard."'
    )
    assert phone.clipboard() == "two words"
    assert broadcast("clipper.get") == "Broadcast completed: result=0"
    shell.run("am start -W -n ca.zgrs.clipper/ca.zgrs.clipper.Main")
    assert "two words" in texts(phone)
    assert broadcast("clipper.get") == 'Broadcast completed: result=-1, data="two words"'
    assert broadcast("clipper.set") == "Broadcast completed: result=0"
    phone.key("HOME")
    assert broadcast("clipper.get") == "Broadcast completed: result=0"
    phone.launch("Clipper")
    press(phone, text="Clear")
    assert broadcast("clipper.get") == "Broadcast completed: result=0"
    assert "The clipboard is empty" in texts(phone)
