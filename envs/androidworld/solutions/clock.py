"""Solutions of the tasks in Clock."""

from __future__ import annotations

from envs.androidworld.task import AndroidWorldTask
from envs.phone import oracle
from envs.phone.apps.clock import Clock
from envs.phone.device import Phone
from envs.phone.oracle import Steps


def _tab(phone: Phone, name: str) -> Steps:
    yield from oracle.launch(Clock.label)
    yield from oracle.tap_text(phone, name)


def _timer(phone: Phone, task: AndroidWorldTask) -> Steps:
    """Key in the digits of hours, minutes and seconds; the keypad leaves out zeros in front."""
    yield from _tab(phone, "Timer")
    digits = "".join(f"{task.params[part]:02d}" for part in ("hours", "minutes", "seconds")).lstrip("0")
    for digit in digits:
        yield from oracle.tap_id(phone, f"timer_setup_digit_{digit}")


def _run(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from _tab(phone, "Stopwatch")
    yield from oracle.tap_label(phone, "Start")


def _leave_paused(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from _tab(phone, "Stopwatch")


SOLUTIONS = {
    "ClockStopWatchPausedVerify": _leave_paused,
    "ClockStopWatchRunning": _run,
    "ClockTimerEntry": _timer,
}
