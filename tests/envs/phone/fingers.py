"""Driving a phone by what it shows, and reading what it shows and stores, for tests of apps."""

from __future__ import annotations

import random
import sqlite3
from typing import Any

from envs.phone.device import Phone
from envs.phone.elements import Element, centre


def press(phone: Phone, *, text: str = "", label: str = "", id: str = "", long: bool = False) -> None:
    """Tap the first element with this text, content description and id (each only if given)."""
    found = next((e for e in phone.elements() if _is(e, text, label, id)), None)
    assert found is not None, (text, label, id, [e.text or e.label for e in phone.elements() if e.role != "key"])
    (phone.long_press if long else phone.tap)(*centre(found.bounds))


def texts(phone: Phone) -> list[str]:
    return [e.text for e in phone.elements() if e.text]


def assert_inside(phone: Phone) -> None:
    """Everything listed has an area, and that on the screen."""
    width, height = phone.size
    for e in phone.elements():
        x1, y1, x2, y2 = e.bounds
        assert 0 <= x1 < x2 <= width and 0 <= y1 < y2 <= height, e


def stored(phone: Phone, path: str, query: str) -> list[tuple[Any, ...]]:
    """Rows of a database file's bytes, as a checker that pulled the file would see them."""
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(phone.files.read(path))
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def wander(phone: Phone, package: str, rng: random.Random, steps: int) -> set[str]:
    """Random touches, keys and text in one app; the names of the activities that were seen."""
    seen: set[str] = set()
    for _ in range(steps):
        where, activity = phone.foreground()
        if where != package:
            phone.launch(package)
            continue
        seen.add(activity)
        live = [e for e in phone.elements() if e.package == package and (e.clickable or e.long_clickable)]
        x, y = (
            centre(rng.choice(live).bounds) if live and rng.random() < 0.9 else [rng.randrange(n) for n in phone.size]
        )
        match rng.choices(("tap", "long", "type", "back", "swipe", "home"), (60, 15, 12, 6, 6, 1))[0]:
            case "tap":
                phone.tap(x, y)
            case "long":
                phone.long_press(x, y)
            case "type":
                phone.type_text(rng.choice(("oat", "+1201555", "a/b", "..", " ", "ß 漢 %s", "x\ny", "w" * 90)))
            case "back":
                phone.key("BACK")
            case "swipe":
                phone.swipe(x, y, x, rng.randrange(phone.size[1]))
            case "home":
                phone.key("HOME")
    return seen


def _is(e: Element, text: str, label: str, id: str) -> bool:
    return (not text or e.text == text) and (not label or e.label == label) and (not id or e.id == id)
