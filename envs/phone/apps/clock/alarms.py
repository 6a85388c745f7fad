"""The Alarm tab: cards that unfold in place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from envs.phone.apps.clock.store import DAYS, Alarm
from envs.phone.apps.pickers import time_text
from envs.phone.ui import (
    Button,
    Card,
    Checkbox,
    Dialog,
    Divider,
    Icon,
    IconButton,
    Line,
    ListItem,
    Switch,
    Text,
    TextField,
    Widget,
)

if TYPE_CHECKING:
    from envs.phone.apps.clock.main import Clock

SHOWN_DAYS = (6, 0, 1, 2, 3, 4, 5)
"""Bits of `Alarm.days` in the order an American phone shows them, Sunday first."""
NEW_ALARM = (6, 0)
"""Where the picker stands for a new alarm: hour and minute."""


def days_text(alarm: Alarm, hour: int, minute: int) -> str:
    """When the alarm rings next, as the card says it; `hour` and `minute` are the time now."""
    if alarm.days == 127:
        return "Every day"
    if alarm.days:
        return ", ".join(DAYS[i] for i in SHOWN_DAYS if alarm.days >> i & 1)
    if not alarm.enabled:
        return "Not scheduled"
    return "Today" if (alarm.hour, alarm.minutes) > (hour, minute) else "Tomorrow"


def rows(app: Clock) -> list[Widget]:
    alarms = app.store.alarms()
    if not alarms:
        return [Text("No alarms", align="center", color="on_surface_variant")]
    return [_card(app, alarm) for alarm in alarms]


def dialog(app: Clock) -> Dialog | None:
    if app.picker is not None:
        return app.picker.dialog()
    if app.labelling is None:
        return None
    alarm_id, text = app.labelling

    def close() -> None:
        app.labelling = None

    def save() -> None:
        for alarm in app.store.alarms():
            if alarm.id == alarm_id:
                app.store.save_alarm(replace(alarm, label=(app.labelling or (0, ""))[1].strip()))
        close()

    field = TextField(
        id="label_edit_text",
        hint="Label",
        value=text,
        on_change=lambda t: setattr(app, "labelling", (alarm_id, t)),
        on_submit=save,
        autofocus=True,
    )
    return Dialog(
        "Add label",
        [field],
        [Button("Cancel", on_tap=close, kind="text"), Button("OK", on_tap=save, kind="text")],
        on_dismiss=close,
    )


def _card(app: Clock, alarm: Alarm) -> Card:
    now = app.device.now()
    clock = time_text(alarm.hour, alarm.minutes, full_day=app.full_day)
    unfolded = app.unfolded == alarm.id

    def unfold() -> None:
        app.unfolded = None if unfolded else alarm.id

    def change(**changes: Any) -> None:
        app.store.save_alarm(replace(alarm, **changes))

    def turn(on: bool) -> None:
        change(enabled=on)
        if on:
            app.device.toast(f"Alarm set for {clock}")

    chevron = IconButton(
        "chevron-up" if unfolded else "chevron-down",
        label="Collapse alarm" if unfolded else "Expand alarm",
        on_tap=unfold,
    )
    top = ListItem(
        title=alarm.label or "Add label",
        leading=Icon("label-outline", size=20),
        trailing=chevron,
        on_tap=_labeller(app, alarm) if unfolded else unfold,
    )
    time = Text(clock, style="display", on_tap=(lambda: app.pick(alarm)) if unfolded else unfold, id="digital_clock")
    days = ListItem(
        title=days_text(alarm, now.hour, now.minute),
        trailing=Switch(on=alarm.enabled, on_change=turn, label=f"{clock} alarm"),
        on_tap=unfold,
    )
    children: list[Widget] = [top, time, days] if unfolded or alarm.label else [time, days]
    if unfolded:
        children += [
            Line([_day(app, alarm, bit) for bit in SHOWN_DAYS], padding=2),
            ListItem(title="Default (Bright Morning)", leading=Icon("bell-outline")),
            ListItem(
                title="Vibrate",
                leading=Icon("vibrate"),
                trailing=Checkbox(on=alarm.vibrate, on_change=lambda on: change(vibrate=on), label="Vibrate"),
            ),
            Divider(),
            ListItem(title="Delete", leading=Icon("delete-outline"), on_tap=lambda: app.delete_alarm(alarm)),
        ]
    return Card(children, on_tap=unfold, label=f"{clock} Alarm")


def _labeller(app: Clock, alarm: Alarm) -> Callable[[], None]:
    return lambda: setattr(app, "labelling", (alarm.id, alarm.label))


def _day(app: Clock, alarm: Alarm, bit: int) -> Button:
    on = bool(alarm.days >> bit & 1)

    def toggle() -> None:
        app.store.save_alarm(replace(alarm, days=alarm.days ^ 1 << bit, enabled=True))

    return Button(DAYS[bit][0], toggle, kind="filled" if on else "outlined", label=DAYS[bit])
