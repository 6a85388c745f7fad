"""Solutions of the tasks in Camera."""

from __future__ import annotations

from agentkit.actions import Wait
from envs.androidworld.task import AndroidWorldTask
from envs.phone import oracle
from envs.phone.apps.camera import Camera
from envs.phone.device import Phone
from envs.phone.oracle import Steps


def _photo(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from oracle.launch(Camera.label)
    yield from oracle.tap_label(phone, "Shutter")


def _video(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from oracle.launch(Camera.label)
    yield from oracle.tap_label(phone, "Open menu")
    yield from oracle.tap_text(phone, "Video")
    yield from oracle.tap_label(phone, "Start recording")
    yield Wait()
    yield from oracle.tap_label(phone, "Stop")


SOLUTIONS = {"CameraTakePhoto": _photo, "CameraTakeVideo": _video}
