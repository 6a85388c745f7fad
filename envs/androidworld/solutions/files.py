"""Solutions of the tasks in the Files app."""

from __future__ import annotations

from envs.androidworld.task import AndroidWorldTask
from envs.phone import oracle
from envs.phone.apps.files import Files
from envs.phone.apps.listing import STORAGE_NAME
from envs.phone.device import Phone
from envs.phone.oracle import Steps


def _storage(phone: Phone) -> Steps:
    """To the top of the shared storage by the drawer."""
    yield from oracle.tap_label(phone, "Open menu")
    yield from oracle.tap_text(phone, STORAGE_NAME)


def _delete(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from oracle.launch(Files.label)
    yield from _storage(phone)
    yield from oracle.tap_text(phone, task.params["subfolder"])
    yield from oracle.delete(phone, task.params["file_name"], "OK")


def _move(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from oracle.launch(Files.label)
    yield from _storage(phone)
    yield from oracle.tap_text(phone, task.params["source_folder"])
    yield from oracle.long_press(phone, text=task.params["file_name"])
    yield from oracle.choose(phone, "Move to…")
    yield from _storage(phone)
    yield from oracle.tap_text(phone, task.params["destination_folder"])
    yield from oracle.tap_text(phone, "Move")


SOLUTIONS = {"FilesDeleteFile": _delete, "FilesMoveFile": _move}
