"""Solutions of the tasks in Audio Recorder."""

from __future__ import annotations

from agentkit.actions import Type, Wait
from envs.androidworld.task import AndroidWorldTask
from envs.phone import oracle
from envs.phone.apps.recorder import AudioRecorder
from envs.phone.device import Phone
from envs.phone.oracle import Steps


def _record(phone: Phone) -> Steps:
    """From the launcher, through the first start, to the question for a name."""
    yield from oracle.launch(AudioRecorder.label)
    if oracle.seen(phone, text="Get started"):
        yield from oracle.tap_text(phone, "Get started")
        yield from oracle.tap_text(phone, "Apply")
    yield from oracle.tap_label(phone, "Start recording")
    yield Wait()
    yield from oracle.tap_label(phone, "Stop recording")


def _save(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from _record(phone)
    yield from oracle.tap_text(phone, "Save")


def _save_as(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from _record(phone)
    yield from oracle.select_all(phone, "input_name")
    yield Type(task.params["file_name"])
    yield from oracle.tap_text(phone, "Save")


SOLUTIONS = {"AudioRecorderRecordAudio": _save, "AudioRecorderRecordAudioWithFileName": _save_as}
