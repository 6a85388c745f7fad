"""Random walks through every app: whatever is touched, the phone goes on and draws on its screen only."""

from __future__ import annotations

import random

import pytest

from envs.phone.app import App
from envs.phone.apps import ALL
from envs.phone.apps.expenses import Expenses
from envs.phone.device import Phone
from envs.phone.telephony import PATH
from fingers import assert_inside, stored, wander


@pytest.mark.parametrize(
    ("screen", "dark"), [("small", False), ("classic", True), ("tall", True), ("tablet_small", False)]
)
@pytest.mark.parametrize("app", ALL, ids=lambda a: a.__name__)
def test_random_walk(app: type[App], screen: str, dark: bool) -> None:
    rng = random.Random(f"{app.__name__}/{screen}")
    phone = Phone(screen=screen, seed=rng.randrange(99), dark=dark)
    seen: set[str] = set()
    for _ in range(20):
        seen |= wander(phone, app.package, rng, 15)
        assert_inside(phone)
        assert phone.screenshot().size == phone.size
    assert len(seen) > 1 or app is Expenses  # which has one activity for all its screens
    assert stored(phone, PATH, "SELECT 1 FROM sms WHERE thread_id NOT IN (SELECT _id FROM threads)") == []


@pytest.mark.parametrize("app", ALL, ids=lambda a: a.__name__)
def test_a_walk_is_reproducible(app: type[App]) -> None:
    screens = []
    for _ in range(2):
        phone = Phone(screen="small", seed=3)
        wander(phone, app.package, random.Random(1), 60)
        screens.append(phone.screenshot().tobytes())
    assert screens[0] == screens[1]
