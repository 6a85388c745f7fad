"""The solution of the task in Simple Draw Pro."""

from __future__ import annotations

import posixpath

from agentkit.actions import Drag, Point, Type
from envs.androidworld.task import AndroidWorldTask
from envs.phone import oracle
from envs.phone.apps.draw import Draw
from envs.phone.apps.listing import STORAGE_NAME
from envs.phone.device import Phone
from envs.phone.oracle import Steps


def _create(phone: Phone, task: AndroidWorldTask) -> Steps:
    name, extension = posixpath.splitext(task.params["file_name"])
    yield from oracle.launch(Draw.label)
    yield Drag(Point(0.25, 0.3), Point(0.75, 0.55))
    yield from oracle.tap_label(phone, "Save")
    yield from oracle.select_all(phone, "filename_value")
    yield Type(name)
    yield from oracle.tap_text(phone, extension)
    yield from oracle.tap_text(phone, "OK")
    yield from oracle.tap_label(phone, "Open menu")
    yield from oracle.tap_text(phone, STORAGE_NAME)
    yield from oracle.tap_text(phone, "Pictures")
    yield from oracle.tap_text(phone, "Save")


SOLUTIONS = {"SimpleDrawProCreateDrawing": _create}
