"""Random walks through the apps that keep messages and files: whatever is touched, the phone goes on."""

from __future__ import annotations

import random
import sqlite3

import pytest

from envs.phone.apps.contacts import Contacts
from envs.phone.apps.files import Files
from envs.phone.apps.markor import Markor
from envs.phone.apps.messages import Messages
from envs.phone.device import Phone
from envs.phone.telephony import PATH
from fingers import wander


@pytest.mark.parametrize(("screen", "dark"), [("small", False), ("medium", True), ("tablet_small", False)])
@pytest.mark.parametrize("app", [Messages, Files, Markor], ids=lambda a: a.__name__)
def test_random_walk(app: type, screen: str, dark: bool) -> None:
    rng = random.Random(f"{app.__name__}/{screen}")
    phone = Phone([Contacts, Messages, Files, Markor], screen=screen, seed=rng.randrange(99), dark=dark)
    seen = wander(phone, app.package, rng, 400)
    assert phone.screenshot().size == phone.size
    assert len(seen) >= {Messages: 3, Files: 1, Markor: 2}[app]
    connection = sqlite3.connect(":memory:")
    connection.deserialize(phone.files.read(PATH))
    orphans = "SELECT count(*) FROM sms WHERE thread_id NOT IN (SELECT _id FROM threads)"
    assert connection.execute(orphans).fetchone() == (0,)
    connection.close()


@pytest.mark.parametrize("app", [Messages, Files, Markor], ids=lambda a: a.__name__)
def test_a_walk_is_reproducible(app: type) -> None:
    screens = []
    for _ in range(2):
        phone = Phone([Contacts, Messages, Files, Markor], screen="small", seed=3)
        wander(phone, app.package, random.Random(1), 60)
        screens.append(phone.screenshot().tobytes())
    assert screens[0] == screens[1]
