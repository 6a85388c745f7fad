"""Solutions of the tasks in the Settings app."""

from __future__ import annotations

from collections.abc import Callable

from envs.androidworld.task import AndroidWorldTask
from envs.phone import oracle
from envs.phone.apps.dialer import Dialer
from envs.phone.device import Phone
from envs.phone.oracle import Steps
from envs.phone.tasks.switches import TurnBluetooth, TurnWifi, open_page

Solution = Callable[[Phone, AndroidWorldTask], Steps]


def _turn(phone: Phone, rows: tuple[str, ...], on: bool) -> Steps:
    """Follow the rows to a switch and tap it unless it stands right already."""
    yield from open_page(phone, *rows[:-1])
    yield from oracle.scroll_to(phone, text=rows[-1])
    row = oracle.find(phone, text=rows[-1])
    if row is not None and row.checked != on:
        yield from oracle.tap(phone, text=rows[-1])


def _wifi(on: bool) -> Solution:
    return lambda phone, task: _turn(phone, TurnWifi.rows, on)


def _bluetooth(on: bool) -> Solution:
    return lambda phone, task: _turn(phone, TurnBluetooth.rows, on)


def _brightness(value: float) -> Solution:
    def solve(phone: Phone, task: AndroidWorldTask) -> Steps:
        yield from open_page(phone, "Display", "Brightness level")
        yield from oracle.slide(phone, "brightness", value)

    return solve


def _wifi_off_bluetooth_on(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from _turn(phone, TurnWifi.rows, False)
    for _ in TurnWifi.rows:
        yield from oracle.back()
    yield from _turn(phone, TurnBluetooth.rows, True)


def _wifi_on_and_app(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from _turn(phone, TurnWifi.rows, True)
    yield from _open_app(phone, task)


LABELS = {"dialer": Dialer.label}
"""What an app is called on the phone, where AndroidWorld names it otherwise."""


def _open_app(phone: Phone, task: AndroidWorldTask) -> Steps:
    name = task.params["app_name"]
    yield from oracle.launch(LABELS.get(name, name))


SOLUTIONS: dict[str, Solution] = {
    "OpenAppTaskEval": _open_app,
    "SystemWifiTurnOn": _wifi(True),
    "SystemWifiTurnOnVerify": _wifi(True),
    "SystemWifiTurnOff": _wifi(False),
    "SystemWifiTurnOffVerify": _wifi(False),
    "SystemBluetoothTurnOn": _bluetooth(True),
    "SystemBluetoothTurnOnVerify": _bluetooth(True),
    "SystemBluetoothTurnOff": _bluetooth(False),
    "SystemBluetoothTurnOffVerify": _bluetooth(False),
    "SystemBrightnessMax": _brightness(1.0),
    "SystemBrightnessMaxVerify": _brightness(1.0),
    "SystemBrightnessMin": _brightness(0.0),
    "SystemBrightnessMinVerify": _brightness(0.0),
    "TurnOffWifiAndTurnOnBluetooth": _wifi_off_bluetooth_on,
    "TurnOnWifiAndOpenApp": _wifi_on_and_app,
}
