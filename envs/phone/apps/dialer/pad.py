"""The twelve keys of a telephone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from envs.phone.ui import Button, Widget

KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#")
_NAMES = {"*": "star", "#": "pound"}


def keys(press: Callable[[str], None]) -> list[Widget]:
    return [Button(key, partial(press, key), kind="tonal", id=f"dialpad_{_NAMES.get(key, key)}") for key in KEYS]
